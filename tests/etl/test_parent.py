from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import overseeing, parent
from etl.overseeing import Overseer
from etl.parent import STARTS, Child, ChildDied, ChildStalled, NoChild
from tests.etl.fake_source import job, write

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def overseer() -> Iterator[Overseer]:
    started = Overseer(threading.Event())
    yield started
    started.close()


@pytest.fixture
def child(overseer: Overseer) -> Iterator[Child]:
    started = Child(overseer)
    started.stand_by()
    yield started
    started.end()


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may take longer than a moment."""
    monkeypatch.setattr(overseeing, "TICK", 0.05)
    monkeypatch.setattr(overseeing, "UNIT_SECONDS", 1.0)


def test_one_that_died_is_started_again_for_the_next_job(tmp_path: Path, child: Child) -> None:
    write(tmp_path / "d" / "a.fake", f"kill-once {tmp_path / 'killed'}", "item a")
    whole = job(tmp_path / "d")
    with pytest.raises(ChildDied):
        child.read(whole)
    assert child.read(whole).reports[0].items == 1


def test_one_that_died_while_nothing_was_asked_of_it_is_known_when_it_is(
    tmp_path: Path, child: Child
) -> None:
    write(tmp_path / "d" / "a.fake", "item a")
    assert child._process is not None
    os.kill(child._process.pid, signal.SIGKILL)
    time.sleep(0.1)
    with pytest.raises(ChildDied):
        child.read(job(tmp_path / "d"))
    assert child.read(job(tmp_path / "d")).reports[0].items == 1


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("command", ["spin", "stop", "wait-for /nowhere"])
def test_one_that_takes_too_long_is_killed_whatever_it_is_at(
    tmp_path: Path, child: Child, command: str
) -> None:
    write(tmp_path / "d" / "a.fake", command, "item a")
    write(tmp_path / "d2" / "b.fake", "item b")
    process = child._process
    assert process is not None
    with pytest.raises(ChildStalled):
        child.read(job(tmp_path / "d"))
    assert process.returncode == -signal.SIGKILL
    assert child.read(job(tmp_path / "d2")).reports[0].items == 1


def test_want_of_memory_is_told_and_the_process_with_its_memory_let_go(
    tmp_path: Path, child: Child
) -> None:
    write(tmp_path / "d" / "a.fake", "memory")
    process = child._process
    assert process is not None
    with pytest.raises(MemoryError):
        child.read(job(tmp_path / "d"))
    assert process.returncode is not None
    write(tmp_path / "d" / "a.fake", "item a")
    assert child.read(job(tmp_path / "d")).reports[0].items == 1


def test_it_is_ended_whatever_it_is_at(tmp_path: Path, child: Child) -> None:
    write(tmp_path / "d" / "a.fake", f"touch {tmp_path / 'begun'}", "stop")
    child._tell(job(tmp_path / "d"))
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    process = child._process
    assert process is not None
    child.end()
    child.end()
    assert process.returncode is not None


@pytest.mark.parametrize("executable", ["/nowhere/python", os.devnull, "/bin/false"])
def test_where_none_can_be_had_that_is_said(
    overseer: Overseer, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    with pytest.raises(NoChild):
        Child(overseer).stand_by()


def test_one_that_dies_while_it_starts_is_started_again(
    overseer: Overseer, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    start = Child.start

    def killed_at_first(child: Child) -> None:
        start(child)
        assert child._process is not None
        started.append(child._process.pid)
        if len(started) < STARTS:
            child._process.kill()

    monkeypatch.setattr(Child, "start", killed_at_first)
    child = Child(overseer)
    child.stand_by()
    child.end()
    assert len(started) == STARTS


@pytest.mark.usefixtures("hurry")
def test_one_that_hangs_at_its_start_is_not_waited_for(
    overseer: Overseer, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    whole = subprocess.Popen

    def sleeping(command: list[str], stdin: int, stdout: int) -> subprocess.Popen[bytes]:
        command[-1] = "import time; time.sleep(600)"
        started.append(whole(command, stdin=stdin, stdout=stdout))
        return started[-1]

    monkeypatch.setattr(parent, "START_SECONDS", 0.5)
    monkeypatch.setattr("etl.parent.subprocess.Popen", sleeping)
    with pytest.raises(NoChild):
        Child(overseer).stand_by()
    assert [process.returncode for process in started] == [-signal.SIGKILL]
