"""Files that a spreadsheet has saved as *Unicode text*."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable

import pytest

from sources.hubspot.utf16 import as_utf_8, utf_16
from sources.records import Deal
from tests.reading import Reading

Read = Callable[..., Reading]
TEXT = (
    "Record ID\tDeal Name\tAmount\tDeal owner\r\n"
    '1\t"Año ""neu""\r\nzwei"\t5\tRobin\r\n\r\n'
    "2\tЗаказ 𝄞\t7\tPat\r\n"
)
FORMS = [
    codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    TEXT.encode("utf-16-le"),
    TEXT.encode("utf-16-be"),
]


@pytest.mark.parametrize("content", FORMS)
@pytest.mark.parametrize("name", ["deals.csv", "deals.txt"])
def test_file_is_read_like_any_other(read_csv: Read, content: bytes, name: str) -> None:
    reading = read_csv(content, name)
    deals = {key: item.head for key, item in reading.by_key.items()}
    first, second = deals["hubspot:deal:1"], deals["hubspot:deal:2"]
    assert isinstance(first, Deal)
    assert isinstance(second, Deal)
    assert (first.name, first.amount) == ('Año "neu"\r\nzwei', "5")
    assert (second.name, second.owner) == ("Заказ 𝄞", "Pat")
    assert [i.summary.findings for i in reading.items] == [(), ()]
    counted = sum(1 for row in csv.reader(io.StringIO(TEXT), delimiter="\t") if any(row)) - 1
    assert reading.account.found == reading.account.accepted == counted
    assert reading.problems == []


@pytest.mark.parametrize("content", FORMS)
def test_file_cut_within_a_character_says_where(read_csv: Read, content: bytes) -> None:
    reading = read_csv(content[:-13])
    assert [problem.reason for problem in reading.problems] == ["torn_row"]
    assert (reading.account.accepted, reading.account.quarantined) == (1, 1)
    assert reading.account.balanced


def test_character_that_is_none_is_said(read_csv: Read) -> None:
    content = TEXT.encode("utf-16-le").replace("𝄞".encode("utf-16-le"), b"\x34\xd8!\0")
    found = read_csv(content).by_key["hubspot:deal:2"].summary
    assert [finding.kind for finding in found.findings] == ["encoding_damaged"]


def test_more_than_a_buffer_is_read_whole(read_csv: Read) -> None:
    rows = "".join(f"{number}\tDeal {number} ñ€𝄞\n" for number in range(1, 5001))
    reading = read_csv(("Record ID\tDeal Name\n" + rows).encode("utf-16"))
    assert [item.summary.title for item in reading.items] == [
        f"Deal {number} ñ€𝄞" for number in range(1, 5001)
    ]
    assert reading.account.found == 5000


@pytest.mark.parametrize(
    "head",
    [b"", b"Record ID,Deal Name\n", "Año,Größe\n".encode(), b"a\0\0b,c\0\n", b"\0" * 40, b"PK\3\4"],
)
def test_other_bytes_are_not_taken_for_it(head: bytes) -> None:
    assert utf_16(head) is None
    stream = io.BytesIO(head)
    assert as_utf_8(stream, None) is stream


def test_header_in_letters_of_two_bytes_is_known_by_its_mark_and_by_its_zeros() -> None:
    header = "Record ID\t取引名\tAssociated Company IDs\n"
    assert utf_16(header.encode("utf-16")) == "utf-16"
    assert utf_16(header.encode("utf-16-le")) == "utf-16-le"
    assert utf_16(header.encode("utf-16-be")) == "utf-16-be"
