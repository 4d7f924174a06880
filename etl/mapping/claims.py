"""Which keys each row of the mapping lays claim to, in which look-up table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from etl.mapping.rows import Mapping, MappingRow
from etl.names.domains import FREE_MAIL, registrable
from etl.names.legal_forms import without_legal_form
from etl.names.normalise import normalise

Table = Literal["slack", "telegram", "node", "domain", "name", "bare_name"]
"""``bare_name`` holds names without their legal form, for when no whole name fits."""

SHORTEST_NODE_ADDRESS = 8
"""A shorter one would be found in texts that mean something else."""

# Alone these say what kind of a node it is, not whose.
_KINDS_OF_NODE = """
    base mainnet testnet devnet validator minter region node prod production staging test dev
    main default
"""
_KINDS = frozenset(_KINDS_OF_NODE.split())


class Claim(NamedTuple):
    """A key that a row says is its company's, or nobody's (``ignored``)."""

    table: Table
    key: str
    company: str
    variant: str | None
    line: int
    column: str
    value: str
    ignored: bool


def claims(mapping: Mapping) -> Iterator[Claim]:
    """All of them. Rows of what is nobody's claim a company's name only when it is not
    the name of one.
    """
    for row in mapping.rows:
        yield from _of_groups(row)
        yield from _of_domains(row)
        yield from _of_names(
            row, named=not row.ignored or row.base_company not in mapping.companies
        )


def _claim(row: MappingRow, table: Table, key: str, column: str, value: str) -> Claim:
    return Claim(
        table, key, row.base_company, variant_of(row), row.line, column, value, row.ignored
    )


def variant_of(row: MappingRow) -> str | None:
    """The variant that a row is about; the company itself is none."""
    return row.variant_name if row.variant_name != row.base_company else None


def _of_groups(row: MappingRow) -> Iterator[Claim]:
    for group in row.slack_groups:
        yield _claim(row, "slack", normalise(group).key, "slack_group", group)
    for group in row.telegram_groups:
        yield _claim(row, "telegram", normalise(group).key, "telegram_group", group)
    for address in row.node_addresses:
        if len(address) >= SHORTEST_NODE_ADDRESS:
            yield _claim(row, "node", address.casefold(), "full_node_address", address)


def _of_domains(row: MappingRow) -> Iterator[Claim]:
    for value in row.calendar_domains:
        domain = registrable(value)
        if domain and domain not in FREE_MAIL:
            yield _claim(row, "domain", domain, "calendar_domain", value)


def _of_names(row: MappingRow, *, named: bool) -> Iterator[Claim]:
    if named and row.base_company:
        claim = _claim(
            row, "name", normalise(row.base_company).key, "base_company", row.base_company
        )
        yield from _with_bare(claim._replace(variant=None))
    variant = variant_of(row)
    if variant:
        key = normalise(variant).key
        if key in _KINDS or (row.variant_type and key == normalise(row.variant_type).key):
            key = normalise(row.base_company).key + key
        yield from _with_bare(_claim(row, "name", key, "variant_name", variant))


def _with_bare(claim: Claim) -> Iterable[Claim]:
    yield claim
    tokens = normalise(claim.value).tokens
    bare = "".join(without_legal_form(tokens))
    if bare != "".join(tokens):
        yield claim._replace(table="bare_name", key=bare)
