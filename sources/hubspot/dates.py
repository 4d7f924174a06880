"""A date cell as RFC 3339: HubSpot writes ``YYYY-MM-DD`` or ``YYYY-MM-DD HH:MM`` in the
zone of whoever exported; people and spreadsheets rewrite it in their own way.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal
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


@lru_cache(maxsize=2**14)
def moment(
    text: str, zone: ZoneInfo | None, order: DateOrder | None = None
) -> tuple[str | None, Doubt | None]:
    """A day as it stands, a moment in UTC, or ``None``; and what is to be doubted.

    A time without a zone is one of ``zone``, the earlier one where clocks were put back.
    Where day and month cannot be told apart, ``order`` decides.
    """
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
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z"), doubt


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
