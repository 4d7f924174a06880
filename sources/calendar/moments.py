"""Dates, times and durations of a calendar, as text and as values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from icalendar.prop import vDuration

Moment = date | datetime
"""A day, or a time of a day; which of the two is part of what it says."""

_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.ASCII | re.IGNORECASE)


def parse_moment(value: str) -> Moment:
    """A date, a time in UTC (``Z``) or a time without a zone. Raises `ValueError`."""
    found = _MOMENT.fullmatch(value.strip())
    if not found:
        raise ValueError(f"{value.strip()[:40]!r} is no date")
    year, month, day, hour, minute, second, zulu = found.groups()
    if hour is None:
        return date(int(year), int(month), int(day))
    # 60 is a leap second (RFC 5545 section 3.3.12), which datetime does not know.
    seconds = min(int(second or 0), 59)
    zone = UTC if zulu else None
    return datetime(int(year), int(month), int(day), int(hour), int(minute), seconds, tzinfo=zone)


def parse_duration(value: str) -> timedelta:
    """An RFC 5545 duration. Raises `ValueError`."""
    duration: timedelta = vDuration.from_ical(value.strip().upper())  # type: ignore[no-untyped-call]
    return duration


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises `ValueError` where it would leave our calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the years we can count") from None


def in_zone(moment: Moment, zone: tzinfo | None) -> Moment:
    """The moment in this zone, when it is a time that has none of its own."""
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=zone)
    return moment


def day_of(moment: Moment) -> date:
    """The day as it is written, whatever the zone."""
    return moment.date() if isinstance(moment, datetime) else moment


def render(moment: Moment) -> str:
    """RFC 3339 in UTC, or ``YYYY-MM-DD``. Raises `OverflowError` at the ends of time."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment.isoformat()
