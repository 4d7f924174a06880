"""``status``: how the last run ended, whether its output still stands, what changed since, and
what a killed run left. Writes nothing, and is in no run's way; what is missing or damaged is
said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl import pipeline, quarantine
from etl.exits import Malformed, NoInput
from etl.files import is_intact, leftovers
from etl.frames import SPOOL_SUFFIX
from etl.keeping import kept_outputs
from etl.locking import in_use, last_holder
from etl.privacy.guarding import outstanding
from etl.remembered import FILES, MAPPING, PROGRAM, Last, inputs, last_run
from etl.sample import as_run
from etl.session import Session, fetch_lock
from etl.settings import Settings
from etl.state import DAMAGE, State
from etl.state_file import condition, moved_aside

SHOWN = 10


def status(settings: Settings) -> Iterator[str]:
    """Some lines; those of one thing begin with its name."""
    settings = as_run(replace(settings, sources=(), limit=None, fresh=False))
    running = in_use(settings.db_path) or in_use(settings.run_json)
    yield from _last_run(settings, running)
    if fetching := in_use(fetch_lock(settings)):
        yield f"Fetching     {fetching}"
    wrong = condition(settings.db_path)
    last, lines = None, []
    try:
        with ExitStack() as opened:
            state = opened.enter_context(State.as_left(settings.db_path))
            session = Session(settings, state, "")
            last = last_run(session)
            if said := outstanding(settings, state):
                lines = [] if running else [f"Forgotten    {said}"]
            else:
                lines = list(_standing(session, last, opened))
    except DAMAGE:
        wrong = wrong or "is damaged"
        lines = ["Pending      all of it: nothing that was read before can be believed"]
    yield from _output(settings, last)
    yield _state(settings, wrong)
    yield from lines
    yield from _quarantine(settings, last)
    yield from _left(settings, running)


def _last_run(settings: Settings, running: str | None) -> Iterator[str]:
    said = _read_report(settings.run_json)
    started: str | None
    if isinstance(said, str):
        yield f"Last run     {settings.run_json}: {said}"
        started = "" if not settings.run_json.exists() else None
    else:
        started = str(said["started_at"])
        ended = f"{said['status']}, exit status {said['exit_status']}: {said['message']}"
        yield f"Last run     {started}{_took(said)}, {ended}"
    if running:
        yield f"Running      {running}"
        return
    held = last_holder(settings.db_path)
    if held is not None and started is not None and held.since > started:
        yield (
            f"Cut short    what began {held.since} as process {held.pid} left no report: it was"
            " killed, or was a notebook's. The next run goes on from what was read"
        )


def _took(said: dict[str, Any]) -> str:
    performance = said.get("performance") or {}
    seconds = performance.get("total_duration_seconds")
    return f" to {said['finished_at']}" if seconds is None else f", {seconds:,.1f} s"


def _read_report(path: Path) -> dict[str, Any] | str:
    """The report of a run, or what is wrong with it."""
    try:
        said = json.loads(path.read_bytes())
    except FileNotFoundError:
        return "there is none, so no run came to its end here"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except ValueError:
        return "is damaged; the next run writes it anew"
    names = ("started_at", "finished_at", "status", "exit_status", "message")
    if not isinstance(said, dict) or not all(name in said for name in names):
        return "is no report of a run; the next run writes it anew"
    return said


def _output(settings: Settings, last: Last | None) -> Iterator[str]:
    path = settings.output
    if not path.exists():
        yield f"Output       {path}: there is none; the next run writes it"
    elif last is None:
        yield f"Output       {path}: no run is known that wrote it; the next run writes it anew"
    elif is_intact(path, last.size, last.stamp):
        yield f"Output       {path}: as it was written, {_megabytes(last.size)}"
        yield f"  content_sha256 {last.content_sha256}"
    else:
        yield f"Output       {path}: changed since it was written; the next run writes it anew"
    if kept := kept_outputs(path):
        yield f"  {len(kept):,} earlier outputs are kept, the newest {kept[-1].name}"


def _state(settings: Settings, wrong: str | None) -> str:
    path = settings.db_path
    if wrong is None:
        return f"State        {path}: {_megabytes(path.stat().st_size)}"
    if not path.exists() or not path.stat().st_size:
        return f"State        {path}: {wrong}; all is read"
    if not path.is_file():
        return f"State        {path}: {wrong}; a run ends with 73"
    if not os.access(path, os.R_OK | os.W_OK):
        return f"State        {path}: may not be read and written; a run ends with 73"
    return f"State        {path}: {wrong}; the next run moves it aside, and reads everything"


def _standing(session: Session, last: Last | None, opened: ExitStack) -> Iterator[str]:
    """What a run now would find; the state is asked first, and then left alone."""
    try:
        given = inputs(session, _mapping(session.settings))
    except NoInput as error:
        yield f"Input        {error}"
        return
    if last is not None and last.inputs == given:
        yield "Pending      nothing changed since the last run" + (
            "; what could not be read then is tried again" if last.retry else ""
        )
        return
    known = session.stored
    opened.close()
    if not session.settings.mapping.is_file():
        yield f"Mapping      {session.settings.mapping}: there is none; a run would end with 66"
    if last is not None:
        yield from _stale(session, last, given)
    for name in session.sources:
        if line := _pending(session, name, known_before=len(known[name])):
            yield line
    if not session.inventory.unit_count and not session.inventory.problems:
        yield f"Input        {session.settings.data_dir}: no export found; a run would end with 66"
    if shrunk := pipeline.shrinking(session):
        yield f"Shrunk       {shrunk}: a run needs --allow-shrink, unless its folder is another"
    if session.inventory.failed:
        yield f"Not looked through: {', '.join(sorted(session.inventory.failed))}"


def _mapping(settings: Settings) -> bytes:
    try:
        return settings.mapping.read_bytes()
    except OSError:
        return b""


def _stale(session: Session, last: Last, given: dict[str, str]) -> Iterator[str]:
    """Why the output is not what a run would write, but for the files."""
    changed = [name for name, value in given.items() if last.inputs.get(name) != value]
    said = {MAPPING: "the mapping", PROGRAM: "this program"}
    told = [said.get(name, f"the setting {name}") for name in changed if name != FILES]
    if told:
        yield f"Stale        the output is older than {', '.join(told)}"
    for name, source in session.sources.items():
        before = last.readers.get(name, source.version)
        if source.version != before:
            yield f"  the reader of {name} has version {source.version}, and had {before}"


def _pending(session: Session, name: str, known_before: int) -> str:
    """What of a source would be read, and what is gone."""
    stored = session.stored[name]
    units = [unit for unit, _ in pipeline.pending(session, name)]
    new = sum(unit.name not in stored for unit in units)
    again = sum(unit.name in stored and not stored[unit.name].fingerprint for unit in units)
    present = {unit.name for unit in session.inventory.units[name]}
    absent = [unit for unit in stored if unit not in present]
    lost = sum(source == name for source, _ in pipeline.lost(session))
    counts = {
        "new": new,
        "changed": len(units) - new - again,
        "to be tried again": again,
        "gone": 0 if name in session.inventory.failed else len(absent) - lost,
        "out of reach": lost,
    }
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    size = f", {_megabytes(sum(unit.size for unit in units))} to read" if units else ""
    if not told and not present:
        return ""
    return f"Pending      {name}: {', '.join(told) or 'nothing'}{size}, of {known_before:,} known"


def _quarantine(settings: Settings, last: Last | None) -> Iterator[str]:
    try:
        entries: Sequence[quarantine.Entry] | None = quarantine.read(settings.quarantine)
    except (Malformed, OSError):
        yield f"Quarantine   {settings.quarantine}: cannot be read as one"
        entries = None
    if entries:
        yield f"Quarantine   entries {len(entries):,}, see `quarantine list`"
        for entry in entries[:SHOWN]:
            yield f"  {entry.path}: {entry.reason}"
    if last is not None and last.report.lost:
        counts = (f"{source} {count:,}" for source, count in last.report.lost.items())
        yield f"Out of reach units read before in what could not be read: {', '.join(counts)}"


def _left(settings: Settings, running: str | None) -> Iterator[str]:
    """What a run that was killed left, and what may be removed."""
    spool = Path(f"{settings.db_path}{SPOOL_SUFFIX}")
    left = [path for written in settings.written for path in leftovers(written)]
    left += sorted(spool.glob("*"))
    if left and not running:
        size = _megabytes(sum(map(_size, left)))
        yield f"Leftovers    {len(left):,} files of a run that was killed, {size}; the next run"
        yield "  removes them"
    fallback = settings.fallback_output
    if fallback.exists():
        yield f"Fallback     {fallback}: an output that could not be written where it belongs"
    for path in moved_aside(settings.db_path):
        yield f"Moved aside  {path}: {_megabytes(_size(path))}; remove it when you like"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile
        return 0


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MB"
