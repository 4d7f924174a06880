"""A large file in pieces holds what it holds as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.slack import pieces as module
from sources.slack.arrays import Array, decode
from sources.slack.pieces import pieces
from tests.sources.slack.test_any_json import calm, messages, values
from tests.sources.slack.writing import read_export, say, write_export


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE", 0)
    monkeypatch.setattr(module, "_PIECE", 2)


def joined(data: bytes) -> Array:
    arrays = list(pieces(data))
    (info,) = {json.dumps(array.info) for array in arrays}
    return Array([entry for array in arrays for entry in array.entries], info=json.loads(info))


def test_list_comes_in_pieces() -> None:
    data = json.dumps([{"a": [1, {"b": "],["}]}, 2, "x", None, []]).encode()
    assert [len(array.entries) for array in pieces(data)] == [2, 2, 1]
    assert joined(data) == decode(data)


def test_dump_comes_in_pieces_with_what_it_says_of_itself() -> None:
    replies = [say("2.1"), say("3.1", slackdump_thread_replies=[say("4.1")])]
    said = [say("1.1", slackdump_thread_replies=replies), say("5.1"), say("6.1")]
    for more in ({"name": "support"}, {"channel_info": {"id": "C0SUPPORT1"}}):
        data = json.dumps({**more, "messages": said}).encode()
        assert [len(array.entries) for array in pieces(data)] == [5, 1]
        assert joined(data) == decode(data)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[", b'[{"a": 1}, {"b"', b"[1] 2", b'{"messages": 5}', b"\xff"]
)
def test_what_is_broken_comes_as_a_whole(data: bytes) -> None:
    assert list(pieces(data)) == [decode(data)]


@pytest.mark.parametrize("data", [b"[]", b'{"messages": null}', b'{"messages": []}'])
def test_empty_file_has_no_entries_and_no_damage(data: bytes) -> None:
    assert [(a.entries, a.damage) for a in pieces(data)] == [([], None)]


def test_repairs_of_any_piece_are_told(tmp_path: Path) -> None:
    data = rb'[{"ts":"1.1","user":"U1","text":"\ud800"},{"ts":"2.1","user":"U1","text":"b"},'
    data += rb'{"ts":"3.1","user":"U1","text":"c"}, 4]'
    reading = read_export(write_export(tmp_path, {"general/2024-03-01.json": data}))
    (read,) = reading.items
    assert [message.text for message in read.messages] == ["\ufffd", "b", "c"]
    assert [finding.kind for finding in read.summary.findings] == ["repaired_text"]
    assert (reading.account.found, reading.account.quarantined) == (4, 1)


@calm
@given(st.lists(messages | values, max_size=7))
def test_any_list_is_the_same_in_pieces(entries: list[Any]) -> None:
    data = json.dumps(entries).encode()
    whole = decode(data)
    found = [entry for array in pieces(data) for entry in array.entries]
    assert repr(found) == repr(whole.entries)
