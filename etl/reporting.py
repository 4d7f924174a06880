"""What is said of a run that came to its end: how it went, how fast, and what to look at."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from etl import __version__, clock, exits, memory
from etl.accounts import Totals
from etl.ingesting import Ingested
from etl.quarantine import Entry
from etl.report import Advice, Fetched, Move, Performance, RunReport, SourceReport, Trouble
from etl.session import Session
from etl.settings import Tolerance
from etl.written import Written
from sources.records import KINDS, SOURCE_OF


class Read(NamedTuple):
    """What was read, and what was not: by source, and in sums; ``vanished`` counts units."""

    ingested: Mapping[str, Ingested]
    totals: Totals
    entries: tuple[Entry, ...]
    vanished: int


class Made(NamedTuple):
    """What was made of it: the output, and what is said of it."""

    statistics: Mapping[str, Any]
    written: Written
    advice: Advice
    moved: tuple[int, tuple[Move, ...]]
    disagreements: tuple[str, ...]


def performance(
    session: Session, read: Read, stopwatch: clock.Stopwatch, fetched: Mapping[str, Fetched]
) -> Performance:
    """How fast and how heavy the run was, so far."""
    elapsed = max(stopwatch.elapsed, 1e-9)
    bad, of = read.totals.trouble
    ingested = read.ingested.values()
    peaks: dict[int, int] = {}
    for done in ingested:
        for worker, peak in done.worker_peaks.items():
            peaks[worker] = max(peaks.get(worker, 0), peak)
    own = memory.peak_bytes()
    workers = sum(peak for worker, peak in peaks.items() if worker != os.getpid())
    units = sum(done.read for done in ingested)
    return Performance(
        total_duration_seconds=round(elapsed, 3),
        processing_times={name: round(t, 3) for name, t in stopwatch.phases.items()},
        total_errors=len(read.entries),
        error_rate=round(bad / max(of, 1), 4),
        max_workers=session.settings.max_workers,
        batch_size=session.settings.batch_size,
        chats_per_second=round(units / elapsed, 1),
        megabytes_per_minute=round(
            sum(done.bytes_read for done in ingested) / 2**20 / elapsed * 60, 1
        ),
        peak_memory_mb=round((own + workers) / 2**20, 1),
        units_read=units,
        units_unchanged=sum(done.unchanged for done in ingested),
        api=_api(fetched),
    )


def with_fetched(report: RunReport, fetched: Mapping[str, Fetched]) -> RunReport:
    """The report of a run before which these services were asked."""
    failed = [f"{name}: {one.detail}" for name, one in fetched.items() if one.status == "failed"]
    if failed and report.exit_status == exits.OK:
        message = f"not everything could be fetched ({'; '.join(failed)})"
        report = replace(report, exit_status=exits.TROUBLE, message=message)
    performance = replace(report.performance, api=_api(fetched))
    return replace(report, performance=performance, fetched=dict(fetched))


def _api(fetched: Mapping[str, Fetched]) -> dict[str, Any]:
    return {name: one.api for name, one in fetched.items()}


def report(
    session: Session,
    read: Read,
    made: Made,
    *,
    run_performance: Performance,
    started_at: str,
    mapping_issues: Sequence[str],
    executor: str,
) -> RunReport:
    """All there is to say of a run that came to its end."""
    settings, ingested, statistics = session.settings, read.ingested, made.statistics
    failed = sorted(name for name, done in ingested.items() if done.failed)
    trouble = _trouble(read.totals, settings.max_errors)
    coverage = statistics["data_coverage"]
    without_data = {
        name: _nearest(has) for name, has in coverage.items() if not has["sources_count"]
    }
    count, moves = made.moved
    return RunReport(
        status="complete",
        exit_status=_status(failed, trouble, made.disagreements),
        message=_message(failed, trouble, made.disagreements),
        disagreements=made.disagreements,
        etl_version=__version__,
        started_at=started_at,
        finished_at=clock.now(),
        output=str(settings.written_output),
        content_sha256=made.written.content_sha256,
        output_left_alone=made.written.left_alone,
        sample=settings.sample,
        partial=settings.partial,
        sources={
            name: _source(name, statistics, read.totals, done) for name, done in ingested.items()
        },
        companies=_companies(len(coverage), len(without_data)),
        without_data=without_data,
        findings=statistics["findings"],
        quarantine=read.entries,
        trouble=trouble,
        unrecognised=tuple(session.inventory.unrecognised),
        passed_over=_passed_over(session),
        vanished=read.vanished,
        lost=read.totals.lost,
        mapping_issues=tuple(mapping_issues),
        executor=executor,
        advice=made.advice,
        moved=count,
        moves=moves,
        verified=session.verification.said if session.verification else None,
        performance=run_performance,
    )


def _trouble(totals: Totals, most: Tolerance) -> Trouble:
    bad, units = totals.trouble
    too_much = most.exceeded(bad, units)
    return Trouble(units=bad, of=units, tolerated=str(most), too_much=too_much)


def _companies(total: int, without_data: int) -> dict[str, int]:
    return {"total": total, "with_data": total - without_data, "without_data": without_data}


def _nearest(has: Mapping[str, Any]) -> str:
    """The nearest thing seen to a company without data, as a sentence."""
    seen = has.get("nearest")
    return f"nearest: {seen['text']!r}, {seen['detail']}" if seen else "nothing seen"


def _status(failed: list[str], trouble: Trouble, disagreements: tuple[str, ...]) -> int:
    if disagreements:
        return exits.QUALITY
    return exits.TROUBLE if failed or trouble.too_much else exits.OK


def _message(failed: list[str], trouble: Trouble, disagreements: tuple[str, ...]) -> str:
    if disagreements:
        return f"the output does not come out even: {disagreements[0]}; a bug of ours, report it"
    if failed:
        return f"{', '.join(failed)} failed; see the log"
    if not trouble.units:
        return "fine"
    fine = "" if trouble.too_much else "fine, but "
    return f"{fine}{trouble.units} of {trouble.of} units are quarantined, {trouble.verdict}"


def _source(
    name: str, statistics: Mapping[str, Any], totals: Totals, done: Ingested
) -> SourceReport:
    account = totals.accounts[name]
    counts = [statistics["items"][kind] for kind in KINDS if SOURCE_OF[kind] == name]
    return SourceReport(
        units=totals.units[name],
        units_read=done.read,
        units_unchanged=done.unchanged,
        units_quarantined=totals.quarantined_units[name],
        found=account.found,
        accepted=account.accepted,
        duplicate=account.duplicate,
        ignored=account.ignored,
        quarantined=account.quarantined,
        items=sum(count["accepted"] for count in counts),
        matched=sum(count["matched"] for count in counts),
        review=sum(count["review"] for count in counts),
        unmatched=sum(count["unmatched"] for count in counts),
        failed=done.failed,
        notes=account.notes,
    )


def _passed_over(session: Session) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for ignored in session.inventory.ignored:
        reasons[ignored.reason] = reasons.get(ignored.reason, 0) + 1
    return dict(sorted(reasons.items()))
