"""Whatever the cells, the bytes or the place where a file was cut: read, and accounted for."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sources.errors import Damaged
from tests.reading import Reading, read_archive, source

HEADER = [
    "Record ID",
    "Deal Name",
    "Deal Stage",
    "Amount",
    "Close Date",
    "Associated Company IDs",
    "Associated Company",
    "Associated Contact",
    "Is Closed Won",
]
_CHARACTERS = st.sampled_from('",;\t\r\n ab19.-/€\u00a0\ufeff\x00E+:()@é')
_CELL = st.one_of(
    st.text(_CHARACTERS, max_size=8),
    st.text(max_size=8),
    st.sampled_from(["1", "9000000001", "1.23E+10", "7.0", "$1,234.50", "2024-03-31 17:00", "1;2"]),
).filter(lambda cell: not any("\ud800" <= character <= "\udfff" for character in cell))
_ROW = st.lists(_CELL, max_size=len(HEADER) + 2)


def _read(folder: Path, content: bytes) -> Reading:
    for old in folder.glob("*.csv"):
        old.unlink()
    (folder / "deals.csv").write_bytes(content)
    try:
        return read_archive(source("hubspot"), folder)
    except Damaged:
        return Reading()


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *rows])
    return out.getvalue()


def _assert_balanced(reading: Reading) -> None:
    assert reading.account.balanced, reading
    assert len(reading.items) == reading.account.accepted
    assert len(reading.problems) == reading.account.quarantined


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(_ROW, max_size=6), delimiter=st.sampled_from(",;\t"))
def test_any_cells_are_read_and_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    reading = _read(_folder(tmp_path_factory), _csv(rows, delimiter).encode())
    assert reading.units
    _assert_balanced(reading)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(_ROW, max_size=6),
    delimiter=st.sampled_from(",;\t"),
    codec=st.sampled_from(["utf-16", "utf-16-le", "utf-16-be"]),
)
def test_utf_16_gives_what_utf_8_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, codec: str
) -> None:
    folder, text = _folder(tmp_path_factory), _csv(rows, delimiter)
    plain, wide = _read(folder, text.encode()), _read(folder, text.encode(codec))
    assert (wide.account, wide.problems) == (plain.account, plain.problems)
    assert [item.head for item in wide.items] == [item.head for item in plain.items]


@settings(max_examples=200, deadline=None)
@given(tail=st.binary(max_size=60), codec=st.sampled_from(["utf-16", "utf-16-le", "utf-16-be"]))
def test_any_bytes_after_a_header_in_utf_16_are_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes, codec: str
) -> None:
    reading = _read(_folder(tmp_path_factory), _csv([]).encode(codec) + tail)
    assert reading.units
    _assert_balanced(reading)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(_ROW, max_size=4), tail=st.text(_CHARACTERS, max_size=40))
@example(rows=[], tail='1,"a\n2,"b",c\n3,"d')
@example(rows=[], tail='1,"a\n2,Two,,,,,,,\n\r3,Three,,,,,,,\nx')
@example(rows=[], tail='""""\r\r\n"\n",,;"')
def test_any_text_after_the_header_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], tail: str
) -> None:
    reading = _read(_folder(tmp_path_factory), (_csv(rows) + tail).encode())
    _assert_balanced(reading)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(_ROW, min_size=1, max_size=4), data=st.data())
def test_a_file_cut_anywhere_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], data: st.DataObject
) -> None:
    content = _csv(rows).encode()
    cut = data.draw(st.integers(len(",".join(HEADER)) + 2, len(content)))
    _assert_balanced(_read(_folder(tmp_path_factory), content[:cut]))


@settings(max_examples=200, deadline=None)
@given(tail=st.binary(max_size=60))
def test_any_bytes_after_the_header_are_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    _assert_balanced(_read(_folder(tmp_path_factory), _csv([]).encode() + tail))


def _folder(factory: pytest.TempPathFactory) -> Path:
    folder = factory.getbasetemp() / "hubspot_property"
    folder.mkdir(exist_ok=True)
    return folder
