"""A date cell as RFC 3339: HubSpot writes ``YYYY-MM-DD`` or ``YYYY-MM-DD HH:MM`` in the
zone of whoever exported; people and spreadsheets rewrite it in their own way.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DateOrder = Literal["dmy", "mdy"]
Doubt = Literal["zone_assumed_utc", "ambiguous_date", "unreadable_date"]

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_LOCAL = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})"
    r"(?:,? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)


_LONGEST = 40
_HOURS = {f"{hour:02}": hour for hour in range(24)}
_MINUTES = frozenset(f"{minute:02}" for minute in range(60))
_TWO_DIGITS = tuple(_HOURS)


def moment(
    text: str, zone: ZoneInfo | None, order: DateOrder | None = None
) -> tuple[str | None, Doubt | None]:
    """A day as it stands, a moment in UTC, or ``None``; and what is to be doubted.

    A time without a zone is one of ``zone``, the earlier one where clocks were put back.
    Where day and month cannot be told apart, ``order`` decides.
    """
    # Nearly all are in HubSpot's own form, on a day when no clock is changed.
    if len(text) == 16 and text[10] == " " and text[13] == ":":
        hour, minute = _HOURS.get(text[11:13]), text[14:]
        day = _days(text[:10], zone or UTC)
        if day and hour is not None and minute in _MINUTES:
            hour -= day.offset
            said = f"{day.days[1 + hour // 24]}T{_TWO_DIGITS[hour % 24]}:{minute}:00Z"
            return said, None if zone else "zone_assumed_utc"
    return _read(text, zone, order) if len(text) <= _LONGEST else (None, "unreadable_date")


class _Day(NamedTuple):
    """The day before, the day, the day after; and how many hours it is ahead of UTC."""

    days: tuple[str, str, str]
    offset: int


@lru_cache(maxsize=2**13)
def _days(text: str, zone: tzinfo) -> _Day | None:
    """What makes a time of this day one in UTC, unless the day is none, its clock is changed
    or not whole hours ahead.
    """
    if text[4] != "-" or text[7] != "-":
        return None
    try:
        start = datetime.fromisoformat(text).replace(tzinfo=zone)
        days = [str(start.date() + timedelta(days=n)) for n in (-1, 0, 1)]
    except (ValueError, OverflowError):
        return None
    offset = start.utcoffset() or timedelta()
    at_its_end = start.replace(hour=23, minute=59).utcoffset() or timedelta()
    if offset != at_its_end or offset % timedelta(hours=1):
        return None
    return _Day((days[0], days[1], days[2]), offset // timedelta(hours=1))


@lru_cache(maxsize=2**12)
def _read(
    text: str, zone: ZoneInfo | None, order: DateOrder | None
) -> tuple[str | None, Doubt | None]:
    """The same, at length."""
    try:
        if iso := _ISO.fullmatch(text):
            day, time, offset = iso.groups()
            if time is None:
                return date.fromisoformat(day).isoformat(), None
            return _in_utc(datetime.fromisoformat(f"{day}T{time}{offset or ''}"), zone)
        if local := _LOCAL.fullmatch(text):
            return _hand_written(local, zone, order)
    except (ValueError, OverflowError):
        pass
    return None, "unreadable_date"


def _in_utc(value: datetime, zone: ZoneInfo | None) -> tuple[str, Doubt | None]:
    doubt: Doubt | None = None
    if value.tzinfo is None:
        doubt = None if zone else "zone_assumed_utc"
        value = value.replace(tzinfo=zone or UTC)
    return value.astimezone(UTC).isoformat()[: -len("+00:00")] + "Z", doubt


def _hand_written(
    local: re.Match[str], zone: ZoneInfo | None, order: DateOrder | None
) -> tuple[str | None, Doubt | None]:
    """Day first after dots, as nobody writes it otherwise; else what can be told, or what
    was said.
    """
    first, second, year = int(local[1]), int(local[3]), int(local[4])
    month_first = local[2] != "." and second > 12
    if local[2] != "." and first != second and first <= 12 and second <= 12:
        if order is None:
            return None, "ambiguous_date"
        month_first = order == "mdy"
    day = date(year, *((first, second) if month_first else (second, first)))
    if local[5] is None:
        return day.isoformat(), None
    hour = int(local[5])
    if local[8]:
        if not 1 <= hour <= 12:
            return None, "unreadable_date"
        hour = hour % 12 + 12 * (local[8] in "pP")
    time = datetime(day.year, day.month, day.day, hour, int(local[6]), int(local[7] or 0))  # noqa: DTZ001 - the zone is the next line's
    return _in_utc(time, zone)
