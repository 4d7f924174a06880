"""Labelled records of our own making."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.matching.generating import Generator
from benchmarks.matching.measuring import match, table, write
from benchmarks.matching.records import KINDS, Labelled, Records
from benchmarks.matching.scoring import scores
from benchmarks.matching.vocabulary import FINAL, SETS, TUNING


def labelled(accept: list[set[str]], kind: str = "name") -> Labelled:
    answers = tuple(map(frozenset, accept))
    return Labelled({"id": kind, "source": "slack"}, kind, "clean", answers)


def test_the_set_to_measure_by_shares_no_word_with_the_one_to_work_with() -> None:
    for field in ("common", "topics", "once", "idioms", "strange_tails", "tails", "nobody"):
        shared = set(getattr(TUNING, field)) & set(getattr(FINAL, field))
        assert not shared - {"Retro"}, field
    assert not set(TUNING.our_names) & set(FINAL.our_names)


@pytest.mark.parametrize("which", SETS)
def test_the_same_seed_makes_the_same_records_of_every_kind(which: str) -> None:
    made = [list(Records(Generator(SETS[which], 5, 60)).labelled(1500)) for _ in range(2)]
    assert made[0] == made[1]
    assert len({each.record["id"] for each in made[0]}) == 1500
    kinds = {each.kind for each in made[0]}
    assert len(kinds) >= len(KINDS)
    names = {row[0] for row in Generator(SETS[which], 5, 60).mapping()}
    assert all(answer <= names for each in made[0] for answer in each.accept)


def test_a_score_counts_what_is_right_wrong_and_missed() -> None:
    records = [labelled([{"a"}]), labelled([set()], "none"), labelled([{"b"}, set()], "either")]
    found = scores(records, {"name": frozenset({"a", "c"}), "none": frozenset({"a"})})
    assert found["all"] == (3, 1, 2, 0, 1, 1)
    assert (found["all"].precision, found["all"].recall) == (1 / 3, 1.0)
    assert found["kind none"].false_positives == 1.0
    assert found["kind either"].f1 == 0.0
    assert len(list(table(found))) == len(found) + 1


def test_generated_records_are_matched_by_the_command_line(tmp_path: Path) -> None:
    records = write(tmp_path, "final", 400, 40, 3)
    answers, cost = match(tmp_path, FINAL)
    assert answers.keys() == {each.record["id"] for each in records}
    assert scores(records, answers)["all"].precision > 0.9
    assert cost.cpu > 0
