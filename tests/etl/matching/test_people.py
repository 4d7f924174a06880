"""People who carry a company in their name."""

from __future__ import annotations

import pytest

from etl.matching.people import tagged
from tests.etl.matching.corpus import decide, item, said


@pytest.mark.parametrize(
    ("person", "name", "company"),
    [
        ("Ann | Acme", "Ann", "Acme"),
        ("Ann Lee (Acme Labs)", "Ann Lee", "Acme Labs"),
        ("Ann @ Acme", "Ann", "Acme"),
        ("Ann", "Ann", ""),
        ("@ann_acme", "@ann_acme", ""),
        ("ann@acme.example", "ann@acme.example", ""),
        ("| Acme", "| Acme", ""),
        ("", "", ""),
    ],
)
def test_what_a_person_carries(person: str, name: str, company: str) -> None:
    assert tagged(person) == (name, company)


def test_two_people_of_a_company_tell_whose_a_chat_is() -> None:
    decision = decide(item("telegram", "Launch", "Ann | Gorse", "Bo (GORSE)", "Cy | Ourco"))
    assert said(decision) == ("matched", [("gorse", "participants")])
    assert decision.matches[0].evidence.field == "people"
    assert decision.matches[0].evidence.detail == "2 people there carry it"


def test_one_person_suggests_and_a_name_alone_says_nothing() -> None:
    assert said(decide(item("telegram", "Launch", "Ann | Gorse")))[0] == "review"
    assert decide(item("telegram", "Launch", "Ann | Gorse", "Ann | Gorse")).status == "review"
    assert decide(item("telegram", "Launch", "Ann Gorse", "Bo Gorse")).status == "unmatched"


def test_people_of_another_company_than_the_title_are_a_contradiction() -> None:
    decision = decide(item("telegram", "Acme <> Ourco", "Ann | Gorse", "Bo | Gorse"))
    assert said(decision)[0] == "review"


@pytest.mark.parametrize("flag", ["public", "personal"])
def test_people_of_an_open_or_a_personal_chat_say_nothing(flag: str) -> None:
    entry = item("telegram", "Launch", "Ann | Gorse", "Bo | Gorse", flags=(flag,))
    assert decide(entry).status == "unmatched"
