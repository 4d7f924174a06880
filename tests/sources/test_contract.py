"""What every registered source keeps, whatever it reads.

A source is tested by being registered: its archives are ``data/sample/<name>`` and the
folders of ``tests/data/<name>``; its raw things are counted by a function of `COUNTS`.
"""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import pickle
import random
import re
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from sources import records, registry
from sources._archive import FolderTree
from sources._opening import open_tree
from sources.protocol import Account, Ignored, Problem, Unit
from sources.records import CONVERSATION_KINDS, Item, Kind, Message
from tests.archives import Told, cases, encoded, lay_out, read_unit, tell
from tests.reading import Read, discover, merge, source

NAMES = tuple(registry.SOURCES)
HEADS: dict[Kind, type] = {
    "slack_channels": records.Channel,
    "telegram_chats": records.Chat,
    "calendar_meetings": records.Meeting,
    "hubspot_deals": records.Deal,
    "hubspot_companies": records.CrmCompany,
    "hubspot_contacts": records.Contact,
    "hubspot_activities": records.Activity,
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
TIMES = {"timestamp", "date", "forwarded_at", "edited_at", "first_message_time"}
TIMES |= {"last_message_time", "start", "end", "close_date", "create_date"}


@dataclass(frozen=True)
class Laid:
    """An archive as a folder, and what it tells when nothing is wrong."""

    name: str
    case: Path
    root: Path

    @property
    def tree(self) -> FolderTree:
        return FolderTree(self.root)

    @cache  # noqa: B019 - lives as long as the tests
    def told(self) -> Told:
        return tell(self.name, self.tree)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], Laid]:
    @cache
    def laid(name: str, case: Path) -> Laid:
        root = tmp_path_factory.mktemp(f"{name}-{case.name}") / "data"
        return Laid(name, case, lay_out(case, root))

    return laid


@pytest.fixture
def laid(request: pytest.FixtureRequest, folders: Callable[[str, Path], Laid]) -> Laid:
    return folders(*request.param)


each_archive = pytest.mark.parametrize(
    "laid",
    [(name, case) for name in NAMES for case in cases(name)],
    indirect=True,
    ids=lambda archive: f"{archive[0]}-{archive[1].name}",
)


# Counted by other means than the readers'.


def _messages_of_telegram(name: str, data: bytes) -> int:
    if name.endswith(".json"):
        value = json.loads(re.sub(rb"(?<!\\)((?:\\\\)*)\\x(..)", rb"\1\\u00\2", data))
        sections = [value.get(name, {}) for name in ("chats", "left_chats")]
        chats = chain([value], *(section.get("list", []) for section in sections))
        return sum(len(chat.get("messages", [])) for chat in chats)
    return len(re.findall(rb'<div class="message (?:default|service)\b', data))


def _messages_of_slack(name: str, data: bytes) -> int:
    if name.endswith(".zst"):
        return len(_said(data, "messages"))
    return len(json.loads(data))


def _rows(name: str, data: bytes) -> int:
    if name.endswith(".zst"):
        return sum("properties" in thing for thing in _said(data, "results"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    mark = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    return sum(any(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)) - 1


def _events(name: str, data: bytes) -> int:
    if name.endswith(".zst"):
        return len(_said(data, "items"))
    return len(re.findall(rb"(?m)^BEGIN:VEVENT\r?$", data))


def _said(segment: bytes, array: str) -> list[Any]:
    """Everything in that array of the answers of a segment."""
    whole = zstandard.ZstdDecompressor().decompressobj().decompress(segment)
    answers = (json.loads(line).get("answer", {}) for line in whole.split(b"\n"))
    return [*chain.from_iterable(answer.get(array, []) for answer in answers)]


COUNTS: dict[str, Callable[[str, bytes], int]] = {
    "telegram": _messages_of_telegram,
    "slack": _messages_of_slack,
    "calendar": _events,
    "hubspot": _rows,
}


@pytest.mark.parametrize("name", NAMES)
def test_source_can_be_tested(name: str) -> None:
    assert cases(name), f"put an export into data/sample/{name} or tests/data/{name}/<case>"
    assert name in COUNTS, f"count the raw things of {name} by other means than its reader"
    assert name in registry.DISCOVERY_ORDER
    reader = source(name)
    assert reader.name == name
    assert reader.version >= 1
    assert set(reader.kinds) <= set(records.KINDS)
    assert any(tell(name, FolderTree(case)).found.units for case in cases(name)) or any(
        case.rglob("*.zip") for case in cases(name)
    )


@each_archive
def test_everything_is_accounted_for_against_another_count(laid: Laid) -> None:
    for unit in laid.told().found.units:
        account = laid.told().units[unit.name].account
        count = COUNTS[laid.name]
        other = sum(count(file.path, laid.tree.read(file.path)) for file in unit.files)
        assert account.found == other, unit.name
        assert account.balanced, unit.name


@each_archive
def test_accepted_is_what_was_yielded(laid: Laid) -> None:
    for reading in laid.told().units.values():
        yielded = sum(_weight(read) for read in reading.items)
        assert reading.account.accepted + reading.account.expanded == yielded


# The same, however often and in whatever order.


@each_archive
def test_discovery_finds_the_same_again(laid: Laid) -> None:
    assert laid.told().found.units, "an archive without units tests nothing"
    assert discover(source(laid.name), laid.tree) == laid.told().found
    names = [unit.name for unit in laid.told().found.units]
    assert len(set(names)) == len(names)


@each_archive
def test_order_of_files_on_disk_does_not_matter(laid: Laid, tmp_path: Path) -> None:
    root = lay_out(laid.case, tmp_path / "data", shuffle=True)
    elsewhere = tell(laid.name, FolderTree(root))
    moved = [_without_locator(unit) for unit in elsewhere.found.units]
    assert moved == [_without_locator(unit) for unit in laid.told().found.units]
    assert {n: encoded(r) for n, r in elsewhere.units.items()} == {
        n: encoded(r) for n, r in laid.told().units.items()
    }


@each_archive
def test_unit_reads_the_same_again_in_any_order(laid: Laid) -> None:
    for unit in reversed(laid.told().found.units):
        again = read_unit(laid.name, unit, laid.tree)
        assert encoded(again) == encoded(laid.told().units[unit.name])


@each_archive
def test_zip_of_a_folder_gives_the_same_items(laid: Laid, tmp_path: Path) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in laid.tree.files:
            archive.write(laid.root / file.path, file.path)
    zipped = tell(laid.name, open_tree((str(tmp_path), packed.name)))
    assert _bare(zipped.items) == _bare(laid.told().items)
    assert zipped.account == laid.told().account


@pytest.mark.parametrize("name", NAMES)
def test_units_are_read_the_same_by_a_process_that_was_sent_them(
    name: str, folders: Callable[[str, Path], Laid]
) -> None:
    for laid in (folders(name, case) for case in cases(name)):
        for unit in laid.told().found.units:
            assert pickle.loads(pickle.dumps(unit)) == unit
    laid = folders(name, cases(name)[0])
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        told = pool.submit(_read_elsewhere, name, laid.told().found.units).result()
    assert told == [encoded(reading) for reading in laid.told().units.values()]


# What is yielded.


@each_archive
def test_what_is_yielded_is_of_the_types_agreed(laid: Laid) -> None:
    reader = source(laid.name)
    assert all(isinstance(f, Unit | Problem | Ignored) for f in reader.discover(laid.tree))
    for unit in laid.told().found.units:
        assert unit.source == laid.name
        for thing in reader.read(unit, laid.tree):
            if isinstance(thing, list):
                assert all(type(message) is Message for message in thing)
            else:
                assert isinstance(thing, Item | Problem | Account)
            if isinstance(thing, Item):
                assert thing.summary.kind in reader.kinds
                assert type(thing.head) is HEADS[thing.summary.kind]
                assert thing.summary.source == laid.name


@each_archive
def test_messages_are_those_of_conversations_and_counted(laid: Laid) -> None:
    for read in laid.told().items:
        if read.summary.kind in CONVERSATION_KINDS:
            assert isinstance(read.head, records.Chat)
            assert read.head.message_count == read.summary.records == len(read.messages)
        else:
            assert not read.messages


@each_archive
def test_keys_hold_no_path(laid: Laid) -> None:
    for read in laid.told().items:
        vendors_own = getattr(read.head, "uid", "")
        key = read.summary.key.replace(vendors_own, "")
        assert key.startswith(f"{laid.name}:")
        assert not re.search(r"[/\\]|chat_\d", key)
        assert not any(file.path in read.summary.key for file in laid.tree.files)


@each_archive
def test_times_are_moments_in_utc_or_days(laid: Laid) -> None:
    for read in laid.told().items:
        for message in read.messages:
            assert message.timestamp is None or MOMENT.fullmatch(message.timestamp)
            assert message.date is None or DAY.fullmatch(message.date)
        for thing in (read.head, *read.messages):
            for name in TIMES.intersection(thing.__struct_fields__):
                _check_time(getattr(thing, name))
        if isinstance(read.head, records.Meeting) and read.head.start:
            assert bool(DAY.fullmatch(read.head.start)) is read.head.all_day


@each_archive
def test_records_survive_being_written(laid: Laid) -> None:
    for read in laid.told().items:
        for thing in (read.summary, read.head, *read.messages):
            assert msgspec.json.decode(msgspec.json.encode(thing), type=type(thing)) == thing
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(thing), type=type(thing)) == thing


@each_archive
def test_places_are_relative_and_of_this_archive(laid: Laid) -> None:
    written = b"".join(encoded(reading) for reading in laid.told().units.values())
    assert os.fsencode(laid.root) not in written
    for read in laid.told().items:
        assert not Path(read.summary.archive).is_absolute()
        assert (laid.root / read.summary.archive).exists()


# Damage.


@each_archive
@pytest.mark.parametrize("damage", ["noise", "zeros", "cut"])
def test_damage_to_a_file_stops_nothing_else(laid: Laid, damage: str, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(laid.root, root)
    used = {f.path for u in laid.told().found.units for f in (*u.files, *u.context)}
    for path in sorted(used):
        whole = (root / path).read_bytes()
        (root / path).write_bytes(_damaged(whole, damage, path))
        told = tell(laid.name, FolderTree(root))
        (root / path).write_bytes(whole)
        for unit in laid.told().found.units:
            if path not in {file.path for file in (*unit.files, *unit.context)}:
                assert encoded(told.units[unit.name]) == encoded(laid.told().units[unit.name])
            elif path in {file.path for file in unit.files}:
                # Unrecognised, it is reported by whoever walks the folder; never ignored.
                assert path not in {ignored.path for ignored in told.found.ignored}
        assert all(reading.account.balanced for reading in told.units.values()), path


# Merging.


@each_archive
def test_item_merged_with_itself_is_the_same_and_its_records_duplicates(
    laid: Laid, tmp_path: Path
) -> None:
    for copy in ("first", "second"):
        lay_out(laid.case, tmp_path / "data" / copy)
    together = tell(laid.name, FolderTree(tmp_path / "data"))
    twins: dict[str, list[Read]] = defaultdict(list)
    for read in together.items:
        twins[read.summary.key].append(read)
    alone = {key for key, reads in twins.items() if len(reads) == 2}
    assert alone, "no item stands in both copies"
    for older, newer in (twins[key] for key in alone):
        reading = merge(source(laid.name), [older, newer])
        (merged,) = reading.items
        assert merged.messages == newer.messages
        assert merged.head == newer.head
        assert merged.summary.key == newer.summary.key
        assert merged.summary.archive == newer.summary.archive
        assert reading.account.found == 0
        assert reading.account.duplicate == -reading.account.accepted
        assert -reading.account.accepted - reading.account.expanded == _weight(newer)


@each_archive
def test_equal_keys_within_an_archive_merge_into_items_with_keys_of_their_own(laid: Laid) -> None:
    same: dict[str, list[Read]] = defaultdict(list)
    for read in sorted(laid.told().items, key=lambda r: (r.summary.version, r.summary.archive)):
        same[read.summary.key].append(read)
    keys: list[str] = []
    for reads in same.values():
        items = merge(source(laid.name), reads).items if len(reads) > 1 else reads
        keys += [read.summary.key for read in items]
    assert len(set(keys)) == len(keys)


@each_archive
def test_order_of_parts_that_share_nothing_does_not_matter(laid: Laid) -> None:
    for read in laid.told().items:
        halves = [_half(read, number) for number in (0, 1)]
        forth = merge(source(laid.name), halves)
        back = merge(source(laid.name), halves[::-1])
        # A source may find that they are not one conversation: then nothing is lost either.
        assert sorted(map(_ids, forth.items)) == sorted(map(_ids, back.items))
        assert sorted(chain(*map(_ids, forth.items))) == sorted(_ids(read))
        assert forth.account == back.account


def _weight(read: Read) -> int:
    """Raw things an item stands for."""
    return len(read.messages) if read.summary.kind in CONVERSATION_KINDS else 1


def _half(read: Read, number: int) -> Read:
    summary = msgspec.structs.replace(read.summary, archive=f"{number}/{read.summary.archive}")
    return Read(Item(summary=summary, head=read.head), read.messages[number::2])


def _ids(read: Read) -> list[str]:
    return [message.message_id for message in read.messages]


def _bare(reads: list[Read]) -> list[tuple[Any, ...]]:
    """Items without the names of the places they were read in."""
    return [
        (
            msgspec.structs.replace(read.summary, archive=""),
            {**msgspec.to_builtins(read.head), "directory": ""},
            read.messages,
        )
        for read in reads
    ]


def _without_locator(unit: Unit) -> Unit:
    return msgspec.structs.replace(unit, locator=())


def _read_elsewhere(name: str, units: list[Unit]) -> list[bytes]:
    return [encoded(read_unit(name, unit, open_tree(unit.locator))) for unit in units]


def _damaged(whole: bytes, damage: str, seed: str) -> bytes:
    third = len(whole) // 3
    if damage == "cut":
        return whole[: 2 * third]
    middle = random.Random(seed).randbytes(third) if damage == "noise" else bytes(third)
    return whole[:third] + middle + whole[2 * third :]


def _check_time(value: str | None) -> None:
    if value is None:
        return
    if DAY.fullmatch(value):
        date.fromisoformat(value)
    else:
        assert MOMENT.fullmatch(value), value
        datetime.fromisoformat(value)
