"""Between a reader and the frames: what is forgotten or too old goes no further, and is counted
as ignored. Only runs that leave something out come by here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import msgspec

from etl.frames import Chunk, Frames, FrameWriter, expanded
from etl.privacy.rules import Rules, day_of, rules_of
from etl.privacy.terms import Terms
from etl.privacy.withheld import Withheld
from sources._conversation import Tally
from sources.records import Channel, Chat, Head, Item, Message, Summary

if TYPE_CHECKING:
    from etl.reading import UnitReport

Reason = Literal["forgotten", "older_than_max_age"]

_LAST = "9999"
_messages = msgspec.json.Decoder(list[Message])


class Withholder:
    """Takes what a `FrameWriter` takes, and passes on what is left of it."""

    def __init__(self, rules: Rules, writer: FrameWriter, spool_dir: str) -> None:
        self._rules = rules
        self._writer = writer
        self._spool_dir = spool_dir
        self._begin()

    def _begin(self) -> None:
        self._held = FrameWriter(self._spool_dir)
        self._ignored: Counter[Reason] = Counter()
        self._items = self._expanded = 0
        self._oldest_kept = _LAST

    @property
    def dangling(self) -> bool:
        """Whether messages were taken that no item closed."""
        return self._held.dangling

    def messages(self, run: list[Message]) -> None:
        """Take a run of messages of the item to come: whose they are, it tells."""
        self._held.messages(run)

    def item(self, item: Item) -> None:
        """Close an item, and pass on what is left of it."""
        self._held.item(item)
        frames, self._held = self._held.close(), FrameWriter(self._spool_dir)
        try:
            if isinstance(item.head, Chat):
                self._conversation(item, item.head, frames)
            else:
                self._record(item)
        finally:
            frames.discard()

    def mark(self) -> int:
        """A place to come back to, before the first item."""
        return self._writer.mark()

    def rewind(self, mark: int) -> None:
        """Take back everything of the unit."""
        self._held.discard()
        self._writer.rewind(mark)
        self._begin()

    def discard(self) -> None:
        """Leave nothing on the disk."""
        self._held.discard()
        self._writer.discard()

    def report(self, report: UnitReport) -> UnitReport:
        """The report of the unit, with what was left out of it. What was found stays found."""
        account, rules = report.account, self._rules
        ignored = dict(account.ignored)
        for reason, count in self._ignored.items():
            ignored[reason] = ignored.get(reason, 0) + count
        account = msgspec.structs.replace(
            account,
            accepted=account.accepted - self._ignored.total(),
            ignored=dict(sorted(ignored.items())),
            expanded=account.expanded - self._expanded,
        )
        first = rules.oldest if self._ignored["older_than_max_age"] else ""
        return msgspec.structs.replace(
            report,
            account=account,
            problems=tuple(map(rules.problem, report.problems)),
            items=report.items - self._items,
            holds_for=(first, self._oldest_kept if rules.oldest else ""),
        )

    def _record(self, item: Item) -> None:
        day = day_of(item.head, item.summary.key)
        if self._rules.forgets(item):
            self._leave_out(item, "forgotten")
        elif self._rules.is_old(day):
            self._leave_out(item, "older_than_max_age")
        else:
            self._keep(day)
            self._pass_on(item.summary, item.head)

    def _leave_out(self, item: Item, reason: Reason) -> None:
        self._items += 1
        if "expanded" in item.summary.flags:  # of a series: counted apart, and never found
            self._expanded += 1
        else:
            self._ignored[reason] += 1

    def _conversation(self, item: Item, head: Chat, frames: Frames) -> None:
        if self._rules.forgets(item):
            self._items += 1
            self._ignored["forgotten"] += head.message_count
            return
        mark = self._writer.mark()
        here = self._rules.called_here(head)
        left_out: Counter[Reason] = Counter()
        kept, aged = Tally(), Tally()
        for run in _runs(frames):
            self._writer.messages([*self._left(run, here, left_out, aged, kept)])
        self._ignored += left_out
        if left_out and not kept.count:
            self._writer.rewind(mark)
            self._items += 1
            return
        cleaned = self._rules.without(head, here) if self._rules.people else head
        if left_out or cleaned is not head:
            cleaned = _counted(cleaned, kept, aged)
        summary = item.summary
        if summary.records != kept.count:
            summary = msgspec.structs.replace(summary, records=kept.count)
        self._pass_on(summary, cleaned, here)

    def _left(
        self,
        run: list[Message],
        here: Terms | None,
        left_out: Counter[Reason],
        aged: Tally,
        kept: Tally,
    ) -> Iterator[Message]:
        rules = self._rules
        people = rules.people
        for message in run:
            if people and rules.wrote(message, here):
                left_out["forgotten"] += 1
                continue
            day = message.timestamp or message.date or ""
            if rules.is_old(day):
                left_out["older_than_max_age"] += 1
                aged.add((message,))
                continue
            self._keep(day)
            left = rules.without(message, here) if people else message
            kept.add((left,))
            yield left

    def _keep(self, day: str) -> None:
        if day and day[:10] < self._oldest_kept:
            self._oldest_kept = day[:10]

    def _pass_on(self, summary: Summary, head: Head, here: Terms | None = None) -> None:
        if self._rules.people:
            head = self._rules.without(head, here)
            summary = self._rules.summary_without(summary, here)
        self._writer.item(Item(summary=summary, head=head))


def withholder(withheld: Withheld, writer: FrameWriter, spool_dir: str) -> Withholder:
    """What stands before that writer where this is left out."""
    return Withholder(rules_of(withheld), writer, spool_dir)


def _runs(frames: Frames) -> Iterator[list[Message]]:
    for frame in frames:
        if isinstance(frame, Chunk):
            yield _messages.decode(b"[" + expanded(frame.data) + b"]")


def _counted(head: Chat, kept: Tally, aged: Tally) -> Chat:
    """The head of what is kept. Of a channel's people it is not known who only wrote what is
    too old: they stay. A Telegram chat knows its people by what they wrote.
    """
    gone = set() if isinstance(head, Channel) else (aged.authors | aged.participants)
    kept.participants.update(name for name in head.participants if name not in gone)
    return msgspec.structs.replace(head, **kept.fields())
