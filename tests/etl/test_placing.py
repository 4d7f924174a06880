from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl import current, placing
from etl.current import make_live
from etl.matching.decisions import Decision
from etl.merging import Merged
from etl.placing import place_all, placed
from etl.reading import read_batch
from etl.state import State
from etl.statistics import Statistics
from tests.etl.decided import NEARLY, matched, matcher, review
from tests.etl.fake_source import job, write

pytestmark = pytest.mark.usefixtures("fake")


def read(state: State, folder: Path) -> None:
    result = read_batch(job(folder))
    state.commit(result, [unit.name for unit in result.job.units])
    state.execute("INSERT INTO current SELECT id FROM units")


def place(state: State, **decisions: Decision) -> list[str]:
    make_live(state, Merged())
    statistics = Statistics(["Acme", "Globex"])
    keys = [summary.key for summary in place_all(state, matcher(decisions), statistics)]
    assert statistics.result({}, {})["total_telegram_chats"] == len(keys)
    return keys


def stands(state: State, bucket: str, company: str = "") -> list[tuple[str, dict[str, Any]]]:
    return [
        (state.summary(placement.item).key, json.loads(placement.said))
        for placement in placed(state, bucket, company, "telegram_chats")
    ]


def test_every_item_stands_where_it_was_decided_sorted_by_key(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", *(f"item {key}" for key in "zyxwa"))
    read(state, tmp_path / "d")
    seen = place(
        state,
        z=matched("Acme"),
        y=matched("Acme", "Globex"),
        x=review("Globex", "Acme"),
        w=NEARLY,
    )
    assert sorted(seen) == ["a", "w", "x", "y", "z"]
    (y, said_y), (z, said_z) = stands(state, "companies", "Acme")
    assert (y, z) == ("y", "z")
    assert said_y["shared_with"] == ["Globex"]
    assert said_y["match"]["method"] == "explicit"
    assert said_y["match"]["evidence"]["mapping_line"] == 2
    assert "company" not in said_y["match"]
    assert list(said_z) == ["match"]
    assert [key for key, _ in stands(state, "companies", "Globex")] == ["y"]
    ((x, said_x),) = stands(state, "review")
    assert x == "x"
    assert [c["company"] for c in said_x["candidates"]] == ["Globex", "Acme"]
    assert said_x["settles"] == "a line"
    (a, said_a), (w, said_w) = stands(state, "unmatched")
    assert (a, w) == ("a", "w")
    assert said_a == {"nearest": None, "reason": "nothing fits"}
    assert said_w["nearest"]["company"] == "Acme"
    assert list(placed(state, "companies", "Acme", "slack_channels")) == []


def test_more_items_than_a_batch_are_all_placed(
    tmp_path: Path, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_BATCH", 3)
    write(tmp_path / "d" / "a.fake", *(f"item {n:02}" for n in range(10)))
    read(state, tmp_path / "d")
    assert len(place(state)) == 10
    assert [key for key, _ in stands(state, "unmatched")] == [f"{n:02}" for n in range(10)]


def test_what_is_not_current_or_was_absorbed_is_not_live(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a", "item b")
    read(state, tmp_path / "d")
    write(tmp_path / "e" / "z.fake", "item z")
    result = read_batch(job(tmp_path / "e"))
    state.commit(result, ["mark"])
    ((absorbed,),) = state.query("SELECT id FROM items WHERE key = 'b'")
    make_live(state, Merged(absorbed=[absorbed]))
    assert list(state.query("SELECT key FROM live")) == [("a",)]


def test_a_run_begins_with_empty_tables(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a")
    for _ in range(2):
        current.begin(state)
        read(state, tmp_path / "d")
        place(state)
        assert len(stands(state, "unmatched")) == 1


def test_a_match_says_who_ties_beside_it(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a")
    read(state, tmp_path / "d")
    place(state, a=msgspec.structs.replace(matched("Acme"), candidates=review("Globex").candidates))
    ((_, said),) = stands(state, "companies", "Acme")
    assert [c["company"] for c in said["candidates"]] == ["Globex"]
    assert stands(state, "review") == []
