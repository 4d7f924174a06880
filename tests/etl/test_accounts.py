from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from etl import inventory
from etl.accounts import Totals, total
from etl.merging import Merged
from etl.reading import read_batch
from etl.session import Session
from etl.settings import Settings
from etl.state import State
from sources._archive import FolderTree
from sources.protocol import Account, Problem, ReaderOptions
from tests.etl.fake_source import FakeSource, job, write

pytestmark = pytest.mark.usefixtures("fake")


def totals(state: State, folder: Path, merged: Merged | None = None) -> Totals:
    result = read_batch(job(folder))
    state.commit(result, [unit.name for unit in result.job.units])
    state.execute("INSERT INTO current SELECT id FROM units")
    session = Session(Settings(), state, spool_dir="")
    source = FakeSource(ReaderOptions())
    session.__dict__["sources"] = {"fake": source}
    session.__dict__["inventory"] = inventory.take(FolderTree(folder), [source])
    return total(session, merged or Merged())


def paths(problems: Sequence[Problem]) -> list[str]:
    return [problem.path for problem in problems]


def test_accounts_of_all_units_add_up_with_what_merging_changed(
    tmp_path: Path, state: State
) -> None:
    write(tmp_path / "d" / "a.fake", "item a", "found 3", "accepted 3")
    write(tmp_path / "d" / "b.fake", "item b", "found 4", "accepted 4")
    merged = Merged(accounts={"fake": Account(accepted=-2, duplicate=2)})
    said = totals(state, tmp_path / "d", merged)
    assert said.accounts == {"fake": Account(found=7, accepted=5, duplicate=2)}
    assert said.accounts["fake"].balanced
    assert said.units == {"fake": 2}
    assert said.quarantined_units == {"fake": 0}
    assert (said.quarantine, said.retry, said.trouble) == ((), False, (0, 2))


def test_trouble_of_merging_is_among_the_problems(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a")
    odd = Problem(path="a.fake", reason="odd", detail="one", remedy="!")
    entries = totals(state, tmp_path / "d", Merged(problems=[("fake", odd)])).quarantine
    assert [(e.path, e.reason, e.source, e.unit) for e in entries] == [
        ("a.fake", "odd", "fake", "a.fake")
    ]


def test_trouble_is_counted_by_unit_and_by_archive(tmp_path: Path, state: State) -> None:
    data = tmp_path / "d"
    write(data / "good.fake", "item a", "found 1", "accepted 1")
    write(data / "bad.fake", "problem", "problem", "damaged")
    write(data / "half.fake", "item h", "problem", "found 2", "accepted 2")
    (data / "foreign.fake").write_text("no unit at all, of 21 bytes"[:21])
    (data / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    said = totals(state, data)
    assert said.units == {"fake": 4}
    assert said.quarantined_units == {"fake": 3}
    assert said.unreadable_archives == 1
    assert said.trouble == (4, 5)
    assert paths(said.quarantine) == [
        "bad.fake",
        "broken.zip",
        "foreign.fake",
        "half.fake",
    ]
    assert not said.retry
    # What is known to be in a file that is no unit counts as quarantined.
    assert said.accounts["fake"] == Account(found=24, accepted=3, quarantined=21)


def test_something_to_try_again_is_known(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a", "retry")
    assert totals(state, tmp_path / "d").retry


def test_units_that_are_not_current_do_not_count(tmp_path: Path, state: State) -> None:
    write(tmp_path / "old" / "z.fake", "item z", "found 9", "accepted 9")
    result = read_batch(job(tmp_path / "old"))
    state.commit(result, ["mark"])
    write(tmp_path / "d" / "a.fake", "item a", "found 1", "accepted 1")
    state.execute("CREATE TEMP TABLE old AS SELECT id FROM units")
    read = read_batch(job(tmp_path / "d"))
    state.commit(read, ["mark"])
    state.execute("INSERT INTO current SELECT id FROM units WHERE id NOT IN (SELECT id FROM old)")
    session = Session(Settings(), state, spool_dir="")
    source = FakeSource(ReaderOptions())
    session.__dict__["sources"] = {"fake": source}
    session.__dict__["inventory"] = inventory.take(FolderTree(tmp_path / "d"), [source])
    said = total(session, Merged())
    assert said.accounts == {"fake": Account(found=1, accepted=1)}
    assert said.units == {"fake": 1}
