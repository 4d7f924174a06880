from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from etl import room
from etl.check import check
from etl.data_etl import DataETL
from etl.given import resolve
from etl.ingesting import Silence
from etl.room import Plan
from etl.settings import Settings
from tests.running import MAPPING, SAMPLE

MB = 2**20


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    given = {"data_dir": str(SAMPLE), "mapping": str(MAPPING), "no_live": True}
    given |= {"output": str(tmp_path / "o" / "o.json"), "db_path": str(tmp_path / "s" / "s.db")}
    return resolve({**given, "executor": "thread"}, {})


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has every disk say that so much is free."""

    def says(size: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=size))

    return says


def holding(path: Path, size: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.truncate(path, size)


def needed(plan: Plan) -> int:
    (disk,) = plan.disks()
    return disk.needed


def test_first_run_needs_room_for_output_and_state(settings: Settings) -> None:
    chats = {"telegram": 100 * MB, "slack": 0}
    assert needed(Plan(settings, chats, chats)) == 70 * MB


def test_tables_and_calendars_grow_when_they_are_read(settings: Settings) -> None:
    for source in ("calendar", "hubspot"):
        assert needed(Plan(settings, {source: MB}, {source: MB})) > 10 * MB


def test_output_is_written_anew_beside_the_earlier_one_however_little_is_read(
    settings: Settings,
) -> None:
    holding(settings.output, 40 * MB)
    holding(settings.db_path, 20 * MB)
    everything = {"telegram": 100 * MB}
    assert needed(Plan(settings, {"telegram": 0}, everything)) == 40 * MB
    assert needed(Plan(settings, {"telegram": 10 * MB}, everything)) == 45 * MB
    holding(settings.db_path, 5 * MB)  # packed better than most
    assert needed(Plan(settings, {"telegram": 0}, everything)) == 40 * MB


def test_earlier_output_tells_how_large_one_is(settings: Settings) -> None:
    """Where next to nothing matches, it is small, and so will be the next."""
    holding(settings.output, MB)
    everything = {"telegram": 1000 * MB}
    holding(settings.db_path, 200 * MB)
    assert needed(Plan(settings, {"telegram": 2 * MB}, everything)) == 2 * MB


def test_what_is_read_again_takes_the_place_of_what_was_read(settings: Settings) -> None:
    everything = {"telegram": 100 * MB}
    holding(settings.output, 50 * MB)
    holding(settings.db_path, 15 * MB)
    assert needed(Plan(settings, everything, everything)) == 50 * MB + 5 * MB


def test_each_disk_is_asked_for_what_goes_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_device", lambda path: hash(path.name))
    output, state = Plan(settings, {"slack": 10 * MB}, {"slack": 10 * MB}).disks()
    assert (output.folder, output.needed) == (settings.output.parent, 5 * MB)
    assert (state.folder, state.needed) == (settings.db_path.parent, 2 * MB)


def test_disk_that_does_not_answer_is_not_judged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(_: Path) -> None:
        raise OSError

    monkeypatch.setattr(shutil, "disk_usage", refusing)
    assert Plan(settings, {"slack": MB}, {"slack": MB}).disks() == []


class Told(Silence):
    def __init__(self) -> None:
        self.warned: list[str] = []

    def warn(self, said: str) -> None:
        self.warned.append(said)


def test_run_warns_of_a_disk_that_seems_too_small_before_it_reads_and_goes_on(
    settings: Settings, free: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    free(1000)
    etl = DataETL(settings=settings)
    etl.progress = told = Told()
    with caplog.at_level(logging.INFO, "etl"):
        assert etl.run_etl().exit_status == 0
    (said,) = told.warned
    assert said.startswith(f"{settings.output.parent}: about ")
    assert "bytes will be written, 1,000 are free; free some there, or give --output" in said
    logged = caplog.messages
    assert logged.index(said) < min(n for n, line in enumerate(logged) if "units found" in line)
    free(2**50)
    etl.run_etl()
    assert len(told.warned) == 1


def test_unchanged_run_asks_no_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    DataETL(settings=settings).run_etl()
    monkeypatch.setattr(shutil, "disk_usage", None)
    assert DataETL(settings=settings).run_etl().status == "unchanged"


def test_check_says_what_is_needed_and_what_is_free(
    settings: Settings, free: Callable[[int], None]
) -> None:
    free(1000)
    assert "bytes will be written, 1,000 are free: NOT ENOUGH" in check(settings)[0]
    free(2**50)
    said = check(replace(settings, fresh=True))[0]
    assert "are free: NOT ENOUGH" not in said
    assert f"{2**50:,} are free" in said
