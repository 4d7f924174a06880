"""The window in which series are expanded: whole days, from content alone.

From the first start to the newest of: single event, changed instance, DTSTAMP,
LAST-MODIFIED; plus 90 days. Days count as they are written, so that the window does
not depend on any zone. No clock: a file read next year gives the same window.
"""

from __future__ import annotations

from datetime import date, timedelta

from sources.records import Record

MARGIN = timedelta(days=90)
LONGEST = timedelta(days=3652)
"""At most this much of any one series: ten years."""
LONGEST_ASKED = timedelta(days=36524)
"""The same where the first day of the window was asked for: a hundred years."""


class Window(Record, frozen=True, kw_only=True, gc=False):
    """First and last day. ``present`` is the last day by the stamps, that is about when
    the file was written: the end of what is kept of a series longer than ten years.
    """

    first: date
    last: date
    present: date
    longest: timedelta = LONGEST

    def reach(self, start: date) -> date:
        """The last day that a series from ``start`` may have in it."""
        return min(self.last, max(_add(max(start, self.first), self.longest), self.present))

    def of_series(self, start: date, end: date | None) -> tuple[date, date]:
        """First and last day for a series from ``start`` to ``end``, if it ends.

        Of a series longer than ten years the ten up to the present are kept, or its
        own first ten where the present does not reach them.
        """
        last = min(self.reach(start), end or self.last)
        return max(start, self.first, _add(last, -self.longest)), last


class Extent:
    """What the window needs to know, gathered event by event."""

    def __init__(self) -> None:
        self._first: date | None = None
        self._last: date | None = None
        self._stamp: date | None = None
        self._newest: date | None = None

    def add(self, start: date | None, series: bool, stamps: list[date]) -> None:
        """Take one event into account; ``series`` means that it repeats."""
        if start is not None:
            self._first = min(self._first or start, start)
            self._newest = max(self._newest or start, start)
            if not series:
                self._last = max(self._last or start, start)
        for stamp in stamps:
            self._stamp = max(self._stamp or stamp, stamp)

    def window(self, begin: date | None, end: date | None) -> Window:
        """The window, its ends replaced by those that were asked for."""
        first = self._first or date.min
        known = [day for day in (self._last, self._stamp) if day]
        newest = self._newest or first
        # A series planned to start later still than that has its first meeting.
        last = max(newest, _add(max(known, default=newest), MARGIN))
        present = end or _add(self._stamp or date.min, MARGIN)
        longest = LONGEST_ASKED if begin else LONGEST
        return Window(first=begin or first, last=end or last, present=present, longest=longest)


def _add(day: date, span: timedelta) -> date:
    try:
        # The last year is left out: a zone could push its last day over the edge.
        return min(day + span, date(9998, 12, 31))
    except OverflowError:
        return date(9998, 12, 31) if span > timedelta(0) else date.min
