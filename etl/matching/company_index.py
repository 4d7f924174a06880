"""The mapping and our own company as look-up tables: a key leads to whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from etl.mapping.claims import Claim, Table, claims
from etl.mapping.rows import Mapping
from etl.names.domains import registrable
from etl.names.legal_forms import without_legal_form
from etl.names.normalise import normalise


class Owner(NamedTuple):
    """A company to which a key leads, and the first row of the mapping that says so.

    ``variant`` is set when every row that says so is about that one variant. What an
    ``ignored`` row owns is nobody's.
    """

    company: str
    ignored: bool
    variant: str | None
    line: int
    column: str


SPLIT, LONGEST = 6, 12

Owners = tuple[Owner, ...]
"""More than one: the key ties, and settles nothing alone."""


class CompanyIndex(NamedTuple):
    """Every table from a key to its owners, sorted by company."""

    tables: dict[Table, dict[str, Owners]]
    names: dict[str, Owners]
    """The tables ``name`` and ``bare_name`` in one."""
    longest_name: int
    """Tokens in the longest name; at least `SPLIT`, for people put spaces into names, and at
    most `LONGEST`.
    """
    with_variants: frozenset[str]
    """The companies that have any."""

    def owners(self, table: Table, key: str) -> Owners:
        """Whose the key is in that table."""
        return self.tables[table].get(key, ())

    def of_name(self, tokens: tuple[str, ...]) -> Owners:
        """Whose name these tokens are, with or without a legal form on either side.

        A company called exactly this and another that is called this plus a legal form
        tie.
        """
        found = self.called("".join(tokens))
        if found:
            return found
        bare = without_legal_form(tokens)
        return self.called("".join(bare)) if bare != tokens else ()

    def called(self, key: str) -> Owners:
        """Whose name has this key, as it stands in the mapping or without its legal form."""
        return self.names.get(key, ())


def build_index(
    mapping: Mapping, our_names: Iterable[str] = (), our_domains: Iterable[str] = ()
) -> CompanyIndex:
    """The tables of a mapping, without what is our own: that is evidence of nobody."""
    ours = {normalise(name).key for name in our_names}
    our_hosts = {registrable(domain) for domain in our_domains}
    rows: dict[Table, dict[str, list[Claim]]] = {
        table: {} for table in ("slack", "telegram", "node", "domain", "name", "bare_name")
    }
    longest = SPLIT
    for claim in claims(mapping):
        own = our_hosts if claim.table == "domain" else ours if claim.table != "node" else ()
        if claim.key and claim.key not in own:
            rows[claim.table].setdefault(claim.key, []).append(claim)
        if claim.table == "name":
            longest = max(longest, min(LONGEST, len(normalise(claim.value).tokens)))
    _only_telling_domains(rows["domain"])
    tables = {table: {key: _owners(of) for key, of in keys.items()} for table, keys in rows.items()}
    with_variants = frozenset(name for name, of in mapping.companies.items() if of.variants)
    names = _in_one(tables["name"], tables["bare_name"])
    return CompanyIndex(tables, names, longest, with_variants)


def _in_one(names: dict[str, Owners], bare_names: dict[str, Owners]) -> dict[str, Owners]:
    """Both tables; of a company that stands in both, its whole name counts."""
    both = dict(names)
    for key, bare in bare_names.items():
        whole = names.get(key, ())
        known = {owner.company for owner in whole}
        both[key] = in_order((*whole, *(owner for owner in bare if owner.company not in known)))
    return both


def in_order(owners: Iterable[Owner]) -> Owners:
    """The owners by company, whatever their order."""
    return tuple(sorted(owners, key=lambda owner: (*owner[:2], owner.variant or "", *owner[3:])))


def _only_telling_domains(keys: dict[str, list[Claim]]) -> None:
    """A domain tells the variant only where the company's rows have different ones."""
    domains: dict[str, set[str]] = {}
    for key, of in keys.items():
        for claim in of:
            domains.setdefault(claim.company, set()).add(key)
    for key, of in keys.items():
        keys[key] = [
            claim if len(domains[claim.company]) > 1 else claim._replace(variant=None)
            for claim in of
        ]


def _owners(of: Iterable[Claim]) -> Owners:
    grouped: dict[tuple[str, bool], list[Claim]] = {}
    for claim in of:
        grouped.setdefault((claim.company, claim.ignored), []).append(claim)
    return tuple(
        _owner(company, ignored, grouped[company, ignored]) for company, ignored in sorted(grouped)
    )


def _owner(company: str, ignored: bool, of: list[Claim]) -> Owner:
    first = min(of, key=lambda claim: (claim.line, claim.column))
    variants = {claim.variant for claim in of}
    variant = variants.pop() if len(variants) == 1 else None
    return Owner(company, ignored, variant, first.line, first.column)
