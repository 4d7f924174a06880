"""Which printed offsets may be an hour off on which days.

The label is the zone's standard offset all year round, so it is wrong where that zone
has daylight saving on that day. The zones below stand for all: together they have it on
every day since 2013 on which any zone of the same standard offset has it (a test holds
them to that). Clocks put *back* from standard time (Morocco in Ramadan) do not count.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_ZONES: dict[int, tuple[str, ...]] = {
    -600: ("America/Adak",),
    -540: ("America/Anchorage",),
    -480: ("America/Los_Angeles",),
    -420: ("America/Denver",),
    -360: ("America/Chicago", "Pacific/Easter"),
    -300: ("America/New_York",),
    -240: ("America/Halifax", "America/Santiago"),
    -210: ("America/St_Johns",),
    -180: ("America/Miquelon", "America/Sao_Paulo", "America/Montevideo"),
    -120: ("America/Nuuk", "America/Scoresbysund"),
    -60: ("Atlantic/Azores",),
    0: ("Europe/London",),
    60: ("Europe/Berlin", "Africa/Tripoli"),
    120: ("Asia/Jerusalem", "Asia/Amman", "Africa/Cairo", "Europe/Istanbul"),
    210: ("Asia/Tehran",),
    240: ("Asia/Baku",),
    420: ("Asia/Hovd",),
    480: ("Asia/Ulaanbaatar",),
    570: ("Australia/Adelaide",),
    600: ("Australia/Sydney",),
    630: ("Australia/Lord_Howe",),
    660: ("Pacific/Norfolk",),
    720: ("Pacific/Auckland",),
    765: ("Pacific/Chatham",),
    780: ("Pacific/Apia",),
}


@lru_cache(maxsize=8192)
def is_uncertain(year: int, month: int, day: int, offset: int) -> bool:
    """Whether some zone with this standard offset, in minutes, had daylight saving then.

    Raises ValueError when there is no such day.
    """
    date = datetime(year, month, day)  # noqa: DTZ001 - a wall time, of several zones
    ends = (date, datetime.combine(date, time.max))
    return any(_saves(end, zone, offset) for zone in _ZONES.get(offset, ()) for end in ends)


def _saves(wall: datetime, zone: str, offset: int) -> bool:
    there = wall.replace(tzinfo=_zone(zone))
    saving = there.dst() or timedelta()
    standard = (there.utcoffset() or timedelta()) - saving
    return saving > timedelta() and standard == timedelta(minutes=offset)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo  # not above: it takes a while, and many labels need none

    return ZoneInfo(name)
