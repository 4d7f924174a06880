"""Which readings are one chat. HTML names no chat, so the messages decide.

Readings that share ids are one chat when the shared ones agree; readings that share
none only when everything else speaks for it. Else they stay apart: two customers may
both have a chat called "Support".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import msgspec

from sources.protocol import Part
from sources.records import Chat, Message, Summary
from sources.telegram.identity import VENDOR_ID, loose
from sources.telegram.likeness import Columns, compare

Pair = tuple[int, int]

_OF_ACCOUNT = re.compile(r"(?:^|[/!])chats/chat_\d+$")
_OF_EVERYBODY = VENDOR_ID + "channel"
"""Begins the id of a supergroup or channel, in which everybody sees the same messages."""


@dataclass
class Reading:
    """One part, and of its messages ids, times and checksums."""

    part: Part
    head: Chat
    columns: Columns
    title: str
    vendor_ids: frozenset[str]

    @classmethod
    def of(cls, part: Part) -> Reading:
        summary = part.summary
        return cls(
            part=part,
            head=msgspec.json.decode(part.head, type=Chat),
            columns=Columns(part.messages()),
            title=loose(summary.title),
            vendor_ids=frozenset(t for t in summary.identity if t.startswith(VENDOR_ID)),
        )

    @property
    def summary(self) -> Summary:
        return self.part.summary

    @cached_property
    def begins_a_chat(self) -> bool:
        """Whether it opens with the chat's creation: then nothing came before it."""
        first = next(iter(self.part.messages()), None)
        return first is not None and first.subtype == "created"

    @property
    def is_whole_export(self) -> bool:
        """Whether the chat was exported by itself, and not with all of an account, of which
        somebody may have kept the chats but not their list.
        """
        directory = self.head.directory
        return directory == self.summary.archive and not _OF_ACCOUNT.search(directory)

    @property
    def age(self) -> tuple[str, bool, str, str, str]:
        """What orders readings, oldest first, by what they hold.

        Of one export's two forms the one that knows ids is the better: its times are true.
        """
        day, last = self.summary.version
        return day, bool(self.vendor_ids), last, self.part.unit, self.summary.archive

    def messages(self) -> Iterator[Message]:
        """Its messages in ascending order, whatever its pages' order."""
        if self.columns.ascending:
            return self.part.messages()
        return iter(sorted(self.part.messages(), key=lambda message: int(message.message_id)))


def chats_of(readings: Sequence[Reading]) -> list[list[Reading]]:
    """The readings, grouped into chats, each in the order given."""
    same: list[Pair] = []
    follow: list[Pair] = []
    against: set[Pair] = set()
    entwined: set[Pair] = set()
    for pair in combinations(range(len(readings)), 2):
        one, other = readings[pair[0]], readings[pair[1]]
        verdict = _same(one, other)
        if verdict is not None:
            (same.append if verdict else against.add)(pair)
        elif one.columns.is_apart_from(other.columns):
            if _continues(one, other):
                follow.append(pair)
        else:
            entwined.add(pair)
    strong = _clusters(len(readings), same, against)
    home = {reading: number for number, chat in enumerate(strong) for reading in chat}

    def of_chats(pairs: Iterable[Pair]) -> set[Pair]:
        return {(home[a], home[b]) for a, b in pairs if home[a] != home[b]}

    joined = _clusters(len(strong), of_chats(follow), of_chats(against | entwined))
    chats = [sorted(reading for number in group for reading in strong[number]) for group in joined]
    return [[readings[number] for number in chat] for chat in sorted(chats)]


def _same(one: Reading, other: Reading) -> bool | None:
    """Whether two readings are one chat; none when their messages do not say."""
    if one.vendor_ids and other.vendor_ids:
        common = one.vendor_ids & other.vendor_ids
        # Two people's chats with a third bear the same id, but not the same messages.
        if not common or any(token.startswith(_OF_EVERYBODY) for token in common):
            return bool(common)
    if one.summary.archive == other.summary.archive and one.vendor_ids == other.vendor_ids:
        return False  # a full export holds each of its chats once
    alike = one.title == other.title
    found = compare(one.columns, other.columns)
    if (found.shared and not found.timed) or not one.columns.ids:
        # "Channel created", message 1, says little by itself; nothing but it says enough.
        return True if alike and one.columns == other.columns else None
    return found.verdict(alike=alike)


def _continues(one: Reading, other: Reading) -> bool:
    """Whether one is a later stretch of the other, exported by itself beside it."""
    if one.columns.ids[0] > other.columns.ids[0]:
        one, other = other, one
    ends, begins = one.head.last_message_time, other.head.first_message_time
    return (
        one.is_whole_export
        and other.is_whole_export
        and one.title == other.title
        and _agree(one.head.chat_type, other.head.chat_type)
        and _are_neighbours(one.summary.archive, other.summary.archive)
        and (ends is None or begins is None or ends <= begins)
        and _have_people_in_common(one.head, other.head)
        and not other.begins_a_chat
    )


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _have_people_in_common(one: Chat, other: Chat) -> bool:
    """Whether the same people wrote in both, as far as anybody is named: two of them, or all
    there are of one. One alone may be us, who write in the chats of every customer.
    """
    some, others = {*one.unique_authors}, {*other.unique_authors}
    if not some or not others:
        return True
    return len(some & others) >= min(2, len(some), len(others))


def _are_neighbours(one: str, other: str) -> bool:
    """Whether two folders lie side by side, or one in the other."""
    parents = [path.rpartition("/")[0] for path in (one, other)]
    inside = one.startswith(other + "/") or other.startswith(one + "/") or "." in (one, other)
    return parents[0] == parents[1] or inside


def _clusters(count: int, links: Iterable[Pair], against: set[Pair]) -> list[list[int]]:
    """Numbers below ``count`` that links connect, without contradictions.

    Where a cluster holds two that contradict each other, those with the most
    contradictions stand alone: better two chats that were one than one that was two.
    """
    links = list(links)
    alone: set[int] = set()
    while True:
        root = _roots(count, (pair for pair in links if alone.isdisjoint(pair)))
        clashes = Counter(
            number
            for pair in against
            if alone.isdisjoint(pair) and root[pair[0]] == root[pair[1]]
            for number in pair
        )
        if not clashes:
            break
        worst = max(clashes.values())
        alone |= {number for number, clash in clashes.items() if clash == worst}
    groups: dict[int, list[int]] = {}
    for number in range(count):
        groups.setdefault(root[number], []).append(number)
    return list(groups.values())


def _roots(count: int, links: Iterable[Pair]) -> list[int]:
    """Of every number the one that stands for all that are connected with it."""
    root = list(range(count))

    def top(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for one, other in links:
        root[top(one)] = top(other)
    return [top(number) for number in range(count)]
