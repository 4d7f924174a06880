"""Times as results print them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?"
)
_DOTTED = re.compile(
    r"(\d\d?)\.(\d\d?)\.(\d{4})(?: (\d\d?):(\d\d)(?::(\d\d))?)?\s*(?:(?:UTC|GMT)?([+-]\d\d:?\d\d))?"
)


def moment(value: Any) -> tuple[int | None, int | None, int]:
    """A time as seconds: on the wall, or in UTC; and how many seconds it may mean."""
    if isinstance(value, bool) or value in (None, ""):
        return None, None, 1
    text = str(value).strip()
    if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        seconds = float(text)
        return None, int(seconds / 1000 if seconds > 1e11 else seconds), 1
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()[:3]
    elif found := _DOTTED.fullmatch(text):
        day, month, year = found.groups()[:3]
    else:
        return None, None, 1
    start = _midnight(int(year), int(month), int(day))
    if start is None:
        return None, None, 1
    hour, minute, second, zone = found.groups()[3:]
    wall = start + int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)
    precise = 86400 if hour is None else 60 if second is None else 1
    if not zone:
        return wall, None, precise
    if zone in ("Z", "UTC"):
        return None, wall, precise
    digits = zone.replace(":", "")
    away = int(digits[1:3]) * 3600 + int(digits[3:]) * 60
    return None, wall - (away if zone[0] == "+" else -away), precise


@lru_cache(maxsize=4096)
def _midnight(year: int, month: int, day: int) -> int | None:
    try:
        return int((datetime(year, month, day, tzinfo=UTC) - _EPOCH) / timedelta(seconds=1))
    except ValueError:
        return None
