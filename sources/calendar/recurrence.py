"""Expand one series with ``recurring_ical_events``.

The library gets the dates only, already in their zones, and one series at a time: so a
rule it cannot read costs that series' expansion and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar.cal import Calendar, Event
from icalendar.prop import vDDDLists, vDDDTypes, vInt, vRecur
from recurring_ical_events import CalendarQuery, ComponentsWithName, Occurrence

from sources.calendar.event import Vevent
from sources.calendar.moments import Moment, day_of

MOST = 10_000
"""A rule denser than this within its window is no series of meetings."""

_UNTIL = re.compile(r";?UNTIL=(\d{8})?[^;]*", re.IGNORECASE)
_DENSE = re.compile(r"FREQ=(?:HOURLY|MINUTELY|SECONDLY)|BY(?:HOUR|MINUTE|SECOND)=", re.IGNORECASE)


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
    _refuse_dense(master, last)
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
    except Exception as error:  # any rule at all, and a library that trusts it
        raise CannotExpand(f"{type(error).__name__}: {str(error)[:80]}") from error
    # The library also gives what began before and still goes on.
    return [one for one in made if first <= day_of(one.start) <= last]


def goes_on(master: Vevent, last: date) -> bool:
    """Whether the series has instances after this day."""
    if any(day_of(_start(value)) > last for value in master.added):
        return True
    return any(_rule_goes_on(rule.upper(), master, last) for rule in master.rules)


def _rule_goes_on(rule: str, master: Vevent, last: date) -> bool:
    if until := re.search(r"UNTIL=(\d{8})", rule):
        return until[1] > f"{last:%Y%m%d}"
    if "COUNT=" not in rule:
        return True
    return _rule(rule, master).after(datetime.combine(last, time.max)) is not None


def _rule(rule: str, master: Vevent) -> Any:
    """The rule on the wall clock, without its end."""
    naive = datetime.combine(day_of(master.start), time())
    if isinstance(master.start, datetime):
        naive = master.start.replace(tzinfo=None)
    return rrulestr(_UNTIL.sub("", rule).lstrip(";"), dtstart=naive)


def _refuse_dense(master: Vevent, last: date) -> None:
    for rule in master.rules:
        if not _DENSE.search(rule):
            continue
        try:
            nth = next(islice(iter(_rule(rule, master)), MOST, None), None)
        except Exception as error:  # as above
            raise CannotExpand(f"{type(error).__name__}: {str(error)[:80]}") from error
        if nth is not None and nth.date() <= last:
            raise CannotExpand(f"more than {MOST} instances")


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
        component["RRULE"] = [vRecur.from_ical(rule.rstrip(";")) for rule in event.rules]
    if event.added:
        component["RDATE"] = vDDDLists(list(event.added))
    if event.excluded:
        component["EXDATE"] = vDDDLists(list(event.excluded))
    return component


def _start(value: Moment | tuple[datetime, datetime | timedelta]) -> Moment:
    return value[0] if isinstance(value, tuple) else value
