"""The end of a run: the output written behind its quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from etl import __version__, clock, exits, output, quarantine
from etl.closing import Ledger
from etl.keeping import keep, prune
from etl.quarantine import Entry
from etl.remembered import intact_sha256
from etl.session import Session
from etl.written import Written

SCHEMA_VERSION = "1.0"
"""Of the output's contract; the first number rises when a reader could break."""


def write_output(
    session: Session,
    statistics: Mapping[str, Any],
    companies: Mapping[str, Any],
    current_performance: Any,
    entries: Sequence[Entry],
    ledger: Ledger,
) -> Written:
    """Write the output where this run's goes, behind its quarantine. Raises `exits.IoTrouble`:
    then the earlier output is whole, and this one stands beside the state if it could be
    written there. ``ledger`` notes what is written.
    """
    settings = session.settings

    def metadata(sha256: str) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "etl_version": __version__,
            "generated_at": clock.now(),
            "data_sources": sorted(session.sources),
            "total_companies": len(companies),
            "content_sha256": sha256,
            "sample": settings.sample,
            "partial": settings.partial,
            **({"nothing_before": settings.oldest} if settings.oldest else {}),
            "performance_stats": current_performance(),
        }

    def content() -> Any:
        return output.content(
            session.state,
            statistics,
            companies,
            include_unmatched=settings.include_unmatched,
            ledger=ledger,
        )

    try:
        # First: no output may stand beside a list that leaves out what it lacks.
        quarantine.write(settings.quarantine, entries)
        target = settings.written_output
        keeping = keep if settings.keep else None
        written = output.write(target, content(), metadata, intact_sha256(session), keeping)
    except OSError as error:
        where = ""
        with suppress(OSError):
            output.write(settings.fallback_output, content(), metadata, None)
            where = f"; meanwhile this run's output is in {settings.fallback_output}"
        said = exits.trouble(error, settings.written_output, lambda _: sum(map(len, content())))
        raise exits.IoTrouble(f"{said}{where}") from error
    if settings.keep:
        prune(target, settings.keep)
    return written
