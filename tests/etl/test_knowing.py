"""The live items, and what they teach."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.current import make_live
from etl.knowing import crm_summary, knowing_matcher, live_items
from etl.mapping.read import read_mapping
from etl.merging import Merged
from etl.reading import read_batch
from etl.settings import Settings
from etl.state import State
from tests.etl.fake_source import job, write

pytestmark = pytest.mark.usefixtures("fake")


def read(state: State, folder: Path) -> None:
    result = read_batch(job(folder))
    state.commit(result, [unit.name for unit in result.job.units])
    state.execute("INSERT INTO current SELECT id FROM units")
    make_live(state, Merged())


def test_a_live_item_is_found_by_key(tmp_path: Path, state: State) -> None:
    write(tmp_path / "d" / "a.fake", "item a")
    read(state, tmp_path / "d")
    found = crm_summary(state, "a")
    assert found is not None
    assert found.key == "a"
    assert crm_summary(state, "b") is None


def test_what_all_items_teach_decides_each(tmp_path: Path, state: State) -> None:
    titles = [f"{name} billing <> Ourco" for name in ("Acme", "Brindle", "Corvid", "Dunlin")]
    write(tmp_path / "d" / "a.fake", *(f"item {title.replace(' ', '_')}" for title in titles))
    read(state, tmp_path / "d")
    mapping = read_mapping(b"base_company\nAcme\nBrindle\nCorvid\nDunlin\n")
    knowing = knowing_matcher(state, mapping, Settings(our_names=("Ourco",)))
    found = [knowing.match(live.summary, live.people).status for live in live_items(state)]
    assert (found, knowing.learnt.items) == (["matched"] * 4, 4)
    careful = knowing_matcher(state, mapping, Settings(our_names=("Ourco",), min_score=0.95))
    assert {careful.match(live.summary).status for live in live_items(state)} == {"review"}
