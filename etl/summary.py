"""A run's report as a person reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from etl.logs import one_line
from etl.report import Fetched, RunReport, SourceReport, Verified
from etl.settings import SUGGESTIONS

if TYPE_CHECKING:  # heavy, and only `validate` has one
    from etl.contract.validation import ValidationReport

SHOWN = 10
"""Entries of a long list that are shown; the rest is in ``run.json``."""
FEW = 5
"""Entries that are shown of what is no trouble."""

_COLUMNS = (
    *("source", "units", "read", "unchanged", "found", "accepted", "duplicate", "ignored"),
    *("quarantined", "items", "matched", "review", "unmatched"),
)


def summary(report: RunReport, run_json: Path) -> str:
    """Some lines of text, the last of which says where the output is."""
    return "\n".join(one_line(line) for line in _lines(report, run_json))


def _lines(report: RunReport, run_json: Path) -> Iterator[str]:
    if report.sample:
        how = "README.md says how to get and use your own"
        yield f"This is the sample: data/ holds no export yet. {how}."
    if report.partial:
        yield "This run was narrowed: what it wrote is partial."
    yield ""
    yield from table(_COLUMNS, [_row(name, source) for name, source in report.sources.items()])
    yield ""
    companies = report.companies
    yield (
        f"Companies    {companies['total']}: {companies['with_data']} with data,"
        f" {companies['without_data']} without"
    )
    for name, nearest in islice(report.without_data.items(), FEW):
        yield f"  without data: {name}; {nearest}"
    if len(report.without_data) > FEW:
        yield f"  without data: {len(report.without_data) - FEW:,} more, see run.json"
    if report.findings:
        counts = (f"{kind} {n['items']:,}" for kind, n in report.findings.items())
        yield "Findings     items by kind: " + ", ".join(counts)
    if report.unrecognised:
        yield f"Passed over  files that are no export: {len(report.unrecognised):,}, see run.json"
    if report.mapping_issues:
        yield f"Mapping      rows to look at: {len(report.mapping_issues):,}, see `check`"
    yield from _advice(report)
    if report.lost:
        counts = (f"{source} {count:,}" for source, count in report.lost.items())
        yield f"Out of reach units read before in what cannot be read now: {', '.join(counts)}"
    if report.verified is not None:
        yield f"Verified     {_verified(report.verified)}"
    if report.vanished:
        yield f"Vanished     {report.vanished:,} units read before are gone, and left the output"
    yield from _moves(report)
    yield from _quarantine(report)
    yield from map("Uneven       {}".format, report.disagreements)
    yield from fetched_lines(report.fetched)
    yield from _figures(report)
    yield f"Run          {run_json}"
    yield f"Output       {_output(report)}"
    if report.exit_status:
        yield f"Attention    {report.message} (exit status {report.exit_status})"


def _verified(said: Verified) -> str:
    """By content: what had changed unseen, and so was read again."""
    again = {
        "changed": said.changed,
        "damaged in the state": said.damaged,
        "had no hash yet": said.first,
    }
    told = [f"{count:,} {what}" for what, count in again.items() if count]
    end = f"read again: {', '.join(told)}" if told else "all as they were read"
    return f"{said.units:,} units by content; {end}"


def _advice(report: RunReport) -> Iterator[str]:
    """Who we may be, when nobody said; and rows for the mapping."""
    advice = report.advice
    if advice.our_name:
        yield (
            f"Our company  perhaps {advice.our_name!r}, which stands in {advice.our_name_items:,}"
            " titles: if so, give --our-name"
        )
    if advice.our_domain:
        yield (
            f"Our domain   perhaps {advice.our_domain}, which takes part in"
            f" {advice.our_domain_items:,} meetings: if so, give --our-domain"
        )
    if advice.suggestions:
        yield f"Suggestions  rows for the mapping: {advice.suggestions:,}, in {SUGGESTIONS}"


def _row(name: str, source: SourceReport) -> tuple[str, ...]:
    numbers = (
        *(source.units, source.units_read, source.units_unchanged),
        *(source.found, source.accepted, source.duplicate, sum(source.ignored.values())),
        *(source.quarantined, source.items, source.matched, source.review, source.unmatched),
    )
    return (name, *(f"{number:,}" for number in numbers))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1) -> Iterator[str]:
    """Lines with columns, of which so many are text and the rest numbers."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        yield "  ".join(
            cell.ljust(width) if number < texts else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )


def _moves(report: RunReport) -> Iterator[str]:
    """What stands elsewhere than after the last run; the meetings of a series on one line."""
    if report.moved:
        yield f"Moved        items that stand elsewhere than after the last run: {report.moved:,}"
    alike = Counter(
        (move.title or move.key, move.key.partition(":")[0], move.before, move.now)
        for move in report.moves
    )
    shown = 0
    for (title, source, before, now), count in islice(alike.items(), SHOWN):
        shown += count
        yield f"  {title} ({source}{f', {count:,}' * (count > 1)}): from {before} to {now}"
    if report.moved > shown:
        yield f"  ... and {report.moved - shown:,} more, see run.json"


def _quarantine(report: RunReport) -> Iterator[str]:
    if not report.quarantine:
        return
    raw = sum(source.quarantined for source in report.sources.values())
    yield (
        f"Quarantined  entries {len(report.quarantine):,}, in {report.trouble.units:,} of"
        f" {report.trouble.of:,} units ({report.trouble.verdict}); raw things in them, as in the"
        f" table: {raw:,}"
    )
    for problem in report.quarantine[:SHOWN]:
        yield f"  {problem.path}: {problem.detail.rstrip('.')}. {problem.remedy}"
    if len(report.quarantine) > SHOWN:
        yield f"  ... and {len(report.quarantine) - SHOWN:,} more, see `quarantine list`"


def fetched_lines(fetched: Mapping[str, Fetched]) -> Iterator[str]:
    """What became of asking live services."""
    for name, one in fetched.items():
        why = f" ({one.detail})" if one.detail else ""
        yield (
            f"Fetched      {name}: {one.status}{why}; calls {one.api['api_calls']:,},"
            f" repeated {one.api['retries_total']:,}, {one.bytes_landed / 2**20:,.1f} MB landed"
        )
        for reason, names in one.passed_over.items():
            more = f" and {len(names) - FEW:,} more" if len(names) > FEW else ""
            yield f"  passed over: {', '.join(names[:FEW])}{more}: {reason}"


def _figures(report: RunReport) -> Iterator[str]:
    figures = report.performance
    speed = ""
    if figures.units_read:
        speed = (
            f", {figures.chats_per_second:,.0f} units/s,"
            f" {figures.megabytes_per_minute / 60:,.1f} MB/s"
        )
    yield (
        f"Time         {figures.total_duration_seconds:.1f} s{speed},"
        f" peak memory {figures.peak_memory_mb:,.0f} MB"
    )


def _output(report: RunReport) -> str:
    if report.status == "unchanged":
        return f"{report.output} (nothing changed: left as it is)"
    if report.output_left_alone:
        return f"{report.output} (same content: left as it is)"
    return f"{report.output}"


def validation_lines(report: ValidationReport) -> Iterator[str]:
    """The verdict on an output, and what is wrong with it."""
    for fault in report.errors:
        yield f"{fault.path}: {fault.message}"
    if report.error_count > len(report.errors):
        yield f"... and {report.error_count - len(report.errors):,} more"
    items = ", ".join(f"{count:,} {kind}" for kind, count in report.items.items() if count)
    broken = f"breaks the contract, faults: {report.error_count:,}"
    verdict = "keeps the contract" if report.ok else broken
    yield f"{report.path}: {verdict} ({report.companies:,} companies; {items or 'no items'})"
