"""Slack's ``ts``: the name of a message within its conversation, and its time.

``"1452837318.000002"`` is seconds, a dot, microseconds. The fraction is partly a
uniquifier, so the string itself stays the identity; the time is made of integers, since
a float would round it.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

Moment = tuple[int, int]
"""Seconds since 1970 and microseconds: what orders messages."""

_TS = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,6}))?").fullmatch
_EPOCH = date(1970, 1, 1).toordinal()
_MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440))


def moment(ts: object) -> Moment | None:
    """The moment a ``ts`` names; ``None`` when it is not a ``ts``."""
    match = _TS(ts) if isinstance(ts, str) else None
    if match is None:
        return None
    seconds, fraction = match.groups()
    return int(seconds), int(fraction.ljust(6, "0")) if fraction else 0


def utc(ts: object) -> str | None:
    """The time a ``ts`` names, RFC 3339 with six digits; ``None`` when it is not a ``ts``.

    Of any two, the earlier one sorts first.
    """
    match = _TS(ts) if isinstance(ts, str) else None
    if match is None:
        return None
    seconds, fraction = match.groups("")
    days, rest = divmod(int(seconds), 86400)
    minute, second = divmod(rest, 60)
    return f"{_day(days)}T{_MINUTES[minute]}:{second:02d}.{fraction:0<6}Z"


@lru_cache(maxsize=512)
def _day(days: int) -> str:
    return date.fromordinal(_EPOCH + days).isoformat()
