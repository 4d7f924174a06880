from __future__ import annotations

import os
import random
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from etl import frames
from etl.frames import FrameWriter
from etl.reading import Result, read_batch
from etl.seals import seal
from etl.state import DAMAGE, State, known_fingerprints
from etl.state_file import SCHEMA_VERSION
from sources.protocol import Account
from tests.etl.fake_source import item, job, message, write

pytestmark = pytest.mark.usefixtures("fake")


def read(folder: Path) -> Result:
    return read_batch(job(folder))


def remember(state: State, folder: Path) -> None:
    result = read(folder)
    state.commit(result, [f"mark of {unit.name}" for unit in result.job.units])


def count(state: State, table: str) -> int:
    ((number,),) = state.query(f"SELECT count(*) FROM {table}")
    return int(number)


def ids(state: State) -> dict[str, int]:
    return {key: number for number, key in state.query("SELECT id, key FROM items ORDER BY id")}


def test_a_committed_batch_is_remembered_whole(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message one", "message two", "item a t1", "item b")
    write(tmp_path / "d" / "b.fake", "message three", "item c", "found 1", "accepted 1")
    remember(state, tmp_path / "d")
    known = state.units("fake")
    assert {name: unit.fingerprint for name, unit in known.items()} == {
        "a.fake": "mark of a.fake",
        "b.fake": "mark of b.fake",
    }
    assert known["b.fake"].report.account == Account(found=1, accepted=1)
    of_unit = dict(state.query("SELECT key, unit FROM items"))
    assert of_unit == {
        "a": known["a.fake"].id,
        "b": known["a.fake"].id,
        "c": known["b.fake"].id,
    }
    numbers = ids(state)
    assert [m.text for m in state.messages(numbers["a"])] == ["one", "two"]
    assert list(state.messages(numbers["b"])) == []
    assert state.summary(numbers["c"]).key == "c"
    assert b'"chat_name":"c"' in state.head(numbers["c"])
    tokens = "SELECT value, items.id FROM items, json_each(identity)"
    assert list(state.query(tokens)) == [("t1", numbers["a"])]
    assert state.units("slack") == {}


def test_a_spooled_batch_is_remembered_and_its_spool_removed(
    tmp_path: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "SPOOL_BYTES", 100)
    write(tmp_path / "d" / "a.fake", "message one", "item a")
    remember(state, tmp_path / "d")
    assert [m.text for m in state.messages(ids(state)["a"])] == ["one"]
    assert list((tmp_path / "spool").iterdir()) == []


def test_messages_of_many_chunks_come_back_in_order(
    tmp_path: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "CHUNK_BYTES", 400)
    texts = [f"message {number}" for number in range(30)]
    write(tmp_path / "d" / "a.fake", *texts, "item a")
    write(tmp_path / "d" / "b.fake", "message other", "item b")
    remember(state, tmp_path / "d")
    assert count(state, "chunks") > 5
    assert [m.text for m in state.messages(ids(state)["a"])] == list(map(str, range(30)))


def test_a_failed_unit_is_remembered_without_a_fingerprint(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a", "retry")
    remember(state, tmp_path / "d")
    assert state.units("fake")["a.fake"].fingerprint == ""


def test_an_error_inside_a_transaction_undoes_all_of_it(state: State) -> None:
    def half() -> None:
        with state.transaction() as db:
            db.execute("INSERT INTO meta VALUES ('a', x'01', 0)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert state.get("a") is None
    with state.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('b', x'02', ?)", (seal(("b",), b"\x02"),))
    assert state.get("b") == b"\x02"


def test_a_statement_that_stumbles_while_writing_is_damage_too(state: State) -> None:
    state.execute("DROP TABLE merges")
    with pytest.raises(DAMAGE) as alone:
        state.execute("DELETE FROM merges")
    with pytest.raises(DAMAGE) as within:
        state.clear()
    for raised in (alone, within):
        assert not isinstance(raised.value, sqlite3.OperationalError)  # which means the disk


def test_a_full_disk_is_named_and_not_the_rollback_it_brings(state: State) -> None:
    state.put("before", b"x")
    ((pages,),) = state.query("PRAGMA page_count")
    list(state.query(f"PRAGMA max_page_count = {pages + 1}"))
    with pytest.raises(sqlite3.OperationalError, match="full"), state.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('large', ?, 0)", (b"x" * 2**20,))
    assert state.get("before") == b"x"


def test_a_commit_that_is_refused_leaves_nothing_and_blocks_nobody(
    tmp_path: Path, state: State
) -> None:
    writer = FrameWriter(str(tmp_path))
    text = "x" * frames.CHUNK_BYTES
    writer.messages([message(1, text)])
    writer.messages([message(2, text)])  # the first is written; no item will ever close it
    with pytest.raises(sqlite3.IntegrityError):
        state.commit_merge("fake", "1,2", Account(), writer.close())
    assert count(state, "merges") == 0
    state.put("after", b"x")
    with state.transaction():
        pass
    assert count(state, "chunks") == 0


def test_a_unit_read_again_takes_the_place_of_its_earlier_reading(
    tmp_path: Path, state: State
) -> None:
    write(tmp_path / "d" / "a.fake", "message one", "item a", "item gone")
    remember(state, tmp_path / "d")
    before = ids(state)
    write(tmp_path / "d" / "a.fake", "message new", "item a")
    remember(state, tmp_path / "d")
    after = ids(state)
    assert list(after) == ["a"]
    assert after["a"] > max(before.values())
    assert count(state, "chunks") == 1
    assert [m.text for m in state.messages(after["a"])] == ["new"]


def test_ids_are_never_used_twice(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    write(tmp_path / "d" / "a.fake", "item a", "item b")
    seen: set[int] = set()
    for _ in range(3):
        with closing(State.open(path)) as state:
            remember(state, tmp_path / "d")
            assert seen.isdisjoint(ids(state).values())
            seen |= set(ids(state).values())
            state.evict([unit.id for unit in state.units("fake").values()])
            assert count(state, "items") == 0
    assert len(seen) == 6


def test_what_is_evicted_leaves_nothing_behind(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message one", "item a t1 t2")
    write(tmp_path / "d" / "b.fake", "message two", "item b t1")
    remember(state, tmp_path / "d")
    state.evict([state.units("fake")["a.fake"].id])
    assert list(state.query("SELECT key FROM items")) == [("b",)]
    assert count(state, "chunks") == 1
    assert list(state.units("fake")) == ["b.fake"]


def test_a_merge_is_remembered_with_its_account(tmp_path: Path, state: State) -> None:
    writer = FrameWriter(str(tmp_path))
    writer.messages([message(1, "one")])
    writer.item(item("a", "x", [message(1, "one")], ("t",)))
    merge = state.commit_merge("fake", "3,4", Account(duplicate=2), writer.close())
    assert state.merge_account(merge) == Account(duplicate=2)
    ((number, unit),) = state.query("SELECT id, unit FROM items WHERE merge = ?", merge)
    assert unit is None
    assert [m.text for m in state.messages(number)] == ["one"]


def test_clearing_forgets_everything(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message one", "item a t1")
    remember(state, tmp_path / "d")
    state.commit_merge("fake", "1,2", Account(), FrameWriter(str(tmp_path)).close())
    state.put("a", b"x")
    state.clear()
    for table in ("meta", "units", "merges", "items", "chunks"):
        assert count(state, table) == 0


def test_remembered_values(state: State) -> None:
    assert state.get("a") is None
    state.put("a", b"1")
    state.put("a", b"2")
    assert state.get("a") == b"2"


def test_whoever_stopped_asking_notices_nothing_of_the_end(state: State) -> None:
    rows = state.query("SELECT 1 UNION SELECT 2")
    assert next(rows) == (1,)
    state.close()
    del rows  # would be told as an exception that nobody can catch, which fails this test


def test_a_remembered_value_that_changed_by_itself_is_damage(state: State) -> None:
    state.put("a", b"1")
    state.execute("UPDATE meta SET value = x'32'")
    with pytest.raises(DAMAGE):
        state.get("a")


def test_several_threads_may_commit(tmp_path: Path, state: State) -> None:
    def commit(name: str) -> None:
        remember(state, tmp_path / name)

    names = [f"d{number}" for number in range(4)]
    for name in names:
        for number in range(5):
            write(tmp_path / name / f"{name}-{number}.fake", "message x", f"item {name}-{number}")
    threads = [threading.Thread(target=commit, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(state, "items") == 20
    assert all(len(list(state.messages(number))) == 1 for number in ids(state).values())


# -- the file


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with closing(State.open(tmp_path / "new" / "state.db")) as state:
            state.put("a", b"x")
            for file in (tmp_path / "new").iterdir():
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    finally:
        os.umask(before)


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(State.open(path)) as state:
        state.put("a", b"x")
    with closing(State.open(path)) as state:
        assert state.get("a") == b"x"
        assert state.moved_aside is None


def corrupt(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough to look at" * 100)


def cut(path: Path) -> None:
    with closing(State.open(path)) as state:
        state.put("a", b"x" * 100_000)
    path.write_bytes(path.read_bytes()[:8192])


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE notes (text)")


def of_another_version(path: Path) -> None:
    with closing(State.open(path)) as state:
        state.execute("INSERT INTO units VALUES (1, 'fake', 'a.fake', 'mark', NULL, x'80', 0)")
        state.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def test_the_journal_of_a_file_moved_aside_does_not_reach_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    corrupt(path)
    stale = tmp_path / "state.db-wal"
    stale.write_bytes(b"stale")
    with closing(State.open(path)) as state:
        state.put("a", b"x")
        assert list(state.query("PRAGMA journal_mode")) == [("wal",)]
        assert not stale.read_bytes().startswith(b"stale")


def test_damage_in_the_middle_shows_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    noise = random.Random(1)
    texts = [f"message {noise.randbytes(99).hex()}" for _ in range(50)]
    write(tmp_path / "d" / "a.fake", *texts, "item a")
    with closing(State.open(path)) as state:
        remember(state, tmp_path / "d")
    whole = path.read_bytes()
    for place in range(4096, len(whole), 1024):
        path.write_bytes(whole[:place] + b"\xaa" * 1024 + whole[place + 1024 :])
        read_through(path)


def test_damage_that_only_a_statement_stumbles_over_is_damage(state: State, tmp_path: Path) -> None:
    write(tmp_path / "d" / "a.fake", "item a t1")
    remember(state, tmp_path / "d")
    state.execute("UPDATE items SET identity = '[\"t1'")
    with pytest.raises(sqlite3.DatabaseError) as raised:
        list(state.query("SELECT value FROM items, json_each(identity)"))
    assert not isinstance(raised.value, sqlite3.OperationalError)  # which means the disk


def read_through(path: Path) -> None:
    """Right, or an error that means damage; never something else."""
    try:
        with closing(State.open(path)) as state:
            for number in ids(state).values():
                state.summary(number)
                state.head(number)
                assert len(list(state.messages(number))) == 50
    except DAMAGE:
        pass


def of_noisy_schema(path: Path) -> None:
    with closing(State.open(path)) as state:
        state.put("a", b"x")
    data = path.read_bytes()
    named, made = b"indexitems_of_unititems", b"CREATE INDEX items_of_unit"
    assert (data.count(named), data.count(made)) == (1, 1)
    data = data.replace(named, b"index" + b"\xeb" * 13 + b"items").replace(made, b"?" * len(made))
    path.write_bytes(data)


SPOILT = [corrupt, cut, foreign, of_another_version, of_noisy_schema]


@pytest.mark.parametrize("spoil", SPOILT)
def test_an_unusable_file_is_moved_aside_and_a_new_one_begun(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    path = tmp_path / "state.db"
    for number in (1, 2):
        path.unlink(missing_ok=True)
        spoil(path)
        before = path.read_bytes()
        with closing(State.open(path)) as state:
            aside = tmp_path / f"state.db.corrupt-{number}"
            assert state.moved_aside == aside
            assert aside.read_bytes()[:4096] == before[:4096]
            state.put("a", b"x")
            assert state.get("a") == b"x"


def test_a_file_in_use_by_another_program_is_not_taken_for_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"
    State.open(path).close()
    monkeypatch.setattr("etl.state_file._BUSY_SECONDS", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OSError, match="locked"):
            State.open(path)
        other.execute("ROLLBACK")
    assert sorted(file.name for file in tmp_path.iterdir() if "corrupt" in file.name) == []


def test_a_place_where_no_file_can_be_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(OSError, match="unable to open"):
        State.open(tmp_path / "state.db")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match=r"exists|directory"):
        State.open(tmp_path / "file" / "state.db")


def test_asking_for_known_fingerprints_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out" / "state.db"
    assert known_fingerprints(path, "fake") == {}
    assert not path.parent.exists()
    with closing(State.open(path)) as state:
        write(tmp_path / "d" / "a.fake", "item a")
        remember(state, tmp_path / "d")
        # also while, or after, a run that did not end has its changes in the journal
        assert known_fingerprints(path, "fake") == {"a.fake": "mark of a.fake"}
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert list(before) == ["state.db"]
    assert known_fingerprints(path, "fake") == {"a.fake": "mark of a.fake"}
    assert known_fingerprints(path, "slack") == {}
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


@pytest.mark.parametrize("spoil", [corrupt, cut, foreign, of_another_version])
def test_an_unusable_file_knows_no_fingerprints(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    path = tmp_path / "state.db"
    spoil(path)
    assert known_fingerprints(path, "fake") == {}


def test_nothing_that_was_removed_stands_on_any_page(tmp_path: Path) -> None:
    state = State.open(tmp_path / "state.db")
    [*state.query("PRAGMA secure_delete = OFF")]  # which some builds of SQLite have on
    state.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)")
    words = [f"removed-{number:04}-".encode() for number in range(200)]
    state.execute("INSERT INTO t VALUES (?, ?)", ((n, w * 99) for n, w in enumerate(words)))
    state.execute("DELETE FROM t WHERE id % 3 > 0")
    state.leave_no_trace()
    state.close()
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    there = {n for n, word in enumerate(words) if any(word in data for data in files)}
    assert there == {*range(0, 200, 3)}
