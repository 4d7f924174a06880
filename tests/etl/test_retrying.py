from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.parent import ChildDied, ChildStalled, NoChild
from etl.reading import Job, Result, read_batch
from etl.retrying import read_in_parts
from tests.etl.fake_source import job, write

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def whole(tmp_path: Path) -> Job:
    """A batch of eight units, named by letters."""
    for letter in "abcdefgh":
        write(tmp_path / "data" / f"{letter}.fake", f"item {letter}")
    return job(tmp_path / "data")


def letters(part: Job) -> str:
    return "".join(unit.name[0] for unit in part.units)


class Reader:
    """Reads, but for the batches that hold the unit and are refused so often."""

    def __init__(self, refused: str, times: int, error: type[BaseException]) -> None:
        self.asked: list[str] = []
        self._refused = refused
        self._times = times
        self._error = error

    def __call__(self, part: Job) -> Result:
        self.asked.append(letters(part))
        if self._refused in letters(part) and self._times:
            self._times -= 1
            raise self._error
        return read_batch(part)


def outcome(read: Callable[[Job], Result], whole: Job) -> dict[str, list[str]]:
    """By unit, the reasons it was set apart for."""
    results = list(read_in_parts(read, whole, threading.Event()))
    seen = Counter(unit.name for result in results for unit in result.job.units)
    assert set(seen.values()) == {1}
    assert len(seen) == len(whole.units)
    return {
        unit.name[0]: [problem.reason for problem in report.problems]
        for result in results
        for unit, report in zip(result.job.units, result.reports, strict=True)
    }


@pytest.mark.parametrize("error", [ChildDied, ChildStalled, NoChild])
def test_a_batch_whose_reader_is_lost_is_read_one_by_one(
    whole: Job, error: type[BaseException]
) -> None:
    read = Reader("c", 1, error)
    assert not any(outcome(read, whole).values())
    assert read.asked == ["abcdefgh", *"abcdefgh"]


def test_want_of_memory_halves_the_batch_down_to_one_unit(whole: Job) -> None:
    read = Reader("c", 4, MemoryError)
    assert not any(outcome(read, whole).values())
    assert read.asked == ["abcdefgh", "abcd", "ab", "cd", "c", "c", "d", "efgh"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ChildDied, "killed_worker"),
        (NoChild, "killed_worker"),
        (ChildStalled, "stalled"),
        (MemoryError, "out_of_memory"),
    ],
)
def test_what_is_refused_twice_alone_is_set_apart_and_the_rest_is_read(
    whole: Job, error: type[BaseException], reason: str
) -> None:
    read = Reader("c", 99, error)
    reasons = outcome(read, whole)
    assert reasons.pop("c") == [reason]
    assert not any(reasons.values())
    assert read.asked.count("c") == 2


def test_what_is_set_apart_is_tried_again_by_the_next_run(whole: Job) -> None:
    results = list(read_in_parts(Reader("c", 99, ChildDied), whole, threading.Event()))
    (bad,) = [report for result in results for report in result.reports if report.problems]
    assert bad.failed
    assert bad.problems[0].retry
    assert bad.problems[0].path == "c.fake"


def test_a_unit_that_is_a_batch_of_its_own_is_read_twice_at_most(whole: Job) -> None:
    alone = job(Path(whole.units[0].locator[0]), whole.units[0])
    read = Reader("a", 99, ChildDied)
    assert outcome(read, alone) == {"a": ["killed_worker"]}
    assert read.asked == ["a", "a"]


def test_what_the_reader_itself_raises_is_not_tried_again(whole: Job) -> None:
    with pytest.raises(KeyError):
        list(read_in_parts(Reader("c", 1, KeyError), whole, threading.Event()))


def test_nothing_is_set_apart_that_was_killed_because_the_run_is_to_stop(whole: Job) -> None:
    stopping = threading.Event()

    def killed(part: Job) -> Result:
        stopping.set()
        raise ChildStalled

    alone = job(Path(whole.units[0].locator[0]), whole.units[0])
    for asked in (whole, alone):
        stopping.clear()
        assert list(read_in_parts(killed, asked, stopping)) == []


def test_a_second_try_that_is_killed_by_the_stop_sets_nothing_apart(whole: Job) -> None:
    stopping = threading.Event()
    tries: list[Job] = []

    def killed(part: Job) -> Result:
        tries.append(part)
        if len(tries) == 2:
            stopping.set()
        raise ChildDied

    alone = job(Path(whole.units[0].locator[0]), whole.units[0])
    assert list(read_in_parts(killed, alone, stopping)) == []
    assert len(tries) == 2


def test_units_that_failed_before_are_read_one_at_a_time(whole: Job) -> None:
    at_once = most = 0
    lock = threading.Lock()
    failed: set[str] = set()

    def short_of_memory(part: Job) -> Result:
        nonlocal at_once, most
        if letters(part) not in failed:
            failed.add(letters(part))
            raise MemoryError
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)  # in which another would come, if it could
        result = read_batch(part)
        with lock:
            at_once -= 1
        return result

    folder = Path(whole.units[0].locator[0])
    singles = [job(folder, unit) for unit in whole.units]
    threads = [
        threading.Thread(
            target=lambda one=one: list(read_in_parts(short_of_memory, one, threading.Event()))
        )
        for one in singles
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
