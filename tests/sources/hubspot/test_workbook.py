"""The XLSX form of an export."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sources._archive import FolderTree
from sources.errors import Damaged
from sources.hubspot import workbook
from sources.records import Deal
from tests.reading import Reading, discover, read_archive, source
from tests.zips import Member, zeros, zipped

openpyxl = pytest.importorskip("openpyxl")

Read = Callable[..., Reading]
HEADER = ["Record ID", "Deal Name", "Amount", "Close Date", "Create Date", "Is Closed Won"]
ROWS: list[list[Any]] = [
    [9000000001, "One", 1234.5, datetime.fromisoformat("2024-03-31T17:00"), None, True],
    [None] * 6,
    ["9000000002", "Two; & <more>", 5.0, None, None, None],
    [None, "Nobody", 1, None, None, None],
]


def _workbook(rows: list[list[Any]], sheets: int = 1, blank: int = 0) -> bytes:
    book = openpyxl.Workbook()
    for _ in range(sheets - 1):
        book.create_sheet().append(HEADER)
    for place in range(blank):
        book.create_sheet(index=place % 2 * -1)
    sheet = book.active = next(each for each in book if each.max_row == 1)
    for row in [HEADER, *rows]:
        sheet.append(row)
    sheet["E2"] = datetime.fromisoformat("2024-01-02")
    sheet["E2"].number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_rows_of_a_workbook_are_read_like_those_of_a_csv(read_csv: Read) -> None:
    reading = read_csv(_workbook(ROWS), "deals.xlsx")
    deal = reading.by_key["hubspot:deal:9000000001"].head
    assert isinstance(deal, Deal)
    assert (deal.amount, deal.status) == ("1234.5", "won")
    assert (deal.close_date, deal.create_date) == ("2024-03-31T17:00:00Z", "2024-01-02")
    second = reading.by_key["hubspot:deal:9000000002"].head
    assert isinstance(second, Deal)
    assert (second.name, second.amount) == ("Two; & <more>", "5")
    assert [problem.reason for problem in reading.problems] == ["no_id"]
    assert (reading.account.found, reading.account.balanced) == (3, True)


def test_workbook_in_a_zip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "all-2024-01-01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("deals.xlsx", _workbook(ROWS))
    reading = read_archive(source("hubspot"), path)
    assert reading.account.accepted == 2
    assert reading.items[0].summary.version[0] == "2024-01-01"


def test_workbook_of_somebody_else_is_left_alone(read_csv: Read) -> None:
    assert read_csv(_workbook([], sheets=3), "plan.xlsx") == Reading()
    assert read_csv(b"no zip", "plan.xlsx") == Reading()


def test_row_of_blank_texts_is_passed_over_and_said(read_csv: Read) -> None:
    rows: list[list[Any]] = [[1, "One", 5, None, None, None], [None, " ", "", None, None, None]]
    account = read_csv(_workbook(rows), "deals.xlsx").account
    assert (account.found, account.accepted, account.ignored) == (2, 1, {"blank row": 1})


def _marked(*changes: tuple[bytes, bytes]) -> bytes:
    """A workbook with its sheet's markup changed."""
    out = io.BytesIO()
    whole = zipfile.ZipFile(io.BytesIO(_workbook(ROWS[:1])))
    with whole, zipfile.ZipFile(out, "w") as archive:
        for name in whole.namelist():
            content = whole.read(name)
            for old, new in changes if "sheet1" in name else ():
                assert old in content
                content = content.replace(old, new, 1)
            archive.writestr(name, content)
    return out.getvalue()


FAR = b'<row r="%d"><c r="%s%d"><v>7</v></c></row></sheetData>'
WIDE = b'<c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>'


def test_row_far_away_costs_no_more_than_the_way_there(read_csv: Read) -> None:
    """The library fills the gaps: a million rows, as wide as the header."""
    far = FAR % (2**20, b"XFD", 2**20)
    content = _marked((b"</row>", WIDE), (b"</sheetData>", far))
    reading = read_csv(content, "deals.xlsx")
    assert [problem.reason for problem in reading.problems] == ["no_id"]
    assert reading.account.balanced


def test_row_numbered_beyond_the_last_ends_the_reading(read_csv: Read) -> None:
    content = _marked((b"</sheetData>", FAR % (10**12, b"A", 10**12)))
    with pytest.raises(Damaged, match="numbered beyond the last"):
        read_csv(content, "deals.xlsx")


def test_cell_far_to_the_right_of_the_header_is_not_lost_silently(read_csv: Read) -> None:
    reading = read_csv(_marked((b"</sheetData>", FAR % (3, b"XFD", 3))), "deals.xlsx")
    assert [problem.reason for problem in reading.problems] == ["long_row"]
    assert reading.account.balanced


STRINGS = "xl/sharedStrings.xml"
PART = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def _sharing(*, cut: int = 0) -> bytes:
    """A workbook whose cells share their texts, as spreadsheets save it; with so many bytes
    of the texts lost.
    """
    out = io.BytesIO()
    rows = [[n, f"Deal <{n % 7}>", None, None, None, None] for n in range(1, 5001)]
    whole = zipfile.ZipFile(io.BytesIO(_workbook(rows)))
    texts = [*reversed(HEADER), *(f"Deal &lt;{n}&gt;" for n in range(7))]
    with whole, zipfile.ZipFile(out, "w") as archive:
        for name in whole.namelist():
            content = whole.read(name).decode()
            for place, text in enumerate(texts):
                inline = f't="inlineStr"><is><t>{text}</t></is></c>'
                content = content.replace(inline, f't="s"><v>{place}</v></c>')
            assert "inlineStr" not in content
            archive.writestr(name, content.replace("</Types>", PART))
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        table = f'<sst xmlns="{openpyxl.xml.constants.SHEET_MAIN_NS}">{items}</sst>'
        archive.writestr(STRINGS, table[: len(table) - cut])
    return out.getvalue()


def test_texts_that_cells_share_are_read(read_csv: Read) -> None:
    reading = read_csv(_sharing(), "deals.xlsx")
    assert (reading.account.found, reading.account.accepted) == (5000, 5000)
    assert reading.by_key["hubspot:deal:4999"].summary.title == "Deal <1>"


def test_header_of_a_workbook_is_found_without_the_texts_of_its_rows(
    read_csv: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    texts = workbook._shared_texts

    def counted(stream: Any) -> Iterator[str]:
        for text in texts(stream):
            taken.append(text)
            yield text

    monkeypatch.setattr(workbook, "_shared_texts", counted)
    assert read_csv(_sharing(), "deals.xlsx").account.accepted == 5000
    assert taken == HEADER[::-1]


def test_workbook_whose_texts_are_cut_is_found_and_then_refused(read_csv: Read) -> None:
    with pytest.raises(Damaged, match="not a whole workbook"):
        read_csv(_sharing(cut=8), "deals.xlsx")


def test_formula_counts_by_what_it_came_to(read_csv: Read) -> None:
    row = (
        b'<row r="3"><c r="A3"><f>A2+1</f><v>7</v></c><c r="B3" t="str"><f>B2</f><v>Two</v></c>'
        b"</row></sheetData>"
    )
    reading = read_csv(_marked((b"</sheetData>", row)), "deals.xlsx")
    assert reading.by_key["hubspot:deal:7"].summary.title == "Two"


def test_number_that_ends_in_a_zero_is_whole(read_csv: Read) -> None:
    row = (
        b'<row r="3"><c r="A3"><v>7.0</v></c><c r="B3" t="str"><v>Two</v></c>'
        b'<c r="C3"><v>1200.0</v></c></row></sheetData>'
    )
    deal = read_csv(_marked((b"</sheetData>", row)), "deals.xlsx").by_key["hubspot:deal:7"].head
    assert isinstance(deal, Deal)
    assert deal.amount == "1200"


def test_entities_that_grow_are_not_followed(read_csv: Read) -> None:
    names = [b"&%c;" % (97 + n) * 10 for n in range(9)]
    bomb = b"".join(b'<!ENTITY %c "%s">' % (98 + n, name) for n, name in enumerate(names))
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + bomb + b"]><worksheet"
    content = _marked(
        (b"<worksheet", declared), (b"</sheetData>", FAR % (3, b"A", 3)), (b">7<", b">&j;<")
    )
    with pytest.raises(Damaged, match="not a whole workbook"):
        read_csv(content, "deals.xlsx")


def test_entities_that_name_a_file_are_not_followed(read_csv: Read, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("7")
    declared = f'<!DOCTYPE x [<!ENTITY j SYSTEM "{(tmp_path / "secret").as_uri()}">]><worksheet'
    content = _marked(
        (b"<worksheet", declared.encode()),
        (b"</sheetData>", FAR % (3, b"A", 3)),
        (b">7<", b">&j;<"),
    )
    with pytest.raises(Damaged, match="not a whole workbook"):
        read_csv(content, "deals.xlsx")


def _with_parts(content: bytes, **parts: Member) -> bytes:
    """The same workbook with other parts, by the ends of their names."""
    whole = zipfile.ZipFile(io.BytesIO(content))
    members = {name: Member(name=name.encode(), data=whole.read(name)) for name in whole.namelist()}
    for end, member in parts.items():
        (name,) = [name for name in members if name.endswith(f"{end}.xml")]
        members[name] = replace(member, name=name.encode())
    return zipped(list(members.values()))


NAMED = "hubspot-crm-exports-all-deals-2024-01-01.xlsx"


@pytest.mark.parametrize("part", ["styles", "workbook", "theme1"])
def test_part_that_holds_more_than_it_says_is_never_unpacked_whole(
    tmp_path: Path, part: str
) -> None:
    bomb = Member(name=b"", data=zeros(300), said_method=8, size=1000)
    (tmp_path / NAMED).write_bytes(_with_parts(_workbook(ROWS), **{part: bomb}))
    tracemalloc.start()
    try:
        found = discover(source("hubspot"), FolderTree(tmp_path))
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()
    assert [(problem.path, problem.reason) for problem in found.problems] == [(NAMED, "damaged")]


@pytest.mark.parametrize("part", ["styles", "workbook"])
def test_part_too_large_to_take_in_at_once_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    whole = zipfile.ZipFile(io.BytesIO(_workbook(ROWS)))
    (name,) = [name for name in whole.namelist() if name.endswith(f"/{part}.xml")]
    padded = Member(name=b"", data=whole.read(name) + b" " * 20_000)
    (tmp_path / NAMED).write_bytes(_with_parts(_workbook(ROWS), **{part: padded}))
    assert len(discover(source("hubspot"), FolderTree(tmp_path)).units) == 1
    monkeypatch.setattr(workbook, "_PART_BYTES", 19_000)
    found = discover(source("hubspot"), FolderTree(tmp_path))
    assert [(problem.path, problem.reason) for problem in found.problems] == [(NAMED, "damaged")]


@pytest.mark.parametrize("part", ["sheet1", "sharedStrings"])
def test_row_or_text_without_an_end_is_refused_before_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(workbook, "_PIECE_BYTES", 200_000)
    piece, mark = (b"<c/>", b"</row>") if part == "sheet1" else (b"<t/>", b"</si>")
    whole = zipfile.ZipFile(io.BytesIO(_sharing()))
    (name,) = [name for name in whole.namelist() if name.endswith(f"{part}.xml")]
    data = whole.read(name).replace(mark, piece * 100_000 + mark, 1)
    endless = Member(name=b"", data=data, method=8)
    (tmp_path / NAMED).write_bytes(_with_parts(_sharing(), **{part: endless}))
    found = discover(source("hubspot"), FolderTree(tmp_path))
    assert [(problem.path, problem.reason) for problem in found.problems] == [(NAMED, "damaged")]


def test_shared_texts_too_large_to_hold_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_TEXTS_BYTES", len(_sharing()))
    table = Member(name=b"", data=b"<sst>" + b" " * len(_sharing()))
    (tmp_path / NAMED).write_bytes(_with_parts(_sharing(), sharedStrings=table))
    found = discover(source("hubspot"), FolderTree(tmp_path))
    assert [(problem.path, problem.reason) for problem in found.problems] == [(NAMED, "too_large")]


@pytest.mark.parametrize("blank", [1, 2, 3])
def test_blank_sheets_beside_it_do_not_matter(read_csv: Read, blank: int) -> None:
    reading = read_csv(_workbook(ROWS, blank=blank), "deals.xlsx")
    assert (reading.account.found, reading.account.accepted) == (3, 2)
    assert reading.account.balanced


def test_numbers_beyond_the_digits_of_a_spreadsheet_are_no_ids(read_csv: Read) -> None:
    rows = [[number, "One", None, None, None, None] for number in (1.2e18, 10**15 - 1.0)]
    reading = read_csv(_workbook(rows), "deals.xlsx")
    assert [problem.reason for problem in reading.problems] == ["rounded_id"]
    assert list(reading.by_key) == ["hubspot:deal:999999999999999"]


def test_dates_count_from_the_workbooks_own_beginning(read_csv: Read) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEADER)
    book.active.append([1, "One", None, datetime.fromisoformat("2024-03-31T17:00")])
    out = io.BytesIO()
    book.save(out)
    deal = read_csv(out.getvalue(), "deals.xlsx").by_key["hubspot:deal:1"].head
    assert isinstance(deal, Deal)
    assert deal.close_date == "2024-03-31T17:00:00Z"


def test_day_as_a_bare_number_is_no_date(read_csv: Read) -> None:
    reading = read_csv(_workbook([[1, "One", None, 45382]]), "deals.xlsx")
    assert [f.kind for f in reading.items[0].summary.findings] == ["unreadable_date"]


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError, RecursionError])
def test_whatever_the_library_raises_costs_its_workbook_only(
    read_csv: Read, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error("no valid workbook part")

    monkeypatch.setattr("openpyxl.reader.excel.ExcelReader.read", fail)
    reading = read_csv(_workbook(ROWS), "hubspot-crm-exports-x.xlsx")
    assert f"not a whole workbook ({error.__name__})" in reading.problems[0].detail


def test_workbook_of_several_sheets_under_an_exports_name_is_a_problem(read_csv: Read) -> None:
    reading = read_csv(_workbook(ROWS, sheets=2), "hubspot-crm-exports-x.xlsx")
    assert "2 filled sheets" in reading.problems[0].detail


def test_sheet_cut_short_is_refused(tmp_path: Path) -> None:
    whole = zipfile.ZipFile(io.BytesIO(_workbook(ROWS)))
    with whole, zipfile.ZipFile(tmp_path / "deals.xlsx", "w") as archive:
        for name in whole.namelist():
            content = whole.read(name)
            cut = content[: content.index(b'<row r="4"') + 20] if "sheet1" in name else content
            archive.writestr(name, cut)
    tree = FolderTree(tmp_path)
    reader = source("hubspot")
    (unit,) = discover(reader, tree).units
    with pytest.raises(Damaged, match="not a whole workbook"):
        list(reader.read(unit, tree))


def test_missing_package_is_said_with_its_remedy(
    read_csv: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("sources.hubspot.workbook.import_module", refuse)
    reading = read_csv(_workbook(ROWS), "hubspot-crm-exports-x.xlsx")
    assert "Install openpyxl" in reading.problems[0].remedy
