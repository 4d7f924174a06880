"""The harness catches what it is for: a writer that tears, a checkpoint before its data."""

from __future__ import annotations

import itertools

import pytest

from tests.faults.injecting import Fault
from tests.faults.stage import Stage


@pytest.mark.parametrize(
    ("sabotage", "fault", "kind"),
    [
        ("torn_writer", Fault(operations=("write",), within="etl_output.json"), "tear"),
        ("torn_writer", Fault(how="ENOSPC", operations=("write",), within="out/etl_out"), "tear"),
        ("checkpoint_before_data", Fault(operations=("sql",)), ("loss", "other")),
    ],
)
def test_a_fault_of_design_is_caught(
    stage: Stage, sabotage: str, fault: Fault, kind: str | tuple[str, ...]
) -> None:
    for _, broken in stage.attack(fault, itertools.count(1), sabotage=[sabotage]):
        if any(said.startswith(kind) for said in broken):
            return
    pytest.fail("every promise seems to be kept")


def test_a_run_that_nothing_happens_to_breaks_no_promise(stage: Stage) -> None:
    stage.reset()
    assert list(stage.broken(stage.run(), (0,))) == []
