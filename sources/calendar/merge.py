"""One UID in several calendars: which of its meetings stand.

A meeting keeps its key when it is changed, and gets another one when its event is
moved. So it takes all readings of a UID to see that a meeting is no more: a newer
reading that holds the event (or the master of its series) does not have it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from sources.protocol import Account, Part, Yielded
from sources.records import Finding, Item, Meeting, Summary


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
        self.titles.add(f"title {' '.join(summary.title.casefold().split())}")
        self.people.update(summary.emails)
        self.starts.add(_original(summary.key))

    def decides_about(self, key: str) -> bool:
        """Whether it would have that meeting, if it still were."""
        flags = self.parts[0].summary.flags
        if key in self.keys or "decides" not in flags:
            return False
        since, until = _said("since:", flags), _said("until:", flags)
        return since <= _original(key) and (not until or _original(key) < until)


@dataclass
class _Event:
    """Readings of what is one event, in their order."""

    readings: list[int] = field(default_factory=list)
    traits: set[str] = field(default_factory=set)
    starts: set[str] = field(default_factory=set)


def _readings(parts: Sequence[Part]) -> list[_Reading]:
    readings: dict[str, _Reading] = {}
    for part in parts:
        readings.setdefault(part.summary.archive, _Reading()).add(part)
    return list(readings.values())


def _events(readings: list[_Reading]) -> list[list[_Reading]]:
    """Readings that have a title or a person in common are of one event.

    One without people is of the newest event with its title or else with one of its
    starts. A UID is meant to be unique in the world; some writers just count.
    """
    events: list[_Event] = []
    for number, reading in enumerate(readings):
        if reading.people:
            events = _joined(events, number, reading)
    known, rest = list(events), _Event()
    for number, reading in enumerate(readings):
        if not reading.people:
            alike = [event for event in known if event.traits & reading.titles]
            alike = alike or [event for event in known if event.starts & reading.starts]
            newest = max(alike, key=lambda event: max(event.readings), default=rest)
            newest.readings.append(number)
    return [[readings[n] for n in sorted(e.readings)] for e in (*known, rest) if e.readings]


def _joined(events: list[_Event], number: int, reading: _Reading) -> list[_Event]:
    """The events with this reading, which may show that several of them are one."""
    traits = reading.titles | reading.people
    one, others = _Event([number], traits, set(reading.starts)), []
    for event in events:
        if traits.isdisjoint(event.traits):
            others.append(event)
        else:
            event.readings += one.readings
            event.traits |= one.traits
            event.starts |= one.starts
            one = event
    return [*others, one]


class _Standing:
    """What stands of one event after all its readings, and what does not."""

    def __init__(self, readings: Sequence[_Reading]) -> None:
        self.meetings: dict[str, Part] = {}
        self.met: Counter[str] = Counter()
        self.left: list[Part] = []
        self.superseded = 0
        """Meetings of which no reading stands."""
        self.digest = _digest(readings)
        for reading in readings:
            for key in [key for key in self.meetings if reading.decides_about(key)]:
                self._leave(self.meetings.pop(key))
            for part in reading.parts:
                self._take(part)
        for key in [key for key, part in self.meetings.items() if _gone(part.summary)]:
            self.left.append(self.meetings.pop(key))

    def _take(self, part: Part) -> None:
        key = part.summary.key
        older = self.meetings.pop(key, None)
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
    those without people, no title.
    """
    people = {email for reading in readings for email in reading.people}
    titles = {title for reading in readings for title in reading.titles}
    return hashlib.sha256(min(people or titles).encode("utf-8", "replace")).hexdigest()[:8]


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


def _said(name: str, flags: Sequence[str]) -> str:
    return next((flag.removeprefix(name) for flag in flags if flag.startswith(name)), "")


def _original(key: str) -> str:
    """The start that a key ends with: a date, or a moment in UTC."""
    return key[-20:] if key.endswith("Z") else key[-10:]
