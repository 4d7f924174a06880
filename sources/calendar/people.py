"""ORGANIZER and ATTENDEE lines: people, told apart from rooms and other addresses."""

from __future__ import annotations

import re

from sources.calendar.lines import Line
from sources.records import Person

# Google writes calendars, imported feeds and rooms as addresses below this domain.
_CALENDAR_DOMAIN = "calendar.google.com"
_THINGS = frozenset({"RESOURCE", "ROOM"})
_SCHEME = re.compile(r"mailto:", re.IGNORECASE)
_RESPONSES = frozenset({"accepted", "declined", "tentative", "needs-action"})


def person(line: Line) -> Person:
    """Who the line names, as far as it does."""
    email = _email(line)
    name: str | None = line.params.get("CN", "").replace("^'", '"').replace("\\,", ",").strip()
    if not name or _SCHEME.sub("", name.lower()) == email:
        name = None
    response = line.params.get("PARTSTAT", "").lower()
    return Person(name=name, email=email, response=response if response in _RESPONSES else None)


def attendees(lines: list[Line]) -> tuple[Person, ...]:
    """The people invited, each once, in the order of the file."""
    found: dict[object, Person] = {}
    for line in lines:
        who = person(line)
        thing = line.params.get("CUTYPE", "").upper() in _THINGS or is_pseudo(who.email)
        if not thing and (who.email or who.name):
            found.setdefault(who.email or who.name, who)
    return tuple(found.values())


def is_pseudo(email: str | None) -> bool:
    """Whether this is the address of a calendar, a room or nobody."""
    domain = (email or "").rpartition("@")[2]
    return domain == "virtual" or ("." + domain).endswith("." + _CALENDAR_DOMAIN)


def _email(line: Line) -> str | None:
    for text in (line.text, line.params.get("EMAIL", "")):
        address = _SCHEME.sub("", text.strip().strip("<>"), count=1).strip().strip("<>").lower()
        if "@" in address and "/" not in address and " " not in address:
            return address
    return None
