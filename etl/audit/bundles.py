"""What is wrong with one id of one chat: what the archives hold under it against what a result
says. Pure, and a handful of rows at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_QUARTER = 900
_ZONES_APART = 26 * 3600
"""No two zones are further apart than this."""

_DAY = 86400
COUNTED = frozenset(("message", "service", "event", "series", "row"))
"""Kinds of what a result should have."""


class Raw(NamedTuple):
    """Something in an archive, as `etl.audit.counter` tells it. Chats of one ``export`` are never
    one.
    """

    group: int
    file: str
    kind: str
    wall: int | None = None
    utc: int | None = None
    offset: int | None = None
    author: str | None = None
    chat: str = ""
    export: str = ""


class Said(NamedTuple):
    """What a result says. A time without a zone is only a ``wall``; ``precise`` is how many
    seconds it may mean. ``author`` is blank where it should stand, ``None`` where the result has
    no place for it.
    """

    item: int
    wall: int | None = None
    utc: int | None = None
    precise: int = 1
    author: str | None = None
    author_id: str | None = None


class Fault(NamedTuple):
    """``kind`` is ``lost``, ``extra``, ``doubled``, ``separator``, ``no author``, ``author``,
    ``shifted`` (by ``seconds``, ``sure`` where an archive knows the time), ``time``. No faults:
    ``met`` is one more that should be there, met so many times as ``seconds`` says; ``maybe``
    one that may be; ``apart`` that the archives themselves differ.
    """

    kind: str
    group: int | None = None
    item: int | None = None
    file: str = ""
    seconds: int = 0
    sure: bool = False
    at: int | None = None


def messages(raws: Sequence[Raw], saids: Sequence[Said], zone: ZoneInfo | None) -> Iterator[Fault]:
    """Faults of one message id."""
    told: list[list[Raw]] = _distinct(raws)
    taken: list[list[Said]] = [[] for _ in told]
    for said in saids:
        if len(told) == 1:
            taken[0].append(said)
            continue
        order = [(_far(readings, said, zone), len(taken[n]), n) for n, readings in enumerate(told)]
        best = min(order)[2] if order else None
        if best is None or _far(told[best], said, zone) > _ZONES_APART:
            yield Fault("extra", item=said.item, at=_moment(said))
        else:
            taken[best].append(said)
    for readings, found in zip(told, taken, strict=True):
        counted = [raw for raw in readings if raw.kind in COUNTED]
        first = (counted or readings)[0]
        if counted:
            yield Fault("met", first.group, seconds=len(readings))
            if not found:
                yield Fault("lost", first.group, file=first.file, at=first.wall)
        elif not found and any(raw.kind == "cut" for raw in readings):
            yield Fault("maybe", first.group)
        if found and {raw.kind for raw in readings} == {"separator"}:
            yield from (Fault("separator", first.group, said.item) for said in found)
            continue
        for more in _again(found) if len(found) > 1 else ():
            yield Fault("doubled", first.group, more.item, at=first.wall)
        for said in found:
            yield from _held(readings, said, zone)
        if len(readings) > 1:
            yield from _apart(readings)


def rows(raws: Sequence[Raw], saids: Sequence[Said]) -> Iterator[Fault]:
    """Faults of one record id: it stands once, or as often as there may be others of its id."""
    sound = [raw for raw in raws if raw.kind == "row"]
    if sound:
        yield Fault("met", sound[0].group)
    if sound and not saids and all(raw.kind != "merged" for raw in raws):
        yield Fault("lost", sound[0].group, file=sound[0].file)
    if not raws:
        yield from (Fault("extra", item=said.item) for said in saids)
    for said in saids[max(len(sound), 1) :] if raws else ():
        yield Fault("doubled", raws[0].group, said.item)


def events(known_as: str, raws: Sequence[Raw], saids: Sequence[Said]) -> Iterator[Fault]:
    """Faults of one event. Instances of a series are not counted: it must be there. What one
    calendar says was cancelled need not be. Of those without an id there must be some.
    """
    kinds = {raw.kind for raw in raws}
    first = next((raw for raw in raws if raw.kind in ("event", "series")), None)
    if first is not None and "cancelled" not in kinds:
        yield Fault("met", first.group)
    if not saids:
        if first is not None and "cancelled" not in kinds:
            yield Fault("lost", first.group, file=first.file, at=first.wall)
        return
    if not raws or not kinds & {"event", "series", "cut", "told of"}:
        yield from (Fault("extra", item=said.item, at=_moment(said)) for said in saids)
        return
    if known_as and kinds <= {"event", "cancelled"}:
        single = [raw for raw in raws if raw.kind == "event"]
        starts = {(raw.wall if raw.utc is None else raw.utc, raw.author) for raw in single}
        for said in list(saids)[len(starts) :]:
            yield Fault("doubled", raws[0].group, said.item, at=_moment(said))
        for said in saids:
            away, sure = min(
                ((_away(raw, said, None), raw.utc is not None) for raw in single),
                key=lambda one: abs(one[0]),
            )
            if away and (sure or away % _QUARTER or abs(away) > _ZONES_APART):
                yield _late(away, sure, raws[0].group, said)


def _distinct(raws: Sequence[Raw]) -> list[list[Raw]]:
    """What was met of this id, a list for each message: another chat of the same name may have
    the same id at another time.
    """
    told: list[list[Raw]] = []
    for raw in raws:
        for readings in told:
            if any(_same(raw, other) for other in readings):
                readings.append(raw)
                break
        else:
            told.append([raw])
    return told


def _same(one: Raw, other: Raw) -> bool:
    if one.chat != other.chat and one.export == other.export != "":
        return False
    if one.utc is not None and other.utc is not None:
        return one.utc == other.utc
    if one.wall is None or other.wall is None:
        return True
    apart = abs(one.wall - other.wall)
    if "service" in (one.kind, other.kind) and 0 in (one.wall % _DAY, other.wall % _DAY):
        return apart <= 2 * _DAY
    if not apart or one.author is None or other.author is None:
        return apart == 0
    return apart % _QUARTER == 0 and apart <= _ZONES_APART and one.author == other.author


def _far(readings: Iterable[Raw], said: Said, zone: ZoneInfo | None) -> int:
    """How far a said time is from what was met, shifts of whole quarters before all others."""
    away = min((abs(_away(raw, said, zone)) for raw in readings), default=0)
    return away if away % _QUARTER == 0 or away < said.precise else away + _ZONES_APART


def _away(raw: Raw, said: Said, zone: ZoneInfo | None) -> int:
    """By how many seconds a said time is later than it should be."""
    if (said.wall is None and said.utc is None) or (raw.wall is None and raw.utc is None):
        return 0
    if said.utc is not None:
        ways = [said.utc - true for true in expected(raw, zone)]
    else:
        assert said.wall is not None
        ways = [said.wall - true for true in (raw.wall, *expected(raw, zone)) if true is not None]
    away = min(ways, key=abs)
    if raw.kind == "service" and raw.utc is None and abs(away) <= 2 * _DAY:
        return 0  # a page tells its day only
    return 0 if abs(away) < said.precise else away


def expected(raw: Raw, zone: ZoneInfo | None) -> list[int]:
    """When it may have been: one moment, or two in the hour that is there twice."""
    if raw.utc is not None or raw.wall is None:
        return [] if raw.utc is None else [raw.utc]
    printed = raw.wall - (raw.offset or 0)
    if zone is None:
        return [printed]
    local = datetime.fromtimestamp(raw.wall, UTC).replace(tzinfo=zone)
    true = [int(local.replace(fold=fold).timestamp()) for fold in (0, 1)]
    if raw.offset is not None and raw.offset not in _offsets(zone, local.year):
        return [printed]
    return list(dict.fromkeys(true))


def _offsets(zone: ZoneInfo, year: int) -> set[int]:
    days = (datetime(year, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13))
    return {int(day.total_seconds()) for day in days if day is not None}


def is_sure(raw: Raw, zone: ZoneInfo | None) -> bool:
    """Whether its time is known to the hour."""
    return raw.utc is not None or zone is not None


def _again(found: Sequence[Said]) -> Iterator[Said]:
    """What stands more than once in the same chat of the result."""
    met: set[int] = set()
    for said in found:
        if said.item in met:
            yield said
        met.add(said.item)


def _held(readings: Sequence[Raw], said: Said, zone: ZoneInfo | None) -> Iterator[Fault]:
    sure = [raw for raw in readings if raw.utc is not None] or readings
    nearest = min(sure, key=lambda raw: abs(_away(raw, said, zone)))
    away = _away(nearest, said, zone)
    if away:
        yield _late(away, is_sure(nearest, zone), nearest.group, said)
    authors = [raw.author for raw in readings if raw.author]
    if not authors or said.author is None:
        return
    if not said.author:
        yield Fault("no author", nearest.group, said.item, at=nearest.wall)
    elif said.author not in authors and not {_plain(said.author), _plain(said.author_id or "")} & {
        *map(_plain, authors)
    }:
        yield Fault("author", nearest.group, said.item, at=nearest.wall)


def _late(away: int, sure: bool, group: int, said: Said) -> Fault:
    whole = away % _QUARTER == 0 and abs(away) <= _ZONES_APART
    return Fault("shifted" if whole else "time", group, said.item, "", away, sure, _moment(said))


def _apart(readings: Sequence[Raw]) -> Iterator[Fault]:
    """Readings of one message that the exports themselves print at different times."""
    times = {t for raw in readings if raw.kind == "message" for t in expected(raw, None)}
    for time in times:
        for other in times - {time}:
            yield Fault("apart", readings[0].group, seconds=other - time)


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", name).split()).casefold()


def _moment(said: Said) -> int | None:
    return said.utc if said.utc is not None else said.wall
