from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.files import (
    create_private,
    is_intact,
    remove_leftovers,
    replacing,
    write_json,
)


@pytest.fixture(autouse=True)
def _everybody_may_read() -> Iterator[None]:
    """The loosest mask there is: what is private must be so by itself."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_takes_the_old_ones_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    path.chmod(0o644)
    with replacing(path) as new:
        new.stream.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert mode(path) == 0o600
    assert names(tmp_path) == ["out.json"]


def replaced(path: Path) -> None:
    with replacing(path) as new:
        new.stream.write(b"new")


@pytest.mark.skipif(os.name == "nt", reason="a folder cannot be flushed there")
@pytest.mark.parametrize("write", [replaced, lambda path: write_json(path, {})])
def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], None]
) -> None:
    done: list[object] = []
    flush, rename = os.fsync, os.replace

    def flushed(descriptor: int) -> None:
        info = os.fstat(descriptor)
        done.append("folder" if stat.S_ISDIR(info.st_mode) else info.st_size)
        flush(descriptor)

    def renamed(*names: Any) -> None:
        done.append("name")
        rename(*names)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", renamed)
    write(tmp_path / "out.json")
    assert done == [3, "name", "folder"]


def test_an_error_leaves_the_old_file_and_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")

    def begin_and(error: BaseException) -> None:
        with replacing(path) as new:
            new.stream.write(b"half")
            raise error

    for error in (ValueError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            begin_and(error)
        assert path.read_text() == "old"
        assert names(tmp_path) == ["out.json"]


def test_an_error_before_there_was_a_file_leaves_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), replacing(tmp_path / "out.json"):
        raise ValueError("x")
    assert names(tmp_path) == []


def test_an_unwanted_replacement_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    os.utime(path, ns=(5, 5))
    with replacing(path) as new:
        new.stream.write(b"new")
        new.unwanted = True
    assert path.read_text() == "old"
    assert path.stat().st_mtime_ns == 5
    assert names(tmp_path) == ["out.json"]


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "gone" / "out.json"):
        raise AssertionError


def test_a_private_file_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    create_private(path)
    assert mode(path) == 0o600
    path.write_text("kept")
    create_private(path)
    assert path.read_text() == "kept"


def test_small_json_is_indented_and_private(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_json(path, {"b": 1, "a": ["é", None]})
    text = path.read_text(encoding="utf-8")
    assert text.startswith('{\n  "b": 1,')
    assert text.endswith("}\n")
    assert json.loads(text) == {"b": 1, "a": ["é", None]}
    assert mode(path) == 0o600


def test_a_file_is_intact_by_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("four")
    os.utime(path, ns=(7, 7))
    assert is_intact(path, 4, 7)
    assert not is_intact(path, 5, 7)
    assert not is_intact(path, 4, 8)
    assert not is_intact(tmp_path / "gone", 4, 7)


@pytest.mark.parametrize("name", ["out.json", "out[1].json", "o*t.json"])
def test_leftovers_of_a_killed_run_go_and_nothing_else_does(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    others = [name, "out.json.tmp", ".other.json.a.tmp", ".oXt.json.b.tmp"]
    for other in others:
        (tmp_path / other).write_text("x")
    with replacing(path) as new:
        (made,) = set(names(tmp_path)) - set(others)
        new.unwanted = True
    (tmp_path / made).write_text("what a killed run would leave")
    remove_leftovers(path)
    assert names(tmp_path) == sorted(others)


def test_trouble_with_the_new_file_names_the_path_it_was_for(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    with pytest.raises(OSError, match="full") as caught, replacing(path):
        raise OSError(28, "full")
    assert caught.value.filename == str(path)
