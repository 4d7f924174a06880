from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.protocol import Account
from sources.records import Channel
from tests.reading import Read, Reading, merge, source
from tests.sources.slack.writing import (
    ANN,
    BOB,
    GENERAL,
    read_export,
    read_one,
    say,
    write_export,
)


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
    assert read.summary.version == ("2024-03-01T00:00:00.000000Z", "1970-01-01T00:00:03.000001Z")


def test_merge_is_reported_once_however_often_it_happens(tmp_path: Path) -> None:
    (read,) = merged(tmp_path).items
    (again,) = merge(source("slack"), [read, two_readings(tmp_path)[1]]).items
    assert [finding.kind for finding in read.summary.findings] == ["merged"]
    assert [finding.kind for finding in again.summary.findings] == ["merged"]


def both_ways(one: Read, other: Read) -> Reading:
    """The merge of two readings, which is the same in either order."""
    forth, back = (merge(source("slack"), parts) for parts in ([one, other], [other, one]))
    assert forth == back
    assert forth.account.balanced
    return forth


def test_message_edited_in_an_export_that_ends_earlier_keeps_its_edit(tmp_path: Path) -> None:
    edited = say("2.000001", "after", edited={"user": "U0ANN", "ts": "9.000000"})
    old = [say("2.000001", "before"), say("3.000001", "c")]
    one = read_one(
        write_export(
            tmp_path / "old",
            {"hall/1970-01-01.json": old},
            channels=[{**GENERAL, "name": "hall"}],
        )
    )
    other = read_one(write_export(tmp_path / "new", {"general/1970-01-01.json": [edited]}))
    (read,) = both_ways(one, other).items
    assert [message.text for message in read.messages] == ["after", "c"]
    assert (read.summary.title, read.summary.aliases) == ("general", ("hall",))


def test_of_two_edits_the_later_one_is_kept_whichever_export_is_newer(tmp_path: Path) -> None:
    reads = []
    for name, edited, more in (
        ("one", "8.000000", say("99.000001", "new")),
        ("two", "9.000000", say("3.000001", "c")),
    ):
        entry = say("2.000001", name, edited={"user": "U0ANN", "ts": edited})
        days = {"general/1970-01-01.json": [entry, more]}
        reads.append(read_one(write_export(tmp_path / name, days)))
    (read,) = both_ways(*reads).items
    assert [message.text for message in read.messages] == ["two", "c", "new"]


def test_deletion_is_the_last_version_of_a_message(tmp_path: Path) -> None:
    edited = say("2.000001", "said", edited={"user": "U0ANN", "ts": "9.000000"})
    gone = say("2.000001", "This message was deleted.", "USLACKBOT", subtype="tombstone")
    one = read_one(write_export(tmp_path / "one", {"general/1970-01-01.json": [edited]}))
    other = read_one(write_export(tmp_path / "two", {"general/1970-01-01.json": [gone]}))
    reading = both_ways(one, other)
    assert [message.deleted for message in reading.items[0].messages] == [True]
    assert reading.account == Account(accepted=-1, duplicate=1)


@pytest.mark.parametrize(
    ("days", "lists"),
    [
        ({}, {"users": [{**ANN, "updated": 1709600000}, BOB]}),
        ({}, {"channels": [{**GENERAL, "updated": 1709600000123}]}),
        ({}, {"channels": [{**GENERAL, "topic": {"value": "", "last_set": "1709600000"}}]}),
        ({}, {"channels": [{**GENERAL, "purpose": {"value": "", "last_set": 1709600000}}]}),
        ({"other/2024-03-05.json": []}, {}),
        ({"general/2024-02-01.json": [say("1.000001", latest_reply="1709600000.000100")]}, {}),
    ],
)
def test_newest_sign_in_an_export_tells_what_a_conversation_is_called(
    tmp_path: Path, days: dict[str, Any], lists: dict[str, Any]
) -> None:
    old = write_export(
        tmp_path / "old",
        {"hall/2024-03-01.json": [say("1709300000.000100", "said last")]},
        users=[{**ANN, "updated": 0}, BOB, {"id": "U0X", "updated": 10**30}],
        channels=[{**GENERAL, "name": "hall"}],
    )
    new = write_export(tmp_path / "new", days, **lists)
    one, other = read_one(old), read_export(new).by_key["slack:C0GENERAL"]
    (read,) = both_ways(one, other).items
    assert (read.summary.title, read.summary.aliases) == ("general", ("hall",))


def test_other_words_of_another_person_under_one_ts_are_reported(tmp_path: Path) -> None:
    one = read_one(write_export(tmp_path / "one", {"general/1970-01-01.json": [say("2.000001")]}))
    words = say("2.000001", "else", "U0BOB", edited={"user": "U0BOB", "ts": "9.000000"})
    other = read_one(write_export(tmp_path / "two", {"general/1970-01-01.json": [words]}))
    reading = both_ways(one, other)
    (read,) = reading.items
    assert [message.text for message in read.messages] == ["else"]
    assert reading.account == Account(accepted=-1, ignored={"contradicting_ts": 1})
    assert [(f.kind, f.count) for f in read.summary.findings] == [
        ("contradicting_exports", 1),
        ("merged", 2),
    ]


def test_export_that_lists_a_conversation_tells_what_it_is(tmp_path: Path) -> None:
    folder = "D0ANNBOB12"
    listed = read_one(
        write_export(
            tmp_path / "old",
            {f"{folder}/1970-01-01.json": [say("1.000001", "a")]},
            channels=[],
            dms=[{"id": folder, "members": ["U0ANN", "U0BOB"]}],
        )
    )
    newer = {f"{folder}/1970-01-02.json": [say("90000.000001", "b")]}
    unlisted = read_one(write_export(tmp_path / "new", newer, channels=[]))
    (read,) = both_ways(listed, unlisted).items
    assert isinstance(read.head, Channel)
    assert (read.head.chat_type, read.head.chat_name) == ("im", "Ann, Bob Baker")
    assert [message.text for message in read.messages] == ["a", "b"]
    assert [finding.kind for finding in read.summary.findings] == ["merged"]


Edits = st.lists(st.integers(0, 3), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(edits=Edits, listed=st.booleans(), cuts=st.tuples(*[st.integers(0, 12)] * 2), data=st.data())
def test_overlapping_halves_make_the_whole_with_the_newest_versions(
    edits: list[int], listed: bool, cuts: tuple[int, int], data: st.DataObject
) -> None:
    """Message n was edited so often in the end; each export saw as many edits or fewer."""
    end, start = sorted(min(cut, len(edits) - 1) for cut in cuts)[::-1]
    newest: dict[int, int] = {}
    reads = []
    with TemporaryDirectory() as folder:
        for name, part in (("one", range(end + 1)), ("two", range(start, len(edits)))):
            entries = []
            for number in part:
                seen = data.draw(st.integers(0, edits[number]))
                newest[number] = max(newest.get(number, 0), seen)
                edit = {"user": "U0ANN", "ts": f"{100 + seen}.000000"} if seen else None
                entries.append(say(f"{number}.000001", f"{number} {seen}", edited=edit))
            channels = [GENERAL] if listed else []
            days = {"general/1970-01-01.json": entries}
            reads.append(read_one(write_export(Path(folder, name), days, channels=channels)))
    reading = both_ways(*reads)
    (read,) = reading.items
    assert [message.text for message in read.messages] == [
        f"{n} {newest[n]}" for n in sorted(newest)
    ]
    assert reading.account == Account(accepted=start - end - 1, duplicate=end + 1 - start)
    assert isinstance(read.head, Channel)
    assert read.head.message_count == read.summary.records == len(edits)


def test_direct_message_that_a_newer_export_does_not_list_keeps_its_people(tmp_path: Path) -> None:
    listed = write_export(
        tmp_path / "a",
        {"D0ANNBOB1/2024-03-01.json": [say("1.1")]},
        channels=[],
        dms=[{"id": "D0ANNBOB1", "members": ["U0ANN", "U0BOB"]}],
    )
    newer = write_export(
        tmp_path / "b", {"D0ANNBOB1/2024-03-09.json": [say("9.1")]}, users=None, channels=None
    )
    readings = [read_export(root).items[0] for root in (listed, newer)]
    assert [f.kind for f in readings[1].summary.findings] == ["unlisted_conversation"]
    (one,) = merge(source("slack"), readings).items
    assert (one.summary.title, one.summary.flags) == ("Ann, Bob Baker", ("im", "private"))
    assert [f.kind for f in one.summary.findings] == ["merged"]
