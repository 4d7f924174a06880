"""One row of a file: its cells by position, and what its reader should know of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from sources.hubspot.amounts import Amount, amount
from sources.hubspot.columns import Columns
from sources.hubspot.dates import moment
from sources.hubspot.manner import Manner
from sources.records import Finding, Record

_LONGEST_ID = 40
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
# From the beginning of a word only: else a long word is gone through from each of its letters.
_EMAIL = re.compile(r"(?<![^\s@;,<>()])[^\s@;,<>()]++@[^\s@;,<>()]+")
_IN_BRACKETS = re.compile(r"\(([^\s@;()]+@[^\s@;()]+)\)")
_DETAILS = {
    "ambiguous_date": "day and month cannot be told apart",
    "unreadable_date": "not a date",
    "ambiguous_amount": "the separator may be of thousands or of decimals",
    "unreadable_amount": "not an amount",
    "currency_from_symbol": "the currency is taken from a sign that several share",
}
_NO_AMOUNT = Amount(None)
_ZONE = Finding(
    kind="zone_assumed_utc",
    detail="Times without a zone were read as UTC; set HUBSPOT_TIMEZONE to that of the export.",
)


class Origin(Record, frozen=True, kw_only=True, gc=False):
    """What all rows of a file share. ``findings`` stand on each of its items."""

    archive: str
    exported: str
    findings: tuple[Finding, ...]
    manner: Manner


def exact_id(text: str) -> str | None:
    """A record id, or ``None`` for what is none (``1.23E+10`` is several ids at once)."""
    if len(text) > _LONGEST_ID:
        return None
    if text.isdigit() and text.isascii():
        return text
    whole = _WHOLE_FLOAT.fullmatch(text)
    return whole[1] if whole else None


def split(text: str) -> list[str]:
    """The parts of a cell that holds several, separated by ``;``."""
    if ";" not in text:
        return [text] if text else []
    return [part for part in map(str.strip, text.split(";")) if part]


def distinct(*groups: Iterable[str]) -> tuple[str, ...]:
    """Everything once, in order of appearance."""
    return tuple(dict.fromkeys(chain.from_iterable(groups)))


def emails_in(text: str) -> tuple[str, ...]:
    """The addresses of a cell, lower case."""
    return distinct(_EMAIL.findall(text.lower())) if text else ()


def emails_of_names(text: str) -> tuple[str, ...]:
    """The addresses in ``Ann Test (ann@acme.example);Bob (...)``, lower case."""
    return distinct(_IN_BRACKETS.findall(text.lower())) if text else ()


class Row:
    """The cells of a row by field, without the space around them, with the conveniences of
    their file. ``unread`` are the fields whose cell is missing or could not be understood.
    """

    __slots__ = ("_columns", "_manner", "cells", "findings", "unread")

    def __init__(self, cells: list[str], columns: Columns, manner: Manner) -> None:
        self._columns = columns
        self._manner = manner
        self.findings: dict[tuple[str, str], Finding] = {}
        self.unread: set[str] = set()
        if len(cells) == columns.width:
            cells.append("")
        else:
            self._fit(cells)
        self.cells = dict(zip(columns.at, map(str.strip, columns.pick(cells)), strict=True))
        if columns.repeats:
            self._compare_repeats(cells)

    def moment(self, field: str) -> str | None:
        """The cell as a day or a moment in UTC."""
        text = self.cells[field]
        if not text:
            return None
        value, doubt = moment(text, self._manner.zone, self._manner.order)
        if doubt == "zone_assumed_utc":
            self.findings[doubt, ""] = _ZONE
        elif doubt:
            self._doubt(field, doubt)
            self.unread.add(field)
        return value

    def amount(self, field: str) -> Amount:
        """The cell as an amount."""
        text = self.cells[field]
        read = amount(text, resaved=self._manner.resaved) if text else _NO_AMOUNT
        if read.doubt:
            self._doubt(field, read.doubt)
            if read.value is None:
                self.unread.add(field)
        return read

    def flag(self, field: str) -> bool | None:
        """The cell as yes, no or unknown."""
        word = self._manner.vocabulary.words.get(self.cells[field].casefold())
        return True if word == "yes" else False if word == "no" else None

    def ids(self, field: str) -> tuple[str, ...]:
        """The record ids of the cell."""
        return self._exact(field, split(self.cells[field]))

    def merged(self) -> tuple[str, ...]:
        """The ids of records that were merged into this one."""
        return self.ids("merged_ids") if self.cells.get("merged_ids") else ()

    def paired(self, ids: str, names: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids and the names of associated records. A name may hold a ``;``, so names
        are kept only when they can be told apart: one per id.
        """
        text, cell = self.cells[ids], self.cells[names]
        if not cell:
            return self._exact(ids, split(text)) if text else (), ()
        parts = split(text)
        known = split(cell)
        if len(parts) == 1:
            known = [cell]
        elif len(known) != len(parts) and (parts or not _separable(known)):
            label = self._columns.labels[names]
            self.note("names_unpaired", f"Column {label!r}: not one name per id; the ids decide.")
            known = []
        return self._exact(ids, parts), tuple(known)

    def note(self, kind: str, detail: str) -> None:
        """Something the item's reader should know, once."""
        self.findings[kind, detail] = Finding(kind=kind, detail=detail)

    def _doubt(self, field: str, doubt: str) -> None:
        label = self._columns.labels[field]
        self.note(doubt, f"Column {label!r}: {_DETAILS[doubt]}.")

    def _exact(self, field: str, parts: list[str]) -> tuple[str, ...]:
        ids = [exact for part in parts if (exact := exact_id(part))]
        if len(ids) != len(parts):
            label = self._columns.labels[field]
            self.note("unreadable_id", f"Column {label!r}: holds something that is no record id.")
        return tuple(dict.fromkeys(ids)) if len(ids) > 1 else tuple(ids)

    def _fit(self, cells: list[str]) -> None:
        """A short row does not know its last fields; a long one has blank cells too many."""
        columns = self._columns
        if len(cells) < columns.width:
            self.unread.update(
                f for f, at in columns.at.items() if len(cells) <= at < columns.width
            )
            self.note("short_row", f"{len(cells)} cells under {columns.width} headers.")
        cells.extend([""] * (columns.width + 1 - len(cells)))
        del cells[columns.width :]
        cells.append("")

    def _compare_repeats(self, cells: list[str]) -> None:
        for field, position in self._columns.repeats:
            other = cells[position].strip()
            if other and other != self.cells[field]:
                label = self._columns.labels[field]
                self.note("repeated_column", f"Column {label!r} stands twice; the first decides.")


def _separable(names: list[str]) -> bool:
    """Whether names without ids can be told apart: one, or each with its address."""
    return len(names) == 1 or all(_IN_BRACKETS.search(name) for name in names)
