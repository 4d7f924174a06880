"""Legal forms at the ends of a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.names.legal_forms import without_legal_form
from etl.names.normalise import normalise
from tests.guarding import no_hang


@pytest.mark.parametrize(
    "name",
    [
        "Acme Inc.",
        "Acme, Inc",
        "ACME LTD",
        "Acme Pty Ltd",
        "Acme B.V.",
        "Acme S.A. de C.V.",
        "Acme Sp. z o.o.",
        "Acme GmbH & Co. KG",
        "Acme & Co.",
        "Oy Acme Ab",
        "Acme S. Coop.",
        "Acme Ltd. Şti.",
        "Acme A.Ş.",
        "Acme A/S",
        "ACME S/A",
        "Acme JSC",
        "Acme SE & Co. KGaA",
        "ООО Acme",
        "株式会社Acme",
        "Acme株式会社",
    ],
)
def test_a_form_at_an_end_is_taken_off(name: str) -> None:
    assert without_legal_form(normalise(name).tokens) == ("acme",)


@pytest.mark.parametrize(
    "name",
    [
        "Co",
        "Inc",
        "GmbH",
        "Oy",
        "株式会社",
        "Incline",
        "Acme Group",
        "Acme Inc Labs",
        "Ltd Edition",
    ],
)
def test_what_is_no_form_at_an_end_stays(name: str) -> None:
    tokens = normalise(name).tokens
    assert without_legal_form(tokens) == tokens


@given(st.lists(st.sampled_from(["acme", "oy", "inc", "co", "and", "kg", "gmbh", "株式会社"])))
def test_something_is_always_left_and_nothing_more_to_take(words: list[str]) -> None:
    bare = without_legal_form(tuple(words))
    assert bool(bare) == bool(words)
    assert without_legal_form(bare) == bare


@pytest.mark.parametrize("tokens", [("acme", *("ltd",) * 200_000), (*("ooo",) * 200_000, "acme")])
def test_any_number_of_forms_is_taken_off(tokens: tuple[str, ...]) -> None:
    with no_hang():
        assert without_legal_form(tokens) == ("acme",)
