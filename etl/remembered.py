"""What the last run left, so that a run on the same input can say so at once.

Everything the output depends on is in one digest: the listing of the data folder, the
mapping, the settings, and our own code. Equal digest, output intact: nothing to do.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from etl import clock, memory, quarantine
from etl.exits import Malformed
from etl.files import is_intact
from etl.inventory import listing_digest
from etl.quarantine import Entry
from etl.report import RunReport
from etl.session import Session
from sources.records import Record

_NAME = "last"


class Last(Record, frozen=True, kw_only=True, gc=False):
    """The last whole run: its input's digest, its output's file, its report."""

    input_digest: str
    output: str
    size: int
    stamp: int
    content_sha256: str
    retry: bool
    report: RunReport


def input_digest(session: Session, mapping_bytes: bytes) -> str:
    """A value that differs when the output may differ."""
    settings = session.settings
    salt = (
        _code_digest(),
        hashlib.blake2b(mapping_bytes).hexdigest(),
        settings.our_names,
        settings.our_domains,
        settings.min_score,
        settings.oldest,
        msgspec.structs.astuple(settings.readers),
        settings.include_unmatched,
        str(settings.max_errors),
    )
    return listing_digest(session.tree, salt)


def last_run(session: Session) -> Last | None:
    """The last whole run of this state, if it went to this output."""
    if session.settings.partial:
        return None
    last = _decoded(session.state.get(_NAME))
    return last if last and last.output == str(session.settings.output) else None


def quarantine_before(session: Session) -> tuple[Entry, ...]:
    """What the last run told of: by its list, and by the state, of which either may be lost."""
    last = _decoded(session.state.get(_NAME))
    listed: tuple[Entry, ...] | None = None
    with suppress(Malformed):
        listed = quarantine.read(session.settings.quarantine)
    return (*(listed or ()), *(last.report.quarantine if last else ()))


def intact_sha256(session: Session) -> str | None:
    """The hash of the content of the output on disk, when it is as the last run left it."""
    last = last_run(session)
    if last is None or not is_intact(session.settings.output, last.size, last.stamp):
        return None
    return last.content_sha256


def unchanged(
    last: Last | None, digest: str, stopwatch: clock.Stopwatch, started_at: str
) -> RunReport | None:
    """The report of a run that has nothing to do, or None when there is something."""
    if last is None or last.retry or last.input_digest != digest:
        return None
    if not is_intact(Path(last.output), last.size, last.stamp):
        return None
    report = last.report
    units = sum(source.units for source in report.sources.values())
    performance = msgspec.structs.replace(
        report.performance,
        total_duration_seconds=round(stopwatch.elapsed, 3),
        processing_times={name: round(t, 3) for name, t in stopwatch.phases.items()},
        chats_per_second=0.0,
        megabytes_per_minute=0.0,
        peak_memory_mb=round(memory.peak_bytes() / 2**20, 1),
        units_read=0,
        units_unchanged=units,
    )
    sources = {
        name: msgspec.structs.replace(source, units_read=0, units_unchanged=source.units)
        for name, source in report.sources.items()
    }
    return msgspec.structs.replace(
        report,
        status="unchanged",
        started_at=started_at,
        finished_at=clock.now(),
        output_left_alone=True,
        vanished=0,
        moved=0,
        moves=(),
        sources=sources,
        performance=performance,
    )


def remember(session: Session, digest: str, report: RunReport, *, retry: bool) -> None:
    """Let the next run know what this one left. A narrowed run leaves nothing."""
    if session.settings.partial or report.content_sha256 is None:
        return
    info = session.settings.output.stat()
    last = Last(
        input_digest=digest,
        output=str(session.settings.output),
        size=info.st_size,
        stamp=info.st_mtime_ns,
        content_sha256=report.content_sha256,
        retry=retry or any(source.failed for source in report.sources.values()),
        report=report,
    )
    session.state.put(_NAME, msgspec.msgpack.encode(last))


def _decoded(blob: bytes | None) -> Last | None:
    try:
        return None if blob is None else msgspec.msgpack.decode(blob, type=Last)
    except msgspec.MsgspecError:
        return None


def _code_digest() -> str:
    """Our own code, by names, sizes and times: an upgraded tool reads as it now reads."""
    digest = hashlib.blake2b(digest_size=16)
    home = Path(__file__).resolve().parent.parent
    for folder in ("etl", "sources"):
        for path in sorted((home / folder).rglob("*.py")):
            info = path.stat()
            digest.update(f"{path.name} {info.st_size} {info.st_mtime_ns}\n".encode())
    return digest.hexdigest()
