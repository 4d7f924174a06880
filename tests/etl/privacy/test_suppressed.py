"""The list: kept whole, known when it is not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from etl.exits import Misconfigured
from etl.privacy.suppressed import Entry, Suppressed, list_of, load, save
from etl.privacy.terms import term


def a_list() -> Suppressed:
    new = Suppressed.new()
    names = (term(new.key, "Anna Quill"),)
    entry = Entry(what="person", given="g", since="2026-01-01", names=names)
    return Suppressed(salt=new.salt, entries=(entry,), unfinished=True)


def test_list_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    path = list_of(tmp_path / "state.db")
    assert load(path) is None
    save(path, a_list())
    suppressed = a_list()
    save(path, suppressed)
    assert load(path) == suppressed
    assert path.name == "state.db.forgotten"
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_list_has_a_salt_of_its_own() -> None:
    assert Suppressed.new().salt != Suppressed.new().salt
    assert len(Suppressed.new().key) == 32


def test_list_cut_anywhere_or_changed_anywhere_stops_the_run(tmp_path: Path) -> None:
    path = tmp_path / "list"
    save(path, a_list())
    whole = path.read_bytes()
    chance = random.Random(3)
    for _ in range(200):
        at = chance.randrange(len(whole) - 1)
        path.write_bytes(whole[:at])
        with pytest.raises(Misconfigured, match="damaged"):
            load(path)
        letter = whole[at : at + 1]
        if letter.isalnum():
            path.write_bytes(whole[:at] + (b"0" if letter != b"0" else b"1") + whole[at + 1 :])
            with pytest.raises(Misconfigured):
                load(path)


def test_list_of_another_version_is_no_list_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "list"
    save(path, a_list())
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 2'))
    with pytest.raises(Misconfigured, match="another version"):
        load(path)


def test_list_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        load(tmp_path)


def test_below_a_file_there_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert load(list_of(tmp_path / "file" / "state.db")) is None


def test_what_is_asked_tells_lists_apart_and_what_was_found_does_not() -> None:
    one = a_list()
    grown = Suppressed(
        salt=one.salt,
        entries=(Entry(what="person", given="g", since="2026-01-01", keys=("k",)),),
    )
    assert one.asked == grown.asked
    assert one.digest != grown.digest
    assert one.asked != Suppressed(salt=one.salt).asked
