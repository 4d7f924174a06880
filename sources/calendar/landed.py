"""Read a calendar as the API told of it: the meetings its export would hold."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec

from sources._archive import File, Tree
from sources.calendar.event import BrokenEvent, Header, Vevent
from sources.calendar.fold import Answer, Fold, Word
from sources.calendar.landed_count import count_items
from sources.calendar.meeting import Origin, items_of
from sources.calendar.moments import day_of
from sources.calendar.resource import Resource, begins, event_of, second_of
from sources.calendar.series import Outcome, resolve
from sources.calendar.window import Extent
from sources.calendar.zones import Zones
from sources.errors import Damaged
from sources.live.segments import missing, number_of, read_segment
from sources.protocol import Account, Problem, Yielded
from sources.records import Finding

_SPOOL_BYTES = 2 * 2**20
_FETCH_AGAIN = "Fetch this calendar again: run_etl.py fetch --source calendar --full."
_UNFINISHED = "The calendar was not fetched to its end yet: run the fetch again."
_LOST = "Some of what the API said cannot be read any more: older states may stand."


class LandedCalendar:
    """The segments of one calendar, oldest first; ``path`` is what people see of them."""

    def __init__(self, tree: Tree, files: tuple[File, ...], path: str) -> None:
        self._tree = tree
        self._files = files
        self._path = path
        self._as_of = ""

    def read(self, begin: date | None, end: date | None) -> Iterator[Yielded]:
        """Everything in it: problems of segments, items, problems of events, the account."""
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            fold = Fold(spool)
            gaps = list[str]()
            last = 0
            for file in self._files:
                number = number_of(file.path)
                if number != last + 1:
                    fold.lose()
                    gaps += missing((file,), last + 1)
                last = number
                yield from self._take(file, fold)
                if not fold.lost:  # all was listed anew
                    gaps.clear()
            for path in gaps:
                yield Problem.of(Damaged(self._tree.display(path), "it is missing", _FETCH_AGAIN))
            # Whose clock is slow has still seen this.
            self._as_of = max(self._as_of, fold.changed)
            meetings = _Meetings(fold, self._origin(fold))
            yield from meetings.read(self._as_of, begin, end)
        unreadable = meetings.broken.copy()
        if fold.unreadable:
            unreadable["they are no events"] += fold.unreadable
        for reason, count in sorted(unreadable.items()):
            detail = f"{count} event(s) cannot be used: {reason}"
            yield Problem(
                path=self._path,
                reason="damaged",
                detail=detail,
                remedy=_FETCH_AGAIN,
                found=count,
            )
        yield Account(duplicate=fold.duplicate, quarantined=unreadable.total())

    def _take(self, file: File, fold: Fold) -> Iterator[Yielded]:
        count = count_items(self._tree, file)
        yield Account(found=count)
        try:
            as_of, answers = self._answers(file)
        except Damaged as error:
            yield msgspec.structs.replace(Problem.of(error), found=count)
            yield Account(quarantined=count)
            fold.lose()
            return
        self._as_of = max(self._as_of, as_of)
        for asked, answer in answers:
            fold.take(asked, answer)

    def _answers(self, file: File) -> tuple[str, list[tuple[Mapping[str, Any], Answer]]]:
        segment = read_segment(self._tree, file.path)
        try:
            answers = [
                (said.asked, msgspec.json.decode(said.raw, type=Answer)) for said in segment.said
            ]
        except msgspec.DecodeError:
            path, detail = self._tree.display(file.path), "an answer in it is no list of events"
            raise Damaged(path, detail, _FETCH_AGAIN) from None
        return second_of(segment.fetched_at), answers

    def _origin(self, fold: Fold) -> Origin:
        findings = []
        if fold.lost:
            findings.append(Finding(kind="answers_lost", detail=_LOST))
        elif not fold.listed:
            findings.append(Finding(kind="fetch_unfinished", detail=_UNFINISHED))
        return Origin(self._path, self._as_of, tuple(findings))


class _Meetings:
    """From the newest word about each event to its meetings."""

    def __init__(self, fold: Fold, origin: Origin) -> None:
        self._fold = fold
        self._origin = origin
        self._header = Header(name=fold.name or fold.calendar, zones=Zones(fold.zone))
        self.broken: Counter[str] = Counter()

    def read(self, as_of: str, begin: date | None, end: date | None) -> Iterator[Yielded]:
        window = self._extent(as_of).window(begin, end)
        for uid, words in self._fold.by_uid():
            ignored: Counter[str] = Counter()
            events = [event for word in words if (event := self._event(uid, word, ignored))]
            outcome = resolve(events, window) if events else Outcome()
            outcome.ignored.update(ignored)
            yield outcome.account
            yield from items_of(outcome, self._origin)

    def _extent(self, as_of: str) -> Extent:
        """As that of an export, which says when it was made in each event."""
        extent = Extent()
        extent.add(None, False, _days(as_of))
        for word in self._fold.words.values():
            if not word.cancelled:
                resource = self._fold.resource(word)
                day = None
                with suppress(BrokenEvent):
                    day = day_of(begins(resource, self._header.zones))
                extent.add(day, resource.repeats, _days(resource.stamp))
        return extent

    def _event(self, uid: str, word: Word, ignored: Counter[str]) -> Vevent | None:
        if self._fold.outlived(word) or (word.cancelled and not word.series and not word.detailed):
            ignored["deleted"] += 1
            return None
        resource = self._fold.resource(word)
        try:
            event = event_of(resource, uid, self._header, self._fold.bare)
        except BrokenEvent as error:
            self.broken[str(error)] += 1
            return None
        if word.cancelled:
            self._call_off(event, word, resource)
        return event

    def _call_off(self, event: Vevent, word: Word, resource: Resource) -> None:
        series = self._fold.words.get(word.series)
        event.called_off = "cancelled" if series else "deleted"
        event.stamp = max(event.stamp, word.gone_at)
        organizer = resource.organizer or (series and self._fold.resource(series).organizer)
        ours = organizer and (organizer.self or organizer.email == self._fold.calendar)
        event.here_only = not ours  # nor where we are not told whose it is


def _days(stamp: str) -> list[date]:
    return [date.fromisoformat(stamp[:10])] if stamp else []
