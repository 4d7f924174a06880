"""Google Calendar: ``.ics`` files, alone, in a folder or in a zip; and what its API said."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

from sources._archive import File, Tree, is_zip, printable
from sources._endless import chunks
from sources.errors import ArchiveError
from sources.live.segments import SUFFIX, leftovers, streams
from sources.protocol import Found, Ignored, Part, Problem, ReaderOptions, Unit, Yielded
from sources.records import Kind

_SPOOL_BYTES = 2 * 2**20
_STARTS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:\xef\xbb\xbf)?BEGIN:VCALENDAR\b", re.IGNORECASE)
_HOLDS = re.compile(rb"(?:\A|[\r\n])(?:\xef\xbb\xbf)?BEGIN:(?:VCALENDAR|VEVENT)\b", re.IGNORECASE)
_NEAR = 2**16
EVENTS = "events-"
"""Streams of landed events are named so; after it comes the calendar."""
_REMEDY = "Export the calendar again: Google Calendar, Settings, Import & export, Export."


class CalendarExport:
    """Calendars as Google writes them, any other RFC 5545 file, and landed calendars."""

    name = "calendar"
    version = 4
    kinds: tuple[Kind, ...] = ("calendar_meetings",)

    def __init__(self, options: ReaderOptions) -> None:
        self._options = options

    @property
    def settings(self) -> tuple[str | None, ...]:
        return (self._options.calendar_from, self._options.calendar_to)

    def discover(self, tree: Tree) -> Iterator[Found]:
        """Landed calendars, every ``*.ics``, and whatever else starts like a calendar."""
        yield from self._landed(tree)
        for file in tree.files:
            if file.path.endswith(SUFFIX):
                continue
            named = file.path.lower().endswith(".ics")
            try:
                head = tree.head(file.path, _NEAR if named else 512)
            except ArchiveError as error:
                if named:
                    yield Problem.of(error)
                continue
            if is_zip(head):  # opened by whoever walks the folder, whatever its name
                continue
            if _STARTS.match(head) or (named and _HOLDS.search(head)):
                yield Unit(
                    source=self.name,
                    name=tree.display(file.path),
                    locator=tree.locator,
                    files=(file,),
                )
            elif named:
                yield _foreign(tree, file, head)

    def _landed(self, tree: Tree) -> Iterator[Found]:
        yield from leftovers(tree, self.name)
        for stream in streams(tree, self.name):
            path = tree.display(stream.root + stream.name)
            if stream.name.startswith(EVENTS):
                yield Unit(source=self.name, name=path, locator=tree.locator, files=stream.files)
            else:
                yield Ignored(path=f"{path}/", reason="the list of calendars")

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        """The meetings of one calendar, its recurrences expanded in its window."""
        window = _day(self._options.calendar_from), _day(self._options.calendar_to)
        # The parsers are imported where there is a calendar to read.
        if unit.files[0].path.endswith(SUFFIX):
            from sources.calendar.landed import LandedCalendar

            yield from LandedCalendar(tree, unit.files, unit.name).read(*window)
            return
        from sources.calendar.reader import CalendarReader

        path = unit.files[0].path
        display = tree.display(path)
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            # Read in full first: what follows goes back and forth, a zip does not.
            with tree.open(path) as stream:
                spool.writelines(chunks(stream, display))
            reader = CalendarReader(spool, display, PurePosixPath(printable(path)).stem)
            yield from reader.read(*window)

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        """The meetings of one event, of which the newest reading decides which there are."""
        from sources.calendar.merge import merged_meetings

        return merged_meetings(parts)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _foreign(tree: Tree, file: File, head: bytes) -> Problem:
    if not head.strip():
        detail = "is empty"
    elif b"<html" in head[:2048].lower() or b"<!doctype" in head[:2048].lower():
        detail = "is a web page, not a calendar"
    else:
        detail = "is named like a calendar, but holds none (no BEGIN:VCALENDAR)"
    return Problem(path=tree.display(file.path), reason="foreign", detail=detail, remedy=_REMEDY)
