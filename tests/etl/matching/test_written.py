"""How names are written in titles."""

from __future__ import annotations

import pytest

from etl.mapping.read import read_mapping
from etl.matching.company_index import build_index
from etl.matching.parts import Found, Parts
from etl.matching.pieces import parts_of
from etl.matching.segments import OwnNames
from etl.matching.written import is_no_word, is_written_as_a_name
from etl.names.normalise import normalise

INDEX = build_index(read_mapping(b"base_company\nbridge\nacme bridge\nbridge2\n"))


def read(title: str) -> tuple[Parts, Found]:
    """A title, and the one name in it."""
    parts = parts_of(INDEX, OwnNames(()), normalise(title))
    (found,) = (found for piece in parts.pieces for found in piece.found)
    return parts, found


@pytest.mark.parametrize(
    ("title", "as_a_name"),
    [
        ("sync with Bridge", True),
        ("sync with bridge", False),
        ("The Bridge sync", True),  # how a title begins says nothing
        ("OK Bridge sync", False),
        ("Sync With Bridge", False),
        ("Bridge sync", False),
        ("Acme Bridge sync", True),
        ("Acme Bridge Sync", False),
        ("Acme bridge sync", False),
        ("Acme Bridge", False),
    ],
)
def test_name_has_capitals_where_a_word_would_have_none(title: str, as_a_name: bool) -> None:
    assert is_written_as_a_name(*read(title)) is as_a_name


@pytest.mark.parametrize(
    ("title", "no_word"),
    [
        ("bridge sync", False),
        ("Bridge sync", False),
        ("BRIDGE sync", False),
        ("briDge sync", True),
        ("BRidge sync", True),
        ("bridge2 sync", True),
        ("acme bridge sync", True),
    ],
)
def test_no_word_has_a_capital_or_a_digit_within_or_a_blank(title: str, no_word: bool) -> None:
    assert is_no_word(*read(title)) is no_word
