"""What lies in the data folder, and what a killed run left of what it wrote."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import etl.session
from etl import inventory, overseeing
from etl.exits import NoInput
from etl.inventory import Inventory, Look
from etl.overseeing import Steps
from etl.session import data_tree, opened
from etl.settings import Settings
from tests.guarding import wait_until


def test_a_data_folder_that_may_not_be_read_is_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    assert data_tree(settings)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    with pytest.raises(NoInput, match=f"{tmp_path}: cannot be read; make it readable"):
        data_tree(settings)


def test_what_is_looked_through_for_too_long_is_named_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(overseeing, "TICK", 0.01)
    monkeypatch.setattr(etl.session, "LOOK_SECONDS", 0.02)
    looks = [Look("a.zip!", "in\nside"), Look("", source="slack", files=7)]

    def look(_: object, __: object, steps: Steps[Look]) -> Inventory:
        for steps.now in looks:
            wait_until(lambda: len(caplog.messages) > looks.index(steps.now))  # type: ignore[arg-type]
        return Inventory()

    monkeypatch.setattr(inventory, "take", look)
    (tmp_path / "data").mkdir()
    settings = Settings(
        data_dir=tmp_path / "data", output=tmp_path / "o.json", db_path=tmp_path / "s.db"
    )
    with opened(settings, "now") as session:
        assert session.inventory.unit_count == 0
    one, other = caplog.messages
    assert one.startswith("a.zip!in\nside: looking through it takes unreasonably long")
    assert other.startswith("the data folder: looking through it for exports of slack takes")
    assert other.endswith("leave (Ctrl-C twice), and move it out of the data folder")


def test_a_data_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match="no such folder"):
        data_tree(Settings(data_dir=tmp_path / "none"))


def test_right_to_fetch_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    for name in ("fetch.lock", "fetch.lock.holder"):
        (tmp_path / "live" / name).touch()
    assert data_tree(Settings(data_dir=tmp_path)).files == ()


@pytest.mark.parametrize("sources", [(), ("slack",)])
def test_whatever_a_killed_run_left_of_what_it_wrote_goes(
    tmp_path: Path, sources: tuple[str, ...]
) -> None:
    settings = Settings(
        data_dir=tmp_path, output=tmp_path / "o.json", db_path=tmp_path / "s.db", sources=sources
    )
    folder = settings.written_output.parent
    folder.mkdir(exist_ok=True)
    for path in settings.written:
        (folder / f".{path.name}.abc.tmp").touch()
    with opened(settings, "now"):
        assert list(folder.glob("*.tmp")) == []
    assert len(settings.written) == 4
