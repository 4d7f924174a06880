"""Who is one of us, and what says so."""

from __future__ import annotations

import msgspec
import pytest

from etl.matching.learnt import Learnt
from etl.matching.segments import OwnNames
from etl.matching.sides import (
    OurPerson,
    Why,
    of_said,
    our_people,
    with_our_authors,
    with_our_guests,
)
from sources.records import Message, Person
from tests.etl.matching.corpus import Entry, beside, item, learnt

OWN = OwnNames(["Ourco"])
NAMES = ("Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")


def ours(entry: Entry, known: Learnt | None = None) -> list[tuple[str, str]]:
    domains = frozenset({"ourco.example"})
    found = our_people(*entry, OWN, domains, known or Learnt())
    return [(person.who, person.why) for person in found]


def person(who: str, why: Why) -> OurPerson:
    return OurPerson(who=who, why=why)


def test_an_address_of_ours_and_our_name_in_theirs_say_so() -> None:
    meeting = item("calendar", "W", emails=("b@eu.ourco.example", "a@acme.example", "c@gmail.com"))
    assert ours(meeting) == [("b@eu.ourco.example", "domain")]
    chat = item("telegram", "W", "Ann | Ourco", "Bo (Acme)", "Cy", "Ourco")
    assert ours(chat) == [("Ann | Ourco", "name")]


def test_a_part_in_the_chats_of_many_companies_says_so() -> None:
    chats = [item(*("telegram", e.title), "Ann Lee", "Bo") for e, _ in beside("C x Ourco", *NAMES)]
    matcher = learnt([*chats, item("telegram", "Gorse <> Ourco", "Cy Poe", "Ann Lee")])
    seen = item("telegram", "W", "Ann Lee", "Bo", "Cy Poe")
    assert matcher.our_people(*seen) == (person("Ann Lee", "many_companies"),)
    assert learnt(chats[1:]).our_people(*seen) == ()


@pytest.mark.parametrize("name", ["Ann", "Deleted Account", "Group Help Bot"])
def test_names_that_many_bear_say_nothing(name: str) -> None:
    chats = [item("telegram", entry.title, name) for entry, _ in beside("C x Ourco", *NAMES)]
    seen = item("telegram", "Gorse <> Ourco", name)
    assert learnt([*chats, seen]).our_people(*seen) == ()


@pytest.mark.parametrize("template", ["C", "C x Acme x Ourco"])
def test_chats_that_are_not_one_companys_with_us_say_nothing(template: str) -> None:
    entries = beside(template, *NAMES)
    chats = [item("telegram", entry.title, "Ann Lee") for entry, _ in entries[1:]]
    assert learnt(chats).our_people(*item("telegram", "W", "Ann Lee")) == ()


def test_a_member_of_our_workspace_is_one_of_us() -> None:
    channel, _ = item("slack", "acme-ourco", emails=("a@ourco.example",))
    found = learnt([]).our_people(channel, (), ("Ann",))
    assert found == (person("a@ourco.example", "domain"), person("Ann", "team"))


def test_our_guests_are_marked_whatever_the_case_and_no_other() -> None:
    guests = [
        Person(name="A", email="Ann@Ourco.example", response=None),
        Person(name='"email":"ann@ourco.example"', email="b@acme.example", response=None),
    ]
    head = msgspec.json.encode({"attendees": guests})
    marked = with_our_guests(head, [person("ann@ourco.example", "domain")])
    found = msgspec.json.decode(marked)["attendees"]
    assert [guest.get("is_ours") for guest in found] == [True, None]
    assert with_our_guests(head, [person("Ann", "name")]) == head


def test_our_messages_are_marked_and_no_text_that_quotes_them() -> None:
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
    marked = with_our_authors(chunk, [person('Zoë "Z" Lee', "many_companies")])
    found = msgspec.json.decode(b"[" + marked + b"]", type=list[Message])
    assert [(m.author, m.text, m.is_ours) for m in found] == [
        ('Zoë "Z" Lee', messages[0].text, True),
        ("Bo", messages[1].text, None),
    ]


def test_what_is_said_is_read_back() -> None:
    people = (person("Ann | Ourco", "name"),)
    assert of_said(msgspec.json.encode({"match": {}, "our_people": people})) == people
    assert of_said(b'{"match":{}}') == ()
