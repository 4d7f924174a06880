"""What is left of a record once the people forgotten are out of it, and which go as a whole."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from etl.privacy.rules import Rules, day_of
from etl.privacy.suppressed import Entry, Suppressed
from etl.privacy.terms import hashed, normal, term
from sources.protocol import Problem
from sources.records import (
    Activity,
    Contact,
    Deal,
    Item,
    Kind,
    Media,
    Meeting,
    Message,
    Participant,
    Person,
    Reaction,
    Summary,
)
from tests.etl.privacy.records import chat, meeting, message

SALT = b"salt of this test"


def rules(*people: str, **more: Any) -> Rules:
    """Rules under which these people are forgotten; ``keys``, ``titles`` and ``places`` are of
    items, ``company`` is one with these keys.
    """
    company = more.get("company")
    entry = Entry(
        what="company" if company else "person",
        given=hashed(SALT, "company", normal(company)) if company else "",
        since="2026-01-01",
        names=tuple(term(SALT, name) for name in people),
        keys=tuple(hashed(SALT, "key", key) for key in more.get("keys", ())),
        titles=tuple(hashed(SALT, "title", normal(title)) for title in more.get("titles", ())),
        places=tuple(term(SALT, name) for name in more.get("places", ())),
    )
    return Rules(Suppressed(salt=SALT.hex(), entries=(entry,)))


ANNA = rules("Anna Quill", "anna@acorn.example", "user7")


@pytest.mark.parametrize(
    "more",
    [
        {"author": "Anna Quill"},
        {"author": "A. Q.", "author_id": "user7"},
        {"author": "News", "signature": "anna quill"},
        {"author": "Bo", "forwarded_from": "Anna Quill"},
        {"author": "Anna Quill", "service": True},
    ],
)
def test_their_messages_and_their_words_passed_on_are_theirs(more: dict[str, Any]) -> None:
    assert ANNA.wrote(message(1, more.pop("author"), "x", **more))


def test_message_of_somebody_else_keeps_all_but_the_name() -> None:
    said = message(
        1,
        "Bo",
        "Anna Quill, see anna@acorn.example",
        mentions=("Anna Quill", "Cy"),
        mention_ids=("user7", "user8"),
        targets=("Anna Quill",),
        links=("https://t.me/user7",),
        reactions=(
            Reaction(emoji="+1", count=3, people=("Anna Quill", "Cy")),
            Reaction(emoji="x", count=1, people=("Anna Quill",)),
        ),
        media=(Media(kind="contact", title="Anna Quill", options=("Anna Quill", "Cy")),),
        reply_to="9",
    )
    assert not ANNA.wrote(said)
    left = ANNA.without(said)
    assert left.text == "[forgotten], see [forgotten]"
    assert (left.mentions, left.mention_ids, left.targets) == (("Cy",), ("user8",), ())
    assert left.links == ("https://t.me/[forgotten]",)
    assert left.reactions == (Reaction(emoji="+1", count=2, people=("Cy",)),)
    assert left.media[0].options == ("[forgotten]", "Cy")  # votes stand beside options
    assert (left.author, left.reply_to, left.timestamp) == ("Bo", "9", said.timestamp)


def test_message_that_names_nobody_comes_back_itself() -> None:
    said = message(1, "Bo", "hello", mentions=("Cy",), reactions=(Reaction(emoji="+", count=1),))
    assert ANNA.without(said) is said


def test_meeting_loses_its_guest_and_its_organizer() -> None:
    item = meeting(
        "2025-01-01",
        title="Anna Quill / Bo",
        organizer=Person(name="A", email="ANNA@acorn.example", response=None),
        attendees=(
            Person(name="Anna Quill", email=None, response=None),
            Person(name="Bo", email="bo@acorn.example", response="accepted"),
        ),
    )
    assert isinstance(item.head, Meeting)
    left = ANNA.without(item.head)
    assert (left.title, left.organizer) == ("[forgotten] / Bo", None)
    assert [one.name for one in left.attendees] == ["Bo"]
    assert not ANNA.forgets(item)


def contact(name: str, email: str | None, *emails: str) -> Item:
    head = Contact(
        id="1",
        name=name,
        email=email,
        emails=emails,
        company_name=None,
        company_ids=(),
        owner=None,
        create_date=None,
    )
    return Item(summary=summary("hubspot_contacts", name), head=head)


def summary(kind: Kind, title: str, **more: Any) -> Summary:
    return Summary(**{"key": "k", "kind": kind, "source": "s", "archive": "a"} | more, title=title)


def test_contact_goes_by_name_or_any_address() -> None:
    assert ANNA.forgets(contact("Anna  QUILL", None))
    assert ANNA.forgets(contact("A", "x@y.example", "x@y.example", "Anna@acorn.example"))
    assert ANNA.forgets(contact("A", "anna@acorn.example"))
    assert not ANNA.forgets(contact("Anna Quillfeather", "x@y.example"))


def test_talk_with_them_alone_goes_a_group_that_names_them_stays() -> None:
    for kind in ("personal_chat", "private", "im", "bot", None, "unknown"):
        assert ANNA.forgets(chat("Anna Quill", [], chat_type=kind))
        assert ANNA.forgets(chat("Old name", [], aliases=("Anna Quill",), chat_type=kind))
    group = chat("Anna Quill and friends", [])
    assert not ANNA.forgets(group)
    left = ANNA.summary_without(group.summary)
    assert left.title == "[forgotten] and friends"
    assert "Anna" not in left.key


@pytest.mark.parametrize(
    "kind", ["group", "private_supergroup", "channel", "public_channel", "mpim", None, "unknown"]
)
def test_talk_of_several_that_is_called_like_them_stays_without_the_name(kind: str | None) -> None:
    said = [message(n, name) for n, name in enumerate(("Bo Lind", "Cy Reyes", "Di Marsh"), 1)]
    talk = chat("Anna Quill", said, chat_type=kind)
    assert not ANNA.forgets(talk)
    assert ANNA.summary_without(talk.summary).title == "[forgotten]"


def test_tokens_go_on_meeting_their_like_and_name_nobody() -> None:
    one = summary("telegram_chats", "Anna Quill & Bo", identity=("telegram:title:annaquillbo", "x"))
    other = summary("telegram_chats", "ANNA QUILL + Bo", identity=("telegram:title:annaquillbo",))
    tokens, others = ANNA.summary_without(one).identity, ANNA.summary_without(other).identity
    assert tokens[0] == others[0] != "telegram:title:annaquillbo"
    assert (tokens[1], "quill" in "".join(tokens)) == ("x", False)
    another = summary("telegram_chats", "Bo", identity=("telegram:title:bo",))
    assert ANNA.summary_without(another) == another


def test_archive_called_like_them_is_shown_as_another_and_stays_apart() -> None:
    shown = {ANNA.shown(f"{place}/anna@acorn.example.ics") for place in ("a", "b")}
    assert len(shown) == 2
    assert not any("anna" in each for each in shown)
    assert ANNA.shown("work.ics") == "work.ics"
    problem = ANNA.problem(
        Problem(path="anna quill.zip", reason="r", detail="of Anna Quill", remedy="")
    )
    assert (problem.path[:10], problem.detail) == ("forgotten-", "of [forgotten]")


def test_nickname_of_a_channel_leaves_that_channel_only() -> None:
    people = (
        Participant(id="U1", name="Will", kind="member", email="anna@acorn.example"),
        Participant(id="U2", name="Bo", kind="member"),
        Participant(id="user7", name="Anne", kind="member"),
    )
    head = chat("general", [], people=people).head
    here = ANNA.called_here(head)
    assert here is not None
    said = message(1, "Bo", "@Will: we will see", mentions=("Will",), author_id="U2")
    assert ANNA.without(said, here).mentions == ()
    assert ANNA.without(said, here).text == "@[forgotten]: we [forgotten] see"
    assert ANNA.without(said) is said
    assert ANNA.wrote(message(2, "Will"), here)
    assert not ANNA.wrote(message(2, "Will", author_id="U9"), here)  # another of that name
    assert [one.name for one in ANNA.without(head, here).people] == ["Bo"]  # type: ignore[union-attr]
    assert ANNA.called_here(chat("g", [message(1, "Will")]).head) is None


def test_item_goes_by_key_or_by_title_of_any_case() -> None:
    by_key, by_title = rules(keys=["key of Acorn"]), rules(titles=["Acorn  Lounge"])
    assert by_key.forgets(chat("Acorn", []))
    assert not by_key.forgets(chat("Acorn Lounge", []))
    assert by_title.forgets(chat("acorn lounge", []))
    assert by_title.forgets(meeting("2025-01-01", title="Acorn lounge"))
    assert not by_title.forgets(chat("Acorn", []))


def test_what_the_crm_ties_to_a_forgotten_company_goes_too() -> None:
    def deal(**more: Any) -> Item:
        head = Deal(
            id="9",
            name="d",
            stage=None,
            pipeline=None,
            amount=None,
            currency=None,
            close_date=None,
            create_date=None,
            owner=None,
            status="open",
            company_ids=(),
            contact_ids=(),
        )
        return Item(summary=summary("hubspot_deals", "d", **more), head=head)

    keys = ["hubspot:company:5", "hubspot:contact:6"]
    theirs = rules(company="Acorn", keys=keys)
    assert theirs.forgets(deal(company_ids=("5", "7")))
    assert theirs.forgets(deal(contact_ids=("6",)))
    assert not theirs.forgets(deal(company_ids=("7",), contact_ids=("6",)))
    assert not rules(keys=keys).forgets(deal(company_ids=("5",)))  # an item asked by its key
    assert theirs.companies(["ACORN", "Birch"]) == {"ACORN"}


def test_what_has_an_end_is_dated_by_it() -> None:
    item = meeting("2025-01-01T23:00:00Z", end="2025-01-02T01:00:00Z")
    assert day_of(item.head, item.summary.key) == "2025-01-02"
    moved = meeting("2025-01-01T23:00:00Z", original="2025-03-04T23:00:00Z")
    assert day_of(moved.head, moved.summary.key) == "2025-03-04"
    none: dict[str, Any] = {"id": "1", "type": None, "title": "", "body": "", "owner": None}
    none |= {"company_ids": (), "contact_ids": (), "deal_ids": ()}
    done = Activity(**none, date="2025-01-01T23:00:00Z", create_date="2024-12-01T10:00:00Z")
    assert day_of(done, "1") == "2025-01-01"
    assert day_of(msgspec.structs.replace(done, end="2025-01-02T01:00:00Z"), "1") == "2025-01-02"
    assert day_of(msgspec.structs.replace(done, date=None), "1") == "2024-12-01"


def test_nothing_forgotten_changes_nothing() -> None:
    nothing = Rules()
    said: Message = message(1, "Anna Quill")
    assert not nothing.wrote(said)
    assert nothing.without(said) is said
    assert not nothing.forgets(chat("Anna Quill", []))
    assert nothing.shown("x") == "x"
    assert nothing.companies(["A"]) == frozenset()
