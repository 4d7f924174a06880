"""The quarantine as a person reads it: the list, an entry, and what a retry came to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from etl.locking import in_use
from etl.quarantine import Entry, within
from etl.report import Trouble
from etl.settings import Settings
from etl.summary import table
from sources.records import Record

SHOWN = 20
"""Entries that the list shows; the rest is counted, and stands in the file."""

_COLUMNS = ("source", "reason", "entries", "units", "raw things", "bytes")
_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")
"""How a name shows a byte that is no UTF-8."""


class _Run(Record, frozen=True, kw_only=True, gc=False):
    """What ``run.json`` says that the list is to say."""

    status: str
    exit_status: int
    message: str
    finished_at: str
    quarantine: tuple[Entry, ...] = ()
    trouble: Trouble = Trouble()


def listed(entries: Sequence[Entry], settings: Settings) -> Iterator[str]:
    """A table by source and reason, the first entries by number, and how grave it is."""
    yield f"{settings.quarantine}: {_entries(entries)}"
    yield from _run_said(entries, settings)
    if not entries:
        return
    yield ""
    yield from table(_COLUMNS, [_row(*group) for group in _groups(entries).items()], texts=2)
    yield ""
    width = len(str(min(len(entries), SHOWN)))
    for number, one in enumerate(entries[:SHOWN], 1):
        yield f"{number:>{width}}  {one.path}: {one.detail.rstrip('.')}. {one.remedy}"
    if len(entries) > SHOWN:
        yield f"... and {len(entries) - SHOWN:,} more, a line each in that file"
    yield ""
    yield "`quarantine show N` says all of one; `quarantine retry` reads them again"


def _entries(entries: Sequence[Entry]) -> str:
    """An entry is a trouble; what the account of a run counts are the raw things in it."""
    if not entries:
        return "nothing is quarantined"
    raw = sum(entry.found for entry in entries)
    return f"entries {len(entries):,}; raw things known to be in them {raw:,}"


def _run_said(entries: Sequence[Entry], settings: Settings) -> Iterator[str]:
    """Of which run that is, and whether it tolerates so much."""
    run: _Run | None = None
    with suppress(OSError, msgspec.DecodeError):
        run = msgspec.json.decode(settings.run_json.read_bytes(), type=_Run)
    if running := in_use(settings.run_json):
        yield f"a run is under way and may change it: {running}"
    elif run is not None and run.status == "failed":
        yield f"the last run failed (exit status {run.exit_status}): {run.message}"
    elif run is None or run.quarantine != tuple(entries):
        yield "the last run did not come to its end: run again"
    else:
        grave = f", {run.message} (exit status {run.exit_status})"
        yield f"of the run that ended at {run.finished_at}{grave if entries else ''}"


def _groups(entries: Sequence[Entry]) -> Mapping[tuple[str, str], list[Entry]]:
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.source or "-", entry.reason), []).append(entry)
    return dict(sorted(groups.items()))


def _row(kind: tuple[str, str], entries: Sequence[Entry]) -> tuple[str, ...]:
    sizes = {entry.path: entry.bytes for entry in entries}
    known = [size for size in sizes.values() if size is not None]
    units = {(entry.source, entry.unit) for entry in entries if entry.unit is not None}
    raw = sum(entry.found for entry in entries)
    counts = (len(entries), len(units), raw)
    return (*kind, *(f"{n:,}" for n in counts), f"{sum(known):,}" if known else "-")


def described(number: int, entry: Entry, settings: Settings) -> Iterator[str]:
    """Everything about one entry, but nothing of what is in the file."""
    version = "" if entry.reader_version is None else f", reader version {entry.reader_version}"
    more = f" and {entry.units - 1:,} more units" if entry.units > 1 else ""
    place = lies(settings.data_dir, entry.path)
    again = "in every run" if entry.retry else f"when its files change; `quarantine retry {number}`"
    facts = {
        "entry": f"{number}",
        "path": entry.path,
        "lies in": str(place.file) + (f", as {place.member} in it" if place.member else ""),
        "there": "yes" if place.there else "no longer",
        "source": f"{entry.source or '-'}{version}",
        "unit": f"{entry.unit}{more}" if entry.unit is not None else "-",
        "reason": entry.reason,
        "detail": entry.detail,
        "to do": entry.remedy,
        "raw things": f"{entry.found:,}" if entry.found else "not known",
        "bytes": "not known" if entry.bytes is None else f"{entry.bytes:,}",
        "since": entry.since or "-",
        "read again": again,
    }
    yield from (f"{name:<12}{fact}" for name, fact in facts.items())


class Place(NamedTuple):
    """Where bytes lie on the disk, and as which member if that is a zip."""

    file: Path
    member: str
    there: bool


def lies(data_dir: Path, path: str) -> Place:
    """Where the bytes lie that an entry's path names: a ``!`` may stand after a zip, or in a
    name. A name that is no UTF-8 is shown otherwise than the disk has it.
    """
    root = data_dir.parent if data_dir.is_file() else data_dir
    marks = [len(path), *(mark.start() for mark in re.finditer("!", path))]
    for end in marks:
        for shown in (path[:end], _BYTE.sub(lambda m: chr(0xDC00 + int(m[1], 16)), path[:end])):
            file = root / shown
            with suppress(OSError, ValueError):  # longer than a path may be
                if file.exists() if end == len(path) else file.is_file():
                    return Place(file, path[end + 1 :], there=True)
    return Place(root / path, "", there=False)


def retried(
    before: Sequence[Entry],
    after: Sequence[Entry],
    units: Mapping[str, set[str]],
    data_dir: Path,
) -> Iterator[tuple[str, str]]:
    """Of each path that was retried what became of it (``out``, ``stayed``, ``gone``), and a
    line that says so. `units` are those of each source that are known now.
    """
    still = {entry.path.rstrip("/"): entry for entry in reversed(after)}
    for source, path, unit in {(one.source, one.path, one.unit): None for one in before}:
        left = next((still[outer] for outer in _outer(path) if outer in still), None)
        if left is not None:
            yield "stayed", f"stayed  {left.path}: {left.detail.rstrip('.')}. {left.remedy}"
        elif _is_there(path, unit, units.get(source or "", set()), data_dir):
            yield "out", f"out     {path}"
        else:
            yield "gone", f"gone    {path}: no longer in the data folder, removed or renamed"


def outcome(became: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What `retried` gave: the first of a kind, and how many there are of each."""
    counts: Counter[str] = Counter()
    for what, line in became:
        counts[what] += 1
        if counts[what] <= SHOWN:
            yield line
        elif counts[what] == SHOWN + 1:
            yield f"{what:<8}... and more, each in the log"
    yield f"retried: {', '.join(f'{what} {counts[what]:,}' for what in ('out', 'stayed', 'gone'))}"


def _outer(path: str) -> Iterator[str]:
    """The path, and all that it lies in."""
    yield path.rstrip("/")
    for mark in re.finditer("[/!#]", path):
        yield path[: mark.start()]


def _is_there(path: str, unit: str | None, known: set[str], data_dir: Path) -> bool:
    if unit is not None:
        return any(within(name, unit) for name in known)
    return lies(data_dir, path).there
