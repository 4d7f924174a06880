"""Names with a slip, and what only looks like one."""

from __future__ import annotations

import pytest

from etl.mapping.read import read_mapping
from etl.matching.company_index import build_index
from etl.matching.learnt import Learnt
from etl.matching.typos import meant
from tests.etl.matching.corpus import Entry, chats, decide, item, said

INDEX = build_index(
    read_mapping(
        b"base_company,calendar_domain\nkestrelmere,kestrelmere.io\nlayer3x,\nstakin,\nstridex,\nstrikex,\n"
    )
)
SEEN = Learnt(items=1)


@pytest.mark.parametrize(
    "spelling", ["kestrlmere", "kestrellmere", "kestrelmeer", "ketsrelmere", "kestralmere"]
)
def test_one_slip_leads_to_the_name(spelling: str) -> None:
    found = meant(INDEX, SEEN, spelling)
    assert found is not None
    assert [owner.company for owner in found.owners] == ["kestrelmere"]
    assert "kestrelmere" in found.detail


@pytest.mark.parametrize(
    "spelling",
    [
        *("kestrlmeer", "estrelmere", "westrelmere", "kestrelmeres", "kestrelmere2"),
        *("layer4x", "striex", "gors", "", "staking", "kestrelmereis"),
    ],
)
def test_two_slips_another_beginning_a_plural_or_a_number_do_not(spelling: str) -> None:
    assert meant(INDEX, SEEN, spelling) is None


def test_a_spelling_between_two_names_is_neither() -> None:
    assert meant(INDEX, SEEN, "stribex") is None


@pytest.mark.parametrize(
    "learnt",
    [
        Learnt(),
        SEEN._replace(spellings=frozenset({"kestrlmere"})),
        SEEN._replace(fields={"kestrlmere": 1}),
        SEEN._replace(labels=frozenset({"kestrlmere"})),
        SEEN._replace(common=frozenset({"kestrlmere"})),
    ],
)
def test_a_spelling_that_the_corpus_knows_is_a_word_of_its_own(learnt: Learnt) -> None:
    assert meant(INDEX, SEEN, "kestrlmere") is not None
    assert meant(INDEX, learnt, "kestrlmere") is None


def test_a_slip_in_a_title_counts_beside_our_name() -> None:
    decision = decide(*chats("Kestrelmeer <> Ourco"))
    assert said(decision) == ("matched", [("kestrelmere", "typo")])
    assert decision.matches[0].score == 0.7
    assert decide(*chats("Kestrelmeer")).status == "review"
    assert decide(*chats("Kestrelmeer <> Ourco"), *chats("Kestrelmeer | OC")).status != "matched"


def test_a_slip_in_the_company_field_counts() -> None:
    deal = item("deal", "Renewal", companies=("Kestrelmeer Ltd",))
    assert said(decide(deal)) == ("matched", [("kestrelmere", "typo")])
    assert decide(deal, deal).status == "unmatched"


@pytest.mark.parametrize(
    "entry",
    [
        item("calendar", "Weekly", emails=("a@kestrelmeer.example",)),
        item("telegram", "Kestrelmeer", flags=("personal",)),
    ],
)
def test_no_slip_is_looked_for_in_a_domain_or_a_personal_chat(entry: Entry) -> None:
    assert decide(entry).matches == ()
