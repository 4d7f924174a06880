"""Expand one series with ``recurring_ical_events``.

The library gets the dates only, already in their zones, and one series at a time: so a
rule it cannot read costs that series' expansion and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar.cal import Calendar, Event
from icalendar.prop import vDDDLists, vDDDTypes, vInt, vRecur
from recurring_ical_events import CalendarQuery, ComponentsWithName, Occurrence

from sources.calendar.event import Vevent
from sources.calendar.moments import Moment, day_of, render

MOST = 10_000
"""A rule denser than this within its window is no series of meetings."""

_UNTIL = re.compile(r";UNTIL=(\d{8})[^;]*")
_DENSE = re.compile(r"FREQ=(?:HOURLY|MINUTELY|SECONDLY)|BY(?:HOUR|MINUTE|SECOND)=")


class CannotExpand(Exception):
    """The series cannot be expanded; the message says why."""


class Occasion(NamedTuple):
    """One instance: which VEVENT describes it, when it is, and when it was to be."""

    event: Vevent
    start: Moment
    end: Moment
    original: Moment


class _Bare(Occurrence):  # type: ignore[misc]  # the library is not typed
    """An occurrence that is not made into a component, which is most of the cost."""

    def as_component(self, _keep: bool) -> tuple[Any, Moment, Moment]:
        return self._adapter._component, self.start, self.end


def occasions(
    master: Vevent, overrides: Sequence[Vevent], first: date, last: date
) -> list[Occasion]:
    """The instances that start on these days, overrides in their places.

    Raises `CannotExpand`.
    """
    if first > last:
        return []
    calendar = Calendar()
    try:
        pairs = _components(master, overrides)
        described = {id(component): event for event, component in pairs}
        calendar.subcomponents = [component for _, component in pairs]
        select = ComponentsWithName("VEVENT", occurrence=_Bare)
        found = CalendarQuery(calendar, components=[select]).between(
            datetime.combine(first, time()), datetime.combine(last + timedelta(days=1), time())
        )
        made = [_occasion(described[id(component)], a, b) for component, a, b in found]
        for one in made:
            render(one.end), render(one.original)  # at the ends of time they cannot be
    except Exception as error:  # any rule at all, and a library that trusts it
        raise _cannot(error) from error
    # The library also gives what began before and still goes on.
    return [one for one in made if first <= day_of(one.start) <= last]


def end_of(master: Vevent, last: date) -> date | None:
    """A day after which the series has nothing more, or none when it never ends.

    It is only looked for up to ``last``: a later answer only says that there is more.
    Raises `CannotExpand`.
    """
    ends = [day_of(master.start), *(day_of(_start(value)) for value in master.added)]
    for rule in master.rules:
        _refuse_dense(rule, master, last)
        if until := _UNTIL.search(rule):
            ends.append(_day(until[1]))
        elif "COUNT=" in rule:
            ends.append(_last_of(rule, master, last))
        else:
            return None
    return max(ends)


def _day(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise CannotExpand(f"UNTIL={text} is no date") from error


def _last_of(rule: str, master: Vevent, last: date) -> date:
    day = day_of(master.start)
    for moment in _rule(rule, master):
        day = moment.date()
        if day > last:
            break
    return day


def _rule(rule: str, master: Vevent) -> Iterator[datetime]:
    """What the rule gives on the wall clock, without its UNTIL. Raises `CannotExpand`."""
    naive = datetime.combine(day_of(master.start), time())
    if isinstance(master.start, datetime):
        naive = master.start.replace(tzinfo=None)
    try:
        yield from rrulestr(_UNTIL.sub("", rule), dtstart=naive)
    except Exception as error:  # any rule at all, and a library that trusts it
        raise _cannot(error) from error


def _refuse_dense(rule: str, master: Vevent, last: date) -> None:
    if not _DENSE.search(rule):
        return
    nth = next(islice(_rule(rule, master), MOST, None), None)
    if nth is not None and nth.date() <= last:
        raise CannotExpand(f"it has more than {MOST} instances")


def _cannot(error: Exception) -> CannotExpand:
    return CannotExpand(f"{type(error).__name__}: {str(error)[:80]}")


def _occasion(event: Vevent, start: Moment, end: Moment) -> Occasion:
    if event.instance is None:
        return Occasion(event, start, end, start)
    if start == event.start:
        return Occasion(event, start, end, event.instance)
    # After RANGE=THISANDFUTURE the later instances are moved as this one was.
    moved = event.start - event.instance  # type: ignore[operator]  # of one type, else refused
    return Occasion(event, start, end, start - moved)


def _components(master: Vevent, overrides: Sequence[Vevent]) -> list[tuple[Vevent, Event]]:
    return [(event, _component(event)) for event in (master, *overrides)]


def _component(event: Vevent) -> Event:
    component = Event()
    component["UID"] = "series"
    component["DTSTART"] = vDDDTypes(event.start)
    component["DTEND"] = vDDDTypes(event.end)
    component["SEQUENCE"] = vInt(event.sequence)
    if event.instance is not None:
        component["RECURRENCE-ID"] = vDDDTypes(event.instance)
        if event.and_future:
            component["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
        return component
    if event.rules:
        component["RRULE"] = [vRecur.from_ical(rule) for rule in event.rules]
    if event.added:
        component["RDATE"] = vDDDLists(list(event.added))
    if event.excluded:
        component["EXDATE"] = vDDDLists(list(event.excluded))
    return component


def _start(value: Moment | tuple[datetime, datetime | timedelta]) -> Moment:
    return value[0] if isinstance(value, tuple) else value
