"""Records of a file as items, and what is printed of them."""

from __future__ import annotations

from typing import Any

import pytest

from etl.matching import record_shapes
from etl.matching.decisions import Decision, Evidence, Match

CHAT = {"id": "1", "source": "telegram", "title": "Acme", "chat_type": "private_group"}


@pytest.mark.parametrize(
    ("chat_type", "flags"),
    [("private_group", ()), ("personal_chat", ("personal",)), ("public_channel", ("public",))],
)
def test_a_chat_is_personal_or_public_by_its_type(chat_type: str, flags: tuple[str, ...]) -> None:
    chat = record_shapes.as_item(CHAT | {"chat_type": chat_type})
    assert (chat.kind, chat.title, chat.flags) == ("telegram_chats", "Acme", flags)


def test_a_channel_is_shared_when_it_says_so() -> None:
    record = {"id": "1", "source": "slack", "name": "acme-ourco", "is_ext_shared": True}
    channel = record_shapes.as_item(record)
    assert (channel.kind, channel.title) == ("slack_channels", "acme-ourco")
    assert channel.flags == ("ext_shared",)
    assert record_shapes.as_item(record | {"is_ext_shared": False}).flags == ()


def test_a_meeting_has_guests_and_a_deal_company_and_contacts() -> None:
    record: dict[str, Any] = {"id": "1", "source": "calendar", "title": "W", "attendees": ["A@b.c"]}
    assert record_shapes.as_item(record).emails == ("a@b.c",)
    deal = {"id": "1", "source": "hubspot", "deal_name": "D", "contact_emails": ["A@b.c"]}
    found = record_shapes.as_item(deal | {"associated_company": "Acme"})
    assert (found.title, found.companies, found.emails) == ("D", ("Acme",), ("a@b.c",))
    assert record_shapes.as_item(deal | {"associated_company": None}).companies == ()


@pytest.mark.parametrize(
    "record",
    [
        *({}, {"id": "1"}, {"id": "1", "source": "fax"}, {"source": "slack"}),
        *({"id": True, "source": "slack"}, {"id": None, "source": "slack"}),
    ],
)
def test_a_record_without_id_or_known_source_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give an id"):
        record_shapes.as_item(record)


@pytest.mark.parametrize("number", [0, 7, 7.0])
def test_an_id_may_be_a_number_and_is_answered_as_it_was_given(number: float) -> None:
    record = CHAT | {"id": number}
    assert record_shapes.as_item(record).title == "Acme"
    said = record_shapes.answer(record, Decision(status="unmatched", reason="why"))
    assert (said["id"], type(said["id"])) == (number, type(number))


@pytest.mark.parametrize("title", [None, 7, ["Acme"]])
def test_a_field_of_another_type_is_read_as_empty(title: object) -> None:
    assert record_shapes.as_item(CHAT | {"title": title, "participants": title}).title == ""


def test_an_answer_names_company_variant_method_score_and_evidence() -> None:
    evidence = Evidence(text="Acme Dev", field="title", mapping_line=3, mapping_column="x")
    match = Match(
        company="acme", variant="acme-dev", method="segment", score=0.9, evidence=evidence
    )
    said = record_shapes.answer(
        CHAT, Decision(status="matched", matches=(match,), reason="segment")
    )
    assert said["companies"] == ["acme", "acme-dev"]
    assert (said["id"], said["method"], said["score"]) == ("1", "segment", 0.9)
    (shown,) = said["evidence"]
    assert (shown["company"], shown["text"], shown["mapping_line"]) == ("acme", "Acme Dev", 3)


def test_an_answer_that_is_none_offers_candidates() -> None:
    evidence = Evidence(text="Acme", field="title", mapping_line=3, mapping_column="x")
    match = Match(company="acme", method="segment", score=0.9, evidence=evidence)
    said = record_shapes.answer(CHAT, Decision(status="review", candidates=(match,), reason="why"))
    assert (said["companies"], said["review"], said["method"]) == ([], ["acme"], None)
