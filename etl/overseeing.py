"""Whether what is under way takes unreasonably long, and who is told so then.

Time is counted in ticks of a thread of its own, not by a clock: a run that was suspended, or
a machine with no time for it, has kept nobody waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from etl.reading import Job

TICK = 1.0
START_SECONDS = 60.0
"""How long a reader's process may take to start: some hundred times what it does."""
UNIT_SECONDS = 60.0
MEGABYTE_SECONDS = 30.0
"""What reading may take: the slowest kind, a packed workbook, is some five times faster."""
STOP_SECONDS = 3.0
"""What is left to whatever is under way once the run is to stop."""


def enough_for(job: Job) -> float:
    """Seconds in which that batch is read even by a slow machine."""
    size = sum(file.size for unit in job.units for file in (*unit.files, *unit.context))
    return UNIT_SECONDS + MEGABYTE_SECONDS * size / 2**20


class Overseer:
    """Calls whoever waits longer than was said, once, from a thread of its own."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._lock = threading.Lock()
        self._waits: list[_Wait] = []
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Count no more."""
        self._closed.set()

    @contextmanager
    def within(self, seconds: float, overdue: Callable[[], object]) -> Iterator[None]:
        """Call `overdue` when what is inside takes longer; never after it has ended."""
        wait = _Wait(seconds, overdue)
        with self._lock:
            self._waits.append(wait)
            if self._thread is None:
                self._thread = threading.Thread(target=self._count, name="overseer", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._waits.remove(wait)

    def _count(self) -> None:
        while not self._closed.wait(TICK):
            with self._lock:
                for wait in self._waits:
                    wait.tick(stopping=self._stopping.is_set())


class _Wait:
    def __init__(self, seconds: float, overdue: Callable[[], object]) -> None:
        self._left = seconds
        self._overdue = overdue
        self._told = False

    def tick(self, *, stopping: bool) -> None:
        if stopping:
            self._left = min(self._left, STOP_SECONDS)
        self._left -= TICK
        if self._left <= 0 and not self._told:
            self._told = True
            self._overdue()
