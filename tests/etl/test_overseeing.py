from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import msgspec
import pytest

from etl import overseeing
from etl.overseeing import Overseer, Steps, enough_for, overseen
from etl.reading import Job
from sources._archive import File
from sources.protocol import Unit
from tests.etl.fake_source import FakeOptions


@pytest.fixture
def stopping() -> threading.Event:
    return threading.Event()


@pytest.fixture
def overseer(stopping: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Iterator[Overseer]:
    monkeypatch.setattr(overseeing, "TICK", 0.01)
    started = Overseer(stopping)
    yield started
    started.close()


def test_who_waits_longer_than_was_said_is_called_once(overseer: Overseer) -> None:
    told: list[str] = []
    other = threading.Event()
    with overseer.within(0.02, lambda: told.append("one")), overseer.within(0.2, other.set):
        assert other.wait(30)
    assert told == ["one"]


def test_who_is_done_in_time_is_never_called(overseer: Overseer) -> None:
    told: list[str] = []
    with overseer.within(0.05, lambda: told.append("one")):
        pass
    later = threading.Event()
    with overseer.within(0.2, later.set):
        assert later.wait(30)
    assert told == []


def test_who_fails_is_not_called_later(overseer: Overseer) -> None:
    told: list[str] = []
    with pytest.raises(KeyError), overseer.within(0.05, lambda: told.append("one")):
        raise KeyError
    later = threading.Event()
    with overseer.within(0.2, later.set):
        assert later.wait(30)
    assert told == []


def test_little_time_is_left_once_the_run_is_to_stop(
    overseer: Overseer, stopping: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overseeing, "STOP_SECONDS", 0.05)
    told = threading.Event()
    with overseer.within(10**6, told.set):
        assert not told.wait(0.2)
        stopping.set()
        assert told.wait(30)


def test_a_run_that_was_suspended_has_kept_nobody_waiting(
    overseer: Overseer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However late a tick comes, it counts as one: five of them are to pass.
    closed, told = threading.Event(), threading.Event()
    late = SimpleNamespace(wait=lambda _: closed.wait(0.2), set=closed.set)
    monkeypatch.setattr(overseer, "_closed", late)
    with overseer.within(4.5 * overseeing.TICK, told.set):
        assert not told.wait(0.5)
        assert told.wait(30)


def test_a_step_that_takes_too_long_is_told_once_and_no_other() -> None:
    steps, told = Steps[str](), list[str]()
    enough = {"slow": 2.5, "short": 2.5, "patient": 10**6, "last": 0.5}
    counted = overseeing._StepByStep(steps, enough.__getitem__, told.append)

    def under_way(step: str | None, ticks: int) -> None:
        steps.now = step
        for _ in range(ticks):
            counted.tick(stopping=False)

    under_way(None, 9)  # nothing yet
    under_way("patient", 9)
    for _ in range(9):  # together they take longer than each may
        under_way("".join(("sho", "rt")), 2)
    assert told == []
    under_way("slow", 9)
    under_way(None, 9)
    under_way("last", 9)
    assert told == ["slow", "last"]


def test_steps_are_overseen_as_long_as_they_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overseeing, "TICK", 0.01)
    told, before = threading.Event(), set(threading.enumerate())
    with overseen(lambda step: step, lambda _: told.set()) as steps:
        steps.now = 0.02
        assert told.wait(30)
        (thread,) = set(threading.enumerate()) - before
    thread.join(30)
    assert not thread.is_alive()


def test_no_thread_is_there_while_nothing_is_under_way(stopping: threading.Event) -> None:
    before = threading.active_count()
    Overseer(stopping).close()
    assert threading.active_count() == before


def test_more_to_read_gives_more_time() -> None:
    def unit(size: int) -> Unit:
        file = File(path="a", size=size, stamp=0)
        return Unit(source="fake", name="a", locator=("x",), files=(file,))

    small = Job(source="fake", options=FakeOptions(), units=(unit(0),), spool_dir="")
    large = msgspec.structs.replace(small, units=(unit(2**20), unit(2**20)))
    (large_unit,) = (msgspec.structs.replace(unit(0), context=unit(2 * 2**20).files),)
    context = msgspec.structs.replace(small, units=(large_unit,))
    assert enough_for(small) == overseeing.UNIT_SECONDS
    assert enough_for(large) == overseeing.UNIT_SECONDS + 2 * overseeing.MEGABYTE_SECONDS
    assert enough_for(context) == enough_for(large)
