"""Lines of an iCalendar file, as Google writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

_EUROPE = """BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:GMT+2
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:GMT+1
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD"""
_NEW_YORK = """BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:19701101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD"""
_KOLKATA = """BEGIN:STANDARD
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
TZNAME:GMT+5:30
DTSTART:19700101T000000
END:STANDARD"""

ZONES = {
    "Europe/Madrid": _EUROPE,
    "Europe/Paris": _EUROPE,
    "America/New_York": _NEW_YORK,
    "Asia/Kolkata": _KOLKATA,
}
"""Zones and what a VTIMEZONE says of them."""


def calendar(name: str, zone: str, events: Iterable[list[str]]) -> bytes:
    """A whole file: folded, with CRLF."""
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN"]
    lines += ["VERSION:2.0", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", f"X-WR-TIMEZONE:{zone}"]
    for known, rules in ZONES.items():
        lines += ["BEGIN:VTIMEZONE", f"TZID:{known}", f"X-LIC-LOCATION:{known}"]
        lines += [*rules.split("\n"), "END:VTIMEZONE"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def escaped(text: str) -> str:
    """A text value."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def zulu(moment: datetime) -> str:
    """A moment in UTC."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def timed(name: str, moment: date | datetime, zone: str) -> str:
    """A property that is a day, a moment in a zone or, where there is none, one in UTC."""
    if not isinstance(moment, datetime):
        return f"{name};VALUE=DATE:{moment:%Y%m%d}"
    return f"{name};TZID={zone}:{moment:%Y%m%dT%H%M%S}" if zone else f"{name}:{zulu(moment)}"


def _folded(line: str) -> str:
    """No line longer than 75 octets; no character cut in two."""
    if len(line) <= 75 and line.isascii():
        return line
    rows, row, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > 75:
            rows.append(row)
            row, size = " ", 1
        row += letter
        size += octets
    return "\r\n".join([*rows, row])
