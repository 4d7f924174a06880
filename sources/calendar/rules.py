"""What a recurrence rule gives, asked for with a patience that ends.

``dateutil`` looks for the next instance until the year 9999, and some rules have none:
the 30th of February, every day; or every second, of which there are too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import HOURLY, YEARLY, rrulestr  # type: ignore[import-untyped]

from sources.calendar.moments import Moment, day_of

MOST = 10_000
"""Rules by the hour or denser with more instances than this are no series of meetings."""

FAR = 200_000
"""At most so many instances of a series are counted from its start: daily, 547 years. By
the hour, so many days; else five times as many.
"""

RULES = 10
"""More rules than this in one event are not followed."""

PATIENCE = 20_000
"""At most so many days are looked at in vain: a leap day that is a Sunday takes 40 years."""

_UNTIL = re.compile(r"(?:^|;)UNTIL=(\d{8})[^;]*")
_DENSE = re.compile(r"FREQ=(?:HOURLY|MINUTELY|SECONDLY)|BY(?:HOUR|MINUTE|SECOND)=")
# Between two days these take up to 86,400 steps of which nobody can be told.
_FINE = re.compile(r"FREQ=(?:MINUTELY|SECONDLY)")
# The zone of the start may make a day of the rule another one in the window.
_SLACK = timedelta(days=2)


class CannotExpand(Exception):
    """The series cannot be expanded; the message says why."""


def cannot(error: Exception) -> CannotExpand:
    """What a library says about a rule."""
    return CannotExpand(f"{type(error).__name__}: {str(error)[:80]}")


def end_of(start: Moment, rules: tuple[str, ...], last: date) -> date | None:
    """A day after which the rules give nothing more, or none when they never end.

    It is only looked for up to ``last``: a later answer only says that there is more.
    Raises `CannotExpand`; where it does not, the rules can be followed to ``last``.
    """
    if len(rules) > RULES:
        raise CannotExpand(f"it has more than {RULES} rules")
    ends: list[date | None] = [day_of(start)]
    most = MOST if any(map(_DENSE.search, rules)) else FAR
    count = 0
    for rule in rules:
        until = _until(rule)
        bound = min(last, until or last, date.max - _SLACK) + _SLACK
        end: date | None = day_of(start)
        for moment in _instances(rule, start):
            if (end := moment.date()) > bound:
                # Of one that counts this is an instance of its own, of another only a sign.
                end = end if "COUNT=" in rule else None
                break
            count += 1
            if count > most:
                raise CannotExpand(f"it has more than {most} instances")
        ends.append(until or end)
    known = [end for end in ends if end]
    return max(known) if len(known) == len(ends) else None


def _until(rule: str) -> date | None:
    found = _UNTIL.search(rule)
    try:
        return datetime.strptime(found[1], "%Y%m%d").date() if found else None  # noqa: DTZ007
    except ValueError as error:
        raise CannotExpand(f"UNTIL={found[1] if found else ''} is no date") from error


def _instances(rule: str, start: Moment) -> Iterator[datetime]:
    """What the rule gives on the wall clock, without its UNTIL. Raises `CannotExpand`."""
    if _FINE.search(rule) and "BY" in rule:
        raise CannotExpand("what it picks from is closer together than meetings are")
    naive = datetime.combine(day_of(start), time())
    if isinstance(start, datetime):
        naive = start.replace(tzinfo=None)
    try:
        made = rrulestr(_UNTIL.sub("", rule).strip(";"), dtstart=naive)
        watch = _watch(made)
        for moment in made:
            watch.in_vain = 0
            yield moment
    except CannotExpand:
        raise
    except Exception as error:  # any rule at all, and a library that trusts it
        raise cannot(error) from error


def _watch(made: Any) -> _Months:
    if made._interval < 1:
        raise CannotExpand("its INTERVAL is not positive")
    months = _Months(made._bymonth or range(1, 13), FAR if made._freq >= HOURLY else 5 * FAR)
    # Of a year the library counts weekdays by month, if the rule names months.
    if made._bymonth or made._freq != YEARLY or not made._bynweekday:
        made._bymonth = months
    return months


class _Months:
    """The months of a rule. ``dateutil`` asks about the month of every day that it looks
    at, and nothing else from outside is asked while it finds no instance.
    """

    def __init__(self, months: Any, most: int) -> None:
        self._months = tuple(months)
        self._most = most
        self.in_vain = self._asked = 0

    def __iter__(self) -> Iterator[int]:
        return iter(self._months)

    def __contains__(self, month: int) -> bool:
        self.in_vain += 1
        self._asked += 1
        if self.in_vain > PATIENCE:
            raise CannotExpand(f"it has no instance in {PATIENCE} days")
        if self._asked > self._most:
            raise CannotExpand(f"it goes on for more than {self._most} days")
        return month in self._months
