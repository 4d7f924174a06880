"""Killed at random, again and again: the next run to be let alone finishes it."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from tests.faults.stage import KILLED, Ended, Stage, ended
from tests.faults.tally import Tally, number

SHARES = 10
WAYS = (("--executor", "thread"), ("--executor", "process"), ("--batch-size", "1"))


@pytest.mark.parametrize("share", range(number(1, SHARES)))
def test_killed_at_random(request: pytest.FixtureRequest, tally: Tally, share: int) -> None:
    stage: Stage = request.getfixturevalue("long_stage" if share % 5 == 1 else "stage")
    chance = random.Random(share)
    started = time.monotonic()
    stage.reset()
    ended(stage.start())
    whole = time.monotonic() - started
    for trial in range(number(4, 50)):
        first = trial % 5 == 4
        stage.reset(first=first)
        broken: list[str] = []
        end = Ended(0)
        for _ in range(chance.randint(1, number(2, 6))):
            process = stage.start(*chance.choice(WAYS))
            time.sleep(chance.uniform(0, whole))
            os.killpg(process.pid, signal.SIGKILL) if chance.random() < 0.2 else process.kill()
            end = ended(process)
            broken += stage.broken_now(end, (0, KILLED), first=first)
        broken += stage.broken(end, (0, KILLED), first=first)
        tally.count(f"K1 killed at random{' in the first run' if first else ''}", broken)
