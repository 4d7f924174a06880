from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sources._archive import FolderTree
from sources.records import Channel
from tests.reading import discover, merge, source
from tests.sources.slack.test_discovery import zipped
from tests.sources.slack.writing import ANN, BOB, read_export, say, stems, write_export

INFO = {
    "id": "C0SUPPORT1",
    "name": "support",
    "topic": {"value": "Help"},
    "previous_names": ["desk"],
    "members": ["U0ANN", "U0BOB"],
}
MESSAGES = [say("20.000001", "second", "U0BOB"), say("10.000001", "first")]


def write(root: Path, files: dict[str, Any], **lists: Any) -> Path:
    return write_export(root, files, **{"users": None, "channels": None, **lists})


@pytest.mark.parametrize("place", ["", "channels/", "out/channels/"])
@pytest.mark.parametrize("last", [False, True])
def test_file_of_a_script_is_a_conversation(tmp_path: Path, place: str, last: bool) -> None:
    whole = {"channel_info": INFO, "messages": MESSAGES}
    if last:
        whole = {"messages": MESSAGES, "channel_info": INFO}
    folder = write(tmp_path / "folder", {f"{place}support.json": whole})
    for root in (folder, zipped(folder, tmp_path / "script.zip")):
        reading = read_export(root)
        (read,) = reading.items
        head = read.head
        assert isinstance(head, Channel)
        assert [message.text for message in read.messages] == ["first", "second"]
        assert read.summary.key == "slack:C0SUPPORT1"
        assert (head.chat_type, head.name, head.topic) == ("public_channel", "support", "Help")
        assert [person.id for person in head.people] == ["U0ANN", "U0BOB"]
        assert read.summary.aliases == ("desk",)
        assert (reading.account.found, reading.problems, reading.ignored) == (2, [], [])
        assert read.summary.findings == ()


def test_description_far_behind_many_messages_is_found(tmp_path: Path) -> None:
    many = [say(f"{n}.000001", "word " * 40) for n in range(10, 400)]
    whole = {"messages": many, "channel_info": INFO}
    (read,) = read_export(write(tmp_path, {"support.json": whole})).items
    assert (read.summary.key, read.summary.records) == ("slack:C0SUPPORT1", 390)


@pytest.mark.parametrize(
    ("info", "chat_type"),
    [
        ({"is_group": True}, "private_channel"),
        ({"is_private": True}, "private_channel"),
        ({"is_im": True}, "im"),
        ({"is_mpim": True, "is_group": True}, "mpim"),
    ],
)
def test_description_tells_the_type(tmp_path: Path, info: dict[str, Any], chat_type: str) -> None:
    whole = {"channel_info": {**INFO, **info}, "messages": MESSAGES}
    (read,) = read_export(write(tmp_path, {"a.json": whole})).items
    assert getattr(read.head, "chat_type", "") == chat_type


def test_lists_beside_a_script_file_name_people_and_know_the_channel_better(tmp_path: Path) -> None:
    listed = {"id": "C0SUPPORT1", "name": "support", "is_ext_shared": True}
    files = {"support.json": {"channel_info": INFO, "messages": MESSAGES}}
    reading = read_export(write(tmp_path, files, users=[ANN, BOB], channels=[listed]))
    (read,) = reading.items
    assert (read.summary.key, read.summary.flags) == ("slack:C0SUPPORT1", ("ext_shared",))
    assert [message.author for message in read.messages] == ["Ann", "Bob Baker"]


def test_channel_that_a_list_calls_otherwise_is_told_by_the_list(tmp_path: Path) -> None:
    listed = {"id": "C0SUPPORT1", "name": "helpdesk", "is_ext_shared": True}
    files = {"support.json": {"channel_info": INFO, "messages": MESSAGES}}
    reading = read_export(write(tmp_path, files, users=[ANN, BOB], channels=[listed]))
    assert [(read.summary.key, read.summary.title) for read in reading.items] == [
        ("slack:C0SUPPORT1", "helpdesk")
    ] * 2
    (one,) = merge(source("slack"), reading.items).items
    assert [message.text for message in one.messages] == ["first", "second"]


def test_people_alone_beside_a_script_file_are_read(tmp_path: Path) -> None:
    files = {"support.json": {"channel_info": INFO, "messages": MESSAGES}}
    reading = read_export(write(tmp_path, files, users=[ANN]))
    assert reading.items[0].messages[0].author == "Ann"
    assert reading.ignored == []


def test_cut_script_file_keeps_what_is_whole(tmp_path: Path) -> None:
    data = json.dumps({"channel_info": INFO, "messages": MESSAGES}).encode()[:-30]
    reading = read_export(write(tmp_path, {"support.json": data}))
    (read,) = reading.items
    assert read.summary.key == "slack:C0SUPPORT1"
    assert [message.text for message in read.messages] == ["second"]
    assert (reading.account.found, reading.account.quarantined) == (2, 1)
    assert [problem.reason for problem in reading.problems] == ["truncated"]


def test_script_file_without_its_description_is_unlisted(tmp_path: Path) -> None:
    data = json.dumps({"messages": MESSAGES, "channel_info": INFO}).encode()
    reading = read_export(write(tmp_path, {"support.json": data[:-20]}))
    assert list(stems(reading)) == ["slack:unknown:support"]
    assert reading.account.accepted == 2


@pytest.mark.parametrize(
    "value",
    [
        {"channel_info": {"id": "UCabc123", "title": "videos"}, "messages": []},
        {"messages": [{"ts": "1.1", "text": "x"}], "channel": "somebody else's"},
        {"messages": [{"id": 1}], "channel_info": {"id": "C0SUPPORT1"}},
        {"channel_info": "C0SUPPORT1", "messages": []},
        [{"channel_info": {"id": "C0SUPPORT1"}}],
    ],
)
def test_what_only_resembles_a_script_file_is_left_alone(tmp_path: Path, value: Any) -> None:
    found = discover(source("slack"), FolderTree(write(tmp_path, {"support.json": value})))
    assert (found.units, found.ignored, found.problems) == ([], [], [])
