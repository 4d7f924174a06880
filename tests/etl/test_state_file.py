from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from etl.state import State
from etl.state_file import SCHEMA_VERSION, condition, move_aside, moved_aside


def made(path: Path) -> Path:
    with closing(State.open(path)) as state:
        state.put("a", b"x")
    return path


def test_a_state_of_ours_has_nothing_wrong_with_it(tmp_path: Path) -> None:
    assert condition(made(tmp_path / "s.db")) is None


def test_a_state_in_use_has_nothing_wrong_with_it(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "s.db")) as state:
        state.put("a", b"x")
        assert condition(tmp_path / "s.db") is None


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    assert condition(path) == "there is none"
    path.touch()
    assert condition(path) == "is empty"
    path.write_bytes(b"to buy: bread" * 100)
    assert condition(path) == "is damaged"
    path.unlink()
    path.mkdir()
    assert condition(path) == "is no file"


def test_another_programs_database_is_told(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "s.db")) as db:
        db.execute("CREATE TABLE notes (text)")
    assert condition(tmp_path / "s.db") == "is another program's"


@pytest.mark.parametrize("version", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1])
def test_a_state_of_another_version_is_told(tmp_path: Path, version: int) -> None:
    path = made(tmp_path / "s.db")
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {version}")
    assert f"{version}, and this program writes {SCHEMA_VERSION}" in (condition(path) or "")


def test_what_was_moved_aside_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    assert moved_aside(path) == []
    moved = [move_aside(made(path)) for _ in range(2)]
    assert moved_aside(path) == moved


def test_asking_changes_nothing(tmp_path: Path) -> None:
    path = made(tmp_path / "s.db")
    before = path.read_bytes(), path.stat().st_mtime_ns
    condition(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [file.name for file in tmp_path.iterdir()] == ["s.db"]
