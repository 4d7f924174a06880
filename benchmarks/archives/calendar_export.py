"""Eight calendars, as Google exports them: single meetings in UTC, days, and series with
changed and cancelled instances.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.archives import ics
from benchmarks.archives.calendar_event import Facts, about, said
from benchmarks.archives.calendar_series import Series
from benchmarks.archives.settings import WINDOW
from benchmarks.archives.telling import Oracle

_CALENDARS = 8
_SERIES = 0.1
_DAYS = 0.1
_ORPHANS = 0.005
_STAMP = datetime(2024, 12, 1, tzinfo=UTC)

_Made = tuple[list[list[str]], list[Facts]]


def write(root: Path, events: int, oracle: Oracle) -> None:
    """That many VEVENTs."""
    root.mkdir(parents=True)
    for number in range(_CALENDARS):
        count = events * (number + 1) // _CALENDARS - events * number // _CALENDARS
        rng = Random(f"calendar:{number}")  # noqa: S311 - not for secrets
        name = f"Calendar {number}, team"
        lines: list[list[str]] = []
        for made, facts in _events(rng, name, f"{number}", count):
            lines += made
            for told in facts:
                oracle.tell(told["key"], told)
        rng.shuffle(lines)
        data = ics.calendar(name, "Europe/Madrid", lines)
        (root / f"team{number}@fernhollow.example.ics").write_bytes(data)


def _events(rng: Random, calendar: str, stem: str, count: int) -> Iterator[_Made]:
    written = 0
    while written < count:
        uid = f"{stem}x{written:08x}@google.com"
        chance = rng.random()
        stamp = _STAMP - timedelta(minutes=rng.randrange(10**6))
        room = count - written
        if chance < _SERIES and room >= 14:  # a series has a dozen changes at most
            series = Series(rng, uid, calendar, stamp)
            made = series.events, series.facts
        elif chance < _SERIES + _ORPHANS:
            made = _orphan(rng, uid, calendar, stamp)
        else:
            made = _single(rng, uid, calendar, stamp, all_day=chance > 1 - _DAYS)
        written += len(made[0])
        yield made


def _start(rng: Random) -> datetime:
    days = rng.randrange((WINDOW[1] - WINDOW[0]).days)
    first = datetime.combine(WINDOW[0], datetime.min.time(), UTC)
    return first + timedelta(days=days, minutes=15 * rng.randrange(24, 84))


def _single(rng: Random, uid: str, calendar: str, stamp: datetime, *, all_day: bool) -> _Made:
    told = about(rng, calendar, recurring=False)
    start = _start(rng)
    if all_day:
        day, length = start.date(), timedelta(days=rng.choice((1, 1, 3)))
        lines = [ics.timed("DTSTART", day, ""), ics.timed("DTEND", day + length, "")]
        facts = told.at(uid, day, length, said(day))
    else:
        length = timedelta(minutes=rng.choice((15, 30, 60, 120)))
        lines = [ics.timed("DTSTART", start, ""), ics.timed("DTEND", start + length, "")]
        facts = told.at(uid, start, length, said(start))
    return [[*lines, *told.lines(uid, stamp)]], [facts]


def _orphan(rng: Random, uid: str, calendar: str, stamp: datetime) -> _Made:
    """An instance of a series that is not in the file."""
    told = about(rng, calendar, recurring=True)
    original = _start(rng)
    start, length = original + timedelta(hours=1), timedelta(minutes=30)
    lines = [ics.timed("DTSTART", start, ""), ics.timed("DTEND", start + length, "")]
    instance = ics.timed("RECURRENCE-ID", original, "")
    return [[*lines, *told.lines(uid, stamp, instance)]], [
        told.at(uid, start, length, said(original))
    ]
