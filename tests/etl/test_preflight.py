from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from etl.exits import CannotCreate, Misconfigured
from etl.preflight import keep_apart, make_room
from etl.settings import Settings


@pytest.mark.parametrize("place", ["output", "db_path"])
def test_file_in_the_place_of_a_folder_is_said_to_be_one(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    places: dict[str, Any] = {"output": tmp_path / "o.json", "db_path": tmp_path / "s.db"}
    places[place] = tmp_path / "file" / "x"
    with pytest.raises(CannotCreate, match="file: is no folder; give --output"):
        make_room(Settings(**places))


def test_one_file_by_two_names_is_two_things(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    places: dict[str, Any] = {"output": tmp_path / "o.json", "mapping": tmp_path / "m.csv"}
    keep_apart(Settings(**places, db_path=tmp_path / "s.db"))
    with pytest.raises(Misconfigured, match="is both --output and --db-path; give each its own"):
        keep_apart(Settings(**places, db_path=tmp_path / "link" / "o.json"))
