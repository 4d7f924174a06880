"""What looks wrong in a mapping whose rows could be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl.mapping.claims import SHORTEST_NODE_ADDRESS, Claim, Table, claims
from etl.mapping.rows import IGNORE, NAME, Mapping, MappingIssue, MappingRow
from etl.names.domains import FREE_MAIL, host_of, registrable
from etl.names.normalise import normalise

_CLAIMED: dict[Table, str] = {
    "slack": "group_claimed_twice",
    "telegram": "group_claimed_twice",
    "node": "node_address_claimed_twice",
    "domain": "domain_claimed_twice",
    "name": "name_claimed_twice",
    "bare_name": "name_claimed_twice",
}

_COLUMNS = {
    "slack_groups": "slack_group",
    "telegram_groups": "telegram_group",
    "calendar_domains": "calendar_domain",
    "node_addresses": "full_node_address",
}


def lint(mapping: Mapping, our_domains: Iterable[str] = ()) -> Iterator[MappingIssue]:
    """Values that are of no use, and keys that two companies lay claim to."""
    ours = {registrable(domain) for domain in our_domains} - {None}
    for row in mapping.rows:
        yield from _domains(row, ours)
        yield from _node_addresses(row)
        yield from _nearly_ignored(row)
    yield from _words(mapping.words)
    yield from _claimed_twice(claims(mapping))


def _domains(row: MappingRow, ours: set[str | None]) -> Iterator[MappingIssue]:
    for value in row.calendar_domains:
        domain = registrable(value)
        if domain is None and host_of(value) is None:
            kind, detail = "not_a_domain", "is no domain and not read; one domain per line"
        elif domain is None:
            kind, detail = "public_suffix", "belongs to everybody and is not read"
        elif domain in FREE_MAIL:
            kind, detail = "free_mail_domain", "is where anybody has an address and is not read"
        elif domain in ours:
            kind, detail = "own_domain", "is our own and is not read"
        else:
            continue
        yield MappingIssue(
            line=row.line, column="calendar_domain", kind=kind, detail=f"{value!r} {detail}"
        )


def _node_addresses(row: MappingRow) -> Iterator[MappingIssue]:
    for value in row.node_addresses:
        if len(value) < SHORTEST_NODE_ADDRESS:
            yield MappingIssue(
                line=row.line,
                column="full_node_address",
                kind="short_node_address",
                detail=f"{value!r} is too short to be told from other words and is not read",
            )


def _nearly_ignored(row: MappingRow) -> Iterator[MappingIssue]:
    if row.variant_type and not row.ignored and _is_slip(row.variant_type.casefold(), IGNORE):
        detail = f"{row.variant_type!r} is a kind of variant; for what is nobody's, write {IGNORE}"
        yield MappingIssue(
            line=row.line, column="variant_type", kind="nearly_ignore", detail=detail
        )


def _words(rows: Iterable[MappingRow]) -> Iterator[MappingIssue]:
    """Rows about words that say nothing, too much, or the contrary of another."""
    said: dict[str, MappingRow] = {}
    for row in rows:
        if not row.variant_name:
            detail = f"a row of kind {row.says} says nothing without one"
            yield MappingIssue(line=row.line, column="variant_name", kind="no_word", detail=detail)
            continue
        for field, column in _COLUMNS.items():
            if getattr(row, field):
                detail = f"not read: a row of kind {row.says} has only a variant_name"
                yield MappingIssue(
                    line=row.line, column=column, kind="not_of_a_word", detail=detail
                )
        other = said.setdefault(normalise(row.variant_name).key, row)
        if other.says != row.says:
            detail = f"{row.variant_name!r} is a {other.says} on line {other.line}: it is a {NAME}"
            yield MappingIssue(
                line=row.line, column="variant_type", kind="word_and_name", detail=detail
            )


def _is_slip(word: str, meant: str) -> bool:
    """Whether one letter is too many, missing, another, or swapped with the next."""
    pairs = enumerate(zip(word, meant, strict=False))
    first = next((place for place, (a, b) in pairs if a != b), min(len(word), len(meant)))
    mine, its = word[first:], meant[first:]
    swapped = mine[:2] == its[1::-1] and mine[2:] == its[2:]
    return swapped or mine[1:] == its[1:] or mine[1:] == its or mine == its[1:]


def _claimed_twice(found: Iterable[Claim]) -> Iterator[MappingIssue]:
    first: dict[tuple[Table, str], Claim] = {}
    told: set[tuple[Table, str, str, bool]] = set()
    for claim in found:
        # without its legal form, a name is still a name
        table: Table = "name" if claim.table == "bare_name" else claim.table
        before = first.setdefault((table, claim.key), claim)
        same = (before.company, before.ignored) == (claim.company, claim.ignored)
        owner = (table, claim.key, claim.company, claim.ignored)
        if same or owner in told:
            continue
        told.add(owner)
        other = "nobody's" if before.ignored else f"{before.company!r}'s"
        detail = f"{claim.value!r} is {other} on line {before.line}: nothing is matched by it alone"
        yield MappingIssue(
            line=claim.line, column=claim.column, kind=_CLAIMED[claim.table], detail=detail
        )
