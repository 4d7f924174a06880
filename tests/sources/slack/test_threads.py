from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.reading import Read, merge, source
from tests.sources.slack.writing import read_export, say, write_export

PARENT, REPLY, LATER = "10.000001", "20.000001", "30.000001"


def read(root: Path, days: dict[str, Any]) -> Read:
    (item,) = read_export(write_export(root, days)).items
    return item


def orphans(item: Read) -> list[tuple[str, int]]:
    return [(found.kind, found.count) for found in item.summary.findings if found.kind != "merged"]


def test_replies_without_a_first_message_are_kept_and_said(tmp_path: Path) -> None:
    entries = [say(REPLY, thread_ts=PARENT), say(LATER, thread_ts=PARENT), say("40.1")]
    item = read(tmp_path, {"general/2024-03-01.json": entries})
    assert [message.reply_to for message in item.messages] == [PARENT, PARENT, None]
    assert orphans(item) == [("orphan_replies", 2)]


@pytest.mark.parametrize("thread", [{}, {"thread_ts": PARENT}])
def test_first_message_of_another_day_is_found(tmp_path: Path, thread: dict[str, Any]) -> None:
    days = {
        "general/2024-03-01.json": [say(PARENT, **thread)],
        "general/2024-03-02.json": [say(REPLY, thread_ts=PARENT)],
    }
    assert orphans(read(tmp_path, days)) == []


def test_first_message_that_was_deleted_is_no_loss(tmp_path: Path) -> None:
    gone = say(PARENT, "This message was deleted.", "USLACKBOT", subtype="tombstone")
    days = {"general/2024-03-01.json": [gone, say(REPLY, thread_ts=PARENT)]}
    assert orphans(read(tmp_path, days)) == []


def test_reply_met_twice_is_one_orphan(tmp_path: Path) -> None:
    reply = say(REPLY, thread_ts=PARENT)
    assert orphans(read(tmp_path, {"general/2024-03-01.json": [reply, reply]})) == [
        ("orphan_replies", 1)
    ]


def test_orphans_of_a_broken_day_are_said_too(tmp_path: Path) -> None:
    item = read(
        tmp_path, {"general/2024-03-01.json": b'[{"ts":"2.1","thread_ts":"1.1","user":"U1"}, 3'}
    )
    assert ("orphan_replies", 1) in orphans(item)


def test_export_with_the_first_message_takes_the_finding_away(tmp_path: Path) -> None:
    before = read(tmp_path / "a", {"general/2024-03-01.json": [say(PARENT)]})
    after = read(tmp_path / "b", {"general/2024-03-02.json": [say(REPLY, thread_ts=PARENT)]})
    other = read(tmp_path / "c", {"general/2024-03-03.json": [say(LATER, thread_ts="5.1")]})
    assert orphans(after) == [("orphan_replies", 1)]
    (together,) = merge(source("slack"), [before, after]).items
    assert orphans(together) == []
    (all_three,) = merge(source("slack"), [before, after, other]).items
    assert orphans(all_three) == [("orphan_replies", 1)]
