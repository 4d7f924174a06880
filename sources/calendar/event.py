"""One VEVENT, understood as far as its times go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sources.calendar.lines import Line, Properties, decode, properties
from sources.calendar.moments import (
    Moment,
    day_of,
    in_utc,
    in_zone,
    parse_duration,
    parse_moment,
    render,
)
from sources.calendar.zones import Notes, Zones

# What changes from one export to the next although the event does not.
_VOLATILE = frozenset({"DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE"})

Period = tuple[datetime, datetime | timedelta]
_T = TypeVar("_T")
_SEQUENCES = 2**31 - 1


class BrokenEvent(Exception):
    """A VEVENT that cannot be read; the message says why."""


@dataclass(frozen=True)
class Header:
    """What a VCALENDAR says for all its events."""

    name: str
    zones: Zones
    cancels: bool = False
    """METHOD:CANCEL: every event in it is a cancellation."""
    answers: bool = False
    """METHOD:REPLY and the like: a guest answers, with little of the event itself."""
    owner: str = ""
    """Whose calendar it is, if it is called like their address, as Google does."""


@dataclass(eq=False)
class Vevent:
    """A VEVENT. ``instance`` is its RECURRENCE-ID: which instance of a series it
    changes. ``notes`` are findings about it, by kind.
    """

    uid: str
    start: Moment
    end: Moment
    header: Header
    lines: Properties
    instance: Moment | None = None
    and_future: bool = False
    sequence: int = 0
    stamp: str = ""
    called_off: str = ""
    """Why it is no meeting: ``cancelled``, or ``deleted`` where an API says so."""
    here_only: bool = False
    """Whether it is called off in this calendar alone, by a guest."""
    withheld: bool = False
    """Whether we are only shown when it is."""
    marks: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    added: tuple[Moment | Period, ...] = ()
    excluded: tuple[Moment, ...] = ()
    notes: Notes = field(default_factory=dict)

    @property
    def repeats(self) -> bool:
        """Whether it is the master of a series."""
        return self.instance is None and bool(self.rules or self.added)

    def first(self, name: str) -> Line | None:
        """The first line of that name, if it says anything."""
        return first_line(self.lines, name)


def first_line(lines: Properties, name: str) -> Line | None:
    """The first line of that name, if it says anything."""
    for line in lines.get(name, ()):
        if line.value.strip():
            return line
    return None


def uid_of(lines: Properties) -> str:
    """Its UID; without one, a digest of its content, marked as such."""
    line = first_line(lines, "UID")
    if line is not None:
        return line.text.strip()
    content = sorted(
        f"{line.name}{sorted(line.params.items())}{line.value}"
        for name, found in lines.items()
        if name not in _VOLATILE
        for line in found
    )
    return (
        "sha256-" + hashlib.sha256("\n".join(content).encode("utf-8", "replace")).hexdigest()[:32]
    )


def stamps_of(lines: Properties) -> list[datetime]:
    """LAST-MODIFIED, then DTSTAMP, where they can be read; both are in UTC by definition."""
    found = []
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        line = first_line(lines, name)
        try:
            moment = in_zone(parse_moment(line.value), UTC) if line else None
        except ValueError:
            continue
        if isinstance(moment, datetime):
            found.append(moment)
    return found


def understand(data: bytes, header: Header) -> Vevent | None:
    """The event in this block; nothing when the block is empty.

    Raises `BrokenEvent`.
    """
    text, is_utf8 = decode(data)
    lines = properties(text)
    if not lines:
        return None
    notes: Notes = {}
    if not is_utf8:
        notes["encoding_assumed"] = "Not all of it is UTF-8: the rest was read as Windows-1252."
    start = _start(lines, header.zones, notes)
    stamps = stamps_of(lines)
    event = Vevent(
        uid=uid_of(lines),
        start=start,
        end=end_after(start, lambda: _written_end(start, lines, header.zones, notes), notes),
        header=header,
        lines=lines,
        sequence=_sequence(lines),
        stamp=render(stamps[0]) if stamps else "",
        notes=notes,
    )
    status = event.first("STATUS")
    if header.cancels or (status and status.text.strip().upper() == "CANCELLED"):
        event.called_off = "cancelled"
    take_recurrence(event)
    return event


def _start(lines: Properties, zones: Zones, notes: Notes) -> Moment:
    line = first_line(lines, "DTSTART")
    if line is None:
        raise BrokenEvent("they say no start")
    try:
        return zones.place(line.value, line.params.get("TZID"), notes)
    except ValueError:
        raise BrokenEvent("their start is no date") from None


def end_after(start: Moment, written: Callable[[], Moment], notes: Notes) -> Moment:
    """The end as it is written, or the start where that cannot be."""
    try:
        end = written()
        if _before(end, start):
            notes["end_before_start"] = "It ends before it starts: the end was left out."
            return start
    except (ValueError, OverflowError):
        notes["end_unreadable"] = "Its end cannot be read: the start stands for it."
        return start
    return end


def _before(end: Moment, start: Moment) -> bool:
    if isinstance(end, datetime) and isinstance(start, datetime):
        # Not by the wall clock, which goes back once a year.
        return in_utc(end) < in_utc(start)
    return end < start


def _written_end(start: Moment, lines: Properties, zones: Zones, notes: Notes) -> Moment:
    """DTEND, else DURATION, else zero length, or one day (RFC 5545 section 3.6.1)."""
    if line := first_line(lines, "DTEND"):
        end = zones.place(line.value, line.params.get("TZID"), notes)
        if isinstance(start, datetime) and not isinstance(end, datetime):
            return datetime(end.year, end.month, end.day, tzinfo=start.tzinfo)
        return end if isinstance(start, datetime) else day_of(end)
    if line := first_line(lines, "DURATION"):
        duration = parse_duration(line.value)
        if not isinstance(start, datetime):
            return start + duration
        # A day is as long as the clock makes it, an hour is an hour (section 3.3.6).
        days = timedelta(days=duration.days)
        return (in_utc(start + days) + (duration - days)).astimezone(start.tzinfo)
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _sequence(lines: Properties) -> int:
    line = first_line(lines, "SEQUENCE")
    try:
        return min(int(line.value), _SEQUENCES) if line else 0
    except ValueError:
        return 0


def take_recurrence(event: Vevent) -> None:
    """RRULE, RDATE, EXDATE and RECURRENCE-ID; what of them cannot be read is noted."""
    rules = ("".join(line.value.upper().split()) for line in event.lines.get("RRULE", ()))
    if event.first("EXRULE"):  # not of RFC 5545 any more, and not followed
        event.notes["recurrence_unreadable"] = "Its EXRULE is not followed."
    event.rules = tuple(rule.strip(";") for rule in rules if rule.strip(";"))
    event.added = _values(event, "RDATE", _added)
    event.excluded = _values(event, "EXDATE", _beside)
    event.instance = next(iter(_values(event, "RECURRENCE-ID", _beside)), None)
    if event.instance is not None:
        line = event.lines["RECURRENCE-ID"][0]
        event.and_future = line.params.get("RANGE", "").upper() == "THISANDFUTURE"


def _values(event: Vevent, name: str, read: Callable[[str, Line, Vevent], _T]) -> tuple[_T, ...]:
    found: list[_T] = []
    for line in event.lines.get(name, ()):
        for value in filter(str.strip, line.value.split(",")):
            try:
                found.append(read(value, line, event))
            except (ValueError, OverflowError) as error:
                event.notes["recurrence_unreadable"] = f"Its {name} cannot be read: {error}."
    return tuple(found)


def _beside(value: str, line: Line, event: Vevent) -> Moment:
    """A date of the series; without a zone of its own it is in that of the start."""
    moment = parse_moment(value)
    if not isinstance(moment, datetime):
        return moment
    if line.params.get("TZID"):
        return event.header.zones.place(value, line.params["TZID"], event.notes)
    zone = event.start.tzinfo if isinstance(event.start, datetime) else UTC
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    in_utc(moment)
    return moment


def _added(value: str, line: Line, event: Vevent) -> Moment | Period:
    start, slash, end = value.partition("/")
    moment = _beside(start, line, event)
    if not slash:
        return moment
    if not isinstance(moment, datetime):  # a period of days is none
        return moment
    if end.strip().upper().lstrip("+-").startswith("P"):
        return moment, parse_duration(end)
    last = _beside(end, line, event)
    return (moment, last) if isinstance(last, datetime) else moment
