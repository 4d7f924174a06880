"""The chat that several readings make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from sources._conversation import RUN, Tally, merged
from sources.protocol import Account, Part, Yielded
from sources.records import Finding, Item, Message, Summary
from sources.telegram.chat import head_of, take
from sources.telegram.findings import finding
from sources.telegram.identity import identity_of
from sources.telegram.kinship import Reading, chats_of
from sources.telegram.likeness import compare


def merged_chats(parts: Sequence[Part]) -> Iterator[Yielded]:
    """One item per chat; readings that only looked alike come back apart.

    The order of the parts does not matter: what is older and what newer is told by what
    they hold.
    """
    readings = sorted(map(Reading.of, parts), key=lambda reading: reading.age)
    keys: set[str] = set()
    chats = chats_of(readings)
    for chat in chats:
        namesakes = sum(_are_namesakes(chat, other) for other in chats if other is not chat)
        if len(chat) == 1:
            yield from _apart(chat[0], keys, namesakes)
        else:
            yield from _union(chat, keys, namesakes)


def _are_namesakes(one: list[Reading], other: list[Reading]) -> bool:
    """Whether two chats bear one title, and no export says that they are two."""
    titles, archives = ({r.title for r in one}, {r.summary.archive for r in one})
    return not titles.isdisjoint(r.title for r in other) and archives.isdisjoint(
        r.summary.archive for r in other
    )


def _apart(reading: Reading, keys: set[str], namesakes: int) -> Iterator[Yielded]:
    """A reading as it was."""
    run: list[Message] = []
    for message in reading.part.messages():
        run.append(message)
        if len(run) >= RUN:
            yield run
            run = []
    if run:
        yield run
    yield Item(summary=_settled(reading.summary, keys, namesakes), head=reading.head)


def _union(readings: list[Reading], keys: set[str], namesakes: int) -> Iterator[Yielded]:
    """One chat from several readings; of a message met twice the newest is kept."""
    tally = Tally()
    duplicate = 0
    for run, dropped in merged([_Sorted(reading) for reading in readings], _order):
        duplicate += dropped
        if run:
            take(run, tally)
            yield run
    if duplicate:
        yield Account(accepted=-duplicate, duplicate=duplicate)
    summary = _summary(readings, tally, duplicate)
    directory = readings[-1].head.directory
    head = head_of(tally, summary.title, _chat_type(readings), directory)
    yield Item(summary=_settled(summary, keys, namesakes), head=head)


class _Sorted:
    """A reading as a part whose messages ascend."""

    def __init__(self, reading: Reading) -> None:
        self.summary = reading.summary
        self.head = reading.part.head
        self.unit = reading.part.unit
        self.messages = reading.messages


def _order(message: Message) -> tuple[int, ...]:
    return (int(message.message_id),)


def _summary(readings: list[Reading], tally: Tally, duplicate: int) -> Summary:
    newest = readings[-1].summary
    every = [reading.summary for reading in readings]
    names = dict.fromkeys(name for s in reversed(every) for name in (s.title, *s.aliases))
    # Where two begin alike the older one's key stays: the newer's may be of an edited text.
    earliest = min(readings, key=lambda reading: reading.columns.ids[:1].tolist() or [2**62])
    ids = {token for reading in readings for token in reading.vendor_ids}
    return Summary(
        key=earliest.summary.key,
        kind=newest.kind,
        source=newest.source,
        archive=newest.archive,
        title=newest.title,
        records=tally.count,
        identity=(*sorted(ids), *identity_of(names)),
        version=max(summary.version for summary in every),
        aliases=tuple(name for name in names if name != newest.title),
        flags=tuple(sorted({flag for summary in every for flag in summary.flags})),
        findings=(*_findings(every), *_of_merging(readings, duplicate)),
    )


def _chat_type(readings: list[Reading]) -> str | None:
    types = [reading.head.chat_type for reading in readings if reading.head.chat_type]
    return types[-1] if types else None


def _findings(summaries: Iterable[Summary]) -> list[Finding]:
    """Every reading's findings; equal ones once, with their counts added."""
    found: dict[tuple[str, str], Finding] = {}
    for summary in summaries:
        for known in summary.findings:
            key = known.kind, known.detail
            count = known.count + (found[key].count if key in found else 0)
            found[key] = msgspec.structs.replace(known, count=count)
    return [found[key] for key in sorted(found)]


def _of_merging(readings: list[Reading], duplicate: int) -> Iterator[Finding]:
    detail = (
        f"Put together from {len(readings)} exports; "
        f"{duplicate} messages stood in more than one of them."
    )
    yield Finding(kind="merged", detail=detail, count=len(readings))
    by_start = sorted(readings, key=lambda reading: reading.columns.ids[:1].tolist())
    shifted = sum(compare(a.columns, b.columns).shifted for a, b in pairwise(by_start))
    if shifted:
        yield finding("zones_differ", shifted)


def _settled(summary: Summary, keys: set[str], namesakes: int) -> Summary:
    """The summary under a key of its own, with what its reader should know of others."""
    key = _distinct(summary.key, keys)
    more: list[Finding] = []
    if key != summary.key:
        more.append(finding("begins_alike"))
    if namesakes:
        more.append(finding("same_title", namesakes))
    if not more:
        return summary
    return msgspec.structs.replace(summary, key=key, findings=(*summary.findings, *more))


def _distinct(key: str, keys: set[str]) -> str:
    """The key, made different from those of chats that begin alike."""
    number, free = 1, key
    while free in keys:
        number += 1
        free = f"{key}~{number}"
    keys.add(free)
    return free
