from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from etl import current, merging, overseeing
from etl.merging import Merged, merge_all
from etl.reading import read_batch
from etl.state import State
from sources.protocol import Account, Part, Problem, ReaderOptions, Yielded
from tests.etl.fake_source import FakeSource, job, units, write
from tests.faults.tally import number
from tests.guarding import wait_until

pytestmark = pytest.mark.usefixtures("fake")


class Counting(FakeSource):
    """Knows which readings it was asked to merge, in which order."""

    def __init__(self) -> None:
        super().__init__(ReaderOptions())
        self.asked: list[list[str]] = []

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        self.asked.append([part.unit for part in parts])
        return super().merge(parts)


def remember(state: State, folder: Path, names: Iterable[str] | None = None) -> None:
    chosen = [unit for unit in units(folder) if names is None or unit.name in names]
    result = read_batch(job(folder, *chosen))
    state.commit(result, [unit.name for unit in chosen])


def merge(
    state: State, folder: Path, source: FakeSource, names: Iterable[str] | None = None
) -> Merged:
    current.begin(state)
    found = {unit.name for unit in units(folder)} if names is None else set(names)
    state.execute("INSERT INTO current SELECT id FROM units WHERE name = ?", ((n,) for n in found))
    merged = merge_all(state, {"fake": source}, str(folder))
    current.make_live(state, merged)
    return merged


def live(state: State) -> dict[str, list[str]]:
    """The keys of the live items, with the texts of their messages."""
    rows = list(state.query("SELECT item, key FROM live ORDER BY key, item"))
    return {key: [m.text for m in state.messages(item)] for item, key in rows}


def test_what_was_met_once_is_left_alone(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message one", "item a t1 t1")
    write(tmp_path / "d" / "b.fake", "message two", "item b b")  # its key is a token, too
    remember(state, tmp_path / "d")
    source = Counting()
    merged = merge(state, tmp_path / "d", source)
    assert source.asked == []
    assert (merged.merges, merged.absorbed, merged.accounts) == ([], [], {})
    assert live(state) == {"a": ["one"], "b": ["two"]}


def test_readings_under_one_key_become_one_item(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message 0", "message 1", "item a")
    write(tmp_path / "d" / "b.fake", "message zero", "message one", "message two", "item a")
    write(tmp_path / "d" / "c.fake", "message other", "item c")
    remember(state, tmp_path / "d")
    merged = merge(state, tmp_path / "d", Counting())
    # The later reading is the newer: its last message is later.
    assert live(state) == {"a": ["zero", "one", "two"], "c": ["other"]}
    assert merged.accounts == {"fake": Account(accepted=-2, duplicate=2)}
    assert len(merged.absorbed) == 2


def test_tokens_connect_readings_across_others(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a t1")
    write(tmp_path / "d" / "b.fake", "item b t1 t2")
    write(tmp_path / "d" / "c.fake", "item c t2")
    write(tmp_path / "d" / "d.fake", "item d c")  # a token that is another's key
    write(tmp_path / "d" / "e.fake", "item e t3")
    remember(state, tmp_path / "d")
    source = Counting()
    merge(state, tmp_path / "d", source)
    assert source.asked == [["a.fake", "b.fake", "c.fake", "d.fake"]]
    assert sorted(live(state)) == ["a", "e"]


def test_tokens_do_not_connect_readings_of_one_unit(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a t1", "item b t1", "item c t2")
    remember(state, tmp_path / "d")
    source = Counting()
    merge(state, tmp_path / "d", source)
    assert source.asked == []
    write(tmp_path / "d" / "b.fake", "item d t1")
    remember(state, tmp_path / "d", ["b.fake"])
    merge(state, tmp_path / "d", source)
    assert source.asked == [["a.fake", "a.fake", "b.fake"]]


def test_tokens_that_differ_after_a_nul_are_not_one(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a t\0one")
    write(tmp_path / "d" / "b.fake", "item b t\0two")
    write(tmp_path / "d" / "c.fake", "item c t")
    remember(state, tmp_path / "d")
    source = Counting()
    merge(state, tmp_path / "d", source)
    assert source.asked == []


def test_reading_that_asks_for_it_is_offered_alone(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a !a", "item b b!")
    remember(state, tmp_path / "d")
    source = Counting()
    merged = merge(state, tmp_path / "d", source)
    assert source.asked == [["a.fake"]]
    assert len(merged.absorbed) == 1
    assert sorted(live(state)) == ["a", "b"]


def test_readings_come_oldest_first_by_what_they_hold(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", *(f"message {n}" for n in range(9)), "item x")
    write(tmp_path / "d" / "b.fake", "message 0", "item x")
    write(tmp_path / "d" / "c.fake", *(f"message {n}" for n in range(5)), "item x")
    write(tmp_path / "d" / "d.fake", "message 0", "item x")
    for name in ("d.fake", "a.fake", "b.fake", "c.fake"):  # as they happen to come back
        remember(state, tmp_path / "d", [name])
    source = Counting()
    merge(state, tmp_path / "d", source)
    assert source.asked == [["b.fake", "d.fake", "c.fake", "a.fake"]]


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(number(12, 300)))
def test_order_and_company_in_which_readings_came_change_no_byte(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    names = [f"{name}.fake" for name in "abcdef"[: random.randint(2, 6)]]
    for name in names:
        lines = []
        for key in random.sample("xyz", random.randint(1, 3)):
            said = random.randint(0, 3)
            lines += [f"message {name} {key} {n}" for n in range(said)]
            tokens = random.sample(["t1", "t2", "x", "!own"], random.randint(0, 2))
            lines.append(" ".join(["item", key, *tokens]))
        write(tmp_path / "d" / name, *lines)
    told = []
    for at in range(4):
        state = State.open(tmp_path / f"{at}.db")
        coming = random.sample(names, len(names)) if at else names
        while coming:
            batch = coming[: random.randint(1, 3)] if at else coming
            remember(state, tmp_path / "d", batch)
            coming = coming[len(batch) :]
        again = random.choices(names, k=at)  # changed and read once more, alone
        for name in again:
            remember(state, tmp_path / "d", [name])
        accounts = merge(state, tmp_path / "d", FakeSource(ReaderOptions())).accounts
        rows = state.query("SELECT item, live.key, kind FROM live JOIN items ON id = item")
        items = [
            (key, kind, state.head(item), [*state.chunks(item)], state.summary(item))
            for item, key, kind in rows
        ]
        told.append((sorted(map(repr, items)), accounts))
        state.close()
    assert told[1:] == told[:1] * 3


def test_a_merge_is_remembered_until_a_reading_changes(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message 0", "item a")
    write(tmp_path / "d" / "b.fake", "message 0", "message 1", "item a")
    remember(state, tmp_path / "d")
    source = Counting()
    first = merge(state, tmp_path / "d", source)
    again = merge(state, tmp_path / "d", source)
    assert len(source.asked) == 1
    assert again == first
    write(tmp_path / "d" / "b.fake", "message zero", "message one", "item a")
    remember(state, tmp_path / "d", ["b.fake"])
    changed = merge(state, tmp_path / "d", source)
    assert len(source.asked) == 2
    assert changed.merges != first.merges
    assert live(state) == {"a": ["zero", "one"]}


def test_readings_of_units_that_are_not_current_take_no_part(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message 0", "item a")
    write(tmp_path / "d" / "b.fake", "message new", "item a")
    remember(state, tmp_path / "d")
    source = Counting()
    merge(state, tmp_path / "d", source, ["a.fake"])
    assert source.asked == []
    assert live(state) == {"a": ["0"]}


class Breaking(FakeSource):
    """Fails in the middle of every merge."""

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        yield from super().merge(parts)
        raise ValueError("what was being read")


def test_readings_whose_merge_breaks_off_stand_apart_under_keys_of_their_own(
    tmp_path: Path, state: State
) -> None:
    write(tmp_path / "d" / "a.fake", "message 0", "item a")
    write(tmp_path / "d" / "b.fake", "message 0", "message 1", "item a")
    remember(state, tmp_path / "d")
    heads = {state.head(item) for (item,) in state.query("SELECT id FROM items")}
    for _ in range(2):  # said in every run, not only in the first
        merged = merge(state, tmp_path / "d", Breaking(ReaderOptions()))
        ((source, problem),) = merged.problems
        assert source == "fake"
        assert (problem.path, problem.reason) == ("a.fake", "reader_error")
        assert "ValueError" in problem.detail
        assert "what was being read" not in problem.detail
        assert merged.accounts == {"fake": Account()}
        assert live(state) == {"a": ["0"], "a~2": ["0", "1"]}
        assert list(state.query("SELECT count(*) FROM live")) == [(2,)]
        assert {state.head(item) for (item,) in state.query("SELECT item FROM live")} == heads


def test_a_merge_that_broke_off_is_done_again(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "message 0", "item a")
    write(tmp_path / "d" / "b.fake", "message 0", "item a")
    remember(state, tmp_path / "d")
    merge(state, tmp_path / "d", Breaking(ReaderOptions()))
    merged = merge(state, tmp_path / "d", Counting())
    assert (live(state), merged.problems) == ({"a": ["0"]}, [])


def test_problem_of_a_merge_is_told_in_every_run(tmp_path: Path, state: State) -> None:
    odd = Problem(path="a.fake", reason="odd", detail="one", remedy="!")

    class Complaining(FakeSource):
        def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
            yield odd
            yield from super().merge(parts)

    write(tmp_path / "d" / "a.fake", "message 0", "item a")
    write(tmp_path / "d" / "b.fake", "message 0", "item a")
    remember(state, tmp_path / "d")
    for _ in range(2):
        merged = merge(state, tmp_path / "d", Complaining(ReaderOptions()))
        assert merged.problems == [("fake", odd)]
        assert live(state) == {"a": ["0"]}


def test_a_merge_that_takes_too_long_is_named_in_the_log(
    tmp_path: Path,
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Slow(FakeSource):
        def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
            wait_until(lambda: caplog.messages)
            return super().merge(parts)

    monkeypatch.setattr(overseeing, "TICK", 0.01)
    monkeypatch.setattr(merging, "MERGE_SECONDS", 0.02)
    write(tmp_path / "d" / "a.fake", "message 0", "item a")
    write(tmp_path / "d" / "b.fake", "message 0", "item a")
    remember(state, tmp_path / "d")
    merged = merge(state, tmp_path / "d", Slow(ReaderOptions()))
    assert len(merged.merges) == 1
    (said,) = caplog.messages
    assert said.startswith("a.fake, b.fake: putting together what seems to be of one item takes")
    assert said.endswith("(Ctrl-C twice), and move all but one of them out of the data folder")


def test_trouble_with_the_state_ends_a_merge(tmp_path: Path, state: State) -> None:
    class Unlucky(FakeSource):
        def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
            raise sqlite3.DatabaseError("malformed")

    write(tmp_path / "d" / "a.fake", "message 0", "item a")
    write(tmp_path / "d" / "b.fake", "message 0", "item a")
    remember(state, tmp_path / "d")
    with pytest.raises(sqlite3.DatabaseError):
        merge(state, tmp_path / "d", Unlucky(ReaderOptions()))
