"""Changes to the tool, made while it runs, for the tests of faults: faults of design that
must be caught, and conditions that bring out what a small export does not.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from msgspec.structs import replace

from etl import clock, files, frames, state
from etl.reading import Result

_TEN_YEARS = 10 * 365 * 24 * 3600


def torn_writer() -> None:
    """Outputs are written in place."""

    @contextmanager
    def replacing(path: Path) -> Iterator[files.Replacement]:
        with path.open("wb", files._BUFFER_BYTES) as stream:
            yield files.Replacement(stream)

    real = files.replacing
    for module in list(sys.modules.values()):
        if getattr(module, "replacing", None) is real:
            module.replacing = replacing  # type: ignore[attr-defined]


def checkpoint_before_data() -> None:
    """That a batch was read is remembered before what was read, and not how much it was."""
    real: Any = state._replace_units

    def early(db: sqlite3.Connection, result: Result, *others: Any) -> Any:
        reports = tuple(replace(report, items=0) for report in result.reports)
        ids = real(db, replace(result, reports=reports), *others)
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        return ids

    state._replace_units = early  # type: ignore[assignment]


def spooling() -> None:
    """Readings go to disk from the first byte on."""
    frames.SPOOL_BYTES = 0


def listing_backwards() -> None:
    """A folder's entries come in the opposite order."""
    real = os.scandir

    class Backwards:
        def __init__(self, path: Any = ".") -> None:
            with real(path) as entries:
                self._entries = [*entries]

        def __iter__(self) -> Self:
            return self

        def __next__(self) -> Any:
            if not self._entries:
                raise StopIteration
            return self._entries.pop()

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def close(self) -> None:
            self._entries.clear()

    os.scandir = Backwards  # type: ignore[assignment]


def one_thread() -> None:
    """What threads do side by side is done one after the other: always the same order."""

    def submit(self: ThreadPoolExecutor, do: Callable[..., Any], /, *args: Any, **kw: Any) -> Any:
        future: Future[Any] = Future()
        try:
            future.set_result(do(*args, **kw))
        except BaseException as error:
            future.set_exception(error)
        return future

    ThreadPoolExecutor.submit = submit  # type: ignore[method-assign,assignment]


def clock_ahead() -> None:
    """The wall clock is ten years ahead."""
    _set_clock(lambda: _TEN_YEARS)


def clock_behind() -> None:
    """The wall clock is an hour behind."""
    _set_clock(lambda: -3600)


def clock_going_back() -> None:
    """Whenever somebody looks, the wall clock is another hour earlier."""
    looks = itertools.count()
    _set_clock(lambda: -3600 * next(looks))


def _set_clock(offset: Callable[[], float]) -> None:
    real = time.time

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(real() + offset(), tz)

    clock.datetime = Clock  # type: ignore[attr-defined]
    time.time = lambda: real() + offset()
