"""Who is one of us, and what says so."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from etl.matching.matcher import Matcher
from etl.matching.sides import (
    OurPerson,
    Why,
    of_said,
    with_our_authors,
    with_our_guests,
    with_our_members,
)
from sources.records import Message, Participant, Person
from tests.etl.matching.corpus import Entry, beside, item, learnt

NAMES = ("Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")


def ours(entry: Entry, *people: Participant, knowing: Matcher | None = None) -> dict[str, str]:
    found = (knowing or learnt([])).sides().our_people(*entry, people)
    assert list(found) == sorted(found)
    return {person.who: person.why for person in found}


def member(name: str, kind: Any = "member", email: str | None = None) -> Participant:
    return Participant(id=f"U{name}", name=name, kind=kind, email=email)


def person(who: str, why: Why) -> OurPerson:
    return OurPerson(who=who, why=why)


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
    )
    assert found == {"Ann": "domain", "Bo": "domain", "Cy": "team", "Ed": "team"}


def test_a_name_that_a_guest_has_too_says_nothing() -> None:
    found = ours(item("slack", "W"), member("Di"), member("Di", "guest"), member("Ann"))
    assert found == {"Ann": "team"}


def test_our_members_are_marked_and_no_channel_of_that_name() -> None:
    name = 'Z "o" é'
    head = msgspec.json.encode({"name": name, "topic": '"name":"Ann","kind":'})[:-1]
    listed = [member(name), member("Ann"), member("Annn")]
    head += b',"people":' + msgspec.json.encode(listed) + b"}"
    found = msgspec.json.decode(with_our_members(head, [person(name, "team")]))
    assert [one.get("is_ours") for one in found["people"]] == [True, None, None]
    assert (found["name"], "is_ours" in found) == (name, False)


def test_our_guests_are_marked_whatever_the_case_and_no_other() -> None:
    guests = [
        Person(name="A", email="Ann@Ourco.example", response=None),
        Person(name='"email":"ann@ourco.example"', email="b@acme.example", response=None),
    ]
    head = msgspec.json.encode({"attendees": guests})
    marked = with_our_guests(head, [person("ann@ourco.example", "domain")])
    found = msgspec.json.decode(marked)["attendees"]
    assert [guest.get("is_ours") for guest in found] == [True, None]


@pytest.mark.parametrize("others", [0, 1, 5])
def test_our_messages_are_marked_and_no_text_that_quotes_them(others: int) -> None:
    written = (('Zoë "Z" Lee', "x"), ("Bo", '{"author":"Zoë \\"Z\\" Lee",'))
    messages = [
        Message(
            author=author,
            text=text,
            timestamp=None,
            message_id="1",
            message_type="regular",
            is_service=False,
        )
        for author, text in written
    ]
    chunk = b",".join(map(msgspec.json.encode, messages))
    silent = [person(f"Zoë{number}", "team") for number in range(others)]
    marked = with_our_authors(chunk, [person('Zoë "Z" Lee', "many_companies"), *silent])
    found = msgspec.json.decode(b"[" + marked + b"]", type=list[Message])
    assert [(m.author, m.text, m.is_ours) for m in found] == [
        ('Zoë "Z" Lee', messages[0].text, True),
        ("Bo", messages[1].text, None),
    ]


def test_what_is_said_is_read_back() -> None:
    people = (person("Ann | Ourco", "name"),)
    assert of_said(msgspec.json.encode({"match": {}, "our_people": people})) == people
    assert of_said(b'{"match":{}}') == ()
