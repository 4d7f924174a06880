from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources._archive import FolderTree
from sources.errors import Unreadable
from sources.records import Channel, Participant
from tests.reading import Read, source
from tests.sources.slack.writing import (
    ANN,
    BOB,
    GENERAL,
    read_export,
    read_one,
    say,
    stems,
    write_export,
)

DAY = "general/2024-03-01.json"


def head(read: Read) -> Channel:
    assert isinstance(read.head, Channel)
    return read.head


def test_head_and_summary_tell_what_the_lists_and_the_messages_say(tmp_path: Path) -> None:
    channel = {
        **GENERAL,
        "is_ext_shared": True,
        "is_archived": True,
        "topic": {"value": "Node 0xabc &amp; <https://a.example|docs>"},
        "purpose": {"value": "Talk"},
        "previous_names": ["lobby"],
        "members": ["U0ANN", "U0BOB", "U0GONE"],
    }
    entries = [
        say("1.000001", "hi"),
        say("2.000001", "joined", "U0EVE", subtype="channel_join", user_profile={"name": "eve"}),
        say("3.000001", "renamed", "U0BOB", subtype="channel_name", old_name="hall", name="foyer"),
    ]
    read = read_one(write_export(tmp_path, {DAY: entries}, channels=[channel]))
    assert head(read) == Channel(
        chat_name="general",
        chat_type="public_channel",
        directory="general",
        message_count=3,
        regular_message_count=1,
        service_message_count=2,
        participants=("Ann", "Bob Baker", "U0GONE", "eve"),
        participant_count=4,
        unique_authors=("Ann",),
        first_message_time="1970-01-01T00:00:01.000001Z",
        last_message_time="1970-01-01T00:00:03.000001Z",
        channel_id="C0GENERAL",
        name="general",
        is_ext_shared=True,
        is_private=False,
        topic="Node 0xabc & docs",
        purpose="Talk",
        people=(
            Participant(
                id="U0ANN",
                name="Ann",
                kind="member",
                organisation="T0ACME",
                email="ann@acme.example",
            ),
            Participant(id="U0BOB", name="Bob Baker", kind="member", organisation="T0ACME"),
            Participant(id="U0EVE", name="eve", kind="unknown"),
            Participant(id="U0GONE", name="U0GONE", kind="unknown"),
        ),
    )
    summary = read.summary
    assert (summary.key, summary.kind, summary.source) == (
        "slack:C0GENERAL",
        "slack_channels",
        "slack",
    )
    assert (summary.title, summary.records) == ("general", 3)
    assert summary.aliases == ("foyer", "hall", "lobby")
    assert summary.texts == ("Node 0xabc & docs", "Talk", "https://a.example")
    assert summary.mentioned == ("a.example",)
    assert summary.emails == ("ann@acme.example",)
    assert summary.flags == ("archived", "ext_shared")
    assert summary.version == ("2024-03-01T00:00:00.000000Z", "1970-01-01T00:00:03.000001Z")


def test_email_of_an_author_who_left_counts_as_evidence(tmp_path: Path) -> None:
    eve = {"id": "U0EVE", "deleted": True, "profile": {"email": " Eve@East.example "}}
    read = read_one(
        write_export(
            tmp_path,
            {DAY: [say("1.1", user="U0EVE")]},
            users=[ANN, BOB, eve],
            channels=[{"id": "C0GENERAL", "name": "general"}],
        )
    )
    assert read.summary.emails == ("eve@east.example",)


@pytest.mark.parametrize(
    ("dm", "name"),
    [
        ({"members": ["U0BOB", "U0ANN"]}, "Ann, Bob Baker"),
        ({"members": ["U0ANN"]}, "Ann"),
        ({"members": ["U0ANN", "U0ANN"]}, "Ann"),
        ({"members": None, "user": "U0BOB"}, "Bob Baker"),
        ({"members": ["U0ANN", "U0BOB"], "user": "U0BOB"}, "Bob Baker"),
        ({}, "D0DM"),
    ],
)
def test_direct_message_is_called_after_its_people(
    tmp_path: Path, dm: dict[str, Any], name: str
) -> None:
    entry = {"id": "D0DM", "created": 1, **dm}
    read = read_one(
        write_export(tmp_path, {"D0DM/2024-03-01.json": [say("1.1")]}, channels=[], dms=[entry])
    )
    assert (head(read).chat_name, read.summary.title, head(read).name) == (name, name, "D0DM")
    assert (head(read).chat_type, head(read).is_private) == ("im", True)
    assert read.summary.flags == ("im", "private")


def test_group_message_is_called_after_its_people_and_keeps_its_name_as_alias(
    tmp_path: Path,
) -> None:
    group = {"id": "G0MPIM", "name": "mpdm-ann--bob-1", "members": ["U0ANN", "U0BOB"]}
    read = read_one(write_export(tmp_path, {}, channels=[], mpims=[group]))
    assert head(read).chat_name == "Ann, Bob Baker"
    assert read.summary.aliases == ("mpdm-ann--bob-1",)
    assert read.summary.flags == ("mpim", "private")


@pytest.mark.parametrize(
    ("damage", "nameless"),
    [
        (b'[{"id": "U0ANN", "name": "ann"}, {"id": "U0B', ["U0EVE"]),
        (b"\x00\xff", ["U0ANN", "U0EVE"]),
        (b"{}", ["U0ANN", "U0EVE"]),
    ],
)
def test_damaged_people_leave_names_to_the_messages(
    tmp_path: Path, damage: bytes, nameless: list[str]
) -> None:
    entries = [
        say("1.1", user="U0BOB", user_profile={"real_name": "Bob"}),
        say("2.1", user="U0EVE"),
    ]
    reading = read_export(write_export(tmp_path, {DAY: entries}, users=damage))
    assert [problem.path for problem in reading.problems] == ["users.json"]
    (read,) = reading.items
    assert [message.author for message in read.messages] == ["Bob", "U0EVE"]
    assert [p.id for p in head(read).people if p.name == p.id] == nameless
    (finding,) = read.summary.findings
    assert (finding.kind, finding.count) == ("people_unresolved", len(nameless))


def test_damaged_list_keeps_what_stands_before_the_damage(tmp_path: Path) -> None:
    data = b'[{"id": "C0GENERAL", "name": "general"}, {"id": "C0OTHER", "na'
    days = {DAY: [say("1.1")], "other/2024-03-01.json": [say("1.1")]}
    reading = read_export(write_export(tmp_path, days, channels=data))
    assert sorted(stems(reading)) == ["slack:C0GENERAL", "slack:T0ACME:other"]
    assert [(p.path, p.reason) for p in reading.problems] == [("channels.json", "truncated")]


def test_list_entries_that_name_nothing_are_reported(tmp_path: Path) -> None:
    reading = read_export(write_export(tmp_path, {DAY: [say("1.1")]}, channels=[GENERAL, None, {}]))
    assert list(reading.by_key) == ["slack:C0GENERAL"]
    assert [problem.detail for problem in reading.problems] == [
        "2 of 3 entries name no conversation"
    ]


def test_people_who_are_nobody_are_reported(tmp_path: Path) -> None:
    users = [ANN, None, {"name": "x"}]
    reading = read_export(write_export(tmp_path, {DAY: [say("1.1")]}, users=users))
    assert [(p.path, p.detail) for p in reading.problems] == [
        ("users.json", "2 of 3 entries name nobody")
    ]


def test_people_that_may_not_be_read_make_every_conversation_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_export(tmp_path, {DAY: [say("1.1")]})
    read = FolderTree.read

    def refuse(tree: FolderTree, path: str) -> bytes:
        if path == "users.json":
            raise Unreadable(path, "Permission denied")
        return read(tree, path)

    with monkeypatch.context() as patch:
        patch.setattr(FolderTree, "read", refuse)
        refused = read_export(tmp_path)
    assert [(p.path, p.retry) for p in refused.problems] == [("users.json", True)]
    assert refused.items[0].messages[0].author == "U0ANN"
    assert read_one(tmp_path).messages[0].author == "Ann"


def test_missing_people_are_no_problem(tmp_path: Path) -> None:
    reading = read_export(write_export(tmp_path, {DAY: [say("1.1")]}, users=None))
    assert reading.problems == []
    assert reading.items[0].messages[0].author == "U0ANN"


def test_reader_depends_on_no_setting() -> None:
    assert source("slack").settings == ()
