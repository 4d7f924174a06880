"""Calendars."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from etl.audit.counter.met import Found, Met, Opener, Untold, text_of, wall_time, whole

_UNFOLD = re.compile(rb"[\r\n]+[ \t]")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")


def calendar(shown: str, opened: Opener) -> Found:
    """Events, from their first line to their last."""
    lines = re.split(r"\r\n?|\n", text_of(_UNFOLD.sub(b"", whole(opened))))
    title, called_off, nested = "", False, 0
    open_event: dict[str, tuple[str, str]] | None = None
    events = 0
    for line in lines:
        name, _, value = line.partition(":")
        name, _, _ = (written := name.strip().upper()).partition(";")
        value = value.strip()
        if name == "BEGIN" and value.upper() == "VEVENT":
            if open_event is not None:
                yield _event(shown, title, open_event, called_off)
            open_event, nested, events = {}, 0, events + 1
        elif name == "END" and value.upper() == "VEVENT" and open_event is not None:
            yield _event(shown, title, open_event, called_off)
            open_event = None
        elif name in ("BEGIN", "END") and open_event is not None:
            nested += 1 if name == "BEGIN" else -1
        elif open_event is not None and nested <= 0 and name:
            open_event.setdefault(name, (line[: len(written)], value))
        elif name == "BEGIN" and value.upper() == "VCALENDAR":
            title, called_off = "", False
        elif name == "METHOD":
            called_off = value.upper() == "CANCEL"
        elif name == "X-WR-CALNAME":
            title = value
    if open_event is not None:
        yield _event(shown, title, open_event, called_off)._replace(kind="cut")
    if not events:
        yield Untold(shown, "no event in it")


def _event(shown: str, title: str, said: dict[str, tuple[str, str]], called_off: bool) -> Met:
    given, start = said.get("DTSTART", ("", ""))
    moment = _MOMENT.search(start)
    wall = utc = None
    if moment:
        wall = wall_time(*(int(part or 0) for part in moment.groups()[:6]))
        zone = re.search(r'TZID="?([^";:]+)', given, re.IGNORECASE)
        if moment[7] == "Z":
            utc = wall
        elif zone and wall is not None and moment[4]:
            with suppress(KeyError, ValueError, OSError, OverflowError):
                local = datetime.fromtimestamp(wall, UTC).replace(tzinfo=ZoneInfo(zone[1]))
                utc = int(local.timestamp())
    kind = "event"
    if called_off or said.get("STATUS", ("", ""))[1].upper() == "CANCELLED":
        kind = "cancelled"
    elif not said:
        kind = "empty"
    elif wall is None:
        kind = "no start"
    elif said.keys() & {"RRULE", "RDATE", "RECURRENCE-ID"}:
        kind = "series"
    uid, summary = said.get("UID", ("", ""))[1], said.get("SUMMARY", ("", ""))[1]
    uid = re.sub(r"\\([,;\\])", r"\1", uid)
    return Met("calendar", shown, shown, title, uid, kind, wall, utc, author=summary)
