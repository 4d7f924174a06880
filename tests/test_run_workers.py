"""The whole road, with its workers killed, stopped and hung on the way."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.tally import Tally, number
from tests.running import PROJECT, UNMEASURED, Workplace, environment

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="who is whose child is asked of /proc"),
]

MANY = ("--batch-size", "2", "--executor", "process", "--max-workers", "2", "--quiet")

HURRIED = """
import runpy, sys
from etl import overseeing, parent
overseeing.TICK, overseeing.MEGABYTE_SECONDS = 0.05, 0.0
overseeing.UNIT_SECONDS = parent.START_SECONDS = float(sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""A run in which nothing may take longer than so many seconds."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Some hundreds of units, read in peace."""
    workplace = Workplace(tmp_path_factory.mktemp("undisturbed")).with_sample()
    export = workplace.data / "telegram" / "DataExport_2025-03-14"
    for copy in range(120):
        shutil.copytree(export / "chats", export.parent / f"more_{copy}" / "chats")
    assert workplace.run(*MANY).returncode == 0
    return workplace


@pytest.fixture
def workplace(undisturbed: Workplace, tmp_path: Path) -> Workplace:
    """The same exports, never read."""
    other = Workplace(tmp_path)
    other.root.joinpath("data").symlink_to(undisturbed.data)
    return other


@contextmanager
def running(
    workplace: Workplace, seconds: float | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    command = workplace.command(*MANY)
    if seconds is not None:
        command[:1] = [sys.executable, "-c", HURRIED, str(seconds)]
    variables = environment(PYTHONPATH=str(PROJECT), **UNMEASURED)
    process = subprocess.Popen(command, env=variables, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        with suppress(OSError):
            process.kill()
        process.communicate()


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that read for a run, by number."""
    found: list[int] = []
    for task in Path(f"/proc/{process.pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return sorted(found)


def until_reading(process: subprocess.Popen[bytes], workplace: Workplace) -> None:
    """Wait until the first batch was committed, so that all workers are there and read."""
    while process.poll() is None:
        with suppress(sqlite3.Error), closing(_read_only(workplace.state)) as state:
            if state.execute("SELECT count(*) FROM units").fetchone()[0]:
                return
        time.sleep(0.01)


def _read_only(state: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{state.as_uri()}?mode=ro", uri=True)


def disturb(
    process: subprocess.Popen[bytes],
    workplace: Workplace,
    given: signal.Signals,
    times: int,
    chance: random.Random,
    longest: float,
) -> int:
    """Send a signal to one worker or another, that often or until the run ends; how often."""
    sent = 0
    until_reading(process, workplace)
    while process.poll() is None and sent < times:
        time.sleep(chance.uniform(0, longest))
        for worker in chance.sample(found, 1) if (found := workers(process)) else ():
            with suppress(ProcessLookupError):
                os.kill(worker, given)
                sent += 1
    return sent


def broken(
    process: subprocess.Popen[bytes], workplace: Workplace, undisturbed: Workplace
) -> Iterator[str]:
    """What a run that was disturbed did not keep of what was promised."""
    try:
        _, said = process.communicate(timeout=100)
    except subprocess.TimeoutExpired:
        yield "hang: no end after 100 s"
        return
    if b"Traceback" in said:
        yield f"traceback: {said!r}"
    if process.returncode not in {0, 3}:
        yield f"other: status {process.returncode}"
        return
    if any(p["reason"] in {"killed_worker", "stalled"} for p in workplace.report["quarantine"]):
        # Whom chance hit twice in a row is read by the next run.
        workplace.run(*MANY)
    if workplace.content_sha256 != undisturbed.content_sha256:
        yield "loss: another content"


@pytest.mark.parametrize("seed", range(number(1, 25)))
def test_killed_workers_cost_retries_and_change_nothing(
    workplace: Workplace, undisturbed: Workplace, tally: Tally, seed: int
) -> None:
    with running(workplace) as process:
        sent = disturb(process, workplace, signal.SIGKILL, 12, random.Random(seed), longest=0.08)
        tally.count("K3 a worker killed", broken(process, workplace, undisturbed), trials=sent)
    assert sent


@pytest.mark.parametrize("seed", range(number(1, 10)))
def test_workers_that_hang_are_killed_and_change_nothing(
    workplace: Workplace, undisturbed: Workplace, tally: Tally, seed: int
) -> None:
    with running(workplace, seconds=1.0) as process:
        sent = disturb(process, workplace, signal.SIGSTOP, 4, random.Random(seed), longest=0.3)
        tally.count("K3 a worker hung", broken(process, workplace, undisturbed), trials=sent)
    assert sent


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_to_stop_does_not_wait_for_workers_that_hang(
    workplace: Workplace, undisturbed: Workplace, sent: signal.Signals, status: int
) -> None:
    with running(workplace) as process:
        until_reading(process, workplace)
        hung = workers(process)
        assert len(hung) == 2
        for worker in hung:
            os.kill(worker, signal.SIGSTOP)
        begun = time.monotonic()
        process.send_signal(sent)
        _, said = process.communicate(timeout=30)
        assert process.returncode == status, said
        assert time.monotonic() - begun < 12  # five seconds, on a machine that is busy
        assert b"Traceback" not in said
    assert not any(Path(f"/proc/{worker}").exists() for worker in hung)
    assert workplace.run(*MANY).returncode == 0
    assert workplace.content_sha256 == undisturbed.content_sha256


def test_workers_that_hang_end_with_a_killed_run(
    workplace: Workplace, undisturbed: Workplace
) -> None:
    with running(workplace) as process:
        until_reading(process, workplace)
        hung = workers(process)
        for worker in hung:
            os.kill(worker, signal.SIGSTOP)
        process.kill()
        process.wait()
        for _ in range(100):
            if not any(map(_goes_on, hung)):
                break
            time.sleep(0.05)
        assert not any(map(_goes_on, hung))
    assert workplace.run(*MANY).returncode == 0
    assert workplace.content_sha256 == undisturbed.content_sha256


def _goes_on(number: int) -> bool:
    """Whether there is more left of a process than an entry nobody has asked for yet."""
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
