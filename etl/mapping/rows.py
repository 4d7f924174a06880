"""What a mapping holds, once read."""

from __future__ import annotations

from typing import Any

import msgspec

IGNORE = "ignore"
"""The ``variant_type`` of rows whose values are known to be nobody's."""
WORD, NAME = "word", "name"
"""The ``variant_type`` of rows without a company that say what their ``variant_name`` is,
whatever the items teach.
"""


class MappingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row; ``line`` is the physical line on which it begins."""

    line: int
    base_company: str
    variant_name: str | None = None
    slack_groups: tuple[str, ...] = ()
    telegram_groups: tuple[str, ...] = ()
    calendar_domains: tuple[str, ...] = ()
    node_addresses: tuple[str, ...] = ()
    variant_type: str | None = None

    @property
    def ignored(self) -> bool:
        """Whether the row names what is nobody's."""
        return self.variant_type is not None and self.variant_type.casefold() == IGNORE

    @property
    def says(self) -> str:
        """`WORD` or `NAME` when the row says that of its words; else empty."""
        kind = "" if self.base_company else (self.variant_type or "").casefold()
        return kind if kind in {WORD, NAME} else ""


class MappingIssue(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the mapping that is probably not meant; ``kind`` is a stable word."""

    line: int
    column: str | None
    kind: str
    detail: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.detail} [{self.kind}]"


class MappedCompany(msgspec.Struct, frozen=True, kw_only=True):
    """A base company and its rows, in the file's order."""

    name: str
    rows: tuple[MappingRow, ...]

    @property
    def variants(self) -> tuple[str, ...]:
        """Its variant names, sorted; its own name is none."""
        named = {row.variant_name for row in self.rows if row.variant_name}
        return tuple(sorted(named - {self.name}))

    def info(self) -> dict[str, Any]:
        """What the mapping says of it, as JSON can hold it."""
        rows = [msgspec.to_builtins(row) for row in self.rows]
        for row in rows:
            del row["base_company"]
        return {"rows": rows, "variants": list(self.variants)}


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """The whole: companies by name, in the names' order; rows of what is nobody's; those that
    say what single words are; and what looks wrong, by line.
    """

    companies: dict[str, MappedCompany] = {}
    ignored: tuple[MappingRow, ...] = ()
    words: tuple[MappingRow, ...] = ()
    issues: tuple[MappingIssue, ...] = ()

    @property
    def rows(self) -> tuple[MappingRow, ...]:
        """Every row of a company and of what is nobody's, in the file's order."""
        of_companies = [row for company in self.companies.values() for row in company.rows]
        return tuple(sorted((*of_companies, *self.ignored), key=lambda row: row.line))
