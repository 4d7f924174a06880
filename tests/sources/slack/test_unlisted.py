"""Conversations without an id: one only when their messages say so."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

from sources.protocol import Account
from tests.reading import Read, merge, source
from tests.sources.slack.writing import (
    ANN,
    BOB,
    read_export,
    read_one,
    say,
    stems,
    write_export,
)

T = "1709283600.000100"
LATER = "1709283601.000100"
LAST = "1709283602.000100"


def unlisted(root: Path, *entries: dict[str, Any], users: object = (ANN, BOB)) -> Read:
    days = {"support/2024-03-01.json": list(entries)}
    return read_one(write_export(root, days, users=users, channels=[]))


def texts(*reads: Read) -> list[tuple[list[str], Account]]:
    """What becomes of these readings, the same in whatever order they come."""
    said = []
    for order in permutations(reads):
        reading = merge(source("slack"), order)
        assert reading.account.balanced
        keys = [item.summary.key for item in reading.items]
        assert len(set(keys)) == len(keys)
        shown = sorted([message.text for message in item.messages] for item in reading.items)
        said.append((sorted(keys), shown, reading.account))
    assert all(one == said[0] for one in said)
    return [(shown, said[0][2]) for shown in said[0][1]]


def test_folders_of_one_name_that_say_different_things_stay_apart(tmp_path: Path) -> None:
    one = unlisted(tmp_path / "a", say(T, "acme"), users=[])
    other = unlisted(tmp_path / "b", say(T, "zeta"), users=[])
    assert texts(one, other) == [(["acme"], Account()), (["zeta"], Account())]
    assert one.summary.identity == other.summary.identity
    keys = {item.summary.key for item in merge(source("slack"), [one, other]).items}
    assert keys == {one.summary.key, other.summary.key}


def test_one_ts_of_two_people_keeps_folders_apart_whatever_else_they_share(tmp_path: Path) -> None:
    shared = [say(T, "a"), say(LATER, "b")]
    one = unlisted(tmp_path / "a", *shared, say(LAST, "c"))
    other = unlisted(tmp_path / "b", *shared, say(LAST, "c", "U0BOB"))
    assert [shown for shown, _ in texts(one, other)] == [["a", "b", "c"], ["a", "b", "c"]]


def test_folders_that_share_no_message_stay_apart(tmp_path: Path) -> None:
    one, other = unlisted(tmp_path / "a", say(T, "a")), unlisted(tmp_path / "b", say(LATER, "b"))
    assert [shown for shown, _ in texts(one, other)] == [["a"], ["b"]]


def test_folders_that_overlap_and_agree_are_one(tmp_path: Path) -> None:
    one = unlisted(tmp_path / "a", say(LATER, "b"), say(LAST, "c"))
    other = unlisted(tmp_path / "b", say(T, "a"), say(LATER, "b"))
    account = Account(accepted=-1, duplicate=1)
    assert texts(one, other) == [(["a", "b", "c"], account)]
    (together,) = merge(source("slack"), [one, other]).items
    assert together.summary.key == other.summary.key


def test_edit_deletion_and_another_name_are_no_disagreement(tmp_path: Path) -> None:
    edited = say(LATER, "b!", edited={"user": "U0ANN", "ts": "1709283700.000000"})
    gone = say(LAST, "This message was deleted.", "USLACKBOT", subtype="tombstone")
    one = unlisted(tmp_path / "a", say(T, "<@U0BOB>"), say(LATER, "b"), say(LAST, "c"), users=[])
    other = unlisted(tmp_path / "b", say(T, "<@U0BOB>"), edited, gone)
    ((shown, account),) = texts(one, other)
    assert shown[1:] == ["b!", "This message was deleted."]
    assert account.duplicate == 3


def test_channel_that_one_export_cannot_name_is_no_disagreement(tmp_path: Path) -> None:
    entry = say(T, "see <#C0GENERAL> there")
    one = unlisted(tmp_path / "a", entry)
    days = {"support/2024-03-01.json": [entry]}
    other = stems(read_export(write_export(tmp_path / "b", days)))["slack:T0ACME:support"]
    assert one.messages[0].text != other.messages[0].text
    assert one.summary.key == other.summary.key
    assert len(merge(source("slack"), [one, other]).items) == 1


def test_deletions_alone_are_no_agreement(tmp_path: Path) -> None:
    gone = say(T, "This message was deleted.", "USLACKBOT", subtype="tombstone")
    one, other = unlisted(tmp_path / "a", gone), unlisted(tmp_path / "b", gone)
    assert len(texts(one, other)) == 2


def test_reading_that_fits_two_which_contradict_joins_one_of_them(tmp_path: Path) -> None:
    first = unlisted(tmp_path / "a", say(T, "a"), say(LAST, "c"))
    second = unlisted(tmp_path / "b", say(LATER, "b"), say(LAST, "other"))
    between = unlisted(tmp_path / "c", say(T, "a"), say(LATER, "b"))
    shown = [said for said, _ in texts(first, second, between)]
    assert sorted(len(said) for said in shown) == [2, 3]


def test_third_reading_brings_two_together_that_share_nothing(tmp_path: Path) -> None:
    first = unlisted(tmp_path / "a", say(T, "a"))
    last = unlisted(tmp_path / "b", say(LAST, "c"))
    whole = unlisted(tmp_path / "c", say(T, "a"), say(LATER, "b"), say(LAST, "c"))
    assert texts(first, last, whole) == [(["a", "b", "c"], Account(accepted=-2, duplicate=2))]


def test_conversations_that_begin_alike_get_keys_of_their_own(tmp_path: Path) -> None:
    one = unlisted(tmp_path / "a", say(T, "hi"), say(LATER, "b"))
    other = unlisted(tmp_path / "b", say(T, "hi"), say(LATER, "c"))
    assert one.summary.key == other.summary.key
    keys = [item.summary.key for item in merge(source("slack"), [one, other]).items]
    assert keys == [one.summary.key, f"{one.summary.key}~2"]


def test_folders_without_any_message_are_one_empty_conversation(tmp_path: Path) -> None:
    nobody = {"type": "message", "text": "", "ts": None}
    one, other = unlisted(tmp_path / "a", nobody), unlisted(tmp_path / "b", nobody)
    assert texts(one, other) == [([], Account())]
