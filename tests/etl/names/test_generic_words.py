"""Names without the generic words at their end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.names.generic_words import GENERIC, core
from etl.names.normalise import normalise
from tests.guarding import no_hang


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Fern Labs", "fern"),
        ("Fern Capital Group", "fern"),
        ("Oak Fern Labs", "oakfern"),
        ("FernLabs", "fern"),
        ("Fern", ""),
        ("Labs", ""),
        ("Labs Network", ""),
        ("Ox Labs", ""),
        ("OxLabs", ""),
        ("Fernpay", ""),
        ("Labs Fern", ""),
    ],
)
def test_generic_words_are_taken_off_the_end_when_something_is_left(name: str, key: str) -> None:
    assert core(normalise(name).tokens) == key


@given(st.lists(st.sampled_from(["fern", "labs", "network", "ox", "fernlabs", "pay"])))
def test_a_core_is_a_beginning_of_the_name_and_no_generic_word(words: list[str]) -> None:
    found = core(tuple(words))
    assert "".join(words).startswith(found)
    assert found not in GENERIC


def test_a_word_of_any_length_may_end_in_one() -> None:
    with no_hang():
        assert core(("q" * 1_000_000,)) == ""
        assert core(("q" * 1_000_000 + "labs",)) == "q" * 1_000_000
