"""Read one calendar in two passes, holding a few numbers per event and one series.

The first pass cuts the file into components and notes where they are, which of them
share a UID, and how far the window reaches. The second reads the events again, UID by
UID, and yields their meetings.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import IO, BinaryIO, cast

from sources.calendar.blocks import BLOCK_BYTES, Block, Splitter
from sources.calendar.count import count_events
from sources.calendar.event import (
    BrokenEvent,
    Header,
    Vevent,
    first_line,
    stamps_of,
    uid_of,
    understand,
)
from sources.calendar.lines import decode, properties
from sources.calendar.meeting import Origin, items_of
from sources.calendar.moments import day_of, parse_moment, render
from sources.calendar.series import Outcome, resolve
from sources.calendar.window import Extent, Window
from sources.calendar.zones import Zones
from sources.protocol import Account, Problem, Yielded
from sources.records import Finding

_TRUNCATED = "The file ends before its calendar does: later events may be missing"
_EXPORT_AGAIN = "Export this calendar again."
# What a guest sends to the organizer (RFC 5546 section 1.4).
_ANSWERS = frozenset({"REPLY", "COUNTER", "REFRESH"})


@dataclass
class Index:
    """Where the events of a file are. ``uids`` are hashes: equal ones are only candidates."""

    uids: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    calendars: array[int] = field(default_factory=lambda: array("L"))
    lines: array[int] = field(default_factory=lambda: array("L"))
    open: dict[int, bool] = field(default_factory=dict)
    """Events without an END line, and whether the file ends in them."""
    large: set[int] = field(default_factory=set)
    """Events that are not to be read at all."""

    def add(self, block: Block, uid: str) -> None:
        if not block.closed:
            self.open[len(self.uids)] = block.cut
        if block.large:
            self.large.add(len(self.uids))
        self.uids.append(hash(uid))
        self.starts.append(block.start)
        self.sizes.append(len(block.data))
        self.calendars.append(block.calendar)
        self.lines.append(block.line)

    def groups(self) -> Iterator[list[int]]:
        """Numbers of the events that may share a UID, by the first of them."""
        shared = {a for a, b in pairwise(sorted(self.uids)) if a == b}
        together: dict[int, list[int]] = {uid: [] for uid in shared}
        for number, uid in enumerate(self.uids):
            if uid in together:
                together[uid].append(number)
        for number, uid in enumerate(self.uids):
            if uid not in together:
                yield [number]
            elif together[uid][0] == number:
                yield together[uid]


class CalendarReader:
    """One file. ``path`` and ``name`` are how it and its calendar are shown to people."""

    def __init__(self, stream: IO[bytes], path: str, name: str) -> None:
        self._stream = cast("BinaryIO", stream)
        self._path = path
        self._name = name
        self._index = Index()
        self._headers: list[Header] = []
        self._broken: dict[str, list[int]] = {}
        """Lines at which events begin that cannot be used, by the reason."""
        self._findings: tuple[Finding, ...] = ()
        self._stamp = ""

    def read(self, begin: date | None, end: date | None) -> Iterator[Yielded]:
        """Everything in it: items, then problems, then the account."""
        self._stream.seek(0)
        found = count_events(self._stream)
        splitter = Splitter()
        window = self._survey(splitter).window(begin, end)
        account = Account(found=found)
        for numbers in self._index.groups():
            for outcome in self._resolve(numbers, window):
                account += outcome.account
                yield from items_of(outcome, Origin(self._path, self._stamp, self._findings))
        yield from self._problems(splitter)
        quarantined = sum(map(len, self._broken.values()))
        lost = found - len(self._index.uids)
        if lost:
            yield self._problem("damaged", f"{lost} events were found and not read", max(lost, 0))
        yield account + Account(quarantined=quarantined + max(lost, 0))

    def _survey(self, splitter: Splitter) -> Extent:
        self._stream.seek(0)
        extent = Extent()
        zones: list[tuple[int, bytes]] = []
        for block in splitter.blocks(self._stream):
            if block.name == "VTIMEZONE":
                zones.append((block.calendar, block.data))
            else:
                self._note(block, extent)
        self._headers = [_header(data, self._name) for data in splitter.headers]
        for calendar, data in zones:
            self._headers[calendar].zones.define(data)
        if splitter.truncated:
            self._findings = (Finding(kind="truncated_file", detail=f"{_TRUNCATED}."),)
        return extent

    def _note(self, block: Block, extent: Extent) -> None:
        if block.large:
            self._index.add(block, str(block.start))
            return
        lines = properties(decode(block.data)[0])
        self._index.add(block, uid_of(lines))
        start = first_line(lines, "DTSTART")
        series = "RRULE" in lines or "RDATE" in lines
        try:
            day = day_of(parse_moment(start.value)) if start else None
        except ValueError:
            day = None
        stamps = stamps_of(lines)
        self._stamp = max([self._stamp, *map(render, stamps)])
        days = [day_of(stamp) for stamp in stamps]
        extent.add(day, series and "RECURRENCE-ID" not in lines, days)

    def _resolve(self, numbers: list[int], window: Window) -> Iterator[Outcome]:
        by_uid: dict[str, list[Vevent]] = {}
        empty = Outcome()
        for number in numbers:
            if event := self._event(number, empty):
                by_uid.setdefault(event.uid, []).append(event)
        for events in by_uid.values():
            yield resolve(events, window)
        if empty.ignored:
            yield empty

    def _event(self, number: int, empty: Outcome) -> Vevent | None:
        index = self._index
        if index.open.get(number):
            self._refuse(number, "the file ends in the middle of them")
            return None
        if number in index.large:
            self._refuse(number, f"they have more than {BLOCK_BYTES} bytes")
            return None
        self._stream.seek(index.starts[number])
        data = self._stream.read(index.sizes[number])
        try:
            event = understand(data, self._headers[index.calendars[number]])
        except BrokenEvent as error:
            self._refuse(number, str(error))
            return None
        if event is None:
            empty.ignored["empty"] += 1
        elif number in index.open:
            event.notes["event_not_closed"] = "Its last line is missing, and maybe more of it."
        return event

    def _refuse(self, number: int, reason: str) -> None:
        self._broken.setdefault(reason, []).append(self._index.lines[number])

    def _problems(self, splitter: Splitter) -> Iterator[Problem]:
        for reason, lines in sorted(self._broken.items()):
            detail = f"{len(lines)} event(s) cannot be used: {reason}; the first is in line "
            yield self._problem("damaged", f"{detail}{min(lines)}", len(lines))
        if self._findings and not any(self._index.open.values()):
            yield self._problem("damaged", _TRUNCATED, 0)
        if splitter.strays:
            line = splitter.strays[0]
            detail = (
                f"{len(splitter.strays)} event(s) lost their first line; one ends in line {line}"
            )
            yield self._problem("damaged", detail, 0)

    def _problem(self, reason: str, detail: str, found: int) -> Problem:
        return Problem(
            path=self._path, reason=reason, detail=detail, remedy=_EXPORT_AGAIN, found=found
        )


def _header(data: bytes, fallback: str) -> Header:
    lines = properties(decode(data)[0])
    name, zone, method = (
        first_line(lines, key) for key in ("X-WR-CALNAME", "X-WR-TIMEZONE", "METHOD")
    )
    said = method.text.strip().upper() if method else ""
    called = name.text.strip() if name else ""
    return Header(
        name=called or fallback,
        owner=called.lower() if "@" in called else "",
        zones=Zones(zone.text.strip() if zone else None),
        cancels=said == "CANCEL",
        answers=said in _ANSWERS,
    )
