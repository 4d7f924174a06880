"""Our people, marked in bytes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from etl.marking import of_said, with_our_authors, with_our_guests, with_our_members
from etl.matching.sides import OurPerson
from sources.records import Message, Participant, Person

ZOE = OurPerson('Zoë "Z" Lee', "many_companies")
ANN = OurPerson("Ann", "team", "U0ANN")
COUNTS = pytest.mark.parametrize("others", [0, 1, 5])
"""Few are marked in another way than many."""


def message(author: str, text: str = "", author_id: str | None = None) -> Message:
    rest: dict[str, Any] = {"timestamp": None, "message_type": "regular", "is_service": False}
    return Message(author=author, text=text, message_id="1", author_id=author_id, **rest)


def marks(messages: list[Message], *people: OurPerson) -> list[bool | None]:
    """Which are marked; all else is as it was."""
    chunk = b",".join(map(msgspec.json.encode, messages))
    marked = b"[" + with_our_authors(chunk, people) + b"]"
    found = msgspec.json.decode(marked, type=list[Message])
    assert [msgspec.structs.replace(one, is_ours=None) for one in found] == messages
    assert marked.count(b'"is_ours":true') == sum(one.is_ours is True for one in found)
    return [one.is_ours for one in found]


@COUNTS
def test_messages_are_marked_by_name_and_no_text_that_quotes_them(others: int) -> None:
    silent = [OurPerson(f"Zoë{number}", "name") for number in range(others)]
    quoting = '{"author":"Zoë \\"Z\\" Lee",'
    written = [message(ZOE.who), message("Bo", quoting), message("Zoë"), message(f"{ZOE.who}x")]
    assert marks([*written, written[0]], *silent, ZOE) == [True, None, None, None, True]


@COUNTS
def test_messages_are_marked_by_id_where_everybody_has_one(others: int) -> None:
    silent = [OurPerson("Ann", "team", f"U0ANN{number}") for number in range(others)]
    quoting = message("Bo", '"author_id":"U0ANN"', "U0BO")
    namesake, renamed = message("Ann", "", "U0OTHER"), message("Annie", "", "U0ANN")
    written = [message("Ann", "", "U0ANN"), namesake, renamed, quoting, message("Ann")]
    assert marks(written, *silent, ANN) == [True, None, True, None, None]


def test_nobody_of_ours_leaves_everything_as_it_was() -> None:
    assert with_our_authors(b'{"author":"Ann"}', ()) == b'{"author":"Ann"}'
    assert with_our_members(b'{"id":"U0ANN"}', ()) == b'{"id":"U0ANN"}'
    assert with_our_guests(b'{"email":"a@b.test"}', ()) == b'{"email":"a@b.test"}'


@COUNTS
def test_members_are_marked_by_id(others: int) -> None:
    silent = [OurPerson("Ann", "team", f"U0ANN{number}") for number in range(others)]
    people = [Participant(id=who, name="Ann", kind="member") for who in ("U0ANN", "U0ANNA", "U0A")]
    head = {"name": "U0ANN", "topic": '{"id":"U0ANN"', "people": people}
    found = msgspec.json.decode(with_our_members(msgspec.json.encode(head), [*silent, ANN]))
    assert [one.pop("is_ours", None) for one in found["people"]] == [True, None, None]
    assert found == msgspec.to_builtins(head)


def test_guests_are_marked_whatever_the_case_and_no_other() -> None:
    guests = [
        Person(name="A", email="Ann@Ourco.example", response=None),
        Person(name='"email":"ann@ourco.example"', email="b@acme.example", response=None),
    ]
    head = msgspec.json.encode({"attendees": guests})
    marked = with_our_guests(head, [OurPerson("ann@ourco.example", "domain")])
    found = msgspec.json.decode(marked)["attendees"]
    assert [guest.get("is_ours") for guest in found] == [True, None]


def test_what_is_said_is_read_back() -> None:
    people = (ZOE, ANN)
    assert of_said(msgspec.json.encode({"match": {}, "our_people": people})) == people
    assert of_said(b'{"match":{}}') == ()
