"""Expand one series with ``recurring_ical_events``.

The library gets the dates only, already in their zones, and one series at a time: so a
rule it cannot read costs that series' expansion and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar.cal import Calendar, Event
from icalendar.prop import vDDDLists, vDDDTypes, vInt, vRecur
from recurring_ical_events import CalendarQuery, ComponentsWithName, Occurrence
from recurring_ical_events.series import rrule as _rules

from sources.calendar.event import Vevent
from sources.calendar.moments import Moment, day_of, in_utc, render
from sources.calendar.rules import cannot
from sources.calendar.rules import end_of as end_of_rules

# The end of a rule is in UTC. Where the machine's own zone is called so (TZ=UTC-3), it would
# be taken for a time there.
_rules.rrulestr = partial(rrulestr, tzinfos={"UTC": UTC})


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


def occasions(master: Vevent, changes: Sequence[Vevent], first: date, last: date) -> list[Occasion]:
    """The instances that were to start on these days; ``changes`` are those overrides that say
    something of all later instances, too (RANGE=THISANDFUTURE).

    Raises `CannotExpand`.
    """
    if first > last:
        return []
    calendar = Calendar()
    try:
        pairs = _components(master, changes)
        described = {id(component): event for event, component in pairs}
        calendar.subcomponents = [component for _, component in pairs]
        select = ComponentsWithName("VEVENT", occurrence=_Bare)
        moved = max((abs(_moved(change)) for change in changes), default=timedelta(0))
        found = CalendarQuery(calendar, components=[select]).between(
            datetime.combine(first, time()) - moved,
            datetime.combine(last + timedelta(days=1), time()) + moved,
        )
        made = [_occasion(described[id(component)], a, b) for component, a, b in found]
        for one in made:
            render(one.end), render(one.original)  # at the ends of time they cannot be
    except Exception as error:  # any rule at all, and a library that trusts it
        raise cannot(error) from error
    # The library also gives what began before and still goes on, or was moved here.
    return [one for one in made if first <= day_of(one.original) <= last]


def end_of(master: Vevent, last: date) -> date | None:
    """A day after which the series has nothing more, or none when it never ends.

    It is only looked for up to ``last``: a later answer only says that there is more.
    Raises `CannotExpand`, and must be asked before `occasions`, which trusts the rules.
    """
    end = end_of_rules(master.start, master.rules, last)
    return end and max([end, *(day_of(_start(value)) for value in master.added)])


def _occasion(event: Vevent, start: Moment, end: Moment) -> Occasion:
    end = _real_end(start, end)
    if event.instance is None:
        return Occasion(event, start, end, start)
    if start == event.start:
        return Occasion(event, start, end, event.instance)
    # After RANGE=THISANDFUTURE the later instances are moved as this one was.
    return Occasion(event, start, end, start - _moved(event))


def _moved(change: Vevent) -> timedelta:
    moved: timedelta = change.start - change.instance  # type: ignore[operator]  # of one type
    return moved


def _real_end(start: Moment, end: Moment) -> Moment:
    """The end, where the start is on an hour that a change of the clock skips or repeats:
    there the wall clock says too little about how long something lasts.
    """
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return end
    if end.tzinfo is not start.tzinfo or start.utcoffset() == start.replace(fold=1).utcoffset():
        return end
    lasts = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return (in_utc(start) + lasts).astimezone(start.tzinfo or UTC)


def _components(master: Vevent, changes: Sequence[Vevent]) -> list[tuple[Vevent, Event]]:
    return [(event, _component(event)) for event in (master, *changes)]


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
