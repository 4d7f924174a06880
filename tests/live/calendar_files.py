"""The export of a world's calendars, in Google's own layout."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.live.calendar_world import Event, Start, World


def export(world: World, folder: Path) -> None:
    """One file per calendar."""
    for calendar in world.people:
        lines = [
            "BEGIN:VCALENDAR",
            "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
            "VERSION:2.0",
            "METHOD:PUBLISH",
            f"X-WR-CALNAME:{calendar}",
            "X-WR-TIMEZONE:Europe/Paris",
        ]
        for event in world.events.values():
            if calendar in world.calendars_of(event) and not event.deleted:
                lines += _event(event, world.now)
        folder.mkdir(parents=True, exist_ok=True)
        text = "\r\n".join(map(_folded, [*lines, "END:VCALENDAR", ""]))
        (folder / f"{calendar}.ics").write_bytes(text.encode())


def _event(event: Event, made: datetime) -> Iterator[str]:
    rules = []
    if event.weeks:
        rules = [f"RRULE:FREQ=WEEKLY;COUNT={event.weeks}"]
        rules += [f"EXDATE{_when(event.original(week), event)}" for week in sorted(event.off)]
    yield from _vevent(event, event.original(0), made, rules)
    for week, start in event.moved.items():
        told = f"RECURRENCE-ID{_when(event.original(week), event)}"
        yield from _vevent(event, start, made, [told])


def _vevent(event: Event, start: Start, made: datetime, more: list[str]) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"DTSTART{_when(start, event)}"
    yield f"DTEND{_when(event.end(start), event)}"
    yield from more
    yield f"DTSTAMP:{made:%Y%m%dT%H%M%SZ}"
    yield f"UID:{event.uid}"
    if event.guests:
        yield f"ORGANIZER;CN={event.organizer}:mailto:{event.organizer}"
    for guest, response in event.guests.items():
        shape = f"CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={response.upper()}"
        yield f"ATTENDEE;{shape};CN={guest};X-NUM-GUESTS=0:mailto:{guest}"
    if event.room:
        yield "ATTENDEE;CUTYPE=RESOURCE;PARTSTAT=ACCEPTED:mailto:c_1@resource.calendar.google.com"
    if event.link:
        yield f"X-GOOGLE-CONFERENCE:{event.link}"
    yield f"DESCRIPTION:{_escaped(event.description)}"
    yield f"LAST-MODIFIED:{event.changed.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"LOCATION:{_escaped(event.location)}"
    yield f"SEQUENCE:{event.sequence}"
    yield "STATUS:CONFIRMED"
    yield f"SUMMARY:{_escaped(event.title)}"
    yield "END:VEVENT"


def _when(moment: Start, event: Event) -> str:
    if not isinstance(moment, datetime):
        return f";VALUE=DATE:{moment:%Y%m%d}"
    if event.weeks:
        return f";TZID={event.zone}:{moment:%Y%m%dT%H%M%S}"
    return f":{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    data = line.encode()
    pieces = [data[:75], *(data[at : at + 74] for at in range(75, len(data), 74))]
    return b"\r\n ".join(pieces).decode("utf-8", "surrogateescape")
