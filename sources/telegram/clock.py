"""The wall times a page prints, as moments in UTC.

tdesktop prints the exporting computer's local time, daylight saving included, and since
3.7.6 (June 2022) a label that is the zone's *standard* offset all year round: by the
label alone a summer message is an hour off. Only the zone itself puts that right.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sources.telegram.daylight import is_uncertain

_WALL = re.compile(r"\d\d\.\d\d\.\d{4} \d\d:[0-5]\d:[0-5]\d", re.ASCII)
_WITHIN_HOUR = frozenset(f":{n // 60:02}:{n % 60:02}" for n in range(3600))
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

_MOST_HOURS = 16_384
"""Hours of a chat that are remembered at a time."""

_Hour = tuple[str, str | None] | None
_Day = tuple[tuple[str, ...], int, str | None] | None


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


class Clock:
    """Reads printed times; ``notes`` counts by what assumption they were read."""

    def __init__(self, zone: ZoneInfo | None = None) -> None:
        self._zone = zone
        self._offsets = _offsets_of(zone) if zone else frozenset()
        self._hours: dict[str, _Hour] = {}
        self._days: dict[str, _Day] = {}
        self._previous = ""
        self._note: str | None = None
        self.notes: Counter[str] = Counter()

    def start_page(self) -> None:
        """Begin to count anew. Time goes on: an hour may repeat over a page's end."""
        self.notes = Counter()

    def utc(self, printed: str) -> str | None:
        """The moment of ``27.05.2021 18:04:00 UTC+02:00``, label optional, or none."""
        within = printed[13:19]
        hour = self._hours.get(printed[:13] + printed[19:]) if within in _WITHIN_HOUR else None
        if hour is None:
            return self._uncommon(printed)
        prefix, self._note = hour
        if self._note:
            self.notes[self._note] += 1
        self._previous = moment = prefix + within + "Z"
        return moment

    def _uncommon(self, printed: str) -> str | None:
        """The moment of a time whose hour was not met before, or has two offsets."""
        wall = printed[:19]
        if _WALL.fullmatch(wall) is None:
            self._took("time_unreadable")
            return None
        key = wall[:13] + printed[19:]
        if key not in self._hours:
            if len(self._hours) >= _MOST_HOURS:
                self._hours.clear()
                self._days.clear()
            self._hours[key] = self._hour(wall, printed[19:].strip())
        hour = self._hours[key]
        if hour is None:
            return self._exact(wall, printed[19:].strip())
        prefix, note = hour
        self._took(note)
        self._previous = prefix + wall[13:] + "Z"
        return self._previous

    def original(self, printed: str) -> str | None:
        """The moment a forwarded message was first sent: outside the page's order.

        What was assumed for it is noted once per message: not again when the same was
        assumed for the message itself.
        """
        previous, note, notes = self._previous, self._note, self.notes
        self._previous, self.notes = "", Counter()
        try:
            return self.utc(printed)
        finally:
            if self._note != note:
                notes += self.notes
            self._previous, self._note, self.notes = previous, note, notes

    def _took(self, note: str | None) -> None:
        self._note = note
        if note:
            self.notes[note] += 1

    def _hour(self, wall: str, label: str) -> _Hour:
        """What every moment of this wall hour begins with, when one offset serves all."""
        key = wall[:10] + label
        if key not in self._days:
            self._days[key] = self._day(wall[:10], label)
        day = self._days[key]
        if day is not None and wall[11:13] < "24":
            dates, offset_hours, note = day
            turn, hour = divmod(int(wall[11:13]) - offset_hours, 24)
            return f"{dates[turn + 1]}T{hour:02}", note
        try:
            start = _datetime(wall[:13] + ":00:00")
            note = self._assumption(start, label)
            if not self._governs(label):
                offset = timedelta(minutes=_offset(label) or 0)
            else:
                assert self._zone is not None
                last = start + timedelta(minutes=59, seconds=59)
                known = {_shift(t, self._zone, fold) for t in (start, last) for fold in (0, 1)}
                if len(known) > 1:
                    return None
                offset = known.pop()
            if offset.total_seconds() % 3600:
                return None
            return (start - offset).isoformat()[:13], note
        except (ValueError, OverflowError):
            return None

    def _day(self, date: str, label: str) -> _Day:
        """The day before, this one and the next in UTC's form, and the offset in hours that
        serves all of it, if one does.
        """
        try:
            start = _datetime(date + " 00:00:00")
            last = start + timedelta(hours=23, minutes=59, seconds=59)
            dates = tuple(str((start + timedelta(turn)).date()) for turn in (-1, 0, 1))
        except (ValueError, OverflowError):
            return None
        known = {timedelta(minutes=_offset(label) or 0)}
        if self._governs(label):
            assert self._zone is not None
            known = {_shift(t, self._zone, fold) for t in (start, last) for fold in (0, 1)}
        hours, rest = divmod(known.pop(), timedelta(hours=1))
        return None if known or rest else (dates, hours, self._assumption(start, label))

    def _exact(self, wall: str, label: str) -> str | None:
        """The moment, one by one: odd offsets, hours in which the offset changes."""
        try:
            time = _datetime(wall)
            note = self._assumption(time, label)
            if self._governs(label):
                assert self._zone is not None
                moment = self._in_zone(time, self._zone)
            else:
                moment = _iso(time - timedelta(minutes=_offset(label) or 0))
        except (ValueError, OverflowError):  # no such day, or before or after all days
            self._took("time_unreadable")
            return None
        self._took(note)
        self._previous = moment
        return moment

    def _in_zone(self, time: datetime, zone: ZoneInfo) -> str:
        """In autumn an hour is printed twice: the second time round, time would go back."""
        first, second = (_iso(time - _shift(time, zone, fold)) for fold in (0, 1))
        return second if first < self._previous <= second else first

    def _governs(self, label: str) -> bool:
        """Whether the zone of the settings explains the label (or there is none)."""
        if self._zone is None:
            return False
        offset = _offset(label)
        return offset is None or offset in self._offsets

    def _assumption(self, wall: datetime, label: str) -> str | None:
        """What has to be assumed to read this wall time, if anything."""
        if self._governs(label):
            return "zone_from_settings"
        offset = _offset(label)
        if offset is None:
            return "zone_assumed_utc"
        if self._zone is not None:
            return "zone_differs"
        uncertain = is_uncertain(wall.year, wall.month, wall.day, offset)
        return "offset_is_standard_time" if uncertain else None


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
