"""HubSpot's exports, and what was fetched: which files are ours, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from sources._archive import File, Tree
from sources.errors import ArchiveError, Damaged
from sources.hubspot.columns import Columns, Refusal, headers_seen, understand
from sources.hubspot.count import Scan, scan
from sources.hubspot.landed import landed_units, read_landed
from sources.hubspot.manner import Manner, manner
from sources.hubspot.merge import merged_records
from sources.hubspot.reading import EXPORT_AGAIN, FileReading
from sources.hubspot.table import HEADER_BYTES, Rows, header_of
from sources.hubspot.utf16 import as_utf_8, utf_16
from sources.hubspot.workbook import WorkbookRows, first_row, open_rows
from sources.live.segments import SUFFIX as LANDED
from sources.protocol import (
    Account,
    Found,
    Part,
    Problem,
    ReaderOptions,
    Unit,
    Yielded,
)
from sources.records import Item, Kind

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
_VENDOR_NAME = "hubspot-crm-exports-"


class HubSpotExport:
    """Deals, companies, contacts and activities: exports told apart by their columns, never by
    a file's name, and what the API said. Raises `ValueError` for labels in the options that
    cannot be used.
    """

    name = "hubspot"
    version = 4
    kinds: tuple[Kind, ...] = (
        "hubspot_deals",
        "hubspot_companies",
        "hubspot_contacts",
        "hubspot_activities",
    )

    def __init__(self, options: ReaderOptions) -> None:
        self._options = options
        self._manner = manner(options)

    @property
    def settings(self) -> tuple[str | None, ...]:
        given = self._options
        return (given.hubspot_timezone, given.hubspot_date_order, given.hubspot_labels)

    def discover(self, tree: Tree) -> Iterable[Found]:
        """Read the headers of tables. What is clearly not HubSpot's is left alone."""
        yield from landed_units(tree)
        for file in tree.files:
            if file.path.lower().endswith(_SUFFIXES):
                yield from self._recognise(tree, file)
            elif file.path.lower().endswith(".xls") and _named(tree.display(file.path)):
                detail, remedy = "a workbook of the old kind, .xls", EXPORT_AGAIN
                yield Problem(
                    path=tree.display(file.path),
                    reason="old_workbook",
                    detail=detail,
                    remedy=remedy,
                )

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        """Yield an item for each row, or a problem; at the end the account."""
        path = unit.files[0].path
        if path.endswith(LANDED):
            yield from read_landed(unit, tree, self._manner)
            return
        accepted = quarantined = 0
        with _open(tree, path, self._manner) as (rows, facts):
            reading = FileReading(tree.display(path), facts, self._manner)
            for thing in reading.items(rows):
                if isinstance(thing, Item):
                    accepted += 1
                else:
                    quarantined += 1
                yield thing
        found = max(facts.records - 1, 0)
        # Only the markup of a workbook cannot tell a blank text from another.
        blank = {"blank row": reading.blank} if reading.blank and _is_workbook(path) else {}
        yield Account(found=found, accepted=accepted, ignored=blank, quarantined=quarantined)

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        """Make one item of the rows about one record, whatever columns each export had."""
        return merged_records(parts)

    def _recognise(self, tree: Tree, file: File) -> Iterator[Found]:
        shown = tree.display(file.path)
        named = _named(shown)
        try:
            header = _header(tree, file.path)
        except ArchiveError as error:
            # What a workbook that cannot be opened holds, nobody knows.
            if named or not _is_workbook(file.path):
                yield Problem.of(error)
            return
        meaning = understand(header, self._manner.vocabulary)
        if meaning is None:
            if named:
                detail = f"named like a HubSpot export, but not one ({headers_seen(header)})"
                remedy = (
                    f"{EXPORT_AGAIN} Where its labels are neither English nor Spanish, say in"
                    " HUBSPOT_LABELS what they mean."
                )
                yield Problem.of(Damaged(shown, detail, remedy))
        elif isinstance(meaning, Refusal):
            yield Problem(
                path=shown, reason=meaning.reason, detail=meaning.detail, remedy=meaning.remedy
            )
        else:
            yield Unit(source=self.name, name=shown, locator=tree.locator, files=(file,))


def _named(shown: str) -> bool:
    """Whether the file, or a zip around it, has the name that HubSpot gives."""
    names = (part.rpartition("/")[2] for part in shown.lower().split("!"))
    return any(name.startswith(_VENDOR_NAME) for name in names)


def _is_workbook(path: str) -> bool:
    return path.lower().endswith(".xlsx")


def _header(tree: Tree, path: str) -> list[str]:
    if _is_workbook(path):
        return first_row(tree, path)
    return header_of(tree.head(path, HEADER_BYTES))[1]


@contextmanager
def _open(tree: Tree, path: str, manner: Manner) -> Iterator[tuple[Rows | WorkbookRows, Scan]]:
    """The rows of a file, and what is known of it beforehand."""
    if _is_workbook(path):
        with open_rows(tree, path) as rows:
            yield rows, rows.scan()
        return
    head = tree.head(path, HEADER_BYTES)
    delimiter, header = header_of(head)
    codec = utf_16(head)
    columns = understand(header, manner.vocabulary)
    id_at = columns.at["id"] if isinstance(columns, Columns) else 0
    with tree.open(path) as stream:
        facts = scan(as_utf_8(stream, codec), delimiter, len(header), id_at)
    if codec:
        # Whatever was broken in it is no longer told by bytes that are no UTF-8.
        facts = msgspec.structs.replace(facts, damaged=True)
    with tree.open(path) as stream:
        text = as_utf_8(stream, codec)
        yield Rows(text, facts.encoding, delimiter, facts.open_line), facts
