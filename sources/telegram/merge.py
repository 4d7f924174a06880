"""Which readings are one chat, and the chat they make together.

HTML names no chat, so the messages decide. Readings that share ids are one chat when
the shared ones agree; readings that share none only when everything else speaks for
it. Else they stay apart: two customers may both have a chat called "Support".
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import msgspec

from sources._conversation import RUN, Tally, merged
from sources.protocol import Account, Part, Yielded
from sources.records import Chat, Finding, Item, Message, Summary
from sources.telegram.chat import head_of, take
from sources.telegram.identity import identity_of, key_of, normalised

_EDITED = 10
"""At most one in so many shared messages may have another text: people edit."""


def merged_chats(parts: Sequence[Part]) -> Iterator[Yielded]:
    """One item per chat; readings that only looked alike come back as they were."""
    readings = [_Reading.of(part, rank) for rank, part in enumerate(parts)]
    keys: set[str] = set()
    for chat in _chats(readings):
        yield from _apart(chat[0], keys) if len(chat) == 1 else _union(chat, keys)


@dataclass
class _Reading:
    """One part, and of its messages ids and checksums, sorted by id."""

    part: Part
    rank: int
    head: Chat
    ids: array[int]
    times: array[int]
    texts: array[int]
    timed: array[int]
    ascending: bool

    @classmethod
    def of(cls, part: Part, rank: int) -> _Reading:
        ids, times, texts, timed = array("q"), array("L"), array("L"), array("b")
        for message in part.messages():
            ids.append(int(message.message_id))
            times.append(_checksum(message.timestamp or message.date or ""))
            texts.append(_checksum(message.text))
            timed.append(message.timestamp is not None)
        ascending = all(a < b for a, b in pairwise(ids))
        if not ascending:
            order = sorted(range(len(ids)), key=ids.__getitem__)
            ids, times, texts, timed = (
                array(column.typecode, map(column.__getitem__, order))
                for column in (ids, times, texts, timed)
            )
        head = msgspec.json.decode(part.head, type=Chat)
        return cls(part, rank, head, ids, times, texts, timed, ascending)

    @property
    def summary(self) -> Summary:
        return self.part.summary

    @property
    def is_whole_export(self) -> bool:
        """Whether the chat was exported by itself."""
        return self.head.directory == self.summary.archive

    def messages(self) -> Iterator[Message]:
        if self.ascending:
            return self.part.messages()
        return iter(sorted(self.part.messages(), key=_id))


def _checksum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


def _id(message: Message) -> int:
    return int(message.message_id)


def _order(message: Message) -> tuple[int, ...]:
    return (int(message.message_id),)


def _chats(readings: list[_Reading]) -> list[list[_Reading]]:
    """The readings, grouped into chats; a group may hold no two that contradict."""
    chats: list[list[_Reading]] = []
    for reading in readings:
        verdicts = [[_same(other, reading) for other in chat] for chat in chats]
        joined = [
            chat
            for chat, verdict in zip(chats, verdicts, strict=True)
            if True in verdict and False not in verdict
        ]
        home = joined[0] if joined else []
        if not joined:
            chats.append(home)
        home.append(reading)
        for other in joined[1:]:
            if not any(_same(a, b) is False for a in home for b in other):
                home.extend(other)
                chats.remove(other)
    for chat in chats:
        chat.sort(key=lambda reading: reading.rank)
    return sorted(chats, key=lambda chat: chat[0].rank)


def _same(older: _Reading, newer: _Reading) -> bool | None:
    """Whether two readings are one chat; none when nothing speaks for or against it."""
    if older.summary.archive == newer.summary.archive:
        return False  # a full export holds each of its chats once
    shared = timed = elsewhen = reworded = 0
    for a, b in _shared(older, newer):
        shared += 1
        reworded += older.texts[a] != newer.texts[b]
        if older.timed[a] and newer.timed[b]:
            timed += 1
            elsewhen += older.times[a] != newer.times[b]
    if elsewhen or reworded * _EDITED > shared:
        return False
    if timed:
        return True
    if shared or not older.ids or not newer.ids:
        return True if _are_twins(older, newer) else None
    return True if _continues(older, newer) else None


def _are_twins(one: _Reading, other: _Reading) -> bool:
    """Whether two readings without a time in common are the same to the last letter.

    "Channel created", message 1, says little by itself; nothing but it says enough.
    """
    return (
        normalised(one.summary.title) == normalised(other.summary.title)
        and one.ids == other.ids
        and one.times == other.times
        and one.texts == other.texts
    )


def _shared(older: _Reading, newer: _Reading) -> Iterator[tuple[int, int]]:
    """Positions of the ids both have."""
    a = b = 0
    while a < len(older.ids) and b < len(newer.ids):
        if older.ids[a] == newer.ids[b]:
            yield a, b
            a, b = a + 1, b + 1
        elif older.ids[a] < newer.ids[b]:
            a += 1
        else:
            b += 1


def _continues(one: _Reading, other: _Reading) -> bool:
    """Whether one is a later stretch of the other, exported by itself beside it."""
    return (
        one.is_whole_export
        and other.is_whole_export
        and normalised(one.summary.title) == normalised(other.summary.title)
        and one.head.chat_type == other.head.chat_type
        and _are_neighbours(one.summary.archive, other.summary.archive)
        and (one.ids[-1] < other.ids[0] or other.ids[-1] < one.ids[0])
    )


def _are_neighbours(one: str, other: str) -> bool:
    """Whether two folders lie side by side, or one in the other."""
    parents = [path.rpartition("/")[0] for path in (one, other)]
    inside = one.startswith(other + "/") or other.startswith(one + "/") or "." in (one, other)
    return parents[0] == parents[1] or inside


def _distinct(key: str, keys: set[str]) -> str:
    """The key, made different from those of chats that begin alike."""
    number, free = 1, key
    while free in keys:
        number += 1
        free = f"{key}~{number}"
    keys.add(free)
    return free


def _with_key(summary: Summary, keys: set[str]) -> Summary:
    key = _distinct(summary.key, keys)
    if key == summary.key:
        return summary
    detail = "Another chat begins with the same message; what follows differs."
    alike = Finding(kind="begins_alike", detail=detail)
    return msgspec.structs.replace(summary, key=key, findings=(*summary.findings, alike))


def _apart(reading: _Reading, keys: set[str]) -> Iterator[Yielded]:
    """A reading as it was."""
    run: list[Message] = []
    for message in reading.part.messages():
        run.append(message)
        if len(run) >= RUN:
            yield run
            run = []
    if run:
        yield run
    yield Item(summary=_with_key(reading.summary, keys), head=reading.head)


def _union(readings: list[_Reading], keys: set[str]) -> Iterator[Yielded]:
    """One chat from several readings; of a message met twice the newest is kept."""
    tally = Tally()
    first: Message | None = None
    duplicate = 0
    for run, dropped in merged([_Sorted(reading) for reading in readings], _order):
        duplicate += dropped
        if run:
            first = first or run[0]
            take(run, tally)
            yield run
    if duplicate:
        yield Account(accepted=-duplicate, duplicate=duplicate)
    newest = readings[-1]
    summary = _summary(readings, tally, first, duplicate)
    head = head_of(tally, summary.title, _chat_type(readings), newest.head.directory)
    yield Item(summary=_with_key(summary, keys), head=head)


class _Sorted:
    """A reading as a part whose messages ascend, whatever its pages' order."""

    def __init__(self, reading: _Reading) -> None:
        self.summary = reading.summary
        self.head = reading.part.head
        self.unit = reading.part.unit
        self.messages = reading.messages


def _summary(
    readings: list[_Reading], tally: Tally, first: Message | None, duplicate: int
) -> Summary:
    newest = readings[-1].summary
    every = [reading.summary for reading in readings]
    names = dict.fromkeys(name for s in reversed(every) for name in (s.title, *s.aliases))
    detail = (
        f"Put together from {len(readings)} exports; "
        f"{duplicate} messages stood in more than one of them."
    )
    return Summary(
        key=key_of(first, newest.title, _chat_type(readings)),
        kind=newest.kind,
        source=newest.source,
        archive=newest.archive,
        title=newest.title,
        records=tally.count,
        identity=identity_of(names),
        version=max(summary.version for summary in every),
        aliases=tuple(name for name in names if name != newest.title),
        flags=tuple(sorted({flag for summary in every for flag in summary.flags})),
        findings=(
            *_findings(every),
            Finding(kind="merged", detail=detail, count=len(readings)),
        ),
    )


def _chat_type(readings: list[_Reading]) -> str | None:
    types = [reading.head.chat_type for reading in readings if reading.head.chat_type]
    return types[-1] if types else None


def _findings(summaries: Iterable[Summary]) -> list[Finding]:
    """Every reading's findings; equal ones once, with their counts added."""
    found: dict[tuple[str, str], Finding] = {}
    for summary in summaries:
        for finding in summary.findings:
            key = finding.kind, finding.detail
            count = finding.count + (found[key].count if key in found else 0)
            found[key] = msgspec.structs.replace(finding, count=count)
    return [found[key] for key in sorted(found)]
