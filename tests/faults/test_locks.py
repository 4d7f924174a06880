"""One run at a time: a second is refused at once and told of the first; a kill frees it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.stage import Stage, ended
from tests.faults.tally import Tally, number

SHARED = {
    "the same": (),
    "another output in that folder": ("--output", "out/other.json", "--db-path", "other/other.db"),
    "another output": ("--output", "elsewhere/etl_output.json"),
    "another state": ("--db-path", "elsewhere/state.db"),
}


@contextmanager
def stopped_run(stage: Stage) -> Iterator[subprocess.Popen[str]]:
    """A run that holds its locks, and stands still."""
    process = stage.start()
    # Of the locks, the last: in the moment between a lock and its name, none is known.
    holder = stage.place.state.with_name("state.db.lock.holder")
    holder.unlink(missing_ok=True)
    try:
        while process.poll() is None:
            try:
                if json.loads(holder.read_text())["pid"] == process.pid:
                    break
            except (OSError, ValueError):
                time.sleep(0.002)
        os.killpg(process.pid, signal.SIGSTOP)
        assert process.poll() is None, "it ended too soon"
        yield process
    finally:
        os.killpg(process.pid, signal.SIGCONT)
        process.wait()


@pytest.mark.parametrize("shared", SHARED)
def test_second_run_is_refused_and_told_of_the_first(
    stage: Stage, tally: Tally, shared: str
) -> None:
    stage.reset()
    root = stage.place.root
    others = [str(root / word) if "/" in word else word for word in SHARED[shared]]
    with stopped_run(stage) as first:
        for _ in range(number(2, 10)):
            second = stage.run(*others)
            told = f"in use by a run with process id {first.pid}, started 20" in second.said
            status = [] if second.status == 75 and told else [f"other: {second}"]
            tally.count("C1 second run", status)
    tally.count("C1 first run goes on", stage.broken(ended(first), (0,)))


def test_kill_frees_the_lock(stage: Stage, tally: Tally) -> None:
    for _ in range(number(1, 10)):
        stage.reset()
        with stopped_run(stage) as first:
            os.killpg(first.pid, signal.SIGKILL)
        tally.count("C1 run after a kill", stage.broken(ended(first), (-signal.SIGKILL,)))


@pytest.mark.parametrize("runs", [2, 10])
def test_of_runs_at_once_one_goes_on(stage: Stage, tally: Tally, runs: int) -> None:
    for _ in range(number(1, 25)):
        stage.reset()
        processes = [stage.start() for _ in range(runs)]
        ends = [ended(process) for process in processes]
        broken = [f"other: {end}" for end in ends if end.status not in {0, 75}]
        if all(end.status for end in ends):
            broken.append("other: all were refused")
        first = next((end for end in ends if not end.status), ends[0])
        tally.count(f"C1 {runs} runs at once", [*broken, *stage.broken(first, (0,))])
