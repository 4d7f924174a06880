"""Exported tables: recognised by their columns, and read row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from sources._archive import File, Tree
from sources._endless import LINE_BYTES, chunks
from sources.errors import ArchiveError, Damaged, TooLarge
from sources.hubspot.columns import Columns, Refusal, headers_seen, understand
from sources.hubspot.count import Scan, scan
from sources.hubspot.manner import Manner
from sources.hubspot.reading import EXPORT_AGAIN, FileReading
from sources.hubspot.table import HEADER_BYTES, Rows, header_of
from sources.hubspot.utf16 import as_utf_8, utf_16
from sources.hubspot.workbook import WorkbookRows, first_row, open_rows
from sources.protocol import Account, Found, Problem, Unit, Yielded
from sources.records import Item


def recognised(
    tree: Tree, file: File, source: str, manner: Manner, *, named: bool
) -> Iterator[Found]:
    """What a table is. ``named``: it has the name that HubSpot gives, so that it is trouble
    where it is none of HubSpot's; another is left alone then.
    """
    shown = tree.display(file.path)
    try:
        header = _header(tree, file.path)
    except ArchiveError as error:
        # What a workbook that cannot be opened holds, nobody knows.
        if named or not _is_workbook(file.path):
            yield Problem.of(error)
        return
    meaning = understand(header, manner.vocabulary)
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
        yield Unit(source=source, name=shown, locator=tree.locator, files=(file,))


def old_workbook(shown: str) -> Problem:
    """The problem that a file is which nobody reads any more."""
    return Problem(
        path=shown,
        reason="old_workbook",
        detail="a workbook of the old kind, .xls",
        remedy=EXPORT_AGAIN,
    )


def read_file(unit: Unit, tree: Tree, manner: Manner) -> Iterator[Yielded]:
    """Yield an item for each row, or a problem; at the end the account."""
    path = unit.files[0].path
    accepted = quarantined = 0
    with _open(tree, unit.files[0], manner) as (rows, facts):
        reading = FileReading(tree.display(path), facts, manner)
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


def _is_workbook(path: str) -> bool:
    return path.lower().endswith(".xlsx")


def _header(tree: Tree, path: str) -> list[str]:
    if _is_workbook(path):
        return first_row(tree, path)
    return header_of(tree.head(path, HEADER_BYTES))[1]


@contextmanager
def _open(tree: Tree, file: File, manner: Manner) -> Iterator[tuple[Rows | WorkbookRows, Scan]]:
    """The rows of a file, and what is known of it beforehand."""
    path = file.path
    if _is_workbook(path):
        with open_rows(tree, path) as rows:
            yield rows, rows.scan()
        return
    if file.size > LINE_BYTES:
        with tree.open(path) as stream:
            for _ in chunks(stream, tree.display(path)):
                pass
    head = tree.head(path, HEADER_BYTES)
    delimiter, header = header_of(head)
    codec = utf_16(head)
    columns = understand(header, manner.vocabulary)
    id_at = columns.at["id"] if isinstance(columns, Columns) else 0
    with tree.open(path) as stream:
        facts = scan(as_utf_8(stream, codec), delimiter, len(header), id_at)
    if facts.longest > LINE_BYTES:
        detail = f"a row of it has {facts.longest} characters"
        raise TooLarge(tree.display(path), detail, EXPORT_AGAIN)
    if codec:
        # Whatever was broken in it is no longer told by bytes that are no UTF-8.
        facts = msgspec.structs.replace(facts, damaged=True)
    with tree.open(path) as stream:
        text = as_utf_8(stream, codec)
        yield Rows(text, facts.encoding, delimiter, facts.open_line), facts
