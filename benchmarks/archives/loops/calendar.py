"""The straightforward loop over a folder of calendars: ``icalendar`` and
``recurring_ical_events``, what is costly remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import recurring_ical_events
from bs4 import BeautifulSoup
from icalendar import Calendar, vCalAddress

from benchmarks.archives.settings import WINDOW

Facts = dict[str, Any]

_CONFERENCE = re.compile(r"-::~[:~]*::-.*?-::~[:~]*::-", re.DOTALL)
_URL = re.compile(r"https?://[^\s<>\"']+")
_MEETING = re.compile(r"https://(?:meet\.google\.com|[\w.-]*zoom\.us|teams\.microsoft\.com)/\S+")


def read(root: Path) -> Iterator[tuple[Facts, list[Facts]]]:
    """Every meeting in the window, without messages."""
    for path in sorted(root.glob("*.ics")):
        calendar = Calendar.from_ical(path.read_bytes())
        assert isinstance(calendar, Calendar)
        name = str(calendar["X-WR-CALNAME"]).replace("\\,", ",")
        repeating = {
            event["UID"]
            for event in calendar.events
            if "RRULE" in event or "RECURRENCE-ID" in event
        }
        first, last = WINDOW
        found = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
        for event in found:
            yield _meeting(event, name, event["UID"] in repeating), []


def _meeting(event: Any, calendar: str, recurring: bool) -> Facts:
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    uid, title = str(event["UID"]), str(event.get("SUMMARY", "")).strip()
    original = event["RECURRENCE-ID"].dt if recurring else start
    location = str(event.get("LOCATION", "")).strip() or None
    written = str(event.get("DESCRIPTION", ""))
    organizer = _person(event["ORGANIZER"]) if "ORGANIZER" in event else None
    attendees: dict[str, Facts] = {}
    for address in event.attendees:
        who = _person(address)
        room = address.params.get("CUTYPE") in ("RESOURCE", "ROOM")
        if not room and not who["email"].endswith(".calendar.google.com"):
            attendees.setdefault(who["email"], who)
    facts = {
        "uid": uid,
        "title": title,
        "start": _said(start),
        "end": _said(end),
        "all_day": not isinstance(start, datetime),
        "organizer": organizer,
        "attendees": list(attendees.values()),
        "location": location,
        "link": _link(event, location or "", written),
        "description": _plain(written),
        "calendar": calendar,
        "status": str(event.get("STATUS", "confirmed")).lower(),
        "recurring": recurring,
        "key": f"calendar:{uid}:{_said(original)}",
        "texts": [location] if location else [],
        "emails": sorted({*attendees, *([organizer["email"]] if organizer else ())}),
    }
    marks = ["out-of-office"] if title.lower() == "out of office" else []
    if event.get("CLASS") in ("PRIVATE", "CONFIDENTIAL"):
        marks.append("private")
    return facts | {"marks": marks} if marks else facts


def _said(moment: date | datetime) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _person(address: vCalAddress) -> Facts:
    email = str(address).lower().removeprefix("mailto:")
    name = address.params.get("CN")
    response = address.params.get("PARTSTAT")
    return {
        "name": str(name) if name and name.lower() != email else None,
        "email": email,
        "response": response.lower() if response else None,
    }


def _link(event: Any, location: str, description: str) -> str | None:
    if "X-GOOGLE-CONFERENCE" in event:
        return str(event["X-GOOGLE-CONFERENCE"])
    found = _URL.search(location) or _MEETING.search(description)
    return found[0] if found else None


@lru_cache(maxsize=10_000)
def _plain(description: str) -> str:
    """Without markup and the conference's boilerplate."""
    if "<" in description:
        soup = BeautifulSoup(description, "lxml")
        for line_break in soup("br"):
            line_break.replace_with("\n")
        description = soup.get_text()
    return _CONFERENCE.sub("", description).strip()
