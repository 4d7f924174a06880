"""What was landed of the CRM API: a unit for each stream, read like an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import msgspec

from sources._archive import Tree
from sources.errors import Damaged
from sources.hubspot.known import KnownObjects, objects_in
from sources.hubspot.landed_count import count_objects
from sources.hubspot.landed_row import ObjectRows
from sources.hubspot.manner import Manner
from sources.hubspot.meanings import Meanings, meanings
from sources.hubspot.objects import ASSOCIATED, OBJECT_TYPES, OWNERS, PIPELINES
from sources.live.segments import (
    LandedStream,
    Segment,
    leftovers,
    missing,
    number_of,
    segments,
    stream_of,
    streams,
)
from sources.protocol import Account, Found, Ignored, Problem, Unit, Yielded
from sources.records import Finding

SERVICE = "hubspot"
_EXPLAINED_BY = {
    "deals": (OWNERS, PIPELINES, "companies", "contacts"),
    "companies": (OWNERS,),
    "contacts": (OWNERS, "companies"),
    OWNERS: (),
    PIPELINES: (),
}
"""The streams that a stream is read with."""
_LOST = Finding(
    kind="answers_lost",
    detail="A segment is damaged or missing, so this may be older than what was fetched.",
)
_UNFINISHED = Finding(
    kind="fetch_unfinished",
    detail="A fetch of all has not come to its end: others may be missing. The next goes on.",
)
_REMEDY = "Ask for everything anew: run fetch with --full."


def landed_units(tree: Tree) -> Iterator[Found]:
    """A unit for each stream that was landed, and what a killed fetch left."""
    found = {(stream.root, stream.name): stream for stream in streams(tree, SERVICE)}
    for (root, name), stream in found.items():
        shown = tree.display(root + name)
        if name not in _EXPLAINED_BY:
            yield Ignored(path=f"{shown}/", reason="a stream that this version does not read")
            continue
        beside = [found[root, other] for other in _EXPLAINED_BY[name] if (root, other) in found]
        yield _unit(tree, stream, shown, beside)
    yield from leftovers(tree, SERVICE)


def _unit(tree: Tree, stream: LandedStream, shown: str, beside: list[LandedStream]) -> Unit:
    return Unit(
        source=SERVICE,
        name=shown,
        locator=tree.locator,
        files=stream.files,
        context=tuple(file for other in beside for file in other.files),
    )


def read_landed(unit: Unit, tree: Tree, manner: Manner) -> Iterator[Yielded]:
    """Yield an item for each object that was ever landed, as it was last said to be."""
    name = stream_of(unit.files[0].path)
    type_ = OBJECT_TYPES.get(name)
    if type_ is None:
        yield from _explaining(unit, tree, name)
        return
    known = KnownObjects(type_)
    findings: list[Finding] = []
    yield from _learned(unit, tree, known, findings)
    told = meanings(tree, unit.context)
    make = ObjectRows(type_, manner, unit.name, told, tuple(findings))
    yield from _items(unit, tree, known, make)
    yield Account(accepted=len(known), duplicate=-len(known))


def _learned(
    unit: Unit, tree: Tree, known: KnownObjects, findings: list[Finding]
) -> Iterator[Problem | Account]:
    """Learn what all segments say; of what is no object, a problem. ``findings`` are those
    that hold for every object.
    """
    numbers = [number_of(file.path) for file in unit.files]
    lost = max((n - 1 for last, n in pairwise([0, *numbers]) if n - last > 1), default=0)
    cursor: Mapping[str, Any] = {}
    for number, segment in enumerate(segments(tree, unit.files)):
        if not isinstance(segment, Segment):
            yield Problem.of(segment)
            lost = max(lost, numbers[number])
            continue
        cursor = segment.cursor
        shown = tree.display(unit.files[number].path)
        for line, said in enumerate(segment.said):
            found = 0 if said.asked.get("method") == ASSOCIATED else count_objects(said.raw)
            try:
                good, bad = known.take(said, segment.fetched_at, number, line)
            except (msgspec.DecodeError, LookupError, TypeError):
                good, bad = 0, found
                yield _unknown(shown, line, "an answer of no known form", found)
            else:
                if bad:
                    detail = "objects without a record ID, or of no known form"
                    yield _unknown(shown, line, detail, bad)
            yield Account(found=found, duplicate=good, quarantined=bad)
    for path in missing(unit.files, cursor.get("anew", 1)):
        yield Problem.of(Damaged(tree.display(path), "it is missing", _REMEDY))
    # All was landed anew since: whatever was lost before is known again.
    findings += [_LOST] * (lost >= cursor.get("anew", 1))
    findings += [_UNFINISHED] * ("pass" in cursor)


def _unknown(shown: str, line: int, detail: str, found: int) -> Problem:
    detail = f"line {line + 2}: {detail}"
    return Problem(path=shown, reason="unknown_answer", detail=detail, remedy=_REMEDY, found=found)


def _items(unit: Unit, tree: Tree, known: KnownObjects, make: ObjectRows) -> Iterator[Yielded]:
    """Go back to where each object was last said: no more than one segment is in memory."""
    places: dict[int, dict[int, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    for number, each in known.items():
        segment, line, position = each.place
        places[segment][line].append((position, number))
    for segment, lines in sorted(places.items()):
        for said in segments(tree, unit.files[segment : segment + 1]):
            if not isinstance(said, Segment):
                raise said
            for line, wanted in sorted(lines.items()):
                objects = objects_in(said.said[line].raw)
                for position, number in wanted:
                    found = objects[position]
                    if found is not None:
                        yield make(found, known[number])
                        continue
                    shown = tree.display(unit.files[segment].path)
                    yield _unknown(shown, line, "an object of no known form", 1)
                    yield Account(accepted=-1, quarantined=1)


def _explaining(unit: Unit, tree: Tree, stream: str) -> Iterator[Yielded]:
    """Owners and pipelines are no items; what is wrong with them is said."""
    told = Meanings()
    for number, segment in enumerate(segments(tree, unit.files)):
        if not isinstance(segment, Segment):
            yield Problem.of(segment)
            continue
        for line, said in enumerate(segment.said):
            try:
                told.learn(stream, said.raw)
            except msgspec.DecodeError:
                shown = tree.display(unit.files[number].path)
                yield _unknown(shown, line, "an answer of no known form", 0)
    yield Account()
