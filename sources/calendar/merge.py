"""One UID in several calendars: which of its meetings stand.

A meeting keeps its key when it is changed, and gets another one when its event is
moved. So it takes all readings of a UID to see that a meeting is no more: a newer
reading that holds the event (or the master of its series) does not have it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from sources.protocol import Account, Part, Yielded
from sources.records import Finding, Item, Meeting, Summary

_DRAWN = 20
_DIGITS = 3
"""So many characters, and digits among them, has a UID before its @ that was drawn by lot."""


def merged_meetings(parts: Sequence[Part]) -> Iterator[Yielded]:
    """The meetings that stand, oldest readings first; nothing is filled in from older ones.

    What no longer stands was a VEVENT's own meeting and is a duplicate, or was expanded
    (flag ``expanded``) and only leaves the count of those, or was cancelled and ignored.
    """
    events = [_Standing(readings) for readings in _events(_readings(parts))]
    keys = Counter(key for event in events for key in event.meetings)
    left: list[Part] = []
    for event in events:
        left += event.left
        yield from _items(event, len(events), keys)
    yield _account(left)


class _Reading:
    """What one calendar has of a UID, and whether it has the last word about it."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.keys: set[str] = set()
        self.titles: set[str] = set()
        self.people: set[str] = set()
        self.starts: set[str] = set()

    def add(self, part: Part) -> None:
        summary = part.summary
        self.parts.append(part)
        self.keys.add(summary.key)
        if title := " ".join(summary.title.casefold().split()):
            self.titles.add(f"title {title}")
        self.people.update(summary.emails)
        self.starts.add(_original(summary.key))

    @property
    def deleted(self) -> bool:
        """Whether it only says that the event was taken out of its calendar."""
        return all(_gone(part.summary) == "deleted" for part in self.parts)

    def reaches(self, other: _Reading) -> bool:
        """Whether what this one says to be deleted is so in the other one, too: of the same
        calendar, not newer; or of any that is older than a deletion by the organizer. A guest
        takes an event out of the own calendar only.
        """
        (_, as_of), (_, theirs) = (r.parts[0].summary.version for r in (self, other))
        everywhere = _said("everywhere:", self.parts[0].summary.flags)
        return theirs < everywhere or (theirs <= as_of and self._calendar == other._calendar)

    @property
    def _calendar(self) -> str:
        return _calendar(self.parts[0])

    def decided(self, meetings: Mapping[str, Part]) -> list[str]:
        """Those of these meetings that it would have, if they still were. What a guest took out
        of the own calendar may well still be in others.
        """
        flags = self.parts[0].summary.flags
        missed = {flag.removeprefix("missed:") for flag in flags if flag.startswith("missed:")}
        if "decides" not in flags:
            return []
        since, until = _said("since:", flags), _said("until:", flags)
        return [
            key
            for key, part in meetings.items()
            if key not in self.keys
            and since <= _original(key)
            and (not until or _original(key) < until)
            and (_original(key) not in missed or _calendar(part) == self._calendar)
        ]


def _readings(parts: Sequence[Part]) -> list[_Reading]:
    readings: dict[str, _Reading] = {}
    for part in parts:
        readings.setdefault(part.summary.archive, _Reading()).add(part)
    return list(readings.values())


class _Groups:
    """Numbers in groups that grow together where their members have something in common."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}
        self._holders: dict[str, int] = {}

    def add(self, number: int, traits: Iterable[str]) -> None:
        self._parents[number] = number
        for trait in traits:
            self._parents[self.of(number)] = self.of(self._holders.setdefault(trait, number))

    def join(self, number: int, other: int) -> None:
        self._parents[number] = self.of(other)

    def of(self, number: int) -> int:
        """The number that stands for its group."""
        while (parent := self._parents[number]) != number:
            self._parents[number] = number = self._parents[parent]
        return number


def _events(readings: list[_Reading]) -> list[list[_Reading]]:
    """Readings that have a title or a person in common are of one event.

    One without people is of the newest event with its title or else with one of its
    starts; if there is none, of one event with the others like it that share either, or
    with all of them if the UID is one that no two programs make. A UID is meant to be
    unique in the world; some writers just count.
    """
    groups = _Groups()
    newest: dict[str, int] = {}
    for number, reading in enumerate(readings):
        if reading.people:
            groups.add(number, reading.titles | reading.people)
            newest.update(dict.fromkeys(reading.titles | reading.starts, number))
    for number, reading in enumerate(readings):
        if not reading.people:
            alike = [newest[trait] for trait in reading.titles if trait in newest]
            alike = alike or [newest[trait] for trait in reading.starts if trait in newest]
            if alike:
                groups.join(number, max(alike))
            else:
                titles = reading.titles or {"untitled"}
                groups.add(number, titles | reading.starts | _trusted(reading))
    events: dict[int, list[_Reading]] = {}
    for number, reading in enumerate(readings):
        events.setdefault(groups.of(number), []).append(reading)
    return list(events.values())


def _trusted(reading: _Reading) -> set[str]:
    """The UID, if it looks as if it had been drawn by lot."""
    uid = reading.parts[0].summary.identity[0].removeprefix("calendar-uid:")
    name = uid.partition("@")[0]
    return {uid} if len(name) >= _DRAWN and sum(map(str.isdigit, name)) >= _DIGITS else set()


class _Standing:
    """What stands of one event after all its readings, and what does not."""

    def __init__(self, readings: Sequence[_Reading]) -> None:
        self.meetings: dict[str, Part] = {}
        self.met: Counter[str] = Counter()
        self.left: list[Part] = []
        self.superseded = 0
        """Meetings of which no reading stands."""
        self.digest = _digest(readings)
        deletions = [reading for reading in readings if reading.deleted]
        for reading in readings:
            if any(one.reaches(reading) for one in deletions):  # each reaches itself
                for part in reading.parts:
                    self._leave(part)
                continue
            for key in reading.decided(self.meetings):
                self._leave(self.meetings.pop(key))
            for part in reading.parts:
                self._take(part)
        for key in [key for key, part in self.meetings.items() if _gone(part.summary)]:
            self.left.append(self.meetings.pop(key))

    def _take(self, part: Part) -> None:
        key = part.summary.key
        older = self.meetings.pop(key, None)
        if older and _here_only(part.summary) and _calendar(part) != _calendar(older):
            part, older = older, part
        self.meetings[key] = part
        self.met[key] += 1
        if older is None:
            return
        if _gone(part.summary):
            self._leave(older)
        else:
            self.left.append(older)

    def _leave(self, part: Part) -> None:
        self.left.append(part)
        self.superseded += not _gone(part.summary)


def _digest(readings: Sequence[_Reading]) -> str:
    """What tells an event from others with its UID: they have no person in common and, of
    those without people, no title and no start.
    """
    people = {email for reading in readings for email in reading.people}
    titles = {title for reading in readings for title in reading.titles}
    starts = {start for reading in readings for start in reading.starts}
    return hashlib.sha256(min(people or titles or starts).encode("utf-8", "replace")).hexdigest()[
        :8
    ]


def _items(event: _Standing, events: int, keys: Counter[str]) -> Iterator[Item]:
    for place, (key, part) in enumerate(sorted(event.meetings.items())):
        summary, findings = part.summary, [*part.summary.findings]
        if event.met[key] > 1:
            detail = f"Met in {event.met[key]} calendars; the newest reading stands."
            findings.append(Finding(kind="merged", detail=detail, count=event.met[key]))
        if place == 0 and event.superseded:
            detail = "Older readings have more meetings of this event, moved or called off since."
            findings.append(Finding(kind="superseded", detail=detail, count=event.superseded))
        if events > 1:
            detail = f"{events} events of several calendars share its UID."
            findings.append(Finding(kind="uid_shared", detail=detail))
        yield Item(
            summary=msgspec.structs.replace(
                summary,
                key=f"{key}:{event.digest}" if keys[key] > 1 else key,
                findings=tuple(findings),
            ),
            head=msgspec.json.decode(part.head, type=Meeting),
        )


def _account(left: Sequence[Part]) -> Account:
    ignored: Counter[str] = Counter()
    own = expanded = 0
    for part in left:
        if reason := _gone(part.summary):
            ignored[reason] += 1
        elif "expanded" in part.summary.flags:
            expanded += 1
        else:
            own += 1
    return Account(
        accepted=-own - ignored.total(), duplicate=own, ignored=dict(ignored), expanded=-expanded
    )


def _gone(summary: Summary) -> str:
    return _said("gone:", summary.flags)


def _here_only(summary: Summary) -> bool:
    return _gone(summary) == "deleted" and not _said("everywhere:", summary.flags)


def _calendar(part: Part) -> str:
    return msgspec.json.decode(part.head, type=Meeting).calendar


def _said(name: str, flags: Sequence[str]) -> str:
    return next((flag.removeprefix(name) for flag in flags if flag.startswith(name)), "")


def _original(key: str) -> str:
    """The start that a key ends with: a date, or a moment in UTC."""
    return key[-20:] if key.endswith("Z") else key[-10:]
