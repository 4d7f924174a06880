"""Any cell of any export changed to anything: its own row may suffer, no other, and all is
accounted for.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sources.errors import Damaged
from tests.reading import Reading, read_archive, source

DEALS = (
    "Record ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Create Date,Is Closed Won,"
    "Merged object IDs,Associated Company IDs,Associated Company,Associated Contact\n"
)
EXPORTS = {
    "deals": DEALS
    + "".join(
        f"{n},Deal {n},Closed Won,{n}.5,EUR,2024-03-31 17:00,2024-01-02 09:15,true,,7;8,A;B,"
        f"Ann (ann{n}@acme.example)\n"
        for n in range(501, 504)
    ),
    "companies": "Record ID,Company name,Company Domain Name,Website URL,Create Date,"
    "Associated Contact IDs,Associated Deal IDs\n"
    + "".join(f"{n},C {n},c{n}.example,,2023-01-01 10:00,81;82,501\n" for n in range(71, 74)),
    "contacts": "Record ID,First Name,Last Name,Email,Additional email addresses,Create Date,"
    "Associated Company,Associated Company IDs\n"
    + "".join(f"{n},Ann,T{n},a{n}@acme.example,,2023-01-01,C 71,71\n" for n in range(81, 84)),
    "activities": "Record ID,Activity type,Title,Body,Activity date,Associated Company IDs,"
    "Associated Contact IDs,Associated Deal IDs\n"
    + "".join(f"{n},Note,,<p>One</p>,2024-05-08 12:00,71,81,501\n" for n in range(31, 34)),
}
ROWS = {name: list(csv.reader(io.StringIO(text))) for name, text in EXPORTS.items()}
LIKELY = (
    *("", " ", '"', '""', ",", ";", "\r", "\n", "\r\n", "\ufeff", "\x00", "\u2028", "\ufffd"),
    *("1.2E+10", "7.0", "0", "-1", "501", "7;;8", "=1+1", "31/12/2024", "03/04/2024", "$1,234"),
    *("2024-02-30", "9999-12-31 23:59", "0001-01-01 00:00", "true", "a;b;c", "<b>", "(a@b)"),
)
CELL = st.one_of(
    st.sampled_from(LIKELY),
    st.text(max_size=12).filter(lambda text: text.isprintable() or text.isascii()),
    st.lists(st.sampled_from(LIKELY), max_size=4).map("".join),
)
PLACE = st.tuples(st.sampled_from(sorted(EXPORTS)), st.integers(0, 3), st.integers(0, 11))
everywhere = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(folder: Path, content: bytes, name: str = "export.csv") -> Reading:
    for old in folder.iterdir():
        old.unlink()
    (folder / name).write_bytes(content)
    try:
        return read_archive(source("hubspot", hubspot_timezone="Europe/Madrid"), folder)
    except Damaged:
        return Reading()


def quoted(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def changed(name: str, row: int, column: int, cell: str) -> tuple[list[list[str]], list[str]]:
    """The rows of an export with one cell changed, and the keys of the other rows."""
    rows = [list(cells) for cells in ROWS[name]]
    rows[row][column % len(rows[0])] = cell
    word = {"companies": "company", "activities": "activity"}.get(name, name.rstrip("s"))
    keys = [f"hubspot:{word}:{cells[0]}" for n, cells in enumerate(rows) if n not in (0, row)]
    return rows, keys


@pytest.mark.parametrize("name", EXPORTS)
def test_every_row_of_an_unchanged_export_is_read(name: str, tmp_path: Path) -> None:
    reading = read(tmp_path, quoted(ROWS[name]))
    assert (reading.account.found, reading.account.accepted) == (3, 3)
    assert not any(item.summary.findings for item in reading.items)


@everywhere
@given(PLACE, CELL)
@example(("deals", 2, 0), "501")
def test_changed_cell_is_accounted_for_and_costs_its_own_row_at_most(
    tmp_path: Path, place: tuple[str, int, int], cell: str
) -> None:
    name, row, column = place
    rows, others = changed(name, row, column, cell)
    reading = read(tmp_path, quoted(rows))
    assert reading.account.balanced
    assert len(reading.items) == reading.account.accepted
    assert len(reading.problems) == reading.account.quarantined or not reading.units
    if row:
        assert reading.account.found == 3
        untouched = read(tmp_path, quoted(ROWS[name])).by_key
        items = [read.item for read in reading.items]
        assert all(untouched[key].item in items for key in others)


@everywhere
@given(PLACE, st.one_of(CELL.map(str.encode), st.binary(max_size=12)))
@example(("deals", 1, 1), b'"')
@example(("deals", 3, 11), b'"')
@example(("deals", 2, 0), b"\xff\xfe")
def test_cell_changed_without_quotes_round_it_is_accounted_for(
    tmp_path: Path, place: tuple[str, int, int], cell: bytes
) -> None:
    name, row, column = place
    rows = [[text.encode() for text in cells] for cells in ROWS[name]]
    rows[row][column % len(rows[0])] = cell
    reading = read(tmp_path, b"\n".join(map(b",".join, rows)) + b"\n")
    assert reading.account.balanced
    assert len(reading.items) == reading.account.accepted
    assert len(reading.problems) == reading.account.quarantined or not reading.units


VALUES = st.one_of(
    CELL.filter(lambda text: not any(ord(letter) < 32 for letter in text)),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.datetimes(datetime.fromisoformat("1905-01-01"), datetime.fromisoformat("2100-01-01")),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@settings(parent=everywhere, max_examples=60)
@given(PLACE, VALUES)
def test_changed_cell_of_a_workbook_is_accounted_for(
    tmp_path: Path, place: tuple[str, int, int], value: Any
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    name, row, column = place
    rows: list[list[Any]] = [list(cells) for cells in ROWS[name]]
    rows[row][column % len(rows[0])] = value
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    out = io.BytesIO()
    try:
        book.save(out)
    except (ValueError, OverflowError, TypeError):
        return  # a date that no workbook can hold
    reading = read(tmp_path, out.getvalue(), "export.xlsx")
    assert reading.account.balanced
    assert len(reading.items) == reading.account.accepted
    if row:
        assert len(reading.units) == 1
        assert reading.account.accepted >= 2
