"""A company's calendars, as the truth: what the API says, what an export holds, and which
meetings there are, each made from it in a way of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)
ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo", "UTC")
COMPANIES = ("Acorn", "Fernhollow", "Kestrel", "Lindwood", "Marrow")
Start = datetime | date


@dataclass
class Event:
    """An event in the calendar of its organizer and in those of the guests who have one here."""

    name: str
    organizer: str
    guests: dict[str, str]
    title: str
    start: Start
    minutes: int
    zone: str
    description: str = ""
    location: str = ""
    link: str = ""
    room: bool = False
    weeks: int = 0
    moved: dict[int, Start] = field(default_factory=dict)
    off: set[int] = field(default_factory=set)
    changed: datetime = NOW
    sequence: int = 0
    deleted: bool = False
    left: set[str] = field(default_factory=set)
    """Guests who took it out of their calendars."""
    skipped: dict[str, set[int]] = field(default_factory=dict)
    """Guests who took single instances out."""

    @property
    def uid(self) -> str:
        return f"{self.name}@google.com"

    def original(self, week: int) -> Start:
        if not isinstance(self.start, datetime):
            return self.start + timedelta(days=7 * week)
        wall = self.start.replace(tzinfo=None) + timedelta(days=7 * week)
        return wall.replace(tzinfo=ZoneInfo(self.zone))

    def end(self, start: Start) -> Start:
        if not isinstance(start, datetime):
            return start + timedelta(days=1)
        return (start.astimezone(UTC) + timedelta(minutes=self.minutes)).astimezone(start.tzinfo)

    def shown(self, week: int, calendar: str) -> bool:
        """Whether it is a meeting in that calendar, which has the event."""
        off = self.off | self.skipped.get(calendar, set())
        return not self.deleted and week not in off and calendar not in self.left

    def meetings(self, calendars: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """By key, what is true of each meeting that is in any of these calendars."""
        for week in range(max(self.weeks, 1)):
            if not any(self.shown(week, calendar) for calendar in calendars):
                continue
            start = self.moved.get(week, self.original(week))
            yield (
                f"calendar:{self.uid}:{told(self.original(week))}",
                {
                    "title": self.title,
                    "start": told(start),
                    "end": told(self.end(start)),
                    "all_day": not isinstance(start, datetime),
                    "organizer": self.organizer,
                    "attendees": dict(self.guests),
                    "location": self.location or None,
                    "link": self.link or None,
                    "description": self.description.replace("<br>", "\n").replace("&amp;", "&"),
                    "recurring": self.weeks > 0,
                },
            )


def told(moment: Start) -> str:
    """As the output says it."""
    if isinstance(moment, datetime):
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return moment.isoformat()


class World:
    """All of it. ``version`` rises with every change; ``listeners`` hear what changed."""

    def __init__(self, calendars: int = 20, events: int = 30, seed: int = 6) -> None:
        self._random = random.Random(seed)
        self.people = [f"p{number:02d}@ours.example" for number in range(calendars)]
        self.now = NOW
        self.events: dict[str, Event] = {}
        self.listeners: list[Callable[[Event], None]] = []
        for _ in range(calendars * events):
            self.plan()

    @property
    def truth(self) -> dict[str, dict[str, Any]]:
        return {
            key: one
            for event in self.events.values()
            for key, one in event.meetings(self.calendars_of(event))
        }

    def calendars_of(self, event: Event) -> list[str]:
        return [one for one in self.people if one == event.organizer or one in event.guests]

    def plan(self) -> Event:
        """Somebody plans something."""
        choose, number = self._random, len(self.events)
        zone = choose.choice(ZONES)
        organizer = choose.choice(self.people)
        company = choose.choice(COMPANIES)
        start: Start = datetime(2025, 1, 6, 9, tzinfo=ZoneInfo(zone)) + timedelta(
            days=choose.randrange(380), hours=choose.randrange(9), minutes=15 * choose.randrange(4)
        )
        if choose.random() < 0.1:
            start = date(2025, 1, 6) + timedelta(days=choose.randrange(380))
        guests = {}
        if choose.random() < 0.8:
            answers = ("accepted", "declined", "tentative", "needs-action")
            asked = [organizer, f"{choose.choice('abcd')}@{company.lower()}.example"]
            asked += choose.sample(self.people, min(len(self.people), choose.randrange(3)))
            guests = {email: choose.choice(answers) for email in asked}
            if choose.random() < 0.2:
                organizer = asked[1]  # of another company: only copies are here
        event = Event(
            name=f"{number:04d}{choose.getrandbits(80):020x}",
            organizer=organizer,
            guests=guests,
            title=f"{company} {choose.choice(('weekly', 'review; part 1', 'call, short', 'é'))}",
            start=start,
            minutes=choose.choice((15, 30, 60, 90)),
            zone=zone,
            description="Agenda<br>costs &amp; dates" if choose.random() < 0.5 else "",
            location="Room 1, Main St; left" if choose.random() < 0.3 else "",
            link=f"https://meet.google.com/{number:03d}-abcd-efg" if choose.random() < 0.5 else "",
            room=choose.random() < 0.2,
            changed=self.tick(),
        )
        if choose.random() < 0.4:
            event.weeks = choose.randrange(2, 30)
            for week in choose.sample(range(event.weeks), min(2, event.weeks - 1)):
                if choose.random() < 0.5:
                    event.off.add(week)
                else:
                    event.moved[week] = event.original(week) + timedelta(days=1)
        self.events[event.name] = event
        self._say(event)
        return event

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def pick(self, wanted: Callable[[Event], bool] = lambda _: True) -> Event:
        return self._random.choice(
            [event for event in self.events.values() if not event.deleted and wanted(event)]
        )

    def change(self, event: Event) -> None:
        event.changed = self.tick()
        self._say(event)

    def _say(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    def edit(self) -> None:
        event = self.pick()
        event.title += " (new)"
        self.change(event)

    def answer(self) -> None:
        event = self.pick(lambda one: bool(one.guests))
        event.guests[self._random.choice([*event.guests])] = "declined"
        self.change(event)

    def move(self) -> None:
        event = self.pick(lambda one: not one.weeks)
        event.start += timedelta(days=3)
        event.sequence += 1
        self.change(event)

    def move_one(self) -> None:
        event = self.pick(lambda one: one.weeks > 0)
        week = self._random.choice([w for w in range(event.weeks) if w not in event.off] or [0])
        event.off.discard(week)
        event.moved[week] = event.original(week) + timedelta(days=2)
        self.change(event)

    def call_one_off(self) -> None:
        event = self.pick(lambda one: one.weeks > len(one.off) + 1)
        week = self._random.choice([w for w in range(event.weeks) if w not in event.off])
        event.moved.pop(week, None)
        event.off.add(week)
        self.change(event)

    def delete(self) -> None:
        event = self.pick()
        event.deleted = True
        self.change(event)

    def restore(self) -> None:
        for event in self.events.values():
            if event.deleted:
                event.deleted, event.sequence = False, event.sequence + 1
                return self.change(event)
        return None

    def leave(self) -> None:
        """A guest takes it out of the own calendar, or puts it back."""
        event, guest = self._guest()
        event.left ^= {guest}
        self.change(event)

    def skip(self) -> None:
        """A guest takes one instance out of the own calendar."""
        event, guest = self._guest(series=True)
        event.skipped.setdefault(guest, set()).add(self._random.randrange(event.weeks))
        self.change(event)

    def _guest(self, series: bool = False) -> tuple[Event, str]:
        def guests(event: Event) -> list[str]:
            return [one for one in self.calendars_of(event) if one != event.organizer]

        event = self.pick(lambda one: bool(guests(one)) and (one.weeks > 0 or not series))
        return event, self._random.choice(guests(event))

    def live(self, changes: int, guests: bool = True) -> None:
        """So much happens; with ``guests``, they take things out of their own calendars, too."""
        everything = (
            self.plan,
            self.edit,
            self.answer,
            self.move,
            self.move_one,
            self.call_one_off,
            self.delete,
            self.restore,
            *((self.leave, self.skip) if guests else ()),
        )
        for _ in range(changes):
            self._random.choice(everything)()
