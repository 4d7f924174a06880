"""Which readings are one conversation, and the conversation they make together.

Those with Slack's id are one when the id is. Without an id the messages decide: readings
are one only when they share some and agree in every one they share.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby

import msgspec

from sources._conversation import Tally, in_runs
from sources.protocol import Account, Kept, Part, Yielded
from sources.records import Channel, Finding, Item, Message, Participant, Summary
from sources.slack.hosts import MOST
from sources.slack.identity import rekeyed
from sources.slack.threads import ORPHANS, Threads
from sources.slack.versions import agree, contradict, version


class _Reading:
    def __init__(self, part: Part) -> None:
        self.part = part
        self.summary = part.summary
        self.head = msgspec.json.decode(part.head, type=Channel)
        kinds = {finding.kind for finding in self.summary.findings}
        self.listed = "unlisted_conversation" not in kinds


def merged_conversations(parts: Sequence[Part]) -> Iterator[Yielded | Kept]:
    """An item for each conversation; readings that only looked alike as they were."""
    readings = sorted(map(_Reading, parts), key=_age)
    keys: set[str] = set()
    for group in _conversations(readings):
        if len(group) > 1:
            yield from _Union(group).stream(keys)
        else:
            (alone,) = group
            yield Kept(alone.part, _with_own_key(alone.summary, keys))


def _age(reading: _Reading) -> tuple[object, ...]:
    """What orders readings, oldest first; those of one age stay as they came, by path."""
    return reading.summary.version, reading.summary.key


def _conversations(readings: list[_Reading]) -> list[list[_Reading]]:
    """The readings, oldest first, by conversation; none of one contradicts another."""

    @cache
    def same(one: int, other: int) -> bool | None:
        return _same(readings[one], readings[other])

    groups: list[list[int]] = []
    for number in range(len(readings)):
        home: list[int] = []
        others = []
        for group in groups:
            joins = any(same(member, number) for member in group)
            fits = all(same(*sorted((a, b))) is not False for a in group for b in (*home, number))
            if joins and fits:
                home += group
            else:
                others.append(group)
        groups = [*others, sorted([*home, number])]
    return [[readings[number] for number in group] for group in sorted(groups)]


def _same(one: _Reading, other: _Reading) -> bool | None:
    """Whether two readings are one conversation; ``None`` when nothing tells."""
    if one.head.channel_id or other.head.channel_id:
        return one.head.channel_id == other.head.channel_id
    if not one.summary.records and not other.summary.records:
        return one.summary.key == other.summary.key
    same = None
    for messages in _by_ts((one, other)):
        verdict = agree(*messages) if len(messages) == 2 else None
        if verdict is False:
            return False
        same = same or verdict
    return same


def _by_ts(readings: Iterable[_Reading]) -> Iterator[list[Message]]:
    """Messages in their order, those of one ``ts`` together, the oldest reading's first."""
    streams = (reading.part.messages() for reading in readings)
    for _, group in groupby(heapq.merge(*streams, key=_order), key=_order):
        yield list(group)


def _order(message: Message) -> tuple[str, str]:
    return message.timestamp or "", message.message_id


def _with_own_key(summary: Summary, keys: set[str]) -> Summary:
    """The summary under a key that no other conversation has, should two begin alike."""
    key, number = summary.key, 1
    while key in keys:
        number += 1
        key = f"{summary.key}~{number}"
    keys.add(key)
    return msgspec.structs.replace(summary, key=key)


class _Union:
    """One conversation of several readings, oldest first."""

    def __init__(self, readings: list[_Reading]) -> None:
        self._readings = readings
        # Whoever lists a conversation knows more of it than who does not.
        self._head = max(enumerate(readings), key=lambda entry: (entry[1].listed, entry[0]))[1]
        self._tally = Tally()
        self._threads = Threads()
        self._first: Message | None = None
        self._duplicate = self._contradicting = 0

    def stream(self, keys: set[str]) -> Iterator[Yielded]:
        # What is no orphan in the reading it stands in is none among more messages.
        for reading in self._readings:
            if any(finding.kind == ORPHANS for finding in reading.summary.findings):
                replies = (message.reply_to for message in reading.part.messages())
                self._threads.expect(filter(None, replies))
        yield from map(self._taken, in_runs(map(self._newest, _by_ts(self._readings))))
        yield Item(summary=_with_own_key(self._summary(), keys), head=self._merged_head())
        dropped = self._duplicate + self._contradicting
        ignored = {"contradicting_ts": self._contradicting} if self._contradicting else {}
        yield Account(accepted=-dropped, duplicate=self._duplicate, ignored=ignored)

    def _newest(self, messages: list[Message]) -> Message:
        kept = messages[0]
        for message in messages[1:]:
            if contradict(kept, message):
                self._contradicting += 1
            else:
                self._duplicate += 1
            if version(message) >= version(kept):
                kept = message
        return kept

    def _taken(self, run: list[Message]) -> list[Message]:
        self._first = self._first or run[0]
        self._tally.add(run)
        self._threads.take(run)
        return run

    def _merged_head(self) -> Channel:
        tally = self._tally
        for reading in self._readings:
            tally.participants.update(reading.head.participants)
        return msgspec.structs.replace(
            self._head.head,
            people=self._people(),
            **tally.fields(),
        )

    def _people(self) -> tuple[Participant, ...]:
        """Everybody once, as the newest reading that knows them tells."""
        found: dict[str, Participant] = {}
        for reading in (*self._readings, self._head):
            for person in reading.head.people:
                if person.kind != "unknown" or person.id not in found:
                    found[person.id] = person
        return tuple(found[who] for who in sorted(found))

    def _summary(self) -> Summary:
        newest = self._head.summary
        every = [reading.summary for reading in self._readings]
        names = {name for summary in every for name in (summary.title, *summary.aliases)}
        keys = {summary.key for summary in every}
        listed = bool(self._head.head.channel_id)
        return msgspec.structs.replace(
            newest,
            key=newest.key if listed else rekeyed(keys, self._first),
            records=self._tally.count,
            version=max(summary.version for summary in every),
            aliases=tuple(sorted(names - {newest.title})),
            emails=tuple(sorted({email for summary in every for email in summary.emails})),
            mentioned=tuple(
                dict.fromkeys(
                    host for summary in (newest, *every[::-1]) for host in summary.mentioned
                )
            )[:MOST],
            findings=self._findings(every),
        )

    def _findings(self, every: list[Summary]) -> tuple[Finding, ...]:
        outdated = {"merged", ORPHANS}
        if self._head.listed:
            outdated.add("unlisted_conversation")
        kept = {f for summary in every for f in summary.findings if f.kind not in outdated}
        kept.update(self._threads.findings)
        kept.add(
            Finding(
                kind="merged",
                detail=f"made of {len(every)} readings; "
                f"{self._duplicate} messages stood in more than one",
                count=len(every),
            )
        )
        if self._contradicting:
            kept.add(
                Finding(
                    kind="contradicting_exports",
                    detail="under one ts other people say other things in another export; "
                    "the one edited last was kept, else the newest export's",
                    count=self._contradicting,
                )
            )
        return tuple(
            sorted(kept, key=lambda finding: (finding.kind, finding.detail, finding.count))
        )
