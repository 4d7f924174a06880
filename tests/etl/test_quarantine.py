from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.exits import Malformed
from etl.logs import STEERING
from etl.quarantine import Entry, chosen, dated, encoded, read, within, write

NASTY = "a\nb\u2028c\x1b[2J\x7f\x85\u202ed\\udcff\u00e9.html"


def entry(path: str = "a/b.html", **changed: Any) -> Entry:
    return Entry(**{"path": path, "reason": "damaged", "detail": "one", "remedy": "!"} | changed)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    entries = (
        entry(NASTY, source="slack", unit=NASTY, units=2, bytes=7, reader_version=1, since="then"),
        entry(found=3, retry=True),
    )
    path = tmp_path / "quarantine.jsonl"
    assert read(path) is None
    write(path, entries)
    assert read(path) == entries
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write(path, ())
    assert (read(path), path.read_bytes()) == ((), b"")


def test_no_name_breaks_a_line_or_steers_a_terminal() -> None:
    text = encoded([entry(NASTY), entry()]).decode()
    assert len(text.splitlines()) == text.count("\n") == 2
    assert all(character.isprintable() for character in text.replace("\n", ""))
    assert "\u00e9" in text
    assert json.loads(text.splitlines()[0])["path"] == NASTY


@given(st.lists(st.text(), min_size=1))
def test_any_text_is_a_line_of_its_own(texts: list[str]) -> None:
    lines = encoded(entry(text, detail=text) for text in texts).decode().splitlines()
    assert [json.loads(line)["path"] for line in lines] == texts
    assert not {*map(ord, "".join(lines))} & {*STEERING}


def test_what_is_no_file_is_no_list_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "quarantine.jsonl")
    assert read(tmp_path / "quarantine.jsonl") is None
    write(tmp_path / "quarantine.jsonl", [entry()])
    assert read(tmp_path / "quarantine.jsonl") == (entry(),)


def test_a_file_that_is_right_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    write(path, [entry()])
    before = path.stat()
    write(path, [entry()])
    assert path.stat().st_ino == before.st_ino
    path.write_text("edited")
    write(path, [entry()])
    assert read(path) == (entry(),)


@pytest.mark.parametrize("content", [b"{}\n", b"\xff\n", b'{"path": 1}\n', b"no JSON\n", b"\n"])
def test_what_no_run_wrote_is_said_to_be(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    path.write_bytes(content)
    with pytest.raises(Malformed, match=r"quarantine\.jsonl"):
        read(path)


def test_an_entry_keeps_the_time_since_when_it_is_told() -> None:
    before = [entry("a", since="2"), entry("a", since="1"), entry("a", since="3"), entry("b")]
    now = [entry("a", detail="another count"), entry("b", reason="link"), entry("c")]
    assert [one.since for one in dated(now, before, "9")] == ["1", "9", "9"]


ENTRIES = (
    entry("chats/a/messages.html", unit="chats/a"),
    entry("chats/a.zip!x.html"),
    entry("chats/ab.html"),
    entry("3/x.ics"),
)


@pytest.mark.parametrize(
    ("named", "places"),
    [
        ("1", [0]),
        ("4", [3]),
        ("0", []),
        ("5", []),
        ("9" * 9999, []),
        ("./3", [3]),
        ("3/", [3]),
        ("chats/a", [0]),
        ("chats/a.zip", [1]),
        ("./chats/", [0, 1, 2]),
        ("chats/a.zip!x.html", [1]),
        ("chats/abc", []),
        ("hats", []),
        ("chats/a*", []),
    ],
)
def test_a_number_or_a_path_means_entries(named: str, places: list[int]) -> None:
    assert chosen(ENTRIES, named) == tuple(ENTRIES[place] for place in places)


@pytest.mark.parametrize("inner", ["a/b", "a/b/c", "a/b!c", "a/b#c"])
@pytest.mark.parametrize("outer", ["a/b", "a/b/"])
def test_what_lies_within(inner: str, outer: str) -> None:
    assert within(inner, outer)
    assert not within(f"x{inner}", outer)
    assert not within("a/bc", outer)
