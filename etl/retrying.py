"""Batches that cannot be read as they are: read again in parts, down to one unit alone.

A reader that died or stalled says nothing of which unit it was at, so its batch is read one
by one. Where memory was short, halves come first: most of a batch can be read at once. A
unit is read alone twice; what then still has no result is set apart.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence

import msgspec

from etl.frames import Frames
from etl.parent import ChildLost, ChildStalled
from etl.reading import Job, Result, UnitReport
from sources.protocol import Problem, Unit

log = logging.getLogger("etl")

_TROUBLE = (ChildLost, MemoryError)
_one_at_a_time = threading.Lock()


def read_in_parts(
    read: Callable[[Job], Result], job: Job, stopping: threading.Event
) -> Iterator[Result]:
    """Results of all units of a batch, or of some once it is to stop."""
    waiting = [job]
    while waiting and not stopping.is_set():
        part = waiting.pop()
        try:
            yield read(part)
            continue
        except _TROUBLE as error:
            trouble = error
        log.info("%s: a batch of %d is read again", type(trouble).__name__, len(part.units))
        if len(part.units) > 1:
            waiting += reversed(_parts(part, trouble))
        elif result := _once_more(read, part, stopping):
            yield result


def _once_more(read: Callable[[Job], Result], job: Job, stopping: threading.Event) -> Result | None:
    """Read a unit while no other that failed before is read."""
    with _one_at_a_time:
        if stopping.is_set():
            return None
        try:
            return read(job)
        except _TROUBLE as error:
            return None if stopping.is_set() else _set_apart(job, error)


def _parts(job: Job, trouble: BaseException) -> list[Job]:
    size = (len(job.units) + 1) // 2 if isinstance(trouble, MemoryError) else 1
    starts = range(0, len(job.units), size)
    return [_with(job, job.units[start : start + size]) for start in starts]


def _with(job: Job, units: Sequence[Unit]) -> Job:
    return msgspec.structs.replace(job, units=tuple(units))


def _set_apart(job: Job, trouble: BaseException) -> Result:
    """The result of a unit that cost two readers, or all the memory, twice."""
    (unit,) = job.units
    report = UnitReport(problems=(_problem(unit, trouble),), failed=True)
    return Result(
        job=job, reports=(report,), frames=Frames(), worker=0, peak_bytes=0, cpu_seconds=0.0
    )


def _problem(unit: Unit, trouble: BaseException) -> Problem:
    reason, detail = "killed_worker", "the process reading it died twice"
    remedy = "Give the machine more memory, or move this unit out of the data folder."
    if isinstance(trouble, MemoryError):
        reason, detail = "out_of_memory", "it does not fit into memory, even read alone"
    elif isinstance(trouble, ChildStalled):
        reason, detail = "stalled", "reading it took unreasonably long, twice, and was stopped"
        remedy = "Move it out of the data folder; if it is an export as it came, please report it."
    else:
        detail += " (out of memory, or killed from outside)"
    return Problem(path=unit.name, reason=reason, detail=detail, remedy=remedy, retry=True)
