"""Items met in more than one unit become one.

The source decides what `candidates` are. Only they are decoded, and what a merge made is
remembered until one of its readings changes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import cast

import msgspec

from etl.candidates import candidates
from etl.frames import FrameWriter, SpoolTrouble
from etl.logs import SHOWN
from etl.overseeing import overseen
from etl.state import DAMAGE, State
from etl.unforeseen import unexpected
from sources.protocol import Account, Kept, Problem, Source
from sources.records import Item, Message, Summary

log = logging.getLogger("etl")

MERGE_SECONDS = 60.0
RECORD_SECONDS = 0.001
"""What putting readings together may take: some fifty times what it does."""
_FAILED = "!"
"""Behind the parts of a merge that went wrong: it is made anew in every run."""


@dataclass
class Merged:
    """What merging did: the merges in force, how they change each source's account, and
    what went wrong with them.
    """

    merges: list[int] = field(default_factory=list)
    absorbed: list[int] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """Each with its source."""


@dataclass(frozen=True)
class StoredPart:
    """A reading as a source's ``merge`` sees it."""

    state: State
    item: int
    unit: str
    summary: Summary

    @property
    def head(self) -> bytes:
        return self.state.head(self.item)

    def messages(self) -> Iterator[Message]:
        return self.state.messages(self.item)


def merge_all(state: State, sources: Mapping[str, Source], spool_dir: str) -> Merged:
    """Merge whatever was met more than once among the readings of the current units."""
    known = {parts: rest for parts, *rest in state.query("SELECT parts, id, source FROM merges")}
    merged = Merged()
    with overseen(_enough_for, _tell_of) as steps:
        for group in candidates(state):
            parts = ",".join(map(str, group))
            if parts in known:
                merge, source = known[parts]
            else:
                steps.now = readings = _readings(state, group)
                source = readings[0].summary.source
                merge, problems = _merge(state, sources[source], parts, readings, spool_dir)
                merged.problems.extend((source, problem) for problem in problems)
            merged.merges.append(merge)
            merged.absorbed.extend(group)
            total = merged.accounts.get(source, Account())
            merged.accounts[source] = total + state.merge_account(merge)
    return merged


def _enough_for(readings: list[StoredPart]) -> float:
    records = sum(reading.summary.records for reading in readings)
    return MERGE_SECONDS + RECORD_SECONDS * (len(readings) + records)


def _tell_of(readings: list[StoredPart]) -> None:
    """It cannot be broken off: who runs this must know why there is no end."""
    log.warning(
        "%s: putting together what seems to be of one item takes unreasonably long. If there is no"
        " end to it, leave (Ctrl-C twice), and move all but one of them out of the data folder",
        ", ".join(reading.unit for reading in readings[:SHOWN]),
    )


def merged_before(state: State) -> Merged:
    """The merges of the current units' readings that were made before, problems or not."""
    rows = state.query("SELECT parts, id FROM merges ORDER BY id")
    known = {parts.rstrip(_FAILED): merge for parts, merge in rows}
    merged = Merged()
    for group in candidates(state):
        merge = known.get(",".join(map(str, group)))
        if merge is not None:
            merged.merges.append(merge)
            merged.absorbed.extend(group)
    return merged


def _merge(
    state: State, source: Source, parts: str, readings: list[StoredPart], spool_dir: str
) -> tuple[int, list[Problem]]:
    """Let the source merge these readings; where it fails they stand apart, unmerged."""
    writer = FrameWriter(spool_dir)
    start = writer.mark()
    account = Account()
    problems: list[Problem] = []
    try:
        for yielded in source.merge(readings):
            if isinstance(yielded, list):
                writer.messages(yielded)
            elif isinstance(yielded, Item):
                writer.item(yielded)
            elif isinstance(yielded, Kept):
                _keep(cast("StoredPart", yielded.part), yielded.summary, writer)
            elif isinstance(yielded, Problem):
                problems.append(yielded)
            else:
                account += yielded
    except (*DAMAGE, SpoolTrouble):
        raise
    except Exception as error:
        writer.rewind(start)
        _stand_apart(readings, writer)
        account, problems = Account(), [_failed(readings, error)]
    if problems:
        # Not known under its parts: done again next time, so that what is wrong is said again.
        parts += _FAILED
        state.execute("DELETE FROM merges WHERE parts = ?", [(parts,)])
    return state.commit_merge(source.name, parts, account, writer.close()), problems


def _stand_apart(readings: list[StoredPart], writer: FrameWriter) -> None:
    """Write the readings as they are, under keys of their own."""
    keys: set[str] = set()
    for reading in readings:
        summary = reading.summary
        names = (f"{summary.key}~{n}" if n > 1 else summary.key for n in count(1))
        key = next(name for name in names if name not in keys)
        keys.add(key)
        _keep(reading, msgspec.structs.replace(summary, key=key), writer)


def _keep(part: StoredPart, summary: Summary, writer: FrameWriter) -> None:
    state, item = part.state, part.item
    writer.kept(summary, state.packed_head(item), state.packed_chunks(item))


def _failed(readings: list[StoredPart], error: Exception) -> Problem:
    return Problem(
        path=readings[0].unit,
        reason="reader_error",
        detail=f"{len(readings)} readings that seem to be of one item could not be put together"
        f" ({unexpected(error)}); each stands by itself",
        remedy="Please report this; the rest of the run is not affected.",
    )


def _readings(state: State, group: list[int]) -> list[StoredPart]:
    """The readings of a group, oldest first, by what they hold, never by when they came."""
    readings = []
    for item in group:
        ((unit,),) = state.query(
            "SELECT units.name FROM items JOIN units ON units.id = unit WHERE items.id = ?", item
        )
        readings.append(StoredPart(state, item, unit, state.summary(item)))
    return sorted(readings, key=lambda part: (part.summary.version, part.unit, part.item))
