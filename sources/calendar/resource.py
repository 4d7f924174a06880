"""An event as Google's Calendar API writes it, made what a VEVENT of an export is made.

An export and the API tell of the same event: only the way they write it differs. What an
export leaves out (that we are shown only when it is, that guests are missing) is noted.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from sources.calendar.event import BrokenEvent, Header, Vevent, end_after, take_recurrence
from sources.calendar.lines import Line, Properties, properties
from sources.calendar.moments import Moment, in_utc, render
from sources.calendar.zones import Notes, Zones

_RECURRENCE = ("RRULE", "RDATE", "EXDATE", "EXRULE")
_RESPONSES = {"needsAction": "NEEDS-ACTION"}
_MARKS = {
    "birthday": "birthday",
    "outOfOffice": "out-of-office",
    "focusTime": "focus-time",
    "workingLocation": "working-location",
}
_SEQUENCES = 2**31 - 1


class When(msgspec.Struct, frozen=True):
    """A day, or a moment with the zone that it was planned in."""

    date: str | None = None
    moment: str | None = msgspec.field(default=None, name="dateTime")
    zone: str | None = msgspec.field(default=None, name="timeZone")


class Somebody(msgspec.Struct, frozen=True, rename="camel"):
    """An organizer or a guest, who may be a room."""

    email: str | None = None
    display_name: str | None = None
    response_status: str | None = None
    resource: bool | None = None
    self: bool | None = None


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """A way into a conference."""

    entry_point_type: str | None = None
    uri: str | None = None


class Conference(msgspec.Struct, frozen=True, rename="camel"):
    """What was attached to be met in."""

    entry_points: tuple[Entry, ...] | None = None


class Resource(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is read of an event; of a deleted one only ``id`` and ``status`` are sure."""

    id: str
    status: str | None = None
    uid: str | None = msgspec.field(default=None, name="iCalUID")
    series: str | None = msgspec.field(default=None, name="recurringEventId")
    original: When | None = msgspec.field(default=None, name="originalStartTime")
    start: When | None = None
    end: When | None = None
    recurrence: tuple[str, ...] | None = None
    summary: str | None = None
    description: str | None = None
    location: str | None = None
    visibility: str | None = None
    event_type: str | None = None
    creator: Somebody | None = None
    organizer: Somebody | None = None
    attendees: tuple[Somebody, ...] | None = None
    attendees_omitted: bool | None = None
    hangout_link: str | None = None
    conference_data: Conference | None = None
    sequence: int | None = None
    updated: str | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it is deleted or, as an instance of a series, called off."""
        return self.status == "cancelled"

    @property
    def moments(self) -> tuple[When | None, When | None]:
        """Start and end; of an instance called off, of which no more is said, when it was to be."""
        return self.start or self.original, self.end

    @property
    def repeats(self) -> bool:
        """Whether it is a series."""
        rules = (line.upper() for line in self.recurrence or ())
        return not self.series and any(line.startswith(("RRULE", "RDATE")) for line in rules)

    @property
    def stamp(self) -> str:
        """When it was last changed, to the second, as exports say it; empty when unknown."""
        return second_of(self.updated)


def second_of(text: str | None) -> str:
    """A moment as the API writes it, in UTC and whole seconds; empty when it is none."""
    try:
        moment = in_utc(datetime.fromisoformat(text)) if text else None
    except ValueError:
        return ""
    return render(moment.replace(microsecond=0)) if moment else ""


def begins(resource: Resource, zones: Zones) -> Moment:
    """Its start. Raises `BrokenEvent`."""
    return _start(resource, zones, {})


def event_of(resource: Resource, uid: str, header: Header, bare: bool) -> Vevent:
    """The same as the VEVENT that an export would hold; ``bare`` is a calendar that shows
    only when we are busy.

    Raises `BrokenEvent`.
    """
    notes: Notes = {}
    start = _start(resource, header.zones, notes)
    event = Vevent(
        uid=uid,
        start=start,
        end=end_after(start, lambda: _end(resource, start, header.zones, notes), notes),
        header=header,
        lines=_lines(resource, header.zones),
        sequence=min(resource.sequence or 0, _SEQUENCES),
        stamp=resource.stamp,
        withheld=bare or not (resource.summary or resource.creator or resource.organizer),
        marks=tuple(mark for kind, mark in _MARKS.items() if kind == resource.event_type),
        notes=notes,
    )
    if event.withheld:
        notes["details_withheld"] = "The calendar only shows when it is."
    if resource.attendees_omitted:
        notes["guests_withheld"] = "The calendar does not show all its guests."
    take_recurrence(event)
    return event


def _start(resource: Resource, zones: Zones, notes: Notes) -> Moment:
    start, _ = resource.moments
    try:
        moment = _moment(start, resource, zones, notes) if start else None
    except ValueError:
        raise BrokenEvent("their start is no date") from None
    if moment is None:
        raise BrokenEvent("they say no start")
    return moment


def _end(resource: Resource, start: Moment, zones: Zones, notes: Notes) -> Moment:
    _, end = resource.moments
    moment = _moment(end, resource, zones, notes) if end else None
    if moment is None:
        return start
    if isinstance(moment, datetime) != isinstance(start, datetime):
        raise ValueError("a day and a time")
    return moment


def _moment(when: When, resource: Resource, zones: Zones, notes: Notes) -> Moment | None:
    """As exports write it: an event of its own in UTC, one of a series in its zone."""
    if when.date:
        return date.fromisoformat(when.date)
    if not when.moment:
        return None
    moment = datetime.fromisoformat(when.moment)
    if moment.tzinfo is None:
        return zones.place(f"{moment:%Y%m%dT%H%M%S}", when.zone, notes)
    moment = in_utc(moment.replace(microsecond=0))
    if not (resource.recurrence or resource.series):
        return moment
    zone = zones.find(when.zone) if when.zone else None
    if zone is None and when.zone:
        notes["zone_unknown"] = f"Nothing says what zone {when.zone[:60]!r} is."
    zone = zone or zones.default
    return moment.astimezone(zone) if zone else moment


def _lines(resource: Resource, zones: Zones) -> Properties:
    """What the readers of a VEVENT look at, as its lines."""
    given = properties("\n".join(resource.recurrence or ()))
    lines = {name: given[name] for name in _RECURRENCE if name in given}
    texts = {
        "SUMMARY": resource.summary,
        "DESCRIPTION": resource.description,
        "LOCATION": resource.location,
        "STATUS": resource.status,
        "CLASS": resource.visibility,
        "RECURRENCE-ID": _original(resource, zones),
    }
    lines |= {name: [_text(name, value)] for name, value in texts.items() if value}
    lines["X-GOOGLE-CONFERENCE"] = [_text("X-GOOGLE-CONFERENCE", uri) for uri in _links(resource)]
    if resource.organizer:
        lines["ORGANIZER"] = [_person("ORGANIZER", resource.organizer)]
    lines["ATTENDEE"] = [_person("ATTENDEE", guest) for guest in resource.attendees or ()]
    return lines


def _text(name: str, value: str) -> Line:
    return Line(name, {}, value.replace("\\", "\\\\"))


def _person(name: str, who: Somebody) -> Line:
    params = {"CN": who.display_name or ""}
    if who.response_status:
        params["PARTSTAT"] = _RESPONSES.get(who.response_status, who.response_status)
    if who.resource:
        params["CUTYPE"] = "RESOURCE"
    return Line(name, params, f"mailto:{who.email}" if who.email else "")


def _links(resource: Resource) -> list[str]:
    entries = (resource.conference_data and resource.conference_data.entry_points) or ()
    first = [entry.uri for entry in entries if entry.entry_point_type == "video"]
    rest = [entry.uri for entry in entries if entry.entry_point_type != "video"]
    return [uri for uri in (*first, resource.hangout_link, *rest) if uri]


def _original(resource: Resource, zones: Zones) -> str | None:
    """The start its series gave it, as a RECURRENCE-ID says it."""
    if not resource.series or not resource.original:
        return None
    try:
        moment = _moment(resource.original, resource, zones, {})
    except ValueError:
        return resource.original.moment or resource.original.date
    if isinstance(moment, datetime):
        return f"{in_utc(moment):%Y%m%dT%H%M%SZ}"
    return f"{moment:%Y%m%d}" if moment else None
