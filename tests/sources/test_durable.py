"""Folders and files of ours. What a failing call or a kill leaves, `live/test_landing.py` holds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sources._durable import make_folder, write_whole


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_that_are_missing_are_made_for_their_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert [mode(tmp_path / name) for name in ("a", "a/b", ".")] == [0o700, 0o700, 0o755]


def test_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "a" / "b")


def test_file_is_written_in_the_place_of_another_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    path.chmod(0o644)
    before = os.umask(0)
    try:
        write_whole(path, b"new")
    finally:
        os.umask(before)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]
