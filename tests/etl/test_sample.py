from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import etl.settings
from etl.sample import as_run, of_sample
from etl.settings import HOME, Settings
from sources.live.scope import Credential


def test_the_sample_has_its_own_company_and_its_own_folder() -> None:
    sample = of_sample(Settings())
    assert sample.sample
    assert sample.data_dir == HOME / "data" / "sample"
    assert sample.output == HOME / "output" / "sample" / "etl_output.json"
    assert sample.db_path == HOME / "output" / "sample" / "etl_state.db"
    assert sample.our_names
    assert sample.our_domains
    placed = of_sample(
        Settings(output=Path("/out/x.json"), db_path=Path("/out/s.db"), our_names=("Me",))
    )
    assert (placed.output, placed.db_path) == (Path("/out/x.json"), Path("/out/sample-s.db"))
    assert placed.our_names == ("Me",)


@pytest.fixture
def untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a checkout that nobody has put an export into."""
    monkeypatch.setattr(etl.settings, "HOME", tmp_path)
    (tmp_path / "data" / "sample").mkdir(parents=True)
    return Settings(data_dir=tmp_path / "data", db_path=tmp_path / "s.db")


def test_who_can_ask_a_live_service_does_not_get_the_sample(untouched: Settings) -> None:
    assert as_run(untouched).sample
    asking = replace(untouched, credentials={"slack": Credential("xoxb-1")})
    assert as_run(asking) == asking


def test_one_archive_of_any_source_is_enough_not_to_get_the_sample(untouched: Settings) -> None:
    narrowed = replace(untouched, sources=("slack",))
    assert as_run(narrowed).sample
    (untouched.data_dir / "ours.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    assert as_run(narrowed) == narrowed
