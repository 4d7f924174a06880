"""What a worker does: read a batch of units, pack what they hold, account for it.

Runs in a process or a thread of its own and shares nothing with the rest of the run.
"""

from __future__ import annotations

import hashlib
import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from etl.frames import Frames, FrameWriter, SpoolTrouble
from etl.memory import peak_bytes
from etl.privacy.withheld import Withheld
from sources import registry
from sources._opening import open_tree
from sources.errors import ArchiveError, ChangedWhileRead
from sources.protocol import Account, Problem, ReaderOptions, Source, Unit
from sources.records import Item, Record

if TYPE_CHECKING:  # only for runs that leave something out
    from etl.privacy.withholding import Withholder


class UnitReport(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What became of one unit. ``failed`` units are tried again next time."""

    account: Account = msgspec.field(default_factory=Account)
    problems: tuple[Problem, ...] = ()
    items: int = 0
    failed: bool = False
    holds_for: tuple[str, str] = ("", "")
    """The first and the last day for which this is right, were nothing older to be kept."""

    def holds(self, oldest: str) -> bool:
        """Whether reading it again, with that day as the oldest, would give the same."""
        first, last = self.holds_for
        return first <= oldest <= last


class Job(Record, frozen=True, kw_only=True, gc=False):
    """A batch of units of one source, where a large result may be spooled, and what of it is
    left out, if anything.
    """

    source: str
    options: ReaderOptions
    units: tuple[Unit, ...]
    spool_dir: str
    withheld: Withheld | None = None


class Result(Record, frozen=True, kw_only=True, gc=False):
    """What a batch held: a report per unit, in order, and the frames of all."""

    job: Job
    reports: tuple[UnitReport, ...]
    frames: Frames
    worker: int
    peak_bytes: int
    cpu_seconds: float


def fingerprint(source: Source, unit: Unit) -> str:
    """A value that differs when what is read from the unit may differ."""
    parts = (
        *(source.name, source.version, source.settings),
        *(unit.files, unit.context, unit.hints, _zip_stamp(unit)),
    )
    try:
        packed = msgspec.msgpack.encode(parts)
    except UnicodeEncodeError:  # names that are not UTF-8
        packed = repr(msgspec.to_builtins(parts)).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(packed, digest_size=16).hexdigest()


def _zip_stamp(unit: Unit) -> tuple[int, int] | None:
    """Size and time of the zip a unit is in: what its directory says of a member may stay
    the same while the member is damaged.
    """
    if len(unit.locator) == 1:
        return None
    try:
        info = os.stat(os.path.join(*unit.locator[:2]))
    except OSError:  # gone meanwhile: the reader will say so
        return 0, 0
    return info.st_size, info.st_mtime_ns


def read_batch(job: Job) -> Result:
    """Read every unit of the batch; a unit that cannot be read is reported, not raised. Raises
    what is no unit's fault: `SpoolTrouble`, ``MemoryError``.
    """
    started = time.process_time()
    source = _source(job.source, job.options)
    writer = FrameWriter(job.spool_dir)
    reports = []
    for index, unit in enumerate(job.units):
        mark = writer.mark()
        taker = writer if job.withheld is None else _withholder(job, writer)
        try:
            report = _read_whole(source, unit, taker)
        except (SpoolTrouble, MemoryError):
            taker.discard()
            raise
        except Exception as error:
            taker.rewind(mark)
            report = failure(unit, error)
        reports.append(report if isinstance(taker, FrameWriter) else taker.report(report))
        writer.unit_end(index)
    return Result(
        job=job,
        reports=tuple(reports),
        frames=writer.close(),
        worker=os.getpid(),
        peak_bytes=peak_bytes(),
        cpu_seconds=time.process_time() - started,
    )


def failure(unit: Unit, error: BaseException) -> UnitReport:
    """The report of a unit that gave nothing."""
    if isinstance(error, ArchiveError):
        problem = Problem.of(error)
    else:
        from etl.unforeseen import unexpected  # which most readers never need

        problem = Problem(
            path=unit.name,
            reason="reader_error",
            detail=unexpected(error),
            remedy="Please report this; the rest of the run is not affected.",
            retry=isinstance(error, OSError),
        )
    return UnitReport(problems=(problem,), failed=problem.retry)


def _read_whole(source: Source, unit: Unit, writer: FrameWriter | Withholder) -> UnitReport:
    """Read a unit; once more when somebody wrote to its files meanwhile."""
    mark = writer.mark()
    try:
        report = _read_unit(source, unit, writer)
        if all(problem.reason != ChangedWhileRead.reason for problem in report.problems):
            return report
    except ChangedWhileRead:
        pass
    writer.rewind(mark)
    # Its fingerprint stays that of the listing, so the next run reads it again.
    tree = open_tree(unit.locator)
    files, context = tree.as_now(unit.files), tree.as_now(unit.context)
    return _read_unit(source, msgspec.structs.replace(unit, files=files, context=context), writer)


def _read_unit(source: Source, unit: Unit, writer: FrameWriter | Withholder) -> UnitReport:
    tree = open_tree(unit.locator)
    account: Account | None = None
    problems, items = [], 0
    for yielded in source.read(unit, tree):
        if isinstance(yielded, list):
            writer.messages(yielded)
        elif isinstance(yielded, Item):
            writer.item(yielded)
            items += 1
        elif isinstance(yielded, Problem):
            problems.append(yielded)
        else:
            account = yielded if account is None else account + yielded
    account = account or Account()
    tree.unchanged((*unit.files, *unit.context))
    if writer.dangling:
        raise AssertionError("messages that no item closed would become another unit's")
    if not account.balanced:
        problems.append(_unbalanced(unit, account))
    return UnitReport(
        account=account,
        problems=tuple(problems),
        items=items,
        failed=any(problem.retry for problem in problems),
    )


def _unbalanced(unit: Unit, account: Account) -> Problem:
    kept = account.accepted + account.duplicate + sum(account.ignored.values())
    return Problem(
        path=unit.name,
        reason="unbalanced",
        detail=f"{account.found} records found, but {kept + account.quarantined} accounted for",
        remedy="Compare this archive with what was read of it, and please report it.",
    )


def _withholder(job: Job, writer: FrameWriter) -> Withholder:
    from etl.privacy.withholding import withholder

    assert job.withheld is not None
    return withholder(job.withheld, writer, job.spool_dir)


@lru_cache(maxsize=8)
def _source(name: str, options: ReaderOptions) -> Source:
    return registry.load(name, options)
