"""The one seam for speed: a bounded map over threads or processes.

The standard pools' ``map`` takes in its whole input before the first result; this one
keeps a window. A thread reads a job itself, or has it read by a process of its own: the
death of one costs only the job it was at, which is tried again unit by unit, so that what
kills a second time is known and set apart.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import Any, Literal, Self

import msgspec

from etl.frames import Frames
from etl.reading import Job, Result, UnitReport, read_batch
from sources.protocol import Problem, Unit

PROCESS_BYTES = 8 * 2**20
"""Below this much input, starting processes costs more than it saves."""

WINDOW = 2
"""Batches under way per worker."""


class Workers:
    """Readers of batches. Close it, or use it in a ``with`` statement. Processes start at once
    and are waited for when there is something to read; where there can be none, ``kind``
    becomes ``thread``.
    """

    def __init__(self, kind: Literal["thread", "process"], workers: int) -> None:
        self.kind: Literal["thread", "process"] = kind
        self.workers = workers
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._idle: SimpleQueue[Child] = SimpleQueue()
        self._starting = [Child() for _ in range(workers)] if kind == "process" else []
        self._try_each(Child.start)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="reader")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take no more work; what is under way ends."""
        self.stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for child in self._starting:
            child.end()
        while not self._idle.empty():
            self._idle.get().end()

    def map(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Results as they come; nothing new is begun once `stopping` is set."""
        self._wait_until_ready()
        read = self._read_apart if self.kind == "process" else _read_here
        waiting = iter(jobs)
        under_way: list[Future[list[Result]]] = []
        while True:
            while len(under_way) < WINDOW * self.workers and not self.stopping.is_set():
                job = next(waiting, None)
                if job is None:
                    break
                under_way.append(self._pool.submit(read, job))
            if self.stopping.is_set():
                under_way = [future for future in under_way if not future.cancel()]
            if not under_way:
                return
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            finished = [future for future in under_way if future in done]
            under_way = [future for future in under_way if future not in done]
            for future in finished:
                yield from future.result()

    def _wait_until_ready(self) -> None:
        with self._lock:
            self._try_each(Child.wait_until_ready)
            while self._starting:
                self._idle.put(self._starting.pop())

    def _try_each(self, step: Callable[[Child], None]) -> None:
        """Have each process that is starting take a step; one that cannot ends them all."""
        try:
            for child in self._starting:
                step(child)
        except ChildDied:
            while self._starting:
                self._starting.pop().end()
            self.kind = "thread"

    def _read_apart(self, job: Job) -> list[Result]:
        # There are as many as there are threads that ask.
        child = self._idle.get()
        try:
            return [child.read(job)]
        except ChildDied:
            return list(_one_by_one(child, job, self.stopping))
        finally:
            self._idle.put(child)


class ChildDied(Exception):
    """A process that reads is no more, or never came to be."""


class Child:
    """A process that reads what it is told to, and is started again when it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start it. Raises `ChildDied`."""
        # Never forked: the run has threads, and other systems have no fork. Where modules
        # are found it is told, so it need not look.
        code = f"import sys; sys.path[:] = {sys.path!a}; from etl.child import serve; serve()"
        command = [sys.executable, "-S", "-c", code]
        pipe = subprocess.PIPE
        try:
            with _signals_left_to_the_run():
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe)  # noqa: S603 - our own
        except OSError as error:
            raise ChildDied from error

    def wait_until_ready(self) -> None:
        """Return when it can be told to read. Raises `ChildDied`."""
        self._heard()

    def read(self, job: Job) -> Result:
        """Have it read a batch. Raises `ChildDied`, and what it raised itself."""
        if self._process is None:
            self.start()
            self.wait_until_ready()
        self._tell(job)
        answer = self._heard()
        if isinstance(answer, BaseException):
            raise answer
        return Result(job=job, **answer)

    def end(self) -> None:
        """Let go of it: it ends when nobody can tell it anything any more."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._process = None

    def _tell(self, job: Job) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            pickle.dump(job, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            self.end()
            raise ChildDied from error

    def _heard(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            return pickle.load(self._process.stdout)  # noqa: S301 - from our own child
        except (EOFError, pickle.UnpicklingError) as error:
            self.end()
            raise ChildDied from error


def choose(kind: str, pending_bytes: int, workers: int) -> Literal["thread", "process"]:
    """Which executor ``auto`` means: processes when there is enough to read, for threads
    do not speed parsing up.
    """
    if kind == "thread" or (kind == "auto" and (pending_bytes < PROCESS_BYTES or workers < 2)):
        return "thread"
    return "process"


def worker_count(asked: int) -> int:
    """No more workers than processors: beyond that they only take memory."""
    return max(1, min(asked, os.cpu_count() or 1))


@contextmanager
def _signals_left_to_the_run() -> Iterator[None]:
    """What is started inside never sees the terminal's Ctrl-C, not even while it starts:
    a blocked signal stays blocked in a new process.
    """
    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover - Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _read_here(job: Job) -> list[Result]:
    return [read_batch(job)]


def _one_by_one(child: Child, job: Job, stopping: threading.Event) -> Iterator[Result]:
    """Read the units of a batch in a process that may die, each twice at the most."""
    for unit in job.units:
        if stopping.is_set():
            return
        alone = msgspec.structs.replace(job, units=(unit,))
        for _ in range(2):
            with suppress(ChildDied):
                yield child.read(alone)
                break
        else:
            yield _killed(alone)


def _killed(job: Job) -> Result:
    unit: Unit = job.units[0]
    problem = Problem(
        path=unit.name,
        reason="killed_worker",
        detail="the process reading it died twice (out of memory, or killed from outside)",
        remedy="Give the machine more memory, or move this unit out of the data folder.",
        retry=True,
    )
    report = UnitReport(problems=(problem,), failed=True)
    return Result(
        job=job, reports=(report,), frames=Frames(), worker=0, peak_bytes=0, cpu_seconds=0.0
    )
