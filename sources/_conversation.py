"""What a conversation's head says, tallied message by message; and the merge of two
readings of one conversation.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence

from sources.protocol import Part
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


def merged(
    parts: Sequence[Part], order: Callable[[Message], tuple[int, ...]]
) -> Iterator[tuple[list[Message], int]]:
    """The union of the parts' messages, in runs, each with the duplicates it dropped.

    ``parts`` come oldest first, each in ascending ``order``; where ids are equal the
    newest part's message is kept.
    """
    streams = [_ranked(part.messages(), order, -rank) for rank, part in enumerate(parts)]
    run: list[Message] = []
    dropped = 0
    last: str | None = None
    for _, _, message in heapq.merge(*streams, key=lambda entry: entry[:2]):
        if message.message_id == last:
            dropped += 1
            continue
        last = message.message_id
        run.append(message)
        if len(run) >= RUN:
            yield run, dropped
            run, dropped = [], 0
    yield run, dropped


def _ranked(
    messages: Iterable[Message], order: Callable[[Message], tuple[int, ...]], rank: int
) -> Iterator[tuple[tuple[int, ...], int, Message]]:
    """Messages with what sorts them: where two tie, the lower rank goes first."""
    for message in messages:
        yield order(message), rank, message
