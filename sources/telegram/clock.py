"""The wall times a page prints, as moments in UTC.

tdesktop prints the exporting computer's local time, daylight saving included, and since
3.7.6 (June 2022) a label that is the zone's *standard* offset all year round: by the
label alone a summer message is an hour off. Only the zone itself puts that right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from sources.telegram.daylight import is_uncertain

if TYPE_CHECKING:  # it takes a while to import, and most runs need none
    from zoneinfo import ZoneInfo

_WALL = re.compile(r"\d\d\.\d\d\.\d{4} \d\d:[0-5]\d:[0-5]\d", re.ASCII)
_DATE = re.compile(r"\d\d\.\d\d\.\d{4}", re.ASCII)
_LABEL = re.compile(r"(?:UTC|GMT)?(?:([+\-−])(\d\d?):?(\d\d)?)?", re.ASCII)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SEPARATOR = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})", re.ASCII)

_MOST_DAYS = 16_384
"""Days that are remembered at a time, of one label."""

Hour = tuple[str, str | None]
"""What every moment of an hour begins with (``2021-05-27T16``), and what is assumed."""

_Shifted = dict[str, tuple[int, str]]
_Day = tuple[tuple[str, ...], _Shifted, str | None]


@lru_cache(maxsize=8192)
def day_of(separator: str) -> str | None:
    """The day a date separator names (``7 November 2018``), as ``2018-11-07``."""
    match = _SEPARATOR.fullmatch(separator)
    if match is None:
        return None
    day, month, year = match.groups()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}"


@lru_cache(maxsize=256)
def _offset(label: str) -> int | None:
    """Minutes east of UTC that a printed label stands for; none when it says nothing."""
    match = _LABEL.fullmatch(label)
    if not label or match is None:
        return None
    sign, hours, minutes = match.groups()
    total = int(hours or 0) * 60 + int(minutes or 0)
    if total >= 24 * 60:
        return None
    return total if sign in {None, "+"} else -total


class _Label:
    """How wall times with one label are read."""

    def __init__(self, zone: ZoneInfo | None, label: str) -> None:
        offset = _offset(label)
        self._minutes = offset or 0
        governs = zone is not None and (offset is None or offset in _offsets_of(zone))
        self._zone = zone if governs else None
        self._uncertain = zone is None and offset is not None
        if governs:
            self._note = "zone_from_settings"
        else:
            self._note = "zone_assumed_utc" if offset is None else "zone_differs"
        self._days: dict[str, _Day | None] = {}

    def hour(self, wall: str) -> Hour | None:
        """How the moments of a wall hour (``27.05.2021 18``) begin; none for an hour whose
        moments must be read one by one.
        """
        date = wall[:10]
        day = self._days.get(date) or self._new_day(date)
        place = day and day[1].get(wall[10:])
        if day is None or place is None:
            return None
        turn, hour = place
        return day[0][turn] + hour, day[2]

    def exact(self, wall: str, previous: str) -> tuple[str, str | None] | None:
        """One moment by itself, and its note: odd offsets, hours in which the offset changes;
        none when there is no such time. In autumn an hour is printed twice: the second time
        round, time would go back behind the ``previous`` moment.
        """
        try:
            time = _datetime(wall)
            note = self._assumption(time)
            if self._zone is None:
                return _iso(time - timedelta(minutes=self._minutes)), note
            first, second = (_iso(time - _shift(time, self._zone, fold)) for fold in (0, 1))
        except (ValueError, OverflowError):  # no such day, or before or after all days
            return None
        return (second if first < previous <= second else first), note

    def _new_day(self, date: str) -> _Day | None:
        if len(self._days) >= _MOST_DAYS:
            self._days.clear()
        day = self._days[date] = self._day(date)
        return day

    def _day(self, date: str) -> _Day | None:
        """The day before, this one and the next in UTC's form, where its hours go, if one
        offset serves all of it, and what is assumed.
        """
        if _DATE.fullmatch(date) is None:
            return None
        try:
            start = _datetime(date + " 00:00:00")
            last = start + timedelta(hours=23, minutes=59, seconds=59)
            dates = tuple(str((start + timedelta(turn)).date()) for turn in (-1, 0, 1))
        except (ValueError, OverflowError):
            return None
        known = {timedelta(minutes=self._minutes)}
        if self._zone is not None:
            known = {_shift(t, self._zone, fold) for t in (start, last) for fold in (0, 1)}
        hours, rest = divmod(known.pop(), timedelta(hours=1))
        return None if known or rest else (dates, _shifted(hours), self._assumption(start))

    def _assumption(self, wall: datetime) -> str | None:
        """What has to be assumed to read this wall time, if anything."""
        if not self._uncertain:
            return self._note
        uncertain = is_uncertain(wall.year, wall.month, wall.day, self._minutes)
        return "offset_is_standard_time" if uncertain else None


@lru_cache(maxsize=64)
def _shifted(offset: int) -> _Shifted:
    """Of every wall hour (`` 18``) that many hours east: whether it is on UTC's day before
    (0), the same (1) or the next (2), and how it begins there: ``T16``.
    """
    turned = ((f" {hour:02}", divmod(hour - offset, 24)) for hour in range(24))
    return {wall: (turn + 1, f"T{hour:02}") for wall, (turn, hour) in turned}


@lru_cache(maxsize=16)
def _label(zone: ZoneInfo | None, label: str) -> _Label:
    """One for all chats: they print the same days."""
    return _Label(zone, label)


class Clock:
    """Reads printed times; ``notes`` counts by what assumption they were read."""

    def __init__(self, zone: ZoneInfo | None = None) -> None:
        self._zone = zone
        self._previous = self._before = ""
        self.note: str | None = None
        """What was assumed for the time read last."""
        self.notes: Counter[str] = Counter()

    def start_page(self, notes: Counter[str]) -> None:
        """Count in these notes from now on. Time goes on: an hour may repeat over a page's end."""
        self.notes = notes
        self._before = self._previous

    def take_back(self) -> None:
        """Forget what was read of this page: it will be read another way."""
        self._previous = self._before

    def utc(self, printed: str) -> str | None:
        """The moment of ``27.05.2021 18:04:00 UTC+02:00``, label optional, or none."""
        time, self.note = self._read(printed, self._previous)
        self._previous = time or self._previous
        if self.note:
            self.notes[self.note] += 1
        return time

    def hours(self, label: str) -> Callable[[str], Hour | None]:
        """How the moments of a wall hour (``27.05.2021 18``) with that label are read: each
        counts its note, and the last is told by `went_on`, its note by `note`. None when each
        must be asked for by `utc`.
        """
        return _label(self._zone, label.strip()).hour

    def went_on(self, moment: str | None) -> None:
        """Learn of a moment that was not read by `utc`."""
        self._previous = moment or self._previous

    def original(self, printed: str) -> str | None:
        """The moment a forwarded message was first sent: outside the page's order.

        What was assumed for it is noted once per message: not again when the same was
        assumed for the message itself, which ``note`` tells.
        """
        time, note = self._read(printed, "")
        if note and note != self.note:
            self.notes[note] += 1
        return time

    def _read(self, printed: str, previous: str) -> tuple[str | None, str | None]:
        """A moment, and what is assumed for it."""
        wall = printed[:19]
        if _WALL.fullmatch(wall):
            label = _label(self._zone, printed[19:].strip())
            hour = label.hour(wall[:13])
            if hour is not None:
                return f"{hour[0]}{wall[13:]}Z", hour[1]
            exact = label.exact(wall, previous)
            if exact is not None:
                return exact
        return None, "time_unreadable"


def _datetime(wall: str) -> datetime:
    return datetime(  # noqa: DTZ001 - a wall time: its zone is what we are about to find
        int(wall[6:10]),
        int(wall[3:5]),
        int(wall[:2]),
        int(wall[11:13]),
        int(wall[14:16]),
        int(wall[17:19]),
    )


def _shift(time: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    return time.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()


def _iso(time: datetime) -> str:
    return time.isoformat() + "Z"


@lru_cache(maxsize=64)
def _offsets_of(zone: ZoneInfo) -> frozenset[int]:
    """Offsets, with and without daylight saving, the zone had since Telegram exists."""
    offsets: set[int] = set()
    for year in range(2013, 2038):
        for month in (1, 4, 7, 10):
            time = datetime(year, month, 15, tzinfo=zone)
            offset = time.utcoffset() or timedelta()
            standard = offset - (time.dst() or timedelta())
            offsets |= {int(value.total_seconds() // 60) for value in (offset, standard)}
    return frozenset(offsets)
