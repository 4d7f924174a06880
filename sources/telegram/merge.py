"""The chat that several readings make together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sources._conversation import Tally, in_runs
from sources.protocol import Account, Kept, Part, Yielded
from sources.records import Finding, Item, Message, Summary
from sources.telegram.findings import finding
from sources.telegram.grouping import chats_of
from sources.telegram.head import head_of, take
from sources.telegram.identity import identity_of
from sources.telegram.kinship import Reading
from sources.telegram.owner import Owners
from sources.telegram.shares import Shares
from sources.telegram.versions import Made, united

_COARSE = {
    "saved_messages": "private",
    "replies": "private",
    "verification_codes": "private",
    "personal_chat": "private",
    "bot_chat": "bot",
    "private_group": "group",
    "private_supergroup": "group",
    "public_supergroup": "group",
    "private_channel": "channel",
    "public_channel": "channel",
}
"""What ``lists/chats.html`` calls the types that JSON tells apart."""


def merged_chats(parts: Sequence[Part]) -> Iterator[Yielded | Kept]:
    """One item per chat; readings that only looked alike come back apart.

    The order of the parts does not matter: what is older and what newer is told by what
    they hold.
    """
    readings = _oldest_first(map(Reading.of, parts))
    keys: Counter[str] = Counter()
    chats = chats_of(readings)
    titles = _Titles(chats)
    for chat in chats:
        namesakes = titles.namesakes(chat)
        if len(chat) == 1:
            (alone,) = chat
            yield Kept(alone.part, _settled(alone.summary, keys, namesakes))
        else:
            yield from _union(chat, keys, namesakes)


def _oldest_first(readings: Iterable[Reading]) -> list[Reading]:
    """Readings in the order of their exports, by what these hold. Of one export's two forms the
    one that knows ids comes last, for it is the better: its times are true.
    """
    found = list(readings)
    ends: dict[str, str] = {}
    for reading in found:
        archive, (_, last) = reading.summary.archive, reading.summary.version
        ends[archive] = max(last, ends.get(archive, ""))

    def age(reading: Reading) -> tuple[str, str, bool, str, str, str]:
        archive, (day, last) = reading.summary.archive, reading.summary.version
        return day, ends[archive], bool(reading.vendor_ids), last, reading.part.unit, archive

    return sorted(found, key=age)


class _Titles:
    """Which chats bear which titles, and in whose exports they stand."""

    def __init__(self, chats: Sequence[list[Reading]]) -> None:
        self._bearers: defaultdict[str, set[int]] = defaultdict(set)
        self._listed: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for number, chat in enumerate(chats):
            titles, archives = _titles_and_archives(chat)
            for title in titles:
                self._bearers[title].add(number)
                for archive in archives:
                    self._listed[title, archive].add(number)

    def namesakes(self, chat: list[Reading]) -> int:
        """How many other chats bear its title where no export says that they are two."""
        titles, archives = _titles_and_archives(chat)
        alike = _union_of([self._bearers[title] for title in titles])
        # An export that holds this chat has told all of its own apart.
        told = _union_of([self._listed[t, a] for t in titles for a in archives])
        return len(alike) - len(told)


def _titles_and_archives(chat: list[Reading]) -> tuple[set[str], set[str]]:
    return {r.title for r in chat}, {r.summary.archive for r in chat}


def _union_of(sets: list[set[int]]) -> set[int]:
    return sets[0] if len(sets) == 1 else set().union(*sets)


def _union(readings: list[Reading], keys: Counter[str], namesakes: int) -> Iterator[Yielded]:
    """One chat from several readings, of each message all that any of them tells."""
    tally = Tally()
    shares = Shares(readings)
    owners = Owners(readings)

    def noted(made: Made) -> Message:
        shares.take(made)
        owners.take(made.message)
        return made.message

    for run in in_runs(map(noted, united(readings))):
        take(run, tally)
        yield run
    if shares.duplicate:
        yield Account(accepted=-shares.duplicate, duplicate=shares.duplicate)
    summary = _summary(readings, tally, shares, owners)
    directory = readings[-1].head.directory
    head = head_of(tally, summary.title, _chat_type(readings), directory)
    yield Item(summary=_settled(summary, keys, namesakes), head=head)


def _summary(readings: list[Reading], tally: Tally, shares: Shares, owners: Owners) -> Summary:
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
        owners=owners.names(),
        findings=tuple(shares.findings(len(names) - 1)),
    )


def _chat_type(readings: list[Reading]) -> str | None:
    """The newest type told; of one that only a list of chats tells, the kind that JSON knew."""
    types = [reading.head.chat_type for reading in readings if reading.head.chat_type]
    if not types:
        return None
    newest = types[-1]
    return next((known for known in reversed(types) if _COARSE.get(known) == newest), newest)


def _settled(summary: Summary, keys: Counter[str], namesakes: int) -> Summary:
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


def _distinct(key: str, keys: Counter[str]) -> str:
    """The key, made different from those of chats that begin alike."""
    keys[key] += 1
    return key if keys[key] == 1 else f"{key}~{keys[key]}"
