"""Which items stand elsewhere than after the last run."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import moving
from etl.current import make_live
from etl.matching.decisions import Decision
from etl.merging import Merged
from etl.placing import place_all
from etl.reading import read_batch
from etl.report import Move
from etl.state import DAMAGE, State
from etl.statistics import Statistics
from tests.etl.decided import matched, matcher, review
from tests.etl.fake_source import job, write
from tests.running import Workplace

pytestmark = pytest.mark.usefixtures("fake")


def placed(state: State, **decisions: Decision) -> tuple[int, tuple[Move, ...]]:
    list(place_all(state, matcher(decisions), Statistics(["Acme", "Globex"])))
    return moving.moves(state)


@pytest.fixture
def read(tmp_path: Path, state: State) -> State:
    write(tmp_path / "d" / "a.fake", *(f"item {key}" for key in "abc"))
    result = read_batch(job(tmp_path / "d"))
    state.commit(result, [unit.name for unit in result.job.units])
    state.execute("INSERT INTO current SELECT id FROM units")
    make_live(state, Merged())
    return state


def test_nothing_has_moved_the_first_time_or_when_all_is_as_before(read: State) -> None:
    assert placed(read, a=matched("Acme")) == (0, ())
    assert placed(read, a=matched("Acme")) == (0, ())


def test_what_moved_is_told_from_where_to_where(read: State) -> None:
    placed(read, a=matched("Acme"), b=review("Acme"))
    count, told = placed(read, a=matched("Globex", "Acme"), b=matched("Acme"))
    assert count == 2
    assert [(move.key, move.before, move.now) for move in told] == [
        ("a", "Acme", "Acme, Globex"),
        ("b", "review", "Acme"),
    ]
    assert placed(read, a=matched("Acme", "Globex"), b=matched("Acme")) == (0, ())


def test_what_is_new_or_gone_has_not_moved(read: State) -> None:
    placed(read)
    read.execute("DELETE FROM live WHERE key = 'a'")
    assert placed(read, b=matched("Acme"))[0] == 1
    read.execute("INSERT INTO live SELECT id, key FROM items WHERE key = 'a'")
    assert placed(read, a=matched("Acme"), b=matched("Acme"))[0] == 0


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE stood SET place = 'Globex' WHERE key = 'a'",
        "UPDATE stood SET place = x'41' WHERE key = 'a'",
        "UPDATE stood SET place = CAST(x'FF' AS TEXT) WHERE key = 'a'",
        "UPDATE stood SET key = 'z' WHERE key = 'a'",
        "UPDATE stood SET kind = 'other' WHERE key = 'a'",
        "DELETE FROM stood WHERE key = 'a'",
        "INSERT INTO stood VALUES ('some', 'z', 'Acme')",
        "DELETE FROM stood WHERE kind = ''",
        "DELETE FROM stood WHERE kind != ''",
        "UPDATE stood SET place = '1' WHERE kind = ''",
    ],
)
def test_where_items_stood_is_not_believed_when_it_changed_by_itself(
    read: State, spoil: str
) -> None:
    placed(read, a=matched("Acme"), b=matched("Acme"))
    read.execute(spoil)
    with pytest.raises(DAMAGE):
        placed(read, a=matched("Acme"), b=matched("Globex"))


def test_what_is_as_it_was_is_not_written_again(read: State) -> None:
    placed(read, a=matched("Acme"))
    read.execute("CREATE TRIGGER untouched DELETE ON stood BEGIN SELECT RAISE(ABORT, ''); END")
    assert placed(read, a=matched("Acme")) == (0, ())


def test_many_items_are_summed_in_parts(read: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "_AT_ONCE", 2)
    placed(read, a=matched("Acme"))
    read.execute("UPDATE stood SET place = 'Globex' WHERE key = 'a'")
    with pytest.raises(DAMAGE):
        placed(read)


def test_an_edit_of_the_mapping_reads_nothing_and_says_what_moved(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path).with_sample()
    mapping = tmp_path / "edited.csv"
    mapping.write_text("base_company,calendar_domain\n")
    assert workplace.run("--mapping", str(mapping)).returncode == 0
    assert workplace.report["moved"] == 0
    mapping.write_text("base_company,calendar_domain\nPebblemark,pebblemark.example\n")
    said = workplace.run("--mapping", str(mapping)).stdout
    assert workplace.report["moved"] > 0
    assert {move["now"] for move in workplace.report["moves"]} == {"Pebblemark", "review"}
    assert sum(source["units_read"] for source in workplace.report["sources"].values()) == 0
    assert "from unmatched to Pebblemark" in said
