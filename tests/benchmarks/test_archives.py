"""The generated archives: the same every time, as rich as real ones, and read by ours and by
the straightforward loops as meant.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest

from benchmarks.archives import reading
from benchmarks.archives.comparing import differences
from benchmarks.archives.parts import PARTS, Archive, cached, write
from benchmarks.archives.task import TASKS
from benchmarks.archives.telling import told

TINY = {"slack": 6000, "calendar": 400, "hubspot-csv": 250, "hubspot-xlsx": 60}
Facts = dict[str, Any]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Archive]:
    made = {}
    for name, count in TINY.items():
        made[name] = cached(tmp_path_factory.mktemp("archives"), PARTS[name], count)
        write(made[name], count)
    return made


@pytest.fixture(params=TINY)
def archive(request: pytest.FixtureRequest, archives: dict[str, Archive]) -> Archive:
    return archives[request.param]


def facts_of(archive: Archive) -> list[Facts]:
    return [facts for _, facts in told(archive.oracle)]


def digests(archive: Archive) -> dict[str, str]:
    files = [archive.oracle, *(path for path in archive.data.rglob("*") if path.is_file())]
    return {
        path.relative_to(archive.folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_ours_reads_what_was_meant(archive: Archive) -> None:
    read = reading.read(archive.part.source, archive.data)
    records = archive.figures["told"]
    assert records > TINY[archive.part.name] / 2
    assert differences(read, told(archive.oracle)) == {"compared": records}


def test_loop_reads_what_was_meant(archive: Archive) -> None:
    loop = import_module(f"benchmarks.archives.loops.{archive.part.source}")
    assert differences(loop.read(archive.data), told(archive.oracle)) == {
        "compared": archive.figures["told"]
    }


@pytest.mark.parametrize("side", ["ours", "loop"])
def test_messages_come_in_order(side: str, archives: dict[str, Archive]) -> None:
    loop = import_module("benchmarks.archives.loops.slack")
    data = archives["slack"].data
    for _, messages in reading.read("slack", data) if side == "ours" else loop.read(data):
        stamps = [message["message_id"] for message in messages]
        assert stamps == sorted(stamps)


def test_archive_is_the_same_every_time(archive: Archive, tmp_path: Path) -> None:
    again = Archive(archive.part, tmp_path / "again")
    write(again, TINY[archive.part.name])
    assert digests(again) == digests(archive)


def test_archive_is_written_once(tmp_path: Path) -> None:
    first = cached(tmp_path, PARTS["hubspot-csv"], 5)
    write(first, 5)
    (first.folder / "mark").touch()
    write(first, 5)
    assert (first.folder / "mark").exists()
    (first.folder / "figures.json").unlink()  # as if it had been interrupted
    write(first, 5)
    assert not (first.folder / "mark").exists()


def test_sides_take_the_same_number_of_things(archive: Archive) -> None:
    ours, loop = TASKS["ours"](archive), TASKS["loop"](archive)
    assert ours["things"] == loop["things"] == archive.figures["told"]
    assert "finding" in ours


def test_slack_holds_what_real_exports_hold(archives: dict[str, Archive]) -> None:
    facts = facts_of(archives["slack"])
    present = Counter(chain.from_iterable(facts))
    for name in ("reply_to", "reactions", "media", "links", "mentions", "edited_at", "deleted"):
        assert present[name] > 5, name
    subtypes = {one.get("subtype") for one in facts}
    assert subtypes >= {"bot_message", "channel_join", "channel_topic", "channel_name"}
    assert subtypes >= {"thread_broadcast", "me_message", "huddle_thread", "tombstone"}
    assert {one["chat_type"] for one in facts if "chat_type" in one} == {
        *("public_channel", "private_channel", "mpim", "im")
    }
    assert any(one.get("is_ext_shared") for one in facts)
    kinds = {person["kind"] for one in facts for person in one.get("people", ())}
    assert kinds == {"member", "guest", "external", "bot", "unknown"}


def test_slack_messages_count_as_asked(archives: dict[str, Archive]) -> None:
    messages = sum("message_id" in one for one in facts_of(archives["slack"]))
    assert messages == TINY["slack"]


def test_slack_days_are_those_of_the_pacific(archives: dict[str, Archive]) -> None:
    elsewhere = 0
    for path in archives["slack"].data.rglob("20*.json"):
        for entry in msgspec.json.decode(path.read_bytes()):
            day = datetime.fromtimestamp(float(entry["ts"]), UTC).date().isoformat()
            elsewhere += day != path.stem
    assert elsewhere > TINY["slack"] / 10


def test_calendars_hold_what_real_exports_hold(archives: dict[str, Archive]) -> None:
    text = b"".join(path.read_bytes() for path in archives["calendar"].data.glob("*.ics")).decode()
    assert text.count("BEGIN:VEVENT") == TINY["calendar"]
    for line in ("RRULE:FREQ=WEEKLY", "RRULE:FREQ=MONTHLY", "EXDATE;TZID=", "RECURRENCE-ID;TZID="):
        assert f"\n{line}" in text, line
    assert re.search(r"\nRECURRENCE-ID:\d{8}T\d{6}Z", text)
    assert re.search(r";COUNT=\d+\r", text)
    assert re.search(r";UNTIL=\d{8}T\d{6}Z\r", text)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    facts = facts_of(archives["calendar"])
    assert {one["all_day"] for one in facts} == {one["recurring"] for one in facts} == {True, False}
    assert any("-::~:~::~" in line for line in text.splitlines())
    assert not any("-::~:~::~" in one["description"] for one in facts)
    assert len(facts) > 2 * TINY["calendar"]


def test_recurrences_keep_the_wall_clock_of_their_zone(archives: dict[str, Archive]) -> None:
    by_uid: dict[str, set[str]] = {}
    for one in facts_of(archives["calendar"]):
        original = one["key"].rpartition(f"{one['uid']}:")[2]
        if one["recurring"] and not one["all_day"]:
            by_uid.setdefault(one["uid"], set()).add(original[11:])
    assert {1, 2} <= {len(times) for times in by_uid.values()}


def test_hubspot_speaks_spanish_and_local_amounts(archives: dict[str, Archive]) -> None:
    (path,) = archives["hubspot-csv"].data.glob("*todos*.csv")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("ID de registro,Nombre del negocio")
    assert re.search(r'"\d{1,3}\.\d{3},\d\d €"', text)
    assert "Cierre ganado" in text
    facts = facts_of(archives["hubspot-csv"])
    assert {one["status"] for one in facts if "status" in one} == {"open", "won", "lost"}
    assert {one["key"].split(":")[1] for one in facts} == {"deal", "company", "contact"}
    assert {len(one["company_ids"]) for one in facts if "stage" in one} >= {0, 1, 2}


def test_workbook_holds_numbers_and_dates(archives: dict[str, Archive]) -> None:
    (path,) = archives["hubspot-xlsx"].data.glob("*.xlsx")
    with ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2" t="n"><v>9000000000</v></c>' in sheet
    assert re.search(r'<c r="K2" s="\d" t="(n|d)"><v>4\d{4}\.?\d*</v>', sheet)
