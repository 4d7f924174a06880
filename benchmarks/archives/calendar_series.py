"""Recurring meetings: the days they fall on, worked out here, and the rule that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.archives.calendar_event import About, Facts, about, said
from benchmarks.archives.ics import ZONES, timed
from benchmarks.archives.settings import WINDOW

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """An RRULE without its end, and the days it gives, the first one included."""

    text: str
    days: Iterator[date]
    all_day: bool = False


def _weekly(rng: Random, first: date) -> Rule:
    interval = rng.choice((1, 1, 1, 2))
    days = (first + n * interval * 7 * _DAY for n in range(10**4))
    every = f";INTERVAL={interval}" if interval > 1 else ""
    return Rule(f"FREQ=WEEKLY{every};BYDAY={_WEEKDAYS[first.weekday()]}", days)


def _twice_a_week(_: Random, first: date) -> Rule:
    later = (first + 2 * _DAY).weekday()
    pair = f"{_WEEKDAYS[first.weekday()]},{_WEEKDAYS[later]}"
    days = (day for day in _every_day(first) if day.weekday() in (first.weekday(), later))
    return Rule(f"FREQ=WEEKLY;WKST=MO;BYDAY={pair}", days)


def _workdays(_: Random, first: date) -> Rule:
    days = (day for day in _every_day(first) if day.weekday() < 5)
    return Rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", days)


def _monthly(rng: Random, first: date) -> Rule:
    if first.day > 28:
        return _weekly(rng, first)
    if rng.random() < 0.5:
        days = (day for day in _every_day(first) if day.day == first.day)
        return Rule(f"FREQ=MONTHLY;BYMONTHDAY={first.day}", days)
    nth = (first.day - 1) // 7
    days = (
        day
        for day in _every_day(first)
        if day.weekday() == first.weekday() and (day.day - 1) // 7 == nth
    )
    return Rule(f"FREQ=MONTHLY;BYDAY={nth + 1}{_WEEKDAYS[first.weekday()]}", days)


def _birthday(_: Random, first: date) -> Rule:
    first = first.replace(day=min(first.day, 28))
    days = (first.replace(year=first.year + n) for n in range(90))
    return Rule("FREQ=YEARLY", days, all_day=True)


def _every_day(first: date) -> Iterator[date]:
    return (first + n * _DAY for n in range(10**4))


_RULES: tuple[Callable[[Random, date], Rule], ...] = (
    *(_weekly,) * 6,
    *(_twice_a_week, _workdays, _monthly, _monthly, _birthday),
)


class Series:
    """A series: its lines, those of its changed instances, and all its instances' facts."""

    def __init__(self, rng: Random, uid: str, calendar: str, stamp: datetime) -> None:
        first = WINDOW[0] + rng.randrange((WINDOW[1] - WINDOW[0]).days - 30) * _DAY
        while first.weekday() > 4:
            first += _DAY
        rule = rng.choice(_RULES)(rng, first)
        self.events: list[list[str]] = []
        self.facts: list[Facts] = []
        self._rng = rng
        self._uid = uid
        self._stamp = stamp
        self._zone = rng.choice((*ZONES, "Europe/Madrid", "Europe/Madrid"))
        self._about = about(rng, calendar, recurring=True)
        self._length = _DAY if rule.all_day else timedelta(minutes=rng.choice((15, 30, 60, 90)))
        self._at = None if rule.all_day else time(rng.randrange(8, 18), rng.choice((0, 30)))
        end, days = self._bounded(rule)
        self._write(rule.text + end, days)

    def _bounded(self, rule: Rule) -> tuple[str, list[date]]:
        """How the rule ends, and its days within the window."""
        rng = self._rng
        days = list(takewhile(lambda day: day <= WINDOW[1], rule.days))
        chance = rng.random()
        if chance < 0.3:
            return "", days
        few = days[: rng.choice((4, 10, 26, 60))]
        if len(few) == len(days):  # it goes on behind the window
            return "", days
        if chance < 0.6:
            return f";COUNT={len(few)}", few
        last = self._moment(few[-1])
        if isinstance(last, datetime):  # Google: the last second of that day
            last = datetime.combine(few[-1], time(23, 59, 59), ZoneInfo(self._zone))
            return f";UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}", few
        return f";UNTIL={last:%Y%m%d}", few

    def _moment(self, day: date) -> date | datetime:
        return datetime.combine(day, self._at, ZoneInfo(self._zone)) if self._at else day

    def _write(self, rule: str, days: list[date]) -> None:
        rng = self._rng
        starts = [self._moment(day) for day in days]
        excluded = [start for start in starts[1:] if rng.random() < 0.03]
        kept = [start for start in starts if start not in excluded]
        changed = [start for start in kept if rng.random() < 0.06][:12]
        self.events.append(
            [
                timed("DTSTART", starts[0], self._zone),
                timed("DTEND", starts[0] + self._length, self._zone),
                f"RRULE:{rule}",
                *(timed("EXDATE", start, self._zone) for start in excluded),
                *self._about.lines(self._uid, self._stamp),
            ]
        )
        for start in kept:
            if start in changed:
                self._change(start)
            else:
                self._tell(self._about, start, self._length, start)

    def _tell(
        self, told: About, start: date | datetime, length: timedelta, original: date | datetime
    ) -> None:
        self.facts.append(told.at(self._uid, start, length, said(original)))

    def _change(self, original: date | datetime) -> None:
        """Another time, another title, other answers: an event of its own."""
        rng = self._rng
        start, length, told = original, self._length, self._about
        if self._at and rng.random() < 0.6:
            start = original + timedelta(hours=rng.choice((-2, -1, 1, 2)))
            length = timedelta(minutes=45)
        if rng.random() < 0.5:
            told = told.changed(title=f"Moved: {told.facts['title']}"[:60].strip())
            told = told.changed(marks=_without_title(told.facts.get("marks", [])))
        told = told.changed(location="Online")
        in_utc = isinstance(original, datetime) and rng.random() < 0.5
        instance = timed("RECURRENCE-ID", original, "" if in_utc else self._zone)
        self.events.append(
            [
                timed("DTSTART", start, self._zone),
                timed("DTEND", start + length, self._zone),
                *told.lines(self._uid, self._stamp + _DAY, instance),
            ]
        )
        self._tell(told, start, length, original)


def _without_title(marks: list[str]) -> list[str]:
    """A renamed absence is none."""
    return [mark for mark in marks if mark != "out-of-office"]
