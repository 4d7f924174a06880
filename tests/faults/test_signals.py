"""Ctrl-C and SIGTERM: the first keeps what is done, the second leaves at once."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing

import pytest

from tests.faults.stage import Stage, ended
from tests.faults.tally import FULL, Tally, number

SECONDS = {False: 5, True: 1}
"""So long a run may take to end after one signal, and after two."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)
MOMENTS = (0.1, 0.5, 0.9) if FULL else (0.5,)
ONE_BY_ONE = ("--executor", "process", "--batch-size", "1")


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("sent", SIGNALS)
def test_signal_ends_a_run(
    long_stage: Stage, tally: Tally, sent: signal.Signals, moment: float, *, twice: bool
) -> None:
    long_stage.reset()
    before = _units(long_stage)
    whole = _seconds(long_stage)
    to_read = long_stage.place.report["performance"]["units_read"]
    for _ in range(number(1, 5)):
        long_stage.reset()
        process = long_stage.start(*ONE_BY_ONE)
        time.sleep(whole * moment)
        broken = []
        started = time.monotonic()
        process.send_signal(sent)
        if twice:
            time.sleep(0.01)
            process.send_signal(sent)
        end = ended(process)
        took = time.monotonic() - started
        # On a machine with much else to do all takes longer, the whole run, too.
        if took > max(SECONDS[twice], whole / 2):
            broken.append(f"hang: it took {took:.1f} s to end")
        if not twice and end.said.count("\n") != (end.status > 0):
            broken.append(f"other: not one line: {end.said}")
        kept = _units(long_stage) - before
        # Before it begins and when it is over a run just ends: to the shell, the same number.
        broken += long_stage.broken(end, (0, 128 + sent, -sent))
        again = long_stage.place.report["performance"]["units_read"]
        if kept + again > to_read:
            broken.append(f"loss: {kept} units were kept, and {again} of {to_read} read again")
        name = f"K4 {sent.name}{', twice' if twice else ''}"
        tally.count(name, [f"{said} (at {moment:.0%})" for said in broken])


def _seconds(stage: Stage) -> float:
    """How long a run takes that is let alone."""
    stage.reset()
    started = time.monotonic()
    ended(stage.start(*ONE_BY_ONE))
    return time.monotonic() - started


def _units(stage: Stage) -> int:
    """How many units are remembered."""
    with closing(sqlite3.connect(f"file:{stage.place.state}?mode=ro", uri=True)) as db:
        (count,) = db.execute("SELECT count(*) FROM units WHERE fingerprint != ''").fetchone()
    return int(count)
