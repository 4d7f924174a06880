"""The Nth thing a run does to its files is its last, or fails; for every N.

Quick: a part of them. In full: all.
"""

from __future__ import annotations

from itertools import count

import pytest

from tests.faults.injecting import KILL, Fault
from tests.faults.stage import Stage, assail
from tests.faults.tally import FULL, Tally, number

SHARES = 8


WITHOUT_LOG = "" if FULL else "/out/"
"""A third of all operations is a line of the log; one is tried by itself."""


@pytest.mark.parametrize("share", range(number(1, SHARES)))
def test_killed_at_every_operation(stage: Stage, tally: Tally, share: int) -> None:
    fault = Fault(within=WITHOUT_LOG)
    assail(stage, tally, "K2 killed at an operation", fault, count(1 + share, SHARES))


@pytest.mark.parametrize("share", range(number(1, SHARES)))
def test_killed_at_every_operation_of_the_first_run(stage: Stage, tally: Tally, share: int) -> None:
    numbers = count(1 + share, number(4, 1) * SHARES)
    name = "K2 killed at an operation of the first run"
    assail(stage, tally, name, Fault(within=WITHOUT_LOG), numbers, first=True)


@pytest.mark.parametrize("share", range(number(1, SHARES)))
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EDQUOT"])
@pytest.mark.parametrize("ever_after", [False, True])
def test_refused_at_every_operation(
    stage: Stage, tally: Tally, error: str, ever_after: bool, share: int
) -> None:
    fault = Fault(how=error, ever_after=ever_after, within=WITHOUT_LOG)
    numbers = count(1 + share + number(len(error), 0), number(8, 1) * SHARES)
    name = f"D1 {error} at an operation{' and ever after' if ever_after else ''}"
    assail(stage, tally, name, fault, numbers)


@pytest.mark.parametrize("error", ["ENOSPC", KILL])
def test_a_spool_that_fails_costs_no_source(stage: Stage, tally: Tally, error: str) -> None:
    fault = Fault(how=error, operations=("open", "write", "truncate"), within=".spool")
    name = f"{'K2 killed' if error == KILL else f'D1 {error}'} at an operation on a spool"
    assail(stage, tally, name, fault, count(1, number(5, 1)), sabotage=["spooling"])


def test_a_log_that_cannot_be_written_ends_no_run(stage: Stage, tally: Tally) -> None:
    fault = Fault(how="ENOSPC", operations=("write",), within="run.log", ever_after=True)
    assail(stage, tally, "D1 ENOSPC in the log", fault, count(1, number(20, 1)))
