"""Which workers a run gets, and when they go."""

from __future__ import annotations

import pytest

from etl import readers
from etl.executors import PROCESS_BYTES
from etl.readers import Readers


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "worker_count", lambda most: min(most, 2))


@pytest.mark.usefixtures("two_processors")
def test_those_that_were_started_early_are_those_that_read() -> None:
    some = Readers("auto", 4)
    try:
        some.start_early(PROCESS_BYTES)
        assert some.kind == "process"
        workers = some.ready(0)
        assert (workers.kind, workers.workers) == ("process", 2)
        assert some.ready(0).kind == some.kind == "thread", "they read once"
        workers.close()
    finally:
        some.close()


@pytest.mark.usefixtures("two_processors")
@pytest.mark.parametrize(
    ("executor", "size", "most"),
    [("auto", PROCESS_BYTES - 1, 2), ("auto", PROCESS_BYTES, 1), ("thread", PROCESS_BYTES, 2)],
)
def test_what_is_not_plainly_worth_it_is_not_started_early(
    executor: str, size: int, most: int
) -> None:
    some = Readers(executor, most)
    some.start_early(size)
    assert some.kind == ""
    some.stop()
    some.close()


@pytest.mark.usefixtures("two_processors")
def test_who_is_stopped_or_closed_takes_no_more_work() -> None:
    some = Readers("thread", 2)
    stopped = some.ready(1)
    some.stop()
    assert stopped.stopping.is_set()
    with some.ready(1) as another:
        assert not another.stopping.is_set()
        some.close()
        assert another.stopping.is_set()
    stopped.close()
