from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from etl import overseeing
from etl.executors import PROCESS_BYTES, WINDOW, Workers, choose, worker_count
from etl.frames import ItemFrame
from etl.parent import Child
from etl.reading import Job, Result
from tests.etl.fake_source import job, units, write

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("fake")


def keys(results: list[Result]) -> list[str]:
    return sorted(
        frame.key for result in results for frame in result.frames if isinstance(frame, ItemFrame)
    )


def one_each(folder: Path) -> Iterator[Job]:
    """A job per unit."""
    for unit in units(folder):
        yield job(folder, unit)


def test_threads_read_every_job(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / "data" / f"{number:02}.fake", f"item {number:02}")
    with Workers("thread", 3) as workers:
        results = list(workers.map(one_each(tmp_path / "data")))
    assert keys(results) == [f"{number:02}" for number in range(20)]
    assert {result.worker for result in results} == {os.getpid()}


def test_no_more_is_taken_than_the_window_holds(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path / "data" / f"{number:02}.fake", "item x")
    taken = 0

    def counted() -> Iterator[Job]:
        nonlocal taken
        for one in one_each(tmp_path / "data"):
            taken += 1
            yield one

    with Workers("thread", 2) as workers:
        most = 0
        for given, _ in enumerate(workers.map(counted())):
            most = max(most, taken - given)
    assert taken == 30
    assert most == WINDOW * 2


def test_nothing_new_begins_once_it_is_to_stop(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path / "data" / f"{number:02}.fake", "item x")
    with Workers("thread", 1) as workers:
        results = workers.map(one_each(tmp_path / "data"))
        next(results)
        workers.stopping.set()
        assert len(list(results)) < WINDOW
        assert list(workers.map(one_each(tmp_path / "data"))) == []


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_an_error_of_the_reader_itself_is_raised_to_whoever_asked(
    tmp_path: Path, kind: Literal["thread", "process"]
) -> None:
    write(tmp_path / "data" / "a.fake", "item a")
    whole = job(tmp_path / "data")
    broken = msgspec.structs.replace(whole, source="unknown")
    with Workers(kind, 1) as workers:
        with pytest.raises(KeyError):
            list(workers.map([broken]))
        assert keys(list(workers.map([whole]))) == ["a"]


def test_processes_read_and_a_killed_one_costs_a_retry_not_a_unit(tmp_path: Path) -> None:
    data, marker = tmp_path / "data", tmp_path / "killed"
    for number in range(6):
        write(data / f"{number}.fake", f"item {number}")
    write(data / "3.fake", f"kill-once {marker}", "item 3")
    with Workers("process", 2) as workers:
        assert workers.kind == "process"
        results = list(workers.map(one_each(data)))
        assert marker.exists()
        # and there are as many as before
        results += list(workers.map(one_each(data)))
    assert keys(results) == sorted([*"012345"] * 2)
    assert not any(report.problems for result in results for report in result.reports)
    assert os.getpid() not in {result.worker for result in results}


def test_a_unit_that_kills_again_is_set_apart_and_the_rest_is_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for number in range(4):
        write(data / f"{number}.fake", f"item {number}")
    write(data / "1.fake", "item lost", "kill")
    with Workers("process", 1) as workers:
        results = list(workers.map([job(data)]))
    assert keys(results) == ["0", "2", "3"]
    reports = {
        unit.name: report
        for result in results
        for unit, report in zip(result.job.units, result.reports, strict=True)
    }
    assert sorted(reports) == ["0.fake", "1.fake", "2.fake", "3.fake"]
    killer = reports.pop("1.fake")
    assert killer.failed
    assert [(p.path, p.reason, p.retry) for p in killer.problems] == [
        ("1.fake", "killed_worker", True)
    ]
    assert not any(report.problems for report in reports.values())


def test_innocent_units_of_a_broken_batch_share_one_process(tmp_path: Path) -> None:
    data, marker = tmp_path / "data", tmp_path / "killed"
    for number in range(4):
        write(data / f"{number}.fake", f"item {number}")
    write(data / "9.fake", f"kill-once {marker}", "item 9")
    with Workers("process", 1) as workers:
        results = list(workers.map([job(data)]))
    assert keys(results) == ["0", "1", "2", "3", "9"]
    assert len({result.worker for result in results}) == 1


UNGUARDED = """
from etl.executors import Workers
with Workers("process", 1) as workers:
    print(workers.kind)
"""


def test_a_script_without_a_guard_has_processes_that_do_not_run_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "process\n"


@pytest.mark.parametrize("executable", ["/nowhere/python", os.devnull, "/bin/false"])
def test_where_no_process_can_be_had_threads_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    write(tmp_path / "data" / "a.fake", "item a")
    monkeypatch.setattr(sys, "executable", executable)
    with Workers("process", 2) as workers:
        results = list(workers.map([job(tmp_path / "data")]))
        assert workers.kind == "thread"
    assert keys(results) == ["a"]


def test_processes_that_nothing_was_asked_of_end_with_the_workers() -> None:
    workers = Workers("process", 2)
    started = [child._process for child in workers._starting]
    workers.close()
    workers.close()
    assert [process.returncode for process in started if process is not None] == [0, 0]


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may take longer than a moment."""
    monkeypatch.setattr(overseeing, "TICK", 0.05)
    monkeypatch.setattr(overseeing, "UNIT_SECONDS", 1.0)
    monkeypatch.setattr(overseeing, "MEGABYTE_SECONDS", 0.0)


@pytest.mark.usefixtures("hurry")
def test_a_unit_without_an_end_is_set_apart_and_the_rest_is_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for number in range(4):
        write(data / f"{number}.fake", f"item {number}")
    write(data / "1.fake", "item lost", "spin")
    with Workers("process", 2) as workers:
        results = list(workers.map([job(data)]))
    assert keys(results) == ["0", "2", "3"]
    assert [
        (problem.path, problem.reason, problem.retry)
        for result in results
        for report in result.reports
        for problem in report.problems
    ] == [("1.fake", "stalled", True)]


@pytest.mark.usefixtures("hurry")
def test_workers_that_are_to_stop_do_not_wait_for_what_has_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overseeing, "UNIT_SECONDS", 10**6)
    monkeypatch.setattr(overseeing, "STOP_SECONDS", 0.2)
    write(tmp_path / "data" / "a.fake", f"touch {tmp_path / 'begun'}", "spin")
    with Workers("process", 1) as workers:
        results = workers.map([job(tmp_path / "data")])
        told: list[Result] = []
        waiting = threading.Thread(target=lambda: told.extend(results))
        waiting.start()
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
        workers.stopping.set()
        waiting.join(30)
        assert not waiting.is_alive()
    assert told == []  # and the unit is no worse for it


@pytest.mark.usefixtures("hurry")
def test_a_thread_that_takes_too_long_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overseeing, "UNIT_SECONDS", 0.2)
    monkeypatch.setattr(logging.getLogger("etl"), "propagate", True)
    end = tmp_path / "end"
    write(tmp_path / "data" / "slow.fake", f"wait-for {end}", "item a")
    with Workers("thread", 1) as workers:
        results = workers.map([job(tmp_path / "data")])
        told: list[Result] = []
        waiting = threading.Thread(target=lambda: told.extend(results))
        waiting.start()
        while not caplog.records and waiting.is_alive():
            time.sleep(0.01)
        end.touch()
        waiting.join(30)
    assert keys(told) == ["a"]
    (message,) = caplog.messages
    assert message.startswith("slow.fake: reading takes unreasonably long")
    assert "--executor process" in message


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_want_of_memory_costs_a_unit_not_the_run(
    tmp_path: Path, kind: Literal["thread", "process"]
) -> None:
    data = tmp_path / "data"
    for number in range(5):
        write(data / f"{number}.fake", f"item {number}")
    write(data / "3.fake", "item lost", "memory")
    with Workers(kind, 2) as workers:
        results = list(workers.map([job(data)]))
    assert keys(results) == ["0", "1", "2", "4"]
    reasons = [p.reason for result in results for report in result.reports for p in report.problems]
    assert reasons == ["out_of_memory"]


def test_what_is_not_known_to_kill_is_read_here_when_no_process_can_be_had_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    write(data / "a.fake", f"kill-once {tmp_path / 'killed'}", "item a")
    write(data / "b.fake", "item b")
    with Workers("process", 1) as workers:
        results = workers.map(one_each(data))
        workers._wait_until_ready()
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        found = list(results)
    assert keys(found) == ["b"]
    reports = {result.job.units[0].name: result.reports[0] for result in found}
    assert [problem.reason for problem in reports["a.fake"].problems] == ["killed_worker"]


def test_every_process_has_ended_when_the_workers_are_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, marker = tmp_path / "data", tmp_path / "killed"
    for number in range(3):
        write(data / f"{number}.fake", f"kill-once {marker}", f"item {number}")
    started: list[subprocess.Popen[bytes]] = []
    start = Child.start

    def noted(child: Child) -> None:
        start(child)
        assert child._process is not None
        started.append(child._process)

    monkeypatch.setattr(Child, "start", noted)
    with Workers("process", 2) as workers:
        list(workers.map(one_each(data)))
    assert len(started) >= 3  # one died, or both before either could tell
    assert all(process.returncode is not None for process in started)


def test_auto_means_processes_when_there_is_enough_to_read() -> None:
    assert choose("auto", PROCESS_BYTES, 2) == "process"
    assert choose("auto", PROCESS_BYTES - 1, 2) == "thread"
    assert choose("auto", PROCESS_BYTES, 1) == "thread"
    assert choose("thread", PROCESS_BYTES, 2) == "thread"
    assert choose("process", 0, 1) == "process"


def test_no_more_workers_than_processors() -> None:
    assert worker_count(1) == 1
    assert worker_count(10**6) == os.cpu_count()
