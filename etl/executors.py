"""The one seam for speed: a bounded map over threads or processes.

The standard pools' ``map`` takes in its whole input before the first result; this one
keeps a window. A thread reads a job itself, or has it read by a process of its own: what
becomes of a job whose process died or stalled is said in `etl.retrying`.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from queue import SimpleQueue
from typing import Literal, Self

from etl.overseeing import Overseer, enough_for
from etl.parent import Child, NoChild
from etl.reading import Job, Result, read_batch
from etl.retrying import read_in_parts

log = logging.getLogger("etl")

PROCESS_BYTES = 8 * 2**20
"""Below this much input, starting processes costs more than it saves."""

WINDOW = 2
"""Batches under way per worker."""

SHOWN = 5
"""Units of a batch that are named."""


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
        self._overseer = Overseer(self.stopping)
        processes = workers if kind == "process" else 0
        self._starting = [Child(self._overseer) for _ in range(processes)]
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
        self._overseer.close()

    def map(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Results as they come; nothing new is begun once `stopping` is set."""
        self._wait_until_ready()
        read = self._read_apart if self.kind == "process" else self._read_here
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
        except NoChild:
            while self._starting:
                self._starting.pop().end()
            self.kind = "thread"

    def _read_apart(self, job: Job) -> list[Result]:
        # There are as many as there are threads that ask.
        child = self._idle.get()
        try:
            child.stand_by()
            return list(read_in_parts(child.read, job, self.stopping))
        except NoChild:  # of what is not known to kill, this process may read, too
            return self._read_here(job)
        finally:
            self._idle.put(child)

    def _read_here(self, job: Job) -> list[Result]:
        return list(read_in_parts(self._read_in_this_thread, job, self.stopping))

    def _read_in_this_thread(self, job: Job) -> Result:
        with self._overseer.within(enough_for(job), partial(_tell_of, job)):
            return read_batch(job)


def _tell_of(job: Job) -> None:
    """A thread cannot be killed: who runs this must know why there is no end."""
    log.warning(
        "%s: reading takes unreasonably long. If there is no end to it, leave (Ctrl-C twice) and"
        " run with --executor process, which sets it apart",
        ", ".join(unit.name for unit in job.units[:SHOWN]),
    )


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
