"""What a conversation's head says, tallied message by message."""

from __future__ import annotations

from collections.abc import Iterable

from sources.records import Message

RUN = 1000
"""Messages yielded at a time."""


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

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who wrote, acted or is known to belong, sorted."""
        return tuple(sorted(self.authors | self.participants))
