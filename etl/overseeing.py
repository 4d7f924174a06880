"""Whether what is under way takes unreasonably long, and who is told so then.

Time is counted in ticks of a thread of its own, not by a clock: a run that was suspended, or
a machine with no time for it, has kept nobody waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from etl.reading import Job

Step = TypeVar("Step")

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
        self._waits: list[_Counted] = []
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Count no more."""
        self._closed.set()

    @contextmanager
    def within(self, seconds: float, overdue: Callable[[], object]) -> Iterator[None]:
        """Call `overdue` when what is inside takes longer; never after it has ended."""
        with self.counting(_Wait(seconds, overdue)):
            yield

    @contextmanager
    def counting(self, wait: _Counted) -> Iterator[None]:
        """Have that count the ticks of what is inside."""
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


class _Counted(Protocol):
    def tick(self, *, stopping: bool) -> None: ...


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


class Steps(Generic[Step]):
    """Which of several steps is under way: whoever takes them says so, at no cost."""

    now: Step | None = None


@contextmanager
def overseen(
    enough: Callable[[Step], float], overdue: Callable[[Step], object]
) -> Iterator[Steps[Step]]:
    """Call `overdue` of every step inside that takes longer than is `enough` for it."""
    overseer = Overseer(threading.Event())
    steps = Steps[Step]()
    try:
        with overseer.counting(_StepByStep(steps, enough, overdue)):
            yield steps
    finally:
        overseer.close()


class _StepByStep(Generic[Step]):
    def __init__(
        self,
        steps: Steps[Step],
        enough: Callable[[Step], float],
        overdue: Callable[[Step], object],
    ) -> None:
        self._steps = steps
        self._enough = enough
        self._overdue = overdue
        self._counted: Step | None = None
        self._took = 0.0
        self._told = False

    def tick(self, *, stopping: bool) -> None:  # noqa: ARG002 - what is to stop has no steps
        step = self._steps.now
        if step is not self._counted:
            self._counted, self._took, self._told = step, 0.0, False
        self._took += TICK
        if step is not None and not self._told and self._took > self._enough(step):
            self._told = True
            self._overdue(step)
