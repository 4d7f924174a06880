"""A conversation, message by message: in runs, and tallied for its head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sources.records import Message

RUN = 1000
"""Messages yielded at a time."""


def in_runs(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """The messages as they are yielded, so many at a time."""
    messages = iter(messages)
    while run := list(islice(messages, RUN)):
        yield run


class Tally:
    """Counts, people and times of one conversation. ``participants`` may be added to."""

    def __init__(self) -> None:
        self.regular = 0
        self.service = 0
        self.authors: set[str] = set()
        self.participants: set[str] = set()
        self.first: str | None = None
        self.last: str | None = None

    def add(self, messages: Iterable[Message]) -> None:
        """Take these messages into account."""
        for message in messages:
            if message.is_service:
                self.service += 1
                if message.author:
                    self.participants.add(message.author)
            else:
                self.regular += 1
                if message.author:
                    self.authors.add(message.author)
            time = message.timestamp
            if time is not None:
                if self.first is None or time < self.first:
                    self.first = time
                if self.last is None or time > self.last:
                    self.last = time

    @property
    def count(self) -> int:
        """Messages of both kinds."""
        return self.regular + self.service

    def fields(self) -> dict[str, Any]:
        """All that a head says of its messages, by the names of its fields."""
        people = sorted(self.authors | self.participants)
        return {
            "message_count": self.count,
            "regular_message_count": self.regular,
            "service_message_count": self.service,
            "participants": tuple(people),
            "participant_count": len(people),
            "unique_authors": tuple(sorted(self.authors)),
            "first_message_time": self.first,
            "last_message_time": self.last,
        }
