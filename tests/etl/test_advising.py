"""What a run advises."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from etl.advising import advice, without_formulas, write_suggestions
from etl.matching.learnt import Learnt
from etl.matching.own_company import OwnCompany
from etl.matching.said import Words
from etl.matching.suggesting import Suggesting
from etl.report import Advice
from etl.settings import SUGGESTIONS
from tests.etl.matching.corpus import chats


class _Rows:
    def rows(self) -> Iterator[dict[str, str]]:
        yield {"base_company": "Zürich & Co", "telegram_group": "=1+1", "items": "2"}
        yield {"base_company": "b", "calendar_domain": "b.test\nc.test"}


def test_rows_stand_beside_the_output_for_its_owner_only(tmp_path: Path) -> None:
    assert write_suggestions(tmp_path / "out.json", cast("Suggesting", _Rows())) == 2
    path = tmp_path / SUGGESTIONS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["base_company"], second["calendar_domain"]) == ("Zürich & Co", "b.test\nc.test")


def test_a_cell_is_no_formula(tmp_path: Path) -> None:
    write_suggestions(tmp_path / "out.json", cast("Suggesting", _Rows()))
    assert ",'=1+1," in (tmp_path / SUGGESTIONS).read_text(encoding="utf-8")


@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "\0", "\u200b", "\ufeff", "\u00a0"])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_what_a_spreadsheet_takes_for_a_formula_is_quoted(before: str, sign: str) -> None:
    cell = f"{before}{sign}1+1"
    assert without_formulas([cell, f"a{cell}", ""]) == [f"'{cell}", f"a{cell}", ""]


def test_who_we_may_be_is_said_only_when_nobody_said_it() -> None:
    own = OwnCompany()
    for summary, _ in chats(*(f"{name} <> Ourco" for name in "ABCDEF")):
        own.add(summary)
    assert advice(3, own, Learnt()) == Advice(suggestions=3, our_name="Ourco", our_name_items=6)
    assert advice(0, None, Learnt()) == Advice()


def test_the_words_that_stand_beside_most_companies_are_shown_first() -> None:
    before = {"new": frozenset("ABCD"), "rare": frozenset("AB"), "call": frozenset("AB")}
    words = Words(before=before, after={"call": frozenset("BC"), "demo": frozenset("ABCDE")})
    shown = advice(0, None, Learnt(words=words)).words
    assert list(shown.items()) == [("demo", 5), ("new", 4), ("call", 3)]


def test_names_of_others_are_shown_with_how_often_they_stand_there() -> None:
    learnt = Learnt(
        foreign=frozenset(("zorg", "yarrow", "both")),
        fields={"zorg": 3, "both": 2, "mapped": 9},
        labels=frozenset(("yarrow", "both")),
    )
    shown = advice(0, None, learnt).names_of_others
    assert list(shown.items()) == [("both", 3), ("zorg", 3), ("yarrow", 1)]
