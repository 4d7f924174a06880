"""Replies whose thread begins outside of what was exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sources.records import Finding, Message

ORPHANS = "orphan_replies"


class Threads:
    """Says how many replies have no first message beside them. All threads are told
    beforehand, for a thread's first message stands before its replies.
    """

    def __init__(self) -> None:
        self._expected: set[str] = set()
        self._replies: Counter[str] = Counter()

    def expect(self, threads: Iterable[str]) -> None:
        """Look out for the first messages of these threads."""
        self._expected.update(threads)

    def take(self, messages: Iterable[Message]) -> None:
        """Note which are first messages, and which are replies."""
        expected = self._expected
        for message in messages:
            if message.message_id in expected:
                expected.discard(message.message_id)
            if message.reply_to is not None:
                self._replies[message.reply_to] += 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader should know of the threads."""
        orphans = sum(self._replies[thread] for thread in self._expected)
        if not orphans:
            return ()
        detail = "replies whose thread begins outside of the export; they are kept"
        return (Finding(kind="orphan_replies", detail=detail, count=orphans),)
