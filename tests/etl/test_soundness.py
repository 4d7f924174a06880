from __future__ import annotations

from pathlib import Path

import pytest

from etl import frames
from etl.frames import FrameWriter
from etl.reading import read_batch
from etl.soundness import is_sound, refuse_damage, unsound_units
from etl.state import DAMAGE, State
from sources.protocol import Account
from tests.etl.fake_source import item, job, message, write

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def filled(tmp_path: Path, state: State, monkeypatch: pytest.MonkeyPatch) -> State:
    """Two units of two items each, one of which has several chunks; and a merge."""
    monkeypatch.setattr(frames, "CHUNK_BYTES", 400)
    for name in "ab":
        many = [f"message {name} {number}" for number in range(9)]
        write(tmp_path / "d" / f"{name}.fake", *many, f"item {name}1 t", f"item {name}2")
    result = read_batch(job(tmp_path / "d"))
    state.commit(result, ["mark"] * 2, {"a.fake": "hash"})
    writer = FrameWriter(str(tmp_path))
    writer.messages([message(1, "merged")])
    writer.item(item("m", "x", [message(1, "merged")], ("t",)))
    state.commit_merge("fake", "1,3", Account(duplicate=1), writer.close())
    return state


def test_a_state_as_it_was_written_is_sound(filled: State) -> None:
    refuse_damage(filled)
    assert unsound_units(filled) == (set(), set())


def test_an_empty_state_is_sound(state: State) -> None:
    refuse_damage(state)


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE units SET name = 'c.fake' WHERE id = 1",
        "UPDATE units SET fingerprint = 'other' WHERE id = 1",
        "UPDATE units SET content = 'other' WHERE id = 1",
        "UPDATE units SET report = x'80' WHERE id = 1",
        "UPDATE units SET report = 'text' WHERE id = 1",
        "UPDATE units SET id = 9 WHERE id = 2",
        "UPDATE merges SET parts = '1,4'",
        "UPDATE merges SET account = x'80'",
        "UPDATE merges SET items = 2",
        "UPDATE items SET key = 'z' WHERE key = 'a1'",
        "UPDATE items SET identity = '[]' WHERE key = 'a1'",
        "UPDATE items SET unit = 2 WHERE key = 'a1'",
        "UPDATE items SET records = 8 WHERE key = 'a1'",
        "UPDATE items SET chunks = 8 WHERE key = 'a1'",
        "UPDATE items SET summary = (SELECT summary FROM items WHERE key = 'a2') WHERE key = 'a1'",
        "UPDATE items SET head = 'text' WHERE key = 'a1'",
        "DELETE FROM items WHERE key = 'a2'",
        "DELETE FROM items WHERE key = 'm'",
        "DELETE FROM merges",
        "DELETE FROM units WHERE id = 2",
        "DROP TABLE merges",
    ],
)
def test_whatever_changed_by_itself_is_damage(filled: State, spoil: str) -> None:
    list(filled.query("PRAGMA foreign_keys = OFF"))
    filled.execute(spoil)
    with pytest.raises(DAMAGE):
        refuse_damage(filled)


def test_an_index_that_lost_its_entries_is_damage(filled: State) -> None:
    list(filled.query("PRAGMA writable_schema = ON"))
    filled.execute("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'items_of_unit'")
    filled.close()
    with (
        pytest.raises(DAMAGE),
        State.as_left(filled.path) as again,
    ):
        refuse_damage(again)


@pytest.mark.parametrize(
    "spoil",
    [
        "DELETE FROM chunks WHERE id = {last}",
        "UPDATE chunks SET data = data || ' ' WHERE id = {last}",
        "UPDATE chunks SET item = 2 WHERE id = {last}",
    ],
)
def test_messages_that_changed_are_told_by_unit_and_refused_when_read(
    filled: State, spoil: str
) -> None:
    ((last,),) = filled.query("SELECT max(id) FROM chunks WHERE item = 1")
    filled.execute(spoil.format(last=last))
    refuse_damage(filled)  # which does not read them
    assert unsound_units(filled) == ({1}, set())
    with pytest.raises(DAMAGE):
        list(filled.chunks(1))


def test_messages_of_a_merge_that_changed_are_told_by_merge(filled: State) -> None:
    ((merged,),) = filled.query("SELECT id FROM items WHERE key = 'm'")
    filled.execute("UPDATE chunks SET data = 'x' WHERE item = ?", [(merged,)])
    assert unsound_units(filled) == (set(), {1})


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE items SET key = 'z' WHERE key = 'a1'",
        "UPDATE chunks SET data = data || ' ' WHERE item = (SELECT id FROM items WHERE key = 'a1')",
        "UPDATE chunks SET data = data || ' ' WHERE item = (SELECT id FROM items WHERE key = 'm')",
    ],
)
def test_a_file_is_sound_when_all_of_it_is(filled: State, spoil: str) -> None:
    assert is_sound(filled.path)
    filled.execute(spoil)
    assert not is_sound(filled.path)
