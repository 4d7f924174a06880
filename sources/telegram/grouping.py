"""Readings, grouped into chats: those that are one, and those that continue one another.

A customer base may hold thousands of chats called "Support", and a chat thousands of
exports. So not every pair is compared: only those that share a message or an id can be
one, only those that follow one another can go on, and only within what is so connected
can two contradict each other.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import combinations, groupby

from sources.telegram.chaining import links
from sources.telegram.kinship import OF_EVERYBODY, Reading, continues, same
from sources.telegram.likeness import UNTIMED

Pair = tuple[int, int]

_HALF_HOUR = 1800
"""By multiples of which exports may print one time differently."""


def chats_of(readings: Sequence[Reading]) -> list[list[Reading]]:
    """The readings, grouped into chats, each in the order given."""
    pairs = _Pairs(readings)
    alike = [pair for pair in sorted(_perhaps_same(readings)) if pairs.verdict(pair)]
    numbers = range(len(readings))

    def one_chat(alone: set[int]) -> list[int]:
        return _roots(numbers, (pair for pair in alike if alone.isdisjoint(pair)))

    strong = _clusters(one_chat, pairs.against)
    home = {reading: number for number, chat in enumerate(strong) for reading in chat}

    def going_on(alone: set[int]) -> list[int]:
        links = pairs.follow([n for n in numbers if home[n] not in alone])
        return _roots(range(len(strong)), ((home[a], home[b]) for a, b in links))

    def apart(chats: list[int]) -> set[Pair]:
        members = sorted(reading for chat in chats for reading in strong[chat])
        found = pairs.against(members) | pairs.entwined(members)
        return {(home[a], home[b]) for a, b in found if home[a] != home[b]}

    joined = _clusters(going_on, apart)
    chats = [sorted(reading for number in group for reading in strong[number]) for group in joined]
    return [[readings[number] for number in chat] for chat in sorted(chats)]


def _perhaps_same(readings: Sequence[Reading]) -> set[Pair]:
    """Pairs with something in common without which they cannot be one chat."""
    by_trait: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        columns = reading.columns
        begins = reading.summary.key if columns.ids else ""
        content = columns.ids.tobytes(), columns.texts.tobytes()
        by_trait[reading.title, begins, *content].append(number)
        for token in reading.vendor_ids:
            if token.startswith(OF_EVERYBODY):
                by_trait[token].append(number)
    found = {pair for alike in by_trait.values() for pair in combinations(alike, 2)}
    return found | _sharing(readings)


def _sharing(readings: Sequence[Reading]) -> set[Pair]:
    """Pairs that share the id of a message sent at the same time, zones apart."""
    count = len(readings)
    if count <= 2:
        return set(combinations(range(count), 2))
    found: set[Pair] = set()
    before: set[int] = set()
    marks = heapq.merge(*(_marks(r, number, count) for number, r in enumerate(readings)))
    for _, entries in groupby(marks, key=lambda mark: mark // count):
        numbers = [mark % count for mark in entries]
        if len(numbers) > 1:
            new = [number for number in numbers if number not in before]
            found.update((min(a, b), max(a, b)) for a in new for b in numbers if a != b)
            before = set(numbers)
    return found


def _marks(reading: Reading, number: int, count: int) -> Iterator[int]:
    """Of every message with a time id, time and whose it is, as one ascending number."""
    columns = reading.columns
    for message, time in zip(columns.ids, columns.times, strict=True):
        if time != UNTIMED:
            yield (message * _HALF_HOUR + time % _HALF_HOUR) * count + number


class _Pairs:
    """What pairs of readings are to each other. Pairs are of ascending numbers."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        self._verdicts: dict[Pair, bool | None] = {}

    def verdict(self, pair: Pair) -> bool | None:
        """Whether the two are one chat, none when their messages do not say."""
        if pair not in self._verdicts:
            self._verdicts[pair] = same(self._readings[pair[0]], self._readings[pair[1]])
        return self._verdicts[pair]

    def against(self, members: Iterable[int]) -> set[Pair]:
        """Pairs of which it is certain that they are two chats."""
        members = list(members)
        return {pair for pair in self._perhaps_two(members) if self.verdict(pair) is False}

    def entwined(self, members: Iterable[int]) -> set[Pair]:
        """Pairs of which nothing is certain, but that neither continues the other."""
        members = list(members)
        return {pair for pair in self._overlapping(members) if self.verdict(pair) is None}

    def follow(self, members: Iterable[int]) -> Iterator[Pair]:
        """Pairs of which one continues the other: not all, but enough to connect all."""
        by_title: defaultdict[str, list[int]] = defaultdict(list)
        for number in members:
            if self._readings[number].columns.ids and self._readings[number].is_whole_export:
                by_title[self._readings[number].title].append(number)
        for alike in by_title.values():
            yield from links(self._readings, alike, self._goes_on)

    def _goes_on(self, earlier: int, later: int) -> bool:
        one, other = self._readings[earlier], self._readings[later]
        pair = min(earlier, later), max(earlier, later)
        return continues(other, one) and self.verdict(pair) is None

    def _first(self, number: int) -> int:
        return self._readings[number].columns.ids[0]

    def _perhaps_two(self, members: list[int]) -> Iterator[Pair]:
        yield from self._overlapping(members)
        by_export: defaultdict[Hashable, list[int]] = defaultdict(list)
        by_ids: defaultdict[Hashable, list[int]] = defaultdict(list)
        for number in members:
            reading = self._readings[number]
            by_export[reading.summary.archive, reading.vendor_ids].append(number)
            by_ids[reading.vendor_ids].append(number)
        for together in by_export.values():
            yield from combinations(together, 2)
        by_ids.pop(frozenset(), None)
        for some, others in combinations(by_ids.values(), 2):
            yield from ((min(a, b), max(a, b)) for a in some for b in others)

    def _overlapping(self, members: list[int]) -> Iterator[Pair]:
        """Pairs that do not stand wholly before or behind each other."""
        held = [number for number in members if self._readings[number].columns.ids]
        empty = [number for number in members if not self._readings[number].columns.ids]
        yield from ((min(a, b), max(a, b)) for a in empty for b in held)
        yield from combinations(empty, 2)
        reaching: list[int] = []
        for number in sorted(held, key=self._first):
            first = self._first(number)
            reaching = [n for n in reaching if self._readings[n].columns.ids[-1] >= first]
            yield from ((min(n, number), max(n, number)) for n in reaching)
            reaching.append(number)


def _clusters(
    roots_of: Callable[[set[int]], list[int]], against_in: Callable[[list[int]], set[Pair]]
) -> list[list[int]]:
    """What hangs together, without contradictions.

    ``roots_of`` tells of every number what it hangs together with when some stand alone.
    Where a cluster holds two that contradict each other, those with the most
    contradictions stand alone: better two chats that were one than one that was two.
    """
    alone: set[int] = set()
    root = roots_of(alone)
    against = {pair for group in _groups(root) if len(group) > 1 for pair in against_in(group)}
    while clashes := Counter(
        number
        for pair in against
        if alone.isdisjoint(pair) and root[pair[0]] == root[pair[1]]
        for number in pair
    ):
        worst = max(clashes.values())
        alone |= {number for number, clash in clashes.items() if clash == worst}
        root = roots_of(alone)
    return _groups(root)


def _groups(root: Sequence[int]) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for number, top in enumerate(root):
        groups.setdefault(top, []).append(number)
    return list(groups.values())


def _roots(numbers: range, links: Iterable[Pair]) -> list[int]:
    """Of every number the one that stands for all that are connected with it."""
    root = list(numbers)

    def top(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for one, other in links:
        root[top(one)] = top(other)
    return [top(number) for number in numbers]
