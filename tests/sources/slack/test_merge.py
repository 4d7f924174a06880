from __future__ import annotations

from pathlib import Path

from sources.records import Channel
from tests.reading import Read, Reading, merge, source
from tests.sources.slack.writing import GENERAL, read_one, say, write_export


def two_readings(root: Path) -> tuple[Read, Read]:
    old = write_export(
        root / "old",
        {"hall/2024-03-01.json": [say("1.000001", "a"), say("2.000001", "before")]},
        channels=[{**GENERAL, "name": "hall"}],
    )
    edited = say("2.000001", "after", edited={"user": "U0ANN", "ts": "9.000000"})
    new = write_export(
        root / "new",
        {"general/2024-03-01.json": [edited, say("3.000001", "c", "U0BOB")]},
    )
    return read_one(old), read_one(new)


def merged(root: Path) -> Reading:
    return merge(source("slack"), two_readings(root))


def test_overlapping_exports_become_one_conversation_without_doubles(tmp_path: Path) -> None:
    reading = merged(tmp_path)
    (read,) = reading.items
    assert [message.text for message in read.messages] == ["a", "after", "c"]
    assert (reading.account.accepted, reading.account.duplicate) == (-1, 1)
    assert reading.account.balanced


def test_merged_head_counts_the_union_and_is_called_as_in_the_newest(tmp_path: Path) -> None:
    (read,) = merged(tmp_path).items
    assert isinstance(read.head, Channel)
    assert (read.head.chat_name, read.head.message_count, read.summary.records) == ("general", 3, 3)
    assert read.head.first_message_time == "1970-01-01T00:00:01.000001Z"
    assert read.head.last_message_time == "1970-01-01T00:00:03.000001Z"
    assert read.head.unique_authors == ("Ann", "Bob Baker")
    assert read.summary.aliases == ("hall",)
    assert read.summary.version == ("", "1970-01-01T00:00:03.000001Z")


def test_merge_is_reported_once_however_often_it_happens(tmp_path: Path) -> None:
    (read,) = merged(tmp_path).items
    (again,) = merge(source("slack"), [read, two_readings(tmp_path)[1]]).items
    assert [finding.kind for finding in read.summary.findings] == ["merged"]
    assert [finding.kind for finding in again.summary.findings] == ["merged"]
