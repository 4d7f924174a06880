"""From an instance to the record of a meeting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sources.calendar.description import conference_in, plain, url_in
from sources.calendar.event import Vevent
from sources.calendar.moments import render
from sources.calendar.people import attendees, is_pseudo, person
from sources.calendar.series import Instance, Outcome, Span
from sources.records import Finding, Item, Meeting, Person, Summary

# RFC 7986 and what Google, Microsoft and Teams write.
_LINKS = (
    "X-GOOGLE-CONFERENCE",
    "X-GOOGLE-HANGOUT",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "CONFERENCE",
)
# Google's export has no field for it, only the title it gives such events.
_AWAY = re.compile(r"(?:out of office|ooo)\s*(?:[^\w\s].*)?", re.IGNORECASE | re.DOTALL)
_PRIVATE = frozenset({"PRIVATE", "CONFIDENTIAL"})


class Origin(NamedTuple):
    """What all meetings of a calendar share. ``stamp`` says of when it is."""

    archive: str
    stamp: str
    findings: tuple[Finding, ...]


def items_of(outcome: Outcome, origin: Origin) -> Iterator[Item]:
    """The items of the events of one UID."""
    writers: dict[int, MeetingWriter] = {}
    for instance in outcome.instances:
        event = instance.event
        if id(event) not in writers:
            writers[id(event)] = MeetingWriter(event, outcome, origin)
        yield writers[id(event)].item(instance, event.repeats or event.instance is not None)


class MeetingWriter:
    """Makes the items of one VEVENT; what they share is worked out once."""

    def __init__(self, event: Vevent, outcome: Outcome, origin: Origin) -> None:
        self._event = event
        self._origin = origin
        self._version = (outcome.rank, origin.stamp)
        missed = (f"missed:{original}" for original in outcome.missed)
        self._span = (*_span_flags(outcome.span), *missed)
        self._title = _text(event, "SUMMARY") or ""
        self._location = _text(event, "LOCATION")
        raw = _text(event, "DESCRIPTION") or ""
        self._description = plain(raw)
        self._link = _link(event, self._location or "", raw)
        organizer = event.first("ORGANIZER")
        self._organizer = person(organizer) if organizer else None
        self._attendees = attendees(event.lines.get("ATTENDEE", []))
        self._emails = _emails(self._organizer, self._attendees)
        self._owners = tuple({event.header.owner}.intersection(self._emails))
        self._marks = _marks(event, self._title)
        self._status = (_text(event, "STATUS") or "confirmed").lower()

    def item(self, instance: Instance, recurring: bool) -> Item:
        """The item of one instance."""
        event, start = self._event, render(instance.start)
        head = Meeting(
            uid=event.uid,
            title=self._title,
            start=start,
            end=render(instance.end),
            all_day=not isinstance(instance.start, datetime),
            organizer=self._organizer,
            attendees=self._attendees,
            location=self._location,
            link=self._link,
            description=self._description,
            calendar=event.header.name,
            status=self._status,
            recurring=recurring,
            marks=self._marks,
        )
        return Item(summary=self._summary(instance), head=head)

    def _summary(self, instance: Instance) -> Summary:
        event = self._event
        key = f"calendar:{event.uid}:{instance.original}"
        # All instances of a UID meet in one merge, and what is gone even if nothing else is.
        identity = (f"calendar-uid:{event.uid}", *([f"!{key}"] if instance.gone else []))
        expanded = ("expanded",) if instance.expanded else ()
        gone = [f"gone:{instance.gone}"] if instance.gone else []
        if instance.gone == "deleted" and not event.here_only:
            gone.append(f"everywhere:{event.stamp}")
        return Summary(
            key=key,
            kind="calendar_meetings",
            source="calendar",
            archive=self._origin.archive,
            title=self._title,
            records=1,
            identity=identity,
            version=self._version,
            texts=(self._location,) if self._location else (),
            emails=self._emails,
            flags=(*self._marks, *expanded, *gone, *self._span),
            owners=self._owners,
            findings=_of_instance(event, instance) + self._origin.findings,
        )


def _span_flags(span: Span | None) -> tuple[str, ...]:
    if span is None:
        return ()
    bounds = (("since", span.since), ("until", span.until))
    return ("decides", *(f"{name}:{value}" for name, value in bounds if value))


def _of_instance(event: Vevent, instance: Instance) -> tuple[Finding, ...]:
    """What concerns a series as a whole is said once, with the VEVENT's own meeting."""
    return tuple(
        Finding(kind=kind, detail=detail)
        for kind, detail in sorted(event.notes.items())
        if not (instance.expanded and kind == "series_cut_by_window")
    )


def _text(event: Vevent, name: str) -> str | None:
    line = event.first(name)
    return (line.text.strip() or None) if line else None


def _link(event: Vevent, location: str, description: str) -> str | None:
    for name in _LINKS:
        for line in event.lines.get(name, ()):
            if found := url_in(line.value):
                return found
    written = _text(event, "URL") or ""
    return (
        conference_in(location)
        or url_in(location)
        or conference_in(written)
        or conference_in(description)
    )


def _emails(organizer: Person | None, people: tuple[Person, ...]) -> tuple[str, ...]:
    everybody = (organizer, *people) if organizer else people
    return tuple(sorted({p.email for p in everybody if p.email and not is_pseudo(p.email)}))


def _marks(event: Vevent, title: str) -> tuple[str, ...]:
    marks = [*event.marks]
    if event.uid.upper().startswith("BIRTHDAY_") or any(
        name.startswith("X-GOOGLE-CALENDAR-CONTENT-") for name in event.lines
    ):
        marks.append("birthday")
    busy = (_text(event, "X-MICROSOFT-CDO-BUSYSTATUS") or "").upper()
    if busy == "OOF" or _AWAY.fullmatch(title):
        marks.append("out-of-office")
    if (_text(event, "CLASS") or "").upper() in _PRIVATE:
        marks.append("private")
    return tuple(dict.fromkeys(marks))
