from __future__ import annotations

import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources._archive import FolderTree
from sources.records import Channel
from tests.reading import Reading, discover, merge, source
from tests.sources.slack.test_any_json import calm, messages, values
from tests.sources.slack.test_discovery import zipped
from tests.sources.slack.writing import ANN, GENERAL, read_export, say, write_export

ROOM = "C0SUPPORT1"
PARENT = "1709283600.000100"
MESSAGES = [
    say(
        PARENT,
        "parent",
        thread_ts=PARENT,
        slackdump_thread_replies=[
            say("1709283700.000100", "reply", thread_ts=PARENT),
            say("1709283800.000100", "last", thread_ts=PARENT),
        ],
    ),
    say("1709283650.000100", "between"),
]


def dump(messages: Any = MESSAGES, room: str = ROOM, name: str = "support") -> dict[str, Any]:
    return {"name": name, "messages": messages, "channel_id": room}


def write_dump(root: Path, files: dict[str, Any], **lists: Any) -> Path:
    return write_export(root, files, **{"users": None, "channels": None, **lists})


def texts(reading: Reading) -> dict[str, list[str]]:
    return {key: [m.text for m in read.messages] for key, read in reading.by_key.items()}


@pytest.mark.parametrize("place", ["", "slackdump_20240301/"])
def test_dump_gives_messages_and_the_replies_inside_them(tmp_path: Path, place: str) -> None:
    write_dump(tmp_path, {f"{place}{ROOM}.json": dump()})
    reading = read_export(tmp_path)
    assert texts(reading) == {f"slack:{ROOM}": ["parent", "between", "reply", "last"]}
    (read,) = reading.items
    assert isinstance(read.head, Channel)
    assert (read.head.chat_name, read.head.channel_id) == ("support", ROOM)
    assert [message.reply_to for message in read.messages] == [None, None, PARENT, PARENT]
    assert reading.account.found == 4
    assert [finding.kind for finding in read.summary.findings] == ["unlisted_conversation"]


def test_lists_beside_a_dump_tell_people_and_type(tmp_path: Path) -> None:
    listed = {**GENERAL, "id": ROOM, "name": "support"}
    write_dump(tmp_path, {f"{ROOM}.json": dump()}, users=[ANN], channels=[listed])
    reading = read_export(tmp_path)
    (read,) = reading.items
    assert isinstance(read.head, Channel)
    assert (read.head.chat_type, read.messages[0].author) == ("public_channel", "Ann")
    assert (reading.ignored, reading.problems, read.summary.findings) == ([], [], ())


def test_people_alone_beside_a_dump_are_enough_to_name_authors(tmp_path: Path) -> None:
    write_dump(tmp_path, {f"{ROOM}.json": dump(), "workspace.json": {"team": "A"}}, users=[ANN])
    reading = read_export(tmp_path)
    assert reading.items[0].messages[0].author == "Ann"
    assert [entry.path for entry in reading.ignored] == ["workspace.json"]


def test_thread_dumped_by_itself_belongs_to_its_conversation(tmp_path: Path) -> None:
    thread = [MESSAGES[0], say("1709283900.000100", "later", thread_ts=PARENT)]
    write_dump(tmp_path, {f"{ROOM}.json": dump(), f"{ROOM}-{PARENT}.json": dump(thread)})
    reading = read_export(tmp_path)
    assert texts(reading) == {f"slack:{ROOM}": ["parent", "between", "reply", "last", "later"]}
    assert reading.account.duplicate == 3


def test_dump_and_export_of_one_conversation_become_one(tmp_path: Path) -> None:
    listed = [{**GENERAL, "id": ROOM, "name": "support"}]
    days = {"support/2024-03-01.json": [say(PARENT, "parent"), say("1709283601.000100", "early")]}
    (exported,) = read_export(write_export(tmp_path / "export", days, channels=listed)).items
    (dumped,) = read_export(write_dump(tmp_path / "dump", {f"{ROOM}.json": dump()})).items
    (read,) = merge(source("slack"), [exported, dumped]).items
    assert [m.text for m in read.messages] == ["parent", "early", "between", "reply", "last"]
    assert isinstance(read.head, Channel)
    assert read.head.chat_type == "public_channel"


def test_dump_without_messages_is_a_conversation_without_messages(tmp_path: Path) -> None:
    reading = read_export(write_dump(tmp_path, {f"{ROOM}.json": dump(None)}))
    assert (texts(reading), reading.problems) == ({f"slack:{ROOM}": []}, [])


@pytest.mark.parametrize("indent", [None, 2])
def test_dump_cut_anywhere_keeps_whole_messages_and_accounts_for_the_rest(
    tmp_path: Path, indent: int | None
) -> None:
    data = json.dumps(dump(), indent=indent).encode()
    start = data.index(b"[") + 1
    seen = set()
    for cut in range(start, len(data), 7):
        reading = read_export(write_dump(tmp_path, {f"{ROOM}.json": data[:cut]}))
        (kept,) = texts(reading).values()
        seen.add(len(kept))
        (problem,) = reading.problems
        assert problem.found == reading.account.quarantined
        assert reading.account.accepted == len(kept)
    assert seen == {0, 3, 4}


def test_dump_broken_in_the_middle_counts_what_stands_behind_the_break(tmp_path: Path) -> None:
    data = json.dumps(dump([*MESSAGES[::-1], say("1709283950.000100")])).encode()
    broken = data.replace(b'"reply"', b'"reply')
    reading = read_export(write_dump(tmp_path, {f"{ROOM}.json": broken}))
    assert texts(reading) == {f"slack:{ROOM}": ["between"]}
    assert reading.account.quarantined >= 1


def test_odd_things_among_the_messages_are_accounted_for(tmp_path: Path) -> None:
    odd = [1, None, [say("1.1")], {"ts": "1.1", "slackdump_thread_replies": {}}, *MESSAGES]
    odd.append({"slackdump_thread_replies": ["x", {}, say("2.1", messages=[1, 2])], "ts": "9"})
    reading = read_export(write_dump(tmp_path, {f"{ROOM}.json": dump(odd)}))
    assert reading.account.found == 12


def test_things_beside_a_dump_are_left_alone(tmp_path: Path) -> None:
    others: dict[str, Any] = {
        "notes.json": dump(),
        "C0NOTADUMP.json": {"a": 1},
        "more/deals.csv": b"a,b",
        "general/2024-03-01.json": [say("1.1", "bare")],
        f"{ROOM}/F0FILE-team.ics": b"BEGIN:VCALENDAR",
        "export/channels.json": [GENERAL],
        "export/general/2024-03-01.json": [say("1.1", "exported")],
        "export/general/attachments/C0INSIDE12.json": dump(),
    }
    write_dump(tmp_path, {f"{ROOM}.json": dump(), **others})
    reading = read_export(tmp_path)
    assert sorted(map(len, texts(reading).values())) == [1, 1, 4]
    assert [entry.path for entry in reading.ignored] == [
        f"{ROOM}/",
        "export/general/attachments/",
    ]


def test_dump_in_a_zip_gives_what_its_folder_gives(tmp_path: Path) -> None:
    folder = write_dump(tmp_path / "dump", {f"{ROOM}.json": dump()}, users=[ANN])
    archive = zipped(folder, tmp_path / "dump.zip")
    assert read_export(archive).items[0].messages == read_export(folder).items[0].messages


def refused(root: Path, files: dict[str, bytes]) -> Reading:
    return discover(source("slack"), FolderTree(write_dump(root, files)))


@pytest.mark.parametrize(
    ("name", "head"),
    [("slackdump.sqlite", b""), ("mine.db", b"CREATE TABLE CHUNK (x); CREATE TABLE S_USER (x)")],
)
def test_database_of_slackdump_is_refused_in_plain_words(
    tmp_path: Path, name: str, head: bytes
) -> None:
    files = {f"a/{name}": b"SQLite format 3\0" + head, f"a/{name}-wal": b"", "a/x.db": b"?"}
    found = refused(tmp_path, files)
    (problem,) = found.problems
    assert (problem.path, problem.reason) == (f"a/{name}", "slackdump_archive")
    assert "slackdump convert -f export" in problem.remedy
    assert [entry.path for entry in found.ignored] == [f"a/{name}-wal"]


def test_chunks_of_slackdump_are_refused_as_one(tmp_path: Path) -> None:
    names = ("channels", "users", "workspace", ROOM, f"{ROOM}-{PARENT}")
    files = {f"archive/{name}.json.gz": gzip.compress(b"{}") for name in names}
    found = refused(tmp_path, files | {"archive/other.json.gz": gzip.compress(b"")})
    (problem,) = found.problems
    assert (problem.path, problem.reason) == ("archive", "slackdump_archive")
    assert sorted(entry.path for entry in found.ignored) == sorted(files)


@pytest.mark.parametrize(
    "files",
    [
        {"slackdump.sqlite": b"no database"},
        {"other.sqlite": b"SQLite format 3\0 CREATE TABLE CHUNK"},
        {"users.json.gz": b"\x1f\x8b"},
        {"users.json.gz": b"\x1f\x8b", "channels.json.gz": b"[]"},
        {"general/attachments/slackdump.sqlite": b"SQLite format 3\0"},
    ],
)
def test_what_only_looks_like_an_archive_is_left_to_others(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    found = refused(tmp_path, files)
    assert (found.units, found.ignored, found.problems) == ([], [], [])


def test_database_inside_an_export_is_refused_and_the_export_read(tmp_path: Path) -> None:
    database = {"slackdump.sqlite": b"SQLite format 3\0"}
    write_export(tmp_path, {"general/2024-03-01.json": [say("1.1")], **database})
    reading = read_export(tmp_path)
    assert [problem.path for problem in reading.problems] == ["slackdump.sqlite"]
    assert (reading.ignored, len(reading.items)) == ([], 1)


entries = messages | values
nested = st.builds(
    lambda entry, replies: {**entry, "slackdump_thread_replies": replies},
    messages,
    st.lists(entries, max_size=3) | values,
)
dumps = st.lists(entries | nested, max_size=4).map(dump) | st.dictionaries(
    st.sampled_from(["messages", "name", "channel_id", "slackdump_thread_replies"]), entries
)


@calm
@given(dumps, st.binary(max_size=9), st.tuples(*[st.integers(0, 10**4)] * 2), st.booleans())
def test_any_json_in_a_dump_and_any_damage_to_it(
    value: Any, noise: bytes, place: tuple[int, int], damaged: bool
) -> None:
    raw = json.dumps(value).encode()
    if damaged:
        start, end = sorted(number % (len(raw) + 1) for number in place)
        raw = raw[:start] + noise + raw[end:]
    with TemporaryDirectory() as folder:
        write_dump(Path(folder), {f"{ROOM}.json": raw}, channels=[{**GENERAL, "id": ROOM}])
        reading = read_export(Path(folder))
    (read,) = reading.items
    assert len(read.messages) == reading.account.accepted


def test_folder_of_days_beside_a_dump_of_its_name_is_a_unit_of_its_own(tmp_path: Path) -> None:
    write_dump(tmp_path, {f"{ROOM}.json": dump(), f"{ROOM}/2024-03-01.json": [say("1.1", "old")]})
    reading = read_export(tmp_path)
    assert sorted(unit.name for unit in reading.units) == [f"{ROOM}.json", f"{ROOM}/"]
    (one,) = merge(source("slack"), reading.items).items
    assert [message.text for message in one.messages] == [
        "old", "parent", "between", "reply", "last",
    ]  # fmt: skip


def test_dump_in_a_folder_of_a_conversation_takes_no_day_from_it(tmp_path: Path) -> None:
    days = {"general/2024-03-01.json": [say("1.1", "day")], f"general/{ROOM}.json": dump()}
    reading = read_export(write_export(tmp_path, days))
    assert texts(reading) == {"slack:C0GENERAL": ["day"]}
    assert [entry.path for entry in reading.ignored] == [f"general/{ROOM}.json"]


def test_dump_beside_days_that_are_no_messages_is_read(tmp_path: Path) -> None:
    files = {f"out/{ROOM}.json": dump(), "out/2024-03-01.json": [{"level": "info"}]}
    write_dump(tmp_path, files)
    assert list(texts(read_export(tmp_path))) == [f"slack:{ROOM}"]


def test_uploads_of_a_dump_inside_an_export_are_passed_over_once(tmp_path: Path) -> None:
    dumps = {f"dumps/{ROOM}.json": dump(), f"dumps/{ROOM}/plan.pdf": b"x"}
    reading = read_export(
        write_export(tmp_path, {"general/2024-03-01.json": [say("1.1")], **dumps})
    )
    assert sorted(reading.by_key) == ["slack:C0GENERAL", f"slack:{ROOM}"]
    assert [entry.path for entry in reading.ignored] == [f"dumps/{ROOM}/"]
