from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sources._archive import FolderTree
from sources.errors import Unreadable
from sources.slack import reading
from tests.reading import Reading, discover, source
from tests.sources.slack.writing import read_export, read_one, say, write_export


@pytest.fixture(params=["kept", "read again"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Day files small enough to be kept in memory, and too large for it."""
    if request.param == "read again":
        monkeypatch.setattr(reading, "_KEEP_BYTES", 0)


def texts(root: Path) -> list[str]:
    return [message.text for message in read_one(root).messages]


@pytest.mark.usefixtures("either_way")
def test_messages_ascend_whatever_the_order_in_and_of_the_files(tmp_path: Path) -> None:
    write_export(
        tmp_path,
        {
            "general/2024-03-01.json": [say("20.000002", "d"), say("10.000001", "a")],
            "general/2024-03-02.json": [say("20.000001", "c"), say("15.000001", "b")],
            "general/2024-03-03.json": [say("5.000001", "first")],
            "general/2024-03-04.json": [say("30.000001", "last")],
        },
    )
    assert texts(tmp_path) == ["first", "a", "b", "c", "d", "last"]


@pytest.mark.usefixtures("either_way")
def test_ascending_files_are_given_one_at_a_time(tmp_path: Path) -> None:
    days = {f"general/2024-03-{n:02d}.json": [say(f"{n}.1"), say(f"{n}.2")] for n in range(1, 5)}
    write_export(tmp_path, days)
    tree, reader = FolderTree(tmp_path), source("slack")
    (unit,) = discover(reader, tree).units
    runs = [thing for thing in reader.read(unit, tree) if isinstance(thing, list)]
    assert [len(run) for run in runs] == [2, 2, 2, 2]


def test_long_day_is_given_in_runs(tmp_path: Path) -> None:
    write_export(tmp_path, {"general/2024-03-01.json": [say(f"{n}.1") for n in range(2500)]})
    tree, reader = FolderTree(tmp_path), source("slack")
    (unit,) = discover(reader, tree).units
    runs = [thing for thing in reader.read(unit, tree) if isinstance(thing, list)]
    assert [len(run) for run in runs] == [1000, 1000, 500]


@pytest.mark.usefixtures("either_way")
def test_ts_met_twice_is_one_message_and_one_duplicate(tmp_path: Path) -> None:
    days = {
        "general/2024-03-01.json": [say("10.000001", "a"), say("10.000001", "a")],
        "general/2024-03-02.json": [say("10.000001", "a"), say("11.000001", "b")],
    }
    result = read_export(write_export(tmp_path, days))
    assert [message.text for message in result.items[0].messages] == ["a", "b"]
    assert (result.account.accepted, result.account.duplicate) == (2, 2)
    assert result.items[0].summary.findings == ()


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_versions_the_one_edited_last_is_kept_and_reported(
    tmp_path: Path, newest_first: bool
) -> None:
    entries = [
        say("10.000001", "new", edited={"user": "U0ANN", "ts": "12.000000"}),
        say("10.000001", "old"),
    ]
    write_export(tmp_path, {"general/2024-03-01.json": entries if newest_first else entries[::-1]})
    read = read_one(tmp_path)
    assert [message.text for message in read.messages] == ["new"]
    assert [finding.kind for finding in read.summary.findings] == ["conflicting_versions"]


def test_day_of_a_file_is_never_taken_from_its_name(tmp_path: Path) -> None:
    read = read_one(write_export(tmp_path, {"general/2024-02-29.json": [say("1709283600.000100")]}))
    assert read.messages[0].timestamp == "2024-03-01T09:00:00.000100Z"


def cut_day(root: Path, cut: int) -> Reading:
    entries = [say("10.000001", "a"), say("11.000001", "b"), say("12.000001", "c")]
    data = json.dumps(entries, indent=1).encode()
    write_export(
        root,
        {
            "general/2024-03-01.json": [say("1.000001", "before")],
            "general/2024-03-02.json": data[:cut],
            "general/2024-03-03.json": [say("20.000001", "after")],
        },
    )
    return read_export(root)


def test_truncated_day_keeps_whole_messages_and_accounts_for_the_rest(tmp_path: Path) -> None:
    result = cut_day(tmp_path, 230)
    assert [m.text for m in result.items[0].messages] == ["before", "a", "b", "after"]
    assert (result.account.found, result.account.quarantined) == (5, 1)
    (problem,) = result.problems
    assert (problem.path, problem.reason, problem.found) == (
        "general/2024-03-02.json",
        "truncated",
        1,
    )
    assert problem.remedy
    assert [finding.kind for finding in result.items[0].summary.findings] == ["truncated_file"]


def test_day_cut_anywhere_leaves_other_days_alone(tmp_path: Path) -> None:
    for cut in range(0, 260, 7):
        shown = [message.text for message in cut_day(tmp_path, cut).items[0].messages]
        assert shown[0] == "before"
        assert shown[-1] == "after"


@pytest.mark.parametrize(
    "noise", [b"", b"\x00\x93\xff" * 40, b"{}", b'{"ok": false}', b"PK\x03\x04"]
)
def test_day_of_noise_is_a_problem_and_a_finding(tmp_path: Path, noise: bytes) -> None:
    days: dict[str, Any] = {
        "general/2024-03-01.json": [say("1.1")],
        "general/2024-03-02.json": noise,
    }
    result = read_export(write_export(tmp_path, days))
    assert len(result.items[0].messages) == 1
    assert [problem.path for problem in result.problems] == ["general/2024-03-02.json"]
    assert [f.kind for f in result.items[0].summary.findings] == ["unreadable_file"]


def test_day_that_may_not_be_read_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_export(
        tmp_path,
        {"general/2024-03-01.json": [say("1.1")], "general/2024-03-02.json": [say("2.1")]},
    )
    read = FolderTree.read

    def refuse(tree: FolderTree, path: str) -> bytes:
        if path.endswith("03-02.json"):
            raise Unreadable(path, "Permission denied")
        return read(tree, path)

    monkeypatch.setattr(FolderTree, "read", refuse)
    result = read_export(tmp_path)
    assert len(result.items[0].messages) == 1
    assert [(p.reason, p.retry) for p in result.problems] == [("unreadable", True)]
    assert [f.kind for f in result.items[0].summary.findings] == ["unreadable_file"]


def test_bytes_that_are_no_text_are_reported_on_the_conversation(tmp_path: Path) -> None:
    data = b'[{"ts": "1.000001", "user": "U0ANN", "text": "caf\xe9"}]'
    read = read_one(write_export(tmp_path, {"general/2024-03-01.json": data}))
    assert read.messages[0].text == "caf\ufffd"
    assert [finding.kind for finding in read.summary.findings] == ["repaired_text"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_day_saved_by_an_editor_reads_the_same(tmp_path: Path, encoding: str) -> None:
    entry = say("1.1", "café <https://files.example/a?t=xoxe-12-ab-CD>")
    data = json.dumps([entry], ensure_ascii=False).encode(encoding)
    read = texts(write_export(tmp_path, {"general/2024-03-01.json": data}))
    assert read == ["café https://files.example/a?t="]


def test_other_words_of_another_person_under_one_ts_are_no_duplicate(tmp_path: Path) -> None:
    entries = [say("10.000001", "a"), say("10.000001", "b", "U0BOB")]
    reading = read_export(write_export(tmp_path, {"general/2024-03-01.json": entries}))
    assert (reading.account.duplicate, reading.account.ignored) == (0, {"contradicting_ts": 1})


def test_entry_nested_too_deep_is_quarantined_alone(tmp_path: Path) -> None:
    deep = b'{"ts":"11.000001","x":' + b"[" * 9000 + b"]" * 9000 + b"}"
    data = b"[%s,%s,%s]" % (
        json.dumps(say("10.000001", "a")).encode(),
        deep,
        json.dumps(say("12.000001", "b")).encode(),
    )
    reading = read_export(write_export(tmp_path, {"general/2024-03-01.json": data}))
    assert [message.text for message in reading.items[0].messages] == ["a", "b"]
    assert (reading.account.found, reading.account.quarantined) == (3, 1)
    (problem,) = reading.problems
    assert problem.detail == "1 of 3 entries are no messages (nested too deep: 1)"
