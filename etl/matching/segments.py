"""A title in pieces: between hard breaks, and between the tokens of our own name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl.matching.parts import Segment
from etl.names.name import Name
from etl.names.normalise import normalise

CONNECTORS = frozenset({"x", "and", "with"})
"""Words that join two names. As a name, each needs a segment of its own."""
LONGEST_KEY = 100
"""Longer names are known only where nothing stands beside them."""


def beginnings(keys: Iterable[str]) -> frozenset[str]:
    """Every beginning of every key that is not too long: a token that is none begins no name."""
    known = (key for key in keys if len(key) <= LONGEST_KEY)
    return frozenset(key[:size] for key in known for size in range(1, len(key) + 1))


class Within:
    """Keys of names, to be found among tokens."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.keys = frozenset(keys)
        self.beginnings = beginnings(self.keys)

    def length_at(self, tokens: tuple[str, ...], first: int, last: int) -> int:
        """How many tokens from ``first`` on, not beyond ``last``, are the longest name there is;
        0: none.
        """
        key, size = "", 0
        if tokens[first] not in self.beginnings:
            return size  # as most
        for place in range(first, last):
            key += tokens[place]
            if key not in self.beginnings:
                break
            if key in self.keys:
                size = place + 1 - first
        return size


_OF_NOBODY = Within()


class OwnNames:
    """Our own names: separators, never evidence."""

    def __init__(self, names: Iterable[str]) -> None:
        parsed = [normalise(name) for name in names]
        self._within = Within(name.key for name in parsed if name.key)
        self.keys, self._beginnings = self._within.keys, self._within.beginnings
        self._longest = max([3, *(len(name.tokens) for name in parsed)])

    def may_stand_in(self, tokens: tuple[str, ...]) -> bool:
        """Whether a closer look is worth it."""
        return not self._beginnings.isdisjoint(tokens)

    def stands_in(self, name: Name, theirs: Within = _OF_NOBODY) -> bool:
        """Whether our name stands in a title, and not only within ``theirs``: the names of others
        that begin with it.
        """
        tokens = name.tokens
        if self._beginnings.isdisjoint(tokens):
            return False
        if theirs.keys:
            return any(True for run in walled(name) for _ in self.places(tokens, run, theirs))
        begun = [place for place, token in enumerate(tokens) if token in self._beginnings]
        return any(self.length_at(tokens, place, len(tokens)) for place in begun)

    def places(
        self, tokens: tuple[str, ...], run: Segment, theirs: Within
    ) -> Iterator[tuple[int, int]]:
        """Where our name stands in a run, from left to right, but for within ``theirs``."""
        place = run.first
        while place < run.last:
            size = theirs.length_at(tokens, place, run.last) if theirs.keys else 0
            if not size and (size := self.length_at(tokens, place, run.last)):
                yield place, place + size
            place += size or 1

    def length_at(self, tokens: tuple[str, ...], first: int, last: int) -> int:
        """How many tokens from ``first`` on, not beyond ``last``, are our name; 0: none."""
        if tokens[first] not in self._beginnings:
            return 0
        return self._within.length_at(tokens, first, min(first + self._longest, last))


def walled(name: Name) -> list[Segment]:
    """The runs of tokens between hard breaks."""
    size = len(name.tokens)
    if True not in name.breaks:
        return [Segment(0, size, True)] if size else []
    runs: list[Segment] = []
    first = 0
    for place in range(1, size):
        if name.breaks[place]:
            runs.append(Segment(first, place, True))
            first = place
    runs.append(Segment(first, size, True))
    return runs


def without_ours(
    name: Name, run: Segment, own: OwnNames, theirs: Within = _OF_NOBODY
) -> list[Segment]:
    """What is left of a run when our own names are taken out, but for those within ``theirs``;
    the run itself, alone, when they are not in it.
    """
    if not own.may_stand_in(name.tokens):
        return [run]
    left: list[Segment] = []
    first, before = run.first, False
    for place, end in own.places(name.tokens, run, theirs):
        if place > first:
            left.append(Segment(first, place, False, before, ours_after=True))
        first, before = end, True
    if not before:
        return [run]
    if first < run.last:
        left.append(Segment(first, run.last, False, ours_before=True))
    return left


def trimmed(name: Name, segment: Segment) -> Segment:
    """The segment without a connector between it and our name: one, for a firm may be called
    like it (``X x Ours``).
    """
    if not segment.ours_before and not segment.ours_after:
        return segment
    first, last = segment.first, segment.last
    if segment.ours_before and first < last and name.tokens[first] in CONNECTORS:
        first += 1
    if segment.ours_after and first < last and name.tokens[last - 1] in CONNECTORS:
        last -= 1
    if (first, last) == (segment.first, segment.last):
        return segment
    return Segment(first, last, segment.walled, segment.ours_before, segment.ours_after)


def joined(name: Name, segment: Segment) -> bool:
    """Whether something stands between these tokens and our name, as it stands between the
    names of two firms: ``Ours <> Somebody``; ``Ours support`` is a team of ours.
    """
    first, last, size = segment.first, segment.last, len(name.tokens)
    ends = [
        place for place, ours in ((first, segment.ours_before), (last, segment.ours_after)) if ours
    ]
    return not ends or any(
        name.breaks[place]
        or not CONNECTORS.isdisjoint(name.tokens[max(0, place - 1) : min(place + 1, size)])
        for place in ends
        if place < size
    )
