"""What the last run left, so that a run on the same input can say so at once.

Everything the output depends on has a digest: the listing of the data folder, the mapping,
each setting, and our own code. Equal digests, output intact: nothing to do.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
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
from etl.written import Front
from sources.records import Record

_NAME = "last"
_BLOCK = 2**20

log = logging.getLogger("etl")


class Last(Record, frozen=True, kw_only=True, gc=False):
    """The last whole run: its inputs, its output's file, its report. ``front`` is the part of
    the file before what ``content_sha256`` covers.
    """

    inputs: dict[str, str]
    output: str
    size: int
    stamp: int
    front_size: int
    front_sha256: str
    content_sha256: str
    retry: bool
    readers: dict[str, int]
    """The version of each source's reader."""
    report: RunReport


FILES, MAPPING, PROGRAM = "files", "mapping", "program"
"""Inputs that are no settings."""


def inputs(session: Session, mapping_bytes: bytes) -> dict[str, str]:
    """A digest of each thing that the output depends on, by name: the files, the mapping, the
    program, and every setting.
    """
    settings = session.settings
    said = {
        "our_names": settings.our_names,
        "our_domains": settings.our_domains,
        "min_score": settings.min_score,
        "max_age": settings.oldest,
        "include_unmatched": settings.include_unmatched,
        "max_errors": str(settings.max_errors),
        **msgspec.structs.asdict(settings.readers),
    }
    return {
        FILES: listing_digest(session.tree),
        MAPPING: hashlib.blake2b(mapping_bytes, digest_size=16).hexdigest(),
        PROGRAM: _code_digest(),
        **{name: _digest(repr(value)) for name, value in said.items()},
    }


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
    if session.settings.verify and not is_as_written(last):
        log.warning("%s: is not what was written there; written again", last.output)
        return None
    return last.content_sha256


def is_as_written(last: Last) -> bool:
    """Whether every byte of that run's output is as it was written."""
    content = hashlib.sha256()
    try:
        with Path(last.output).open("rb") as stream:
            front = hashlib.sha256(stream.read(last.front_size))
            while block := stream.read(_BLOCK):
                content.update(block)
    except OSError:
        return False
    told = (front.hexdigest(), content.hexdigest())
    return told == (last.front_sha256, last.content_sha256)


def unchanged(
    last: Last | None, given: Mapping[str, str], stopwatch: clock.Stopwatch, started_at: str
) -> RunReport | None:
    """The report of a run that has nothing to do, or None when there is something."""
    if last is None or last.retry or last.inputs != given:
        return None
    if not is_intact(Path(last.output), last.size, last.stamp):
        return None
    report = last.report
    sources = {
        name: msgspec.structs.replace(
            source, units_read=0, units_unchanged=source.units_read + source.units_unchanged
        )
        for name, source in report.sources.items()
    }
    performance = msgspec.structs.replace(
        report.performance,
        total_duration_seconds=round(stopwatch.elapsed, 3),
        processing_times={name: round(t, 3) for name, t in stopwatch.phases.items()},
        chats_per_second=0.0,
        megabytes_per_minute=0.0,
        peak_memory_mb=round(memory.peak_bytes() / 2**20, 1),
        units_read=0,
        units_unchanged=sum(source.units_unchanged for source in sources.values()),
    )
    return msgspec.structs.replace(
        report,
        status="unchanged",
        started_at=started_at,
        finished_at=clock.now(),
        output_left_alone=True,
        vanished=0,
        moved=0,
        moves=(),
        verified=None,
        sources=sources,
        performance=performance,
    )


def remember(
    session: Session,
    given: Mapping[str, str],
    report: RunReport,
    front: Front | None,
    *,
    retry: bool,
) -> None:
    """Let the next run know what this one left; ``front`` is that of its output, unless it
    left the last one alone. A narrowed run leaves nothing.
    """
    if session.settings.partial or report.content_sha256 is None:
        return
    if front is None:
        before = last_run(session)
        assert before is not None, "an output that was left alone was known"
        front = Front(before.front_size, before.front_sha256)
    info = session.settings.output.stat()
    last = Last(
        inputs=dict(given),
        output=str(session.settings.output),
        size=info.st_size,
        stamp=info.st_mtime_ns,
        front_size=front.size,
        front_sha256=front.sha256,
        content_sha256=report.content_sha256,
        readers={name: source.version for name, source in session.sources.items()},
        retry=retry or any(source.failed for source in report.sources.values()),
        report=report,
    )
    session.state.put(_NAME, msgspec.msgpack.encode(last))


def _decoded(blob: bytes | None) -> Last | None:
    try:
        return None if blob is None else msgspec.msgpack.decode(blob, type=Last)
    except msgspec.MsgspecError:
        return None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _code_digest() -> str:
    """Our own code, by names, sizes and times: an upgraded tool reads as it now reads."""
    digest = hashlib.blake2b(digest_size=16)
    home = Path(__file__).resolve().parent.parent
    for folder in ("etl", "sources"):
        for path in sorted((home / folder).rglob("*.py")):
            info = path.stat()
            digest.update(f"{path.name} {info.st_size} {info.st_mtime_ns}\n".encode())
    return digest.hexdigest()
