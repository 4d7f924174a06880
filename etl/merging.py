"""Items met in more than one unit become one.

Readings are candidates when they share a key, or an identity token with a reading of
another unit: of its own, a reader has seen all. A token that begins with ``!`` asks to be
offered even alone. The source decides what they are. Only candidates are decoded, and what
a merge made is remembered until one of its readings changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import cast

import msgspec

from etl.frames import FrameWriter, SpoolTrouble
from etl.reading import unexpected
from etl.state import DAMAGE, State
from sources.protocol import Account, Problem, Source
from sources.records import Head, Item, Message, Summary

_CANDIDATES = """
    SELECT group_concat(item) FROM (
        SELECT key AS token, id AS item, unit, 1 AS own FROM items JOIN current USING (unit)
        UNION ALL
        SELECT value, items.id, unit, 0 FROM items JOIN current USING (unit), json_each(identity)
    )
    GROUP BY token
    HAVING min(item) < max(item) AND (max(own) OR min(unit) < max(unit)) OR token GLOB '!*'
"""
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
    problems: list[Problem] = field(default_factory=list)


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
    for group in _groups(state):
        parts = ",".join(map(str, group))
        if parts in known:
            merge, source = known[parts]
        else:
            readings = _readings(state, group)
            source = readings[0].summary.source
            merge, problems = _merge(state, sources[source], parts, readings, spool_dir)
            merged.problems.extend(problems)
        merged.merges.append(merge)
        merged.absorbed.extend(group)
        total = merged.accounts.get(source, Account())
        merged.accounts[source] = total + state.merge_account(merge)
    return merged


def merged_before(state: State) -> Merged:
    """The merges of the current units' readings that were made before, problems or not."""
    rows = state.query("SELECT parts, id FROM merges ORDER BY id")
    known = {parts.rstrip(_FAILED): merge for parts, merge in rows}
    merged = Merged()
    for group in _groups(state):
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
        for message in reading.messages():
            writer.messages([message])
        summary = reading.summary
        names = (f"{summary.key}~{n}" if n > 1 else summary.key for n in count(1))
        key = next(name for name in names if name not in keys)
        keys.add(key)
        summary = msgspec.structs.replace(summary, key=key)
        writer.item(Item(summary=summary, head=cast("Head", msgspec.Raw(reading.head))))


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


def _groups(state: State) -> list[list[int]]:
    """Items that are connected by shared tokens, each group ascending."""
    parent: dict[int, int] = {}

    def root(item: int) -> int:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for (joined,) in state.query(_CANDIDATES):
        items = [int(item) for item in joined.split(",")]
        for item in items:
            parent[root(item)] = root(items[0])
    groups: dict[int, list[int]] = {}
    for item in sorted(parent):
        groups.setdefault(root(item), []).append(item)
    return list(groups.values())
