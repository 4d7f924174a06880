"""The harness catches what it is for: a writer that tears, a checkpoint before its data, a process
that stays.
"""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest

from tests.faults.injecting import Fault
from tests.faults.stage import Stage, outlives


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


@pytest.mark.skipif(sys.platform != "linux", reason="only there a dead process is told from others")
def test_a_process_outlives_a_run_until_it_is_dead_and_no_longer() -> None:
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        assert outlives(process.pid)
        process.kill()
        assert not outlives(process.pid)  # nobody has buried it yet
    finally:
        process.kill()
        process.communicate()
    assert not outlives(process.pid)
