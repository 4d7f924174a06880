from __future__ import annotations

import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import zstandard

from sources._archive import FolderTree
from sources.errors import ArchiveError, Damaged
from sources.live.segments import (
    leftovers,
    missing,
    number_of,
    pack_said,
    pack_segment,
    parse_segment,
    quoted,
    read_segment,
    segments,
    streams,
    unquoted,
)

PATH = "live/slack/users/00000001.jsonl.zst"


def packed(*answers: Any, service: str = "slack", stream: str = "users") -> bytes:
    return pack_segment(
        service=service,
        stream=stream,
        fetched_at="2026-02-25T06:13:20Z",
        account={"team_id": "T0ACME"},
        lines=[pack_said({"method": "users.list"}, answer) for answer in answers],
        cursor={"after": "x"},
    )


def put(root: Path, path: str, data: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def test_segment_tells_what_was_put_into_it(tmp_path: Path) -> None:
    put(tmp_path, PATH, packed({"ok": True, "members": [{"id": "U1"}]}, {"ok": True}))
    segment = read_segment(FolderTree(tmp_path), PATH)
    assert segment.fetched_at == "2026-02-25T06:13:20Z"
    assert segment.account == {"team_id": "T0ACME"}
    assert [said.asked for said in segment.said] == [{"method": "users.list"}] * 2
    assert segment.said[0].answer == {"ok": True, "members": [{"id": "U1"}]}
    assert segment.cursor == {"after": "x"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [("\ud83d", "\ufffd"), ("line\nbreak", "line\nbreak"), (2**70, float(2**70)), ("\0", "\0")],
)
def test_values_that_json_hardly_holds_are_landed(value: Any, kept: Any) -> None:
    (said,) = parse_segment(packed({"value": value}), PATH).said
    assert said.answer == {"value": kept}


def test_segment_cut_anywhere_is_damaged_never_half() -> None:
    whole = packed({"ok": True, "members": [{"id": f"U{n}"} for n in range(50)]})
    for end in range(len(whole)):
        with pytest.raises(Damaged):
            parse_segment(whole[:end], PATH)


def test_changed_byte_is_damage_or_changes_nothing() -> None:
    whole = packed({"ok": True, "members": [{"id": f"U{n}"} for n in range(50)]})
    harmless = 0
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 0x10
        with suppress(Damaged):
            assert parse_segment(bytes(changed), PATH) == parse_segment(whole, PATH)
            harmless += 1
    assert harmless < len(whole) / 20


HEAD = b'{"segment":1,"service":"slack","stream":"users","fetched_at":"","account":{}}'
END = b'{"cursor":{}}'


@pytest.mark.parametrize(
    "lines",
    [
        (b"",),
        (b"{}",),
        (HEAD,),
        (HEAD, b"null"),
        (HEAD, b'{"asked":{}}', END),
        (HEAD, b'{"asked":{},"answer":{}}', b""),
        (HEAD.replace(b"1", b"2"), END),
        (HEAD.replace(b"users", b"other"), END),
    ],
)
def test_lines_that_are_no_segment_are_damage(lines: tuple[bytes, ...]) -> None:
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    with pytest.raises(Damaged):
        parse_segment(compressor.compress(b"\n".join(lines)), PATH)


@pytest.mark.parametrize("says_its_size", [True, False])
def test_bomb_is_refused_before_it_takes_memory(says_its_size: bool) -> None:
    bomb = zstandard.ZstdCompressor(write_content_size=says_its_size).compress(bytes(2**30))
    tracemalloc.start()
    try:
        with pytest.raises(Damaged, match="no whole segment"):
            parse_segment(bomb, PATH)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_streams_are_found_wherever_somebody_copied_them(tmp_path: Path) -> None:
    for root in ("", "old laptop/"):
        for number in (2, 1):
            put(tmp_path, f"{root}live/slack/users/{number:08d}.jsonl.zst", packed())
    put(tmp_path, "live/slack/messages-C1/00000001.jsonl.zst", packed())
    put(tmp_path, "live/hubspot/deals/00000001.jsonl.zst", packed())
    put(tmp_path, "elsewhere/slack/users/00000001.jsonl.zst", packed())
    put(tmp_path, "live/slack/users/.00000003.jsonl.zst.x.tmp", b"half")
    tree = FolderTree(tmp_path)
    found = [(stream.root, stream.name) for stream in streams(tree, "slack")]
    assert found == [
        ("live/slack/", "messages-C1"),
        ("live/slack/", "users"),
        ("old laptop/live/slack/", "users"),
    ]
    assert [file.path[-18:] for file in streams(tree, "slack")[1].files] == [
        "00000001.jsonl.zst",
        "00000002.jsonl.zst",
    ]
    assert [one.path for one in leftovers(tree, "slack")] == [
        "live/slack/users/.00000003.jsonl.zst.x.tmp"
    ]


def test_damaged_segment_costs_itself_alone(tmp_path: Path) -> None:
    put(tmp_path, PATH, packed({"n": 1}))
    put(tmp_path, PATH.replace("1.", "2."), packed({"n": 2})[:-3])
    put(tmp_path, PATH.replace("1.", "3."), packed({"n": 3}))
    tree = FolderTree(tmp_path)
    (stream,) = streams(tree, "slack")
    read = list(segments(tree, stream.files))
    problem = read.pop(1)
    assert isinstance(problem, ArchiveError)
    assert "--full" in problem.remedy
    assert [one.said[0].answer["n"] for one in read if not isinstance(one, ArchiveError)] == [1, 3]


@pytest.mark.parametrize(
    ("landed", "anew", "lost"),
    [((1, 2), 1, ()), ((2, 5), 1, (1, 3, 4)), ((2, 5), 4, (4,)), ((2, 5), 6, ())],
)
def test_gaps_between_numbers_are_missing_segments(
    tmp_path: Path, landed: tuple[int, ...], anew: int, lost: tuple[int, ...]
) -> None:
    for number in landed:
        put(tmp_path, PATH.replace("1.", f"{number}."), packed())
    (stream,) = streams(FolderTree(tmp_path), "slack")
    assert [number_of(file.path) for file in stream.files] == list(landed)
    assert list(missing(stream.files, anew)) == [PATH.replace("1.", f"{n}.") for n in lost]


@pytest.mark.parametrize("name", ["a@b.example", "../../x", "Ünïcode/#1", "%2F", "CON", "a b"])
def test_any_name_is_a_part_of_a_path_and_back(name: str) -> None:
    part = quoted(name)
    assert "/" not in part
    assert "\\" not in part
    assert unquoted(part) == name
