"""What would stop the writing is found before anything is read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.stage import Stage, ended, unclear
from tests.faults.tally import Tally
from tests.running import Workplace

Hinder = Callable[[Workplace], Path]
"""Puts something in the way; gives what the message must name."""


def folder_at(place: Callable[[Workplace], Path]) -> Hinder:
    def hinder(at: Workplace) -> Path:
        path = place(at)
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)
        (path / "something").touch()
        return path

    return hinder


def file_for_a_folder(at: Workplace) -> Path:
    shutil.rmtree(at.output.parent)
    at.output.parent.touch()
    return at.output.parent


def closed(place: Callable[[Workplace], Path], mode: int) -> Hinder:
    def hinder(at: Workplace) -> Path:
        path = place(at)
        path.chmod(mode)
        return path

    return hinder


IN_THE_WAY: dict[str, Hinder] = {
    "output is a folder": folder_at(lambda at: at.output),
    "output's folder is a file": file_for_a_folder,
    "run.json is a folder": folder_at(lambda at: at.output.with_name("run.json")),
    "suggestions are a folder": folder_at(
        lambda at: at.output.with_name("mapping_suggestions.csv")
    ),
    "quarantine is a folder": folder_at(lambda at: at.output.with_name("quarantine.jsonl")),
    "fallback is a folder": folder_at(lambda at: at.output.with_name("etl_output.fallback.json")),
    "state is a folder": folder_at(lambda at: at.state),
    "log is a folder": folder_at(lambda at: at.log),
}
CLOSED: dict[str, Hinder] = {
    "output's folder is read-only": closed(lambda at: at.output.parent, 0o500),
    "folder of the output is locked": closed(lambda at: at.output.parent, 0),
    "state is read-only": closed(lambda at: at.state, 0o400),
    "state cannot be read": closed(lambda at: at.state, 0),
    "output cannot be read": closed(lambda at: at.output, 0),
    "log is read-only": closed(lambda at: at.log, 0o400),
    "lock is read-only": closed(lambda at: at.output.with_name("run.json.lock"), 0o400),
}


@pytest.mark.parametrize("name", IN_THE_WAY)
def test_what_is_in_the_way_is_found_first(stage: Stage, tally: Tally, name: str) -> None:
    stage.reset()
    _refused(stage, tally, name, IN_THE_WAY[name], ())


@pytest.mark.parametrize("name", CLOSED)
def test_what_may_not_be_written_is_found_first(stage: Stage, tally: Tally, name: str) -> None:
    stage.reset()
    _refused(stage, tally, name, CLOSED[name], unprivileged())


def _refused(stage: Stage, tally: Tally, name: str, hinder: Hinder, under: tuple[str, ...]) -> None:
    before, logged = stage.contents(), len(stage.place.log.read_bytes())
    named = hinder(stage.place)
    end = ended(stage.start(under=under))
    broken = list(unclear(end.said, named))
    if end.status != 73:
        broken.append(f"other: exit status {end.status}: {end.said}")
    log = stage.place.log.read_bytes()[logged:] if stage.place.log.is_file() else b""
    if b"units found" in log:
        broken.append("other: it was read before it was refused")
    for path in (named, stage.place.output.parent):
        if path.exists():
            path.chmod(0o700)
    now = stage.contents() if stage.place.output.parent.is_dir() else {}
    broken += [f"tear: {path}" for path in now if now[path] != before.get(path, now[path])]
    tally.count("D2 in the way, or closed", [f"{said} ({name})" for said in broken])


def test_folders_that_are_missing_are_made(stage: Stage) -> None:
    stage.reset(first=True)
    deep = stage.place.root / "a" / "b" / "etl_output.json"
    ended = stage.run("--output", str(deep), "--db-path", str(deep.with_name("s.db")))
    assert ended.status == 0, ended.said
    assert deep.is_file()


def unprivileged() -> tuple[str, ...]:
    """A command under which permissions hold, even for root."""
    if os.geteuid():
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("permissions do not apply to root, and there is no setpriv")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
