from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from etl.child import _portable
from etl.overseeing import Overseer
from etl.parent import Child
from tests.etl.fake_source import job, units, write
from tests.running import PROJECT

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def child() -> Iterator[Child]:
    started = Child(Overseer(Event()))
    started.start()
    started.wait_until_ready()
    yield started
    started.end()


def test_what_a_reader_prints_does_not_get_among_its_answers(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "d" / "a.fake", "print hello", "message one", "item a")
    whole = job(tmp_path / "d")
    child = Child(Overseer(Event()))
    result = child.read(whole)
    child.end()
    assert result.job is whole
    assert [report.items for report in result.reports] == [1]
    assert capfd.readouterr().err == "hello\n"


def test_names_that_are_no_text_survive_the_way(tmp_path: Path, child: Child) -> None:
    write(tmp_path / "d" / "caf\udce9.fake", "item a")
    (unit,) = units(tmp_path / "d")
    assert "\udce9" in unit.files[0].path
    (report,) = child.read(job(tmp_path / "d", unit)).reports
    assert (report.items, report.problems) == (1, ())


def test_it_ends_in_the_middle_of_a_job_when_nobody_waits_for_it(
    tmp_path: Path, child: Child
) -> None:
    write(tmp_path / "d" / "a.fake", f"touch {tmp_path / 'begun'}", f"wait-for {tmp_path / 'no'}")
    child._tell(job(tmp_path / "d"))
    process = child._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=60) == 0


ORPHAN = """
import sys, threading
from pathlib import Path
from etl.overseeing import Overseer
from etl.parent import Child
from tests.etl.fake_source import job
child = Child(Overseer(threading.Event()))
child.stand_by()
print(child._process.pid, flush=True)
child.read(job(Path(sys.argv[1])))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such wish")
@pytest.mark.parametrize("command", ["spin", "stop", "wait-for /nowhere"])
def test_it_ends_with_a_killed_run_whatever_it_is_at(tmp_path: Path, command: str) -> None:
    write(tmp_path / "d" / "a.fake", f"touch {tmp_path / 'begun'}", command)
    run = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(tmp_path / "d")],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    number = int(run.stdout.readline())
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    time.sleep(0.3)
    run.kill()
    run.wait()
    run.stdout.close()
    for _ in range(100):
        if _has_ended(number):
            return
        time.sleep(0.05)
    os.kill(number, signal.SIGKILL)
    pytest.fail("it goes on")


def _has_ended(number: int) -> bool:
    """No more, or nothing but an entry that nobody has asked for yet."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class Loud(Exception):
    def __init__(self, said: str, where: str) -> None:
        super().__init__(f"{said} {where}")


def test_an_error_that_cannot_travel_is_told_by_kind_and_place() -> None:
    error = Loud("secret", "x")
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(error))
    told = _portable(error)
    assert type(told) is RuntimeError
    assert str(told) == "unexpected Loud"


def test_an_error_that_can_travel_stays_what_it_is() -> None:
    error = KeyError("unknown")
    assert _portable(error) is error
