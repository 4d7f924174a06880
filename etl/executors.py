"""The one seam for speed: a bounded map over threads or processes.

The standard pools' ``map`` takes in its whole input before the first result; this one
keeps a window. A worker process that dies breaks its pool: the pool is rebuilt, and what
was under way is tried again unit by unit in a process of its own, so that what kills a
second time is known and set apart.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Literal, Self

import msgspec

from etl.frames import Frames
from etl.reading import Job, Result, UnitReport, read_batch
from sources.protocol import Problem, Unit

PROCESS_BYTES = 8 * 2**20
"""Below this much input, starting processes costs more than it saves."""

WINDOW = 2
"""Batches under way per worker."""


class Workers:
    """Readers of batches. Close it, or use it in a ``with`` statement."""

    def __init__(self, kind: Literal["thread", "process"], workers: int) -> None:
        self.kind: Literal["thread", "process"] = kind
        self.workers = workers
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._pool: Executor = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take no more work; what is under way ends."""
        self.stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def map(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Results as they come; nothing new is begun once `stopping` is set."""
        waiting = iter(jobs)
        under_way: dict[Future[Result], Job] = {}
        while True:
            while len(under_way) < WINDOW * self.workers and not self.stopping.is_set():
                job = next(waiting, None)
                if job is None:
                    break
                under_way[self._submit(job)] = job
            if self.stopping.is_set():
                under_way = {f: job for f, job in under_way.items() if not f.cancel()}
            if not under_way:
                return
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in [future for future in under_way if future in done]:
                yield from self._result(future, under_way.pop(future))

    def _result(self, future: Future[Result], job: Job) -> Iterator[Result]:
        try:
            yield future.result()
        except BrokenProcessPool:
            self._rebuild()
            yield from _one_by_one(job, self.stopping)

    def _submit(self, job: Job) -> Future[Result]:
        try:
            with _signals_left_to_the_run():
                return self._pool.submit(read_batch, job)
        except BrokenProcessPool as error:
            # It broke between two batches: the same road as for one that was under way.
            failed: Future[Result] = Future()
            failed.set_exception(error)
            return failed

    def _rebuild(self) -> None:
        with self._lock:
            pool = self._pool
            if isinstance(pool, ProcessPoolExecutor) and getattr(pool, "_broken", False):
                pool.shutdown(wait=False, cancel_futures=True)
                self._pool = self._start()

    def _start(self) -> Executor:
        if self.kind == "process":
            pool = _processes(self.workers)
            try:
                with _signals_left_to_the_run():
                    ready = pool.submit(os.getpid)
                ready.result()
            except BrokenProcessPool:
                # A script that starts a run without an ``if __name__ == "__main__"``
                # cannot have spawned workers.
                pool.shutdown(wait=False)
                self.kind = "thread"
            else:
                return pool
        return ThreadPoolExecutor(self.workers, thread_name_prefix="reader")


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


def _processes(workers: int) -> ProcessPoolExecutor:
    # Spawned, never forked: the parent has threads, and other systems have no fork.
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=spawn, initializer=_follow_the_run)


@contextmanager
def _signals_left_to_the_run() -> Iterator[None]:
    """What is spawned inside never sees the terminal's Ctrl-C, not even while it starts:
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


def _follow_the_run() -> None:
    """In a worker: end when the run ends, even by a kill; a pool's worker would wait for
    work for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run = multiprocessing.parent_process()
    if run is not None:
        threading.Thread(target=_end_with, args=(run,), daemon=True).start()


def _end_with(run: BaseProcess) -> None:
    run.join()
    os._exit(0)


def _one_by_one(job: Job, stopping: threading.Event) -> Iterator[Result]:
    """Read the units of a batch in a process that may die, each twice at the most."""
    ward = _processes(1)
    try:
        for unit in job.units:
            if stopping.is_set():
                return
            alone = msgspec.structs.replace(job, units=(unit,))
            for _ in range(2):
                try:
                    with _signals_left_to_the_run():
                        reading = ward.submit(read_batch, alone)
                    yield reading.result()
                    break
                except BrokenProcessPool:
                    ward.shutdown()
                    ward = _processes(1)
            else:
                yield _killed(alone)
    finally:
        ward.shutdown()


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
