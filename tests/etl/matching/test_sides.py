"""Who is one of us, and what says so."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from etl.matching.matcher import Matcher
from etl.matching.sides import OurPerson
from sources.records import Participant
from tests.etl.matching.corpus import Entry, beside, item, learnt

KINDS: tuple[tuple[str, Literal["member", "guest"]], ...] = (
    *(("U3", "member"), ("U2", "guest"), ("U1", "member")),
)
NAMES = ("Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")


def ours(entry: Entry, *people: Participant, knowing: Matcher | None = None) -> dict[str, str]:
    found = (knowing or learnt([])).sides().our_people(*entry, people)
    assert list(found) == sorted(found)
    return {person.who: person.why for person in found}


def member(name: str, kind: Any = "member", email: str | None = None) -> Participant:
    return Participant(id=f"U{name}", name=name, kind=kind, email=email)


def test_an_address_of_ours_and_our_name_in_theirs_say_so() -> None:
    meeting = item("calendar", "W", emails=("b@eu.ourco.example", "a@acme.example", "c@gmail.com"))
    assert ours(meeting) == {"b@eu.ourco.example": "domain"}
    chat = item("telegram", "W", "Ann | Ourco", "Bo (Acme)", "Cy", "Ourco")
    assert ours(chat) == {"Ann | Ourco": "name"}


def test_a_part_in_the_chats_of_many_companies_says_so() -> None:
    chats = [item(*("telegram", e.title), "Ann Lee", "Bo") for e, _ in beside("C x Ourco", *NAMES)]
    matcher = learnt([*chats, item("telegram", "Gorse <> Ourco", "Cy Poe", "Ann Lee")])
    seen = item("telegram", "W", "Ann Lee", "Bo", "Cy Poe")
    assert ours(seen, knowing=matcher) == {"Ann Lee": "many_companies"}
    assert ours(seen, knowing=learnt(chats[1:])) == {}


@pytest.mark.parametrize("name", ["Ann", "Deleted Account", "Group Help Bot"])
def test_names_that_many_bear_say_nothing(name: str) -> None:
    chats = [item("telegram", entry.title, name) for entry, _ in beside("C x Ourco", *NAMES)]
    seen = item("telegram", "Gorse <> Ourco", name)
    assert ours(seen, knowing=learnt([*chats, seen])) == {}


@pytest.mark.parametrize("template", ["C", "C x Acme x Ourco"])
def test_chats_that_are_not_one_companys_with_us_say_nothing(template: str) -> None:
    entries = beside(template, *NAMES)
    chats = [item("telegram", entry.title, "Ann Lee") for entry, _ in entries[1:]]
    assert ours(item("telegram", "W", "Ann Lee"), knowing=learnt(chats)) == {}


def test_whose_account_was_exported_is_one_of_us() -> None:
    people = ("Ann", "Bo (mobile)", "Cy | Acme", "Di Fox | Ourco", "Ed")
    chat = item("telegram", "W", *people, owners=people[:4])
    # a customer's name on the account speaks against it
    assert ours(chat) == {"Ann": "owner", "Bo (mobile)": "owner", "Di Fox | Ourco": "name"}


def test_whose_calendar_was_exported_is_one_of_us() -> None:
    emails = ("ann@gmail.com", "bo@acme.example", "cy@ourco.example", "di@gmail.com")
    meeting = item("calendar", "W", emails=emails, owners=emails[:3])
    assert ours(meeting) == {"ann@gmail.com": "owner", "cy@ourco.example": "domain"}


def test_a_member_of_our_workspace_is_one_of_us() -> None:
    kinds = ("member", "guest", "external", "bot", "unknown")
    found = ours(item("slack", "W"), *(member(kind, kind) for kind in kinds))
    assert found == {"member": "team"}


def test_an_address_says_more_than_the_workspace() -> None:
    found = ours(
        item("slack", "W", emails=("ann@ourco.example",)),
        member("Ann", "guest", "ann@ourco.example"),
        member("Bo", email="bo@eu.ourco.example"),
        member("Cy", email="cy@gmail.com"),
        member("Di", email="di@acme.example"),  # a customer with an account of ours
        member("Ed", email="ed@agency.example"),
        member("Fay", "bot", "fay@ourco.example"),
        member("Gil (Acme)"),
        member("Hal (Ops)"),
        member("Ida | Acme", email="ida@ourco.example"),
        member("Jo | Ourco", "unknown"),
        member("Ourco bot | Ourco", "bot"),
    )
    ours_by_domain = dict.fromkeys(("Ann", "Bo", "Ida | Acme"), "domain")
    by_team = dict.fromkeys(("Cy", "Ed", "Hal (Ops)"), "team")
    assert found == ours_by_domain | by_team | {"Jo | Ourco": "name"}


def test_of_two_of_one_name_each_is_told_by_id() -> None:
    pair = [Participant(id=who, name="Di", kind=kind) for who, kind in KINDS]
    found = learnt([]).sides().our_people(item("slack", "W")[0], (), pair)
    assert found == (OurPerson("Di", "team", "U1"), OurPerson("Di", "team", "U3"))
