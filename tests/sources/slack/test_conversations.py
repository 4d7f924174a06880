from __future__ import annotations

from typing import Any

import pytest

from sources.slack.conversations import by_id, conversation, unlisted


@pytest.mark.parametrize(
    ("told", "shared"),
    [
        ({}, False),
        ({"is_ext_shared": True}, True),
        ({"is_ext_shared": False, "is_shared": True}, False),
        ({"is_ext_shared": "yes"}, False),
        ({"is_shared": True}, True),
        ({"is_shared": True, "is_org_shared": True}, False),
        ({"is_shared": True, "is_org_shared": False}, True),
        ({"is_ext_shared": True, "is_org_shared": True}, True),
    ],
)
def test_shared_with_another_organisation_is_told_apart(told: dict[str, Any], shared: bool) -> None:
    entry = conversation({"id": "C0A", "name": "a", **told}, "public_channel")
    assert entry is not None
    assert (entry.is_ext_shared, "ext_shared" in entry.flags) == (shared, shared)


@pytest.mark.parametrize(
    ("listed", "told", "private"),
    [
        ("public_channel", {}, False),
        ("public_channel", {"is_private": True}, True),
        ("public_channel", {"is_private": False, "is_group": False}, False),
        ("private_channel", {}, True),
        ("private_channel", {"is_private": False}, True),
        ("im", {}, True),
        ("mpim", {}, True),
    ],
)
def test_private_is_what_no_list_of_public_channels_holds(
    listed: str, told: dict[str, Any], private: bool
) -> None:
    entry = conversation({"id": "C0A", "name": "a", **told}, listed)
    assert entry is not None
    assert (entry.is_private, "private" in entry.flags) == (private, private)


def test_members_named_twice_are_one() -> None:
    entry = conversation({"id": "D0A", "members": ["U0ANN", "U0ANN", None, 5]}, "im")
    assert entry is not None
    assert entry.members == ("U0ANN",)


@pytest.mark.parametrize("entry", [None, 5, "C0A", [], {}, {"id": ""}, {"id": 5}, {"name": "a"}])
def test_what_has_no_id_is_no_conversation(entry: object) -> None:
    assert conversation(entry, "im") is None


@pytest.mark.parametrize(
    ("conversation_id", "name", "chat_type"),
    [
        ("D0ANNBOB1", "acme", "im"),
        ("", "mpdm-ann--bob-1", "mpim"),
        ("C0MPIM111", "mpdm-ann--bob-1", "mpim"),
        ("C0SUPPORT1", "support", "unknown"),
        ("", "Daily", "unknown"),
    ],
)
def test_direct_messages_are_no_channels_even_when_nothing_describes_them(
    conversation_id: str, name: str, chat_type: str
) -> None:
    entry = unlisted(conversation_id, name)
    assert (entry.chat_type, entry.is_private) == (chat_type, chat_type != "unknown")
    assert (chat_type in entry.flags) == (chat_type != "unknown")
    assert not entry.listed


def test_of_two_entries_with_one_id_the_first_counts() -> None:
    first = conversation({"id": "C0A", "name": "a"}, "public_channel")
    second = conversation({"id": "C0A", "name": "b"}, "private_channel")
    assert first is not None
    assert second is not None
    assert by_id([first, second]) == {"C0A": first}
