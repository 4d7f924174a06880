"""The rows of one file, each as an item or as a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date

import msgspec

from sources.errors import Damaged
from sources.hubspot.activities import ActivityRows
from sources.hubspot.columns import Columns, headers_seen, understand
from sources.hubspot.companies import CompanyRows
from sources.hubspot.contacts import ContactRows
from sources.hubspot.count import SURE_WIDTH, Scan
from sources.hubspot.deals import DealRows
from sources.hubspot.manner import Manner
from sources.hubspot.row import Origin, Row, exact_id
from sources.hubspot.table import Rows, Torn, is_blank
from sources.hubspot.workbook import WorkbookRows
from sources.protocol import Problem
from sources.records import Finding, Item, Kind

EXPORT_AGAIN = "Export this view again as CSV."
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:-(\d+)| \((\d+)\))?\.\w+$", re.ASCII)
_EXCEL = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_GUESSED = Finding(
    kind="encoding_guessed", detail="The file is not UTF-8; it was read as Windows-1252."
)
MAKERS: dict[Kind, Callable[[Columns, Origin], Callable[[Row, str], Item]]] = {
    "hubspot_deals": DealRows,
    "hubspot_companies": CompanyRows,
    "hubspot_contacts": ContactRows,
    "hubspot_activities": ActivityRows,
}


Lines = Iterator[tuple[int, list[str] | Torn]] | Iterator[tuple[int, list[str]]]


class FileReading:
    """One pass over a file, told beforehand what its bytes say."""

    def __init__(self, shown: str, facts: Scan, manner: Manner) -> None:
        self._shown = shown
        self._facts = facts
        self._manner = manner
        self.blank = 0
        """Rows passed over that have cells, but nothing in them."""

    def items(self, rows: Rows | WorkbookRows) -> Iterator[Item | Problem]:
        """An item or a problem for each row that is not blank.

        Raises `Damaged` when the header is none.
        """
        stream: Lines = iter(rows)
        before, columns = self._header(stream)
        findings = (_GUESSED,) if self._facts.guessed else ()
        manner = msgspec.structs.replace(self._manner, resaved=rows.resaved)
        origin = Origin(
            archive=self._shown,
            exported=export_date(self._shown),
            findings=findings,
            manner=manner,
        )
        make = MAKERS[columns.kind](columns, origin)
        at, width, damaged = columns.at["id"], columns.width, self._facts.damaged
        torn = False
        for line, cells in stream:
            first, before = before + 1, line
            # Behind a torn row the rest of its text may look like short rows.
            torn = isinstance(cells, Torn) or (torn and len(cells) < width)
            if isinstance(cells, Torn) or (torn and not is_blank(cells)):
                yield self._torn(first, line)
                continue
            text = cells[at].strip() if at < len(cells) else ""
            record_id = exact_id(text)
            if record_id is None or len(cells) != width:
                if is_blank(cells):
                    self.blank += bool(cells)
                    continue
                if problem := self._unusable(cells, width, text, first, line):
                    yield problem
                    continue
            row = Row(cells, columns, manner)
            if damaged and any("\ufffd" in cell for cell in cells):
                row.note("encoding_damaged", "Some characters could not be read.")
            yield make(row, record_id or "")
        if self._facts.open_line is not None:
            yield self._torn(self._facts.open_line)
            yield from self._behind(rows, columns, manner, make)

    def _behind(
        self,
        rows: Rows | WorkbookRows,
        columns: Columns,
        manner: Manner,
        make: Callable[[Row, str], Item],
    ) -> Iterator[Item]:
        """What stands whole behind a quote that is never closed."""
        at = columns.at["id"]
        if columns.width < SURE_WIDTH:
            return
        for cells in rows.tail():
            if len(cells) == columns.width and cells[at].isascii() and cells[at].isdigit():
                row = Row(cells, columns, manner)
                row.note("after_torn_row", "Found behind a quotation mark that is never closed.")
                yield make(row, row.cells["id"])

    def _header(self, stream: Lines) -> tuple[int, Columns]:
        for line, cells in stream:
            if isinstance(cells, Torn) or not is_blank(cells):
                words = self._manner.vocabulary
                meaning = None if isinstance(cells, Torn) else understand(cells, words)
                if isinstance(meaning, Columns):
                    return line, meaning
                seen = "torn" if isinstance(cells, Torn) else headers_seen(cells)
                raise Damaged(self._shown, f"its header cannot be read ({seen})", EXPORT_AGAIN)
        raise Damaged(self._shown, "it has no header", EXPORT_AGAIN)

    def _unusable(
        self, cells: list[str], width: int, text: str, line: int, last: int
    ) -> Problem | None:
        """What forbids to use this row, if anything does."""
        if len(cells) < width and last == self._facts.lines and not self._facts.ended:
            return self._torn(line)
        if any(cell.strip() for cell in cells[width:]):
            detail = f"{len(cells)} cells under {width} headers, so no cell is sure of its column"
            return self._problem(line, "long_row", detail, EXPORT_AGAIN)
        if exact_id(text):
            return None
        if _EXCEL.fullmatch(text):
            detail = "a spreadsheet has rounded the record ID, which may now be that of another"
            remedy = "Use the file as HubSpot sent it, not saved again by a spreadsheet."
            return self._problem(line, "rounded_id", detail, remedy)
        detail = "the record ID is not a number" if text else "there is no record ID"
        return self._problem(line, "no_id", detail, EXPORT_AGAIN)

    def _torn(self, first: int, last: int | None = None) -> Problem:
        detail = "the row is cut short, or a quotation mark is missing in it"
        if last and last > first:
            detail += f"; lines {first} to {last} cannot be told apart"
        return self._problem(first, "torn_row", detail, EXPORT_AGAIN)

    def _problem(self, line: int, reason: str, detail: str, remedy: str) -> Problem:
        return Problem(
            path=self._shown, reason=reason, detail=f"line {line}: {detail}", remedy=remedy, found=1
        )


def export_date(shown: str) -> str:
    """The day at the end of the file's name or, failing that, of the zip's around it;
    with the number of the download, where the name was taken on that day already.
    """
    days: dict[str, int] = {}
    for part in reversed(shown.split("!")):
        found = _DAY.search(part.rpartition("/")[2])
        if found:
            with suppress(ValueError):
                day = date.fromisoformat(found[1]).isoformat()
                days[day] = max(days.get(day, 0), int(found[2] or found[3] or 0))
    for day, number in days.items():
        return f"{day}.{number:04d}" if number else day
    return ""
