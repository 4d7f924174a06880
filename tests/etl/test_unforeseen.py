from __future__ import annotations

import re

import pytest

from etl.unforeseen import traced, unexpected


def test_an_error_without_a_place_tells_its_kind() -> None:
    assert unexpected(KeyError("secret")) == "unexpected KeyError"


def test_the_way_of_an_error_is_told_with_what_it_came_of_and_quotes_nothing() -> None:
    def fails() -> None:
        try:
            int("Dear Bo")
        except ValueError as error:
            raise KeyError("the price is 7") from error

    with pytest.raises(KeyError) as caught:
        fails()
    caught.value.__cause__.__cause__ = caught.value  # type: ignore[union-attr]
    told = traced(caught.value)
    assert re.search("in fails.*ValueError.*which led to.*in fails.*KeyError$", told, re.DOTALL)
    assert not re.search("Bo$|is 7$", told, re.MULTILINE)
