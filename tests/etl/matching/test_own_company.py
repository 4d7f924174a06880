"""Who we are, when nobody said."""

from __future__ import annotations

from etl.matching.own_company import OwnCompany
from tests.etl.matching.corpus import Entry, chats, item

OTHERS = ("Acme", "Brindle", "Corvid", "Dunlin", "Emberfold", "Figtree")


def seen(*entries: Entry) -> OwnCompany:
    own = OwnCompany()
    for summary, _ in entries:
        own.add(summary)
    return own


def test_the_name_beside_most_others_is_proposed_as_most_write_it() -> None:
    titles = [f"{name} <> Ourco" for name in OTHERS] + ["OURCO | Gorse", "Acme | Support"]
    proposal = seen(*chats(*titles)).name()
    assert proposal == ("Ourco", 7)


def test_no_name_is_proposed_that_is_not_far_ahead() -> None:
    assert seen().name() is None
    assert seen(*chats(*(f"{name} <> Ourco" for name in OTHERS[:4]))).name() is None
    topics = [f"{name} | Support" for name in OTHERS]
    assert seen(*chats(*topics, *(f"{name} <> Ourco" for name in OTHERS))).name() is None


def test_the_same_title_again_and_personal_chats_count_for_nothing() -> None:
    assert seen(*chats(*["Acme <> Ourco"] * 9)).name() is None
    people = [item("telegram", f"{name} - Ourco", flags=("personal",)) for name in OTHERS]
    assert seen(*people).name() is None


def test_the_domain_in_most_meetings_is_proposed() -> None:
    meetings = [
        item("calendar", "Weekly", emails=("a@ourco.example", f"b@{name}.example", "c@gmail.com"))
        for name in OTHERS
    ]
    assert seen(*meetings).domain() == ("ourco.example", 6)
    assert seen(*meetings[:4]).domain() is None
    others = [item("calendar", "W", emails=(f"a@{name}.test",)) for name in OTHERS]
    assert seen(*meetings, *others).domain() is None


def test_what_is_proposed_is_the_name_and_the_domain() -> None:
    meetings = [
        item("calendar", f"{name} <> Ourco", emails=("a@ourco.example", f"b@{name}.example"))
        for name in OTHERS
    ]
    assert seen(*meetings).proposed() == ("Ourco", "ourco.example")
    assert seen().proposed() == ()
