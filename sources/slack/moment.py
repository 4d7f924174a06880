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


def moment(ts: object) -> Moment | None:
    """The moment a ``ts`` names; ``None`` when it is not a ``ts``."""
    match = _TS(ts) if isinstance(ts, str) else None
    if match is None:
        return None
    seconds, fraction = match.groups()
    return int(seconds), int(fraction.ljust(6, "0")) if fraction else 0


def rfc3339(when: Moment) -> str:
    """The moment in UTC, with six digits."""
    minute, second = divmod(when[0], 60)
    return f"{_minute(minute)}{second:02d}.{when[1]:06d}Z"


@lru_cache(maxsize=4096)
def _minute(minutes: int) -> str:
    days, minute = divmod(minutes, 1440)
    day = date.fromordinal(_EPOCH + days).isoformat()
    return f"{day}T{minute // 60:02d}:{minute % 60:02d}:"
