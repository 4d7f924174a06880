"""From the name of a time zone, as calendars spell it, to the zone.

The names met (RFC 5545 section 3.2.19 leaves them to the writer): IANA names, also in
another case; Windows names (Outlook); IANA names behind a vendor's prefix
(``/mozilla.org/20070129_1/Europe/Berlin``); names that only a VTIMEZONE of the same
calendar explains; offsets (``GMT+02:00``). IANA's own name wins over the file, whose
VTIMEZONE often holds today's rule only; the file wins over every guess.

``icalendar`` keeps the zones it has seen for the whole process, so one file's
definition would be used for the next file's; here they last as long as a calendar.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from icalendar.cal import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from sources.calendar.lines import decode, properties
from sources.calendar.moments import Moment, in_utc, parse_moment
from sources.calendar.rules import CannotExpand, end_of

_RULE = re.compile(r"^[ \t]*RRULE[^:\n]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d\d?):?([0-5]\d)?|z", re.ASCII)

Notes = dict[str, str]
"""Kind of finding to its sentence."""


class Zones:
    """The zones of one VCALENDAR. ``default`` is its X-WR-TIMEZONE."""

    def __init__(self, default: str | None) -> None:
        self._default = default
        self._defined: dict[str, bytes] = {}
        self._known: dict[str, tzinfo | None] = {}

    def define(self, data: bytes) -> None:
        """Take note of a VTIMEZONE; it is only understood when a time needs it."""
        for line in properties(decode(data)[0]).get("TZID", [])[:1]:
            self._defined.setdefault(_clean(line.value), data)

    def place(self, value: str, tzid: str | None, notes: Notes) -> Moment:
        """A moment as a calendar writes it, with its zone. Raises `ValueError`."""
        moment = parse_moment(value)
        if isinstance(moment, datetime):
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone_of(tzid, notes))
            in_utc(moment)
        return moment

    def _zone_of(self, tzid: str | None, notes: Notes) -> tzinfo:
        if tzid and (zone := self.find(tzid)):
            return zone
        if tzid:
            notes["zone_unknown"] = f"Nothing says what zone {tzid[:60]!r} is."
        if zone := self.default:
            return zone
        notes["zone_assumed_utc"] = "Times without a known zone were read as UTC."
        return UTC

    @property
    def default(self) -> tzinfo | None:
        """The zone of the calendar."""
        return self.find(self._default) if self._default else None

    def find(self, tzid: str) -> tzinfo | None:
        """The zone of that name, if it means anything."""
        name = _clean(tzid)
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> tzinfo | None:
        names = available_names()
        if names.get(name.lower()) == name:
            return ZoneInfo(name)
        if name in self._defined and (zone := _defined_zone(self._defined[name])):
            return zone
        parts = name.lower().split("/")
        guesses = [name.lower(), _windows_names().get(name.lower(), "").lower()]
        guesses += ["/".join(parts[start:]) for start in range(1, len(parts))]
        for guess in guesses:
            if guess in names:
                return ZoneInfo(names[guess])
        return _fixed(name.lower())


@lru_cache(maxsize=1)
def available_names() -> dict[str, str]:
    """IANA names by their lower-case spelling."""
    return {name.lower(): name for name in sorted(available_timezones())}


@lru_cache(maxsize=1)
def _windows_names() -> dict[str, str]:
    return {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}


def _fixed(name: str) -> tzinfo | None:
    """What ``GMT+02:00`` and the like say."""
    found = _OFFSET.fullmatch(name)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if sign == "-" else offset)


def _clean(tzid: str) -> str:
    return tzid.strip().strip('"').strip("/")


def _defined_zone(data: bytes) -> tzinfo | None:
    """What a VTIMEZONE describes, or nothing when it describes nothing usable."""
    text = re.sub(r"[\r\n]+", "\n", decode(data)[0])  # the library knows no lone CR
    try:
        for rule in _RULE.findall(text):
            _check(rule)
        component = cast("Timezone", Timezone.from_ical(text))
        zone: tzinfo = component.to_tz(lookup_tzid=False)
        # Some only fail when they are asked.
        known = datetime(2000, 1, 1, tzinfo=zone).utcoffset() is not None
    except Exception:  # third-party code meeting any bytes at all
        return None
    return zone if known else None


def _check(rule: str) -> None:
    """Clocks are changed by the year; the library would follow any other rule for ever.

    Raises `CannotExpand`.
    """
    spelled = "".join(rule.upper().split())
    if "FREQ=YEARLY" not in spelled:
        raise CannotExpand("clocks are changed by the year")
    end_of(datetime(1970, 1, 1, tzinfo=UTC), (spelled,), date(2100, 1, 1))
