"""``quarantine.jsonl``: what could not be read, an entry a line, beside the output.

It belongs to the last run that read the data folder to its end, is written before that run's
output, and is empty when nothing is wrong: so it is never older than the output beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from etl.exits import Malformed
from etl.logs import one_line_of_json
from sources._durable import write_whole
from sources.protocol import Problem


class Entry(Problem, frozen=True, kw_only=True, gc=False):
    """A problem, whose it is and how large. ``unit`` is the first of ``units`` that tell of
    it, none for what could not become one; ``bytes`` is the size of what ``path`` names, where
    that is a file or a unit; ``since`` when the run began that first told of it.
    """

    source: str | None = None
    unit: str | None = None
    units: int = 0
    bytes: int | None = None
    reader_version: int | None = None
    since: str = ""

    @property
    def identity(self) -> tuple[str | None, str | None, str, str]:
        """What stays the same from run to run; a detail may count."""
        return self.source, self.unit, self.path, self.reason


def encoded(entries: Iterable[Entry]) -> bytes:
    """A line of JSON per entry, in which nothing steers a terminal or breaks a line."""
    lines = (one_line_of_json(msgspec.json.encode(entry).decode()) for entry in entries)
    return "".join(f"{line}\n" for line in lines).encode()


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Make the file hold these entries, unless it does. Raises ``OSError``."""
    lines = encoded(entries)
    if path.is_file() and path.read_bytes() == lines:
        return
    write_whole(path, lines)


def read(path: Path) -> tuple[Entry, ...] | None:
    """What the last run that came so far could not read; None when none did. Raises
    `Malformed`.
    """
    if not path.is_file():
        return None
    decoder = msgspec.json.Decoder(Entry)
    try:
        return tuple(map(decoder.decode, path.read_bytes().splitlines()))
    except msgspec.DecodeError as error:
        raise Malformed(f"{path}: not as a run wrote it; the next run writes it anew") from error


def dated(entries: Iterable[Entry], before: Iterable[Entry], now: str) -> tuple[Entry, ...]:
    """The entries, each with the time since when it is told without a break; what is known
    of earlier ones may be said twice.
    """
    since: dict[object, str] = {}
    for entry in before:
        since[entry.identity] = min(entry.since, since.get(entry.identity, entry.since))
    return tuple(
        msgspec.structs.replace(entry, since=since.get(entry.identity, now)) for entry in entries
    )


def within(inner: str, outer: str) -> bool:
    """Whether a path or a unit's name is another's, or lies in it."""
    outer = outer.rstrip("/")
    return inner.startswith(outer) and inner[len(outer) : len(outer) + 1] in {"", "/", "!", "#"}


def chosen(entries: Sequence[Entry], named: str) -> tuple[Entry, ...]:
    """The entries that a number, or a path below the data folder, means: a folder, a zip or
    a unit stands for all in it.
    """
    if named.isdecimal():
        number = min(int(named[:9]), len(entries) + 1)
        return tuple(entries[number - 1 : number] if number else ())
    path = named.removeprefix("./").rstrip("/")
    return tuple(
        entry
        for entry in entries
        if within(entry.path, path) or (entry.unit is not None and within(entry.unit, path))
    )
