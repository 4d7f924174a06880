"""The count of records, which shares nothing with the parser."""

from __future__ import annotations

import io

import pytest

from sources.hubspot.count import scan


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("", 0),
        ("a,b\n1,2\n", 2),
        ("a,b\r\n1,2", 2),
        ('a,b\n1,"x\n\n""y"" ,\n"\n2,3\n', 3),
        ("a\n\n,,\n \n1\n", 2),
        ('a\n""\n"",""\n1\n', 2),
        ('a,b\n1,in"ch\n2,3\n', 3),
        ('a,b\n1,"x"y\n2,3\n', 3),
        ('a,b\n1,"x\ny"z,"\n2,3\n', 3),
        ('\ufeff"a","b"\n"1","2"\n', 2),
        ('\ufeff"a\nb",c\n1,2\n', 2),
        ("a\r1\r2", 3),
    ],
)
def test_records_are_counted_through_quotes_and_blanks(text: str, records: int) -> None:
    assert scan(io.BytesIO(text.encode()), ",").records == records


def test_unclosed_quote_is_located_and_counted_as_one() -> None:
    facts = scan(io.BytesIO(b'a,b\n1,2\n3,"x\ny\n'), ",")
    assert (facts.records, facts.open_line) == (3, 3)
    assert facts.ended


@pytest.mark.parametrize(
    ("content", "encoding", "damaged"),
    [
        (b"plain", "utf-8-sig", False),
        ("ñ\nñ".encode(), "utf-8-sig", False),
        ("ñ\nñ".encode("cp1252"), "cp1252", False),
        ("ñ".encode() + b"\n\xff\n", "utf-8-sig", True),
        ("año ñ".encode()[:-1], "utf-8-sig", False),
    ],
)
def test_encoding_is_utf8_unless_most_lines_say_otherwise(
    content: bytes, encoding: str, *, damaged: bool
) -> None:
    facts = scan(io.BytesIO(content), ",")
    assert (facts.encoding, facts.damaged) == (encoding, damaged)
