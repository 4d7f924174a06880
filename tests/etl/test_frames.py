from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from etl import frames
from etl.frames import CHUNK_BYTES, Chunk, Frames, FrameWriter, ItemFrame, UnitEnd, expanded
from sources.records import Message, Summary
from tests.etl.fake_source import item, message


@pytest.fixture(params=["memory", "spool"])
def small_memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Everything once in memory, once in a file from the second frame on."""
    spooled: bool = request.param == "spool"
    if spooled:
        monkeypatch.setattr(frames, "SPOOL_BYTES", 300)
    return spooled


def decoded(written: Frames) -> list[tuple[str, list[Message]]]:
    """Keys with their messages; a unit's end as ``end N``."""
    found: list[tuple[str, list[Message]]] = []
    messages: list[Message] = []
    for frame in written:
        if isinstance(frame, Chunk):
            data = b"[" + expanded(frame.data) + b"]"
            messages += msgspec.json.decode(data, type=list[Message])
        elif isinstance(frame, ItemFrame):
            found.append((frame.key, messages))
            messages = []
        else:
            found.append((f"end {frame.index}", list(messages)))
    return found


def chunk_sizes(written: Frames) -> Iterator[int]:
    for frame in written:
        if isinstance(frame, Chunk):
            yield len(expanded(frame.data))


def run_of(*numbers: int) -> list[Message]:
    return [message(number, f"text {number} — 猫") for number in numbers]


def test_what_was_written_comes_back_in_order(tmp_path: Path, small_memory: bool) -> None:
    writer = FrameWriter(str(tmp_path))
    writer.messages(run_of(1, 2))
    writer.messages([])
    writer.messages(run_of(3))
    writer.item(item("a", "x", run_of(1, 2, 3), ("token",)))
    writer.item(item("empty", "x", []))
    writer.unit_end(0)
    writer.messages(run_of(4))
    writer.item(item("b", "x", run_of(4)))
    writer.unit_end(1)
    written = writer.close()
    assert (written.path is not None) == small_memory
    assert decoded(written) == [
        ("a", run_of(1, 2, 3)),
        ("empty", []),
        ("end 0", []),
        ("b", run_of(4)),
        ("end 1", []),
    ]
    written.discard()
    assert list(tmp_path.iterdir()) == []


def test_an_item_brings_what_the_state_keeps_of_it(tmp_path: Path) -> None:
    writer = FrameWriter(str(tmp_path))
    given = item("a", "x", run_of(1, 2), ("t1", "t2"))
    writer.item(given)
    (frame,) = writer.close()
    assert isinstance(frame, ItemFrame)
    assert (frame.kind, frame.key, frame.identity) == ("telegram_chats", "a", ("t1", "t2"))
    assert frame.records == 2
    assert msgspec.msgpack.decode(frame.summary, type=Summary) == given.summary
    assert msgspec.json.decode(expanded(frame.head))["message_count"] == 2


def test_a_large_head_is_compressed_and_comes_back_whole(tmp_path: Path) -> None:
    given = item("a", "x", [message(1, "", author="Ann" * 5000)])
    writer = FrameWriter(str(tmp_path))
    writer.item(given)
    (frame,) = writer.close()
    assert isinstance(frame, ItemFrame)
    assert len(frame.head) < 1000
    assert expanded(frame.head) == msgspec.json.encode(given.head)


def test_only_what_is_worth_it_is_compressed(tmp_path: Path) -> None:
    writer = FrameWriter(str(tmp_path))
    for text in ("short", "long" * 5000):
        writer.messages([message(1, text)])
        writer.item(item("a", "x", []))
    short, long = (frame.data for frame in writer.close() if isinstance(frame, Chunk))
    assert short == msgspec.json.encode(message(1, "short"))
    assert len(long) < 1000
    assert expanded(long) == msgspec.json.encode(message(1, "long" * 5000))


def test_threads_expand_side_by_side(tmp_path: Path) -> None:
    writer = FrameWriter(str(tmp_path))
    given = [[message(n, f"text {n} " * 50_000)] for n in range(4)]
    for run in given:
        writer.messages(run)
        writer.item(item("a", "x", run))
    chunks = [frame.data for frame in writer.close() if isinstance(frame, Chunk)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(expanded, chunks * 25))
    assert found == [msgspec.json.encode(run)[1:-1] for run in given] * 25


def test_a_spool_is_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "SPOOL_BYTES", 10)
    writer = FrameWriter(str(tmp_path))
    writer.item(item("a", "x", []))
    written = writer.close()
    (spool,) = tmp_path.iterdir()
    assert str(spool) == written.path
    assert spool.suffix == frames.SPOOL_SUFFIX
    assert stat.S_IMODE(spool.stat().st_mode) == 0o600


def test_a_rewind_takes_back_what_came_after_its_mark(tmp_path: Path, small_memory: bool) -> None:
    writer = FrameWriter(str(tmp_path))
    writer.messages(run_of(1))
    writer.item(item("kept", "x", run_of(1)))
    mark = writer.mark()
    for number in range(5):
        writer.messages(run_of(number))
        writer.item(item(f"lost {number}", "x", run_of(number)))
    writer.messages(run_of(99))
    writer.rewind(mark)
    writer.item(item("after", "x", []))
    writer.unit_end(0)
    assert decoded(writer.close()) == [("kept", run_of(1)), ("after", []), ("end 0", [])]


def test_a_mark_in_memory_holds_when_the_rest_is_spooled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "SPOOL_BYTES", 2000)
    writer = FrameWriter(str(tmp_path))
    writer.item(item("kept", "x", []))
    mark = writer.mark()
    assert list(tmp_path.iterdir()) == []
    for number in range(20):
        writer.item(item(f"lost {number}", "x", []))
    assert len(list(tmp_path.iterdir())) == 1
    writer.rewind(mark)
    writer.item(item("after", "x", []))
    assert decoded(writer.close()) == [("kept", []), ("after", [])]


def test_chunks_never_hold_more_than_their_bound(tmp_path: Path) -> None:
    writer = FrameWriter(str(tmp_path))
    text = "x" * (CHUNK_BYTES // 10)
    messages = [message(number, text) for number in range(25)]
    writer.messages(messages)  # one run larger than two chunks
    for single in messages:
        writer.messages([single])  # and many that together are
    writer.item(item("a", "x", messages * 2))
    written = writer.close()
    sizes = list(chunk_sizes(written))
    assert max(sizes) <= CHUNK_BYTES
    assert len(sizes) < 10
    assert decoded(written) == [("a", messages * 2)]
    written.discard()


def test_one_giant_message_is_a_chunk_of_its_own(tmp_path: Path) -> None:
    writer = FrameWriter(str(tmp_path))
    messages = [message(1, "a"), message(2, "x" * (CHUNK_BYTES + 10)), message(3, "b")]
    writer.messages(messages)
    writer.item(item("a", "x", messages))
    written = writer.close()
    small, giant, last = chunk_sizes(written)
    assert small < 1000
    assert last < 1000
    assert giant > CHUNK_BYTES
    assert decoded(written) == [("a", messages)]


def test_messages_that_no_item_closed_are_known(tmp_path: Path) -> None:
    writer = FrameWriter(str(tmp_path))
    assert not writer.dangling
    writer.messages(run_of(1))
    assert writer.dangling
    writer.item(item("a", "x", run_of(1)))
    assert not writer.dangling
    mark = writer.mark()
    writer.messages(run_of(1))
    writer.rewind(mark)
    assert not writer.dangling


def test_frames_that_hold_nothing(tmp_path: Path) -> None:
    assert list(Frames()) == []
    Frames().discard()
    writer = FrameWriter(str(tmp_path))
    writer.unit_end(7)
    assert list(writer.close()) == [UnitEnd(index=7)]


def test_a_disk_that_fills_as_a_spool_is_closed_is_not_blamed_on_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "SPOOL_BYTES", 0)
    writer = FrameWriter(str(tmp_path))
    writer.item(item("a", "a", []))
    assert writer._file is not None
    with open("/dev/full", "wb") as full:
        os.dup2(full.fileno(), writer._file.fileno())
    with pytest.raises(frames.SpoolTrouble, match="No space") as caught:
        writer.close()
    assert caught.value.filename == str(tmp_path)
