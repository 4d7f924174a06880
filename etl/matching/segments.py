"""A title in pieces: between hard breaks, and between the tokens of our own name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from etl.names.normalise import Name, normalise

CONNECTORS = frozenset({"x", "and", "with"})
"""Words that join two names. As a name, each needs a segment of its own."""


class Segment(NamedTuple):
    """Tokens ``first`` up to ``last`` of a name. ``walled``: hard breaks, or the ends of
    the title, stand on both sides; ``ours_before`` and ``ours_after``: our name does.
    """

    first: int
    last: int
    walled: bool
    ours_before: bool = False
    ours_after: bool = False


class OwnNames:
    """Our own names: separators, never evidence."""

    def __init__(self, names: Iterable[str]) -> None:
        parsed = [normalise(name) for name in names]
        self.keys = frozenset(name.key for name in parsed if name.key)
        self._longest = max([3, *(len(name.tokens) for name in parsed)])
        self._beginnings = {key[:size] for key in self.keys for size in range(1, len(key) + 1)}

    def stands_in(self, tokens: tuple[str, ...]) -> bool:
        """Whether our name is among the tokens."""
        return any(
            token in self._beginnings and self.length_at(tokens, place, len(tokens))
            for place, token in enumerate(tokens)
        )

    def length_at(self, tokens: tuple[str, ...], first: int, last: int) -> int:
        """How many tokens from ``first`` on, not beyond ``last``, are our name; 0: none."""
        if tokens[first] not in self._beginnings:
            return 0
        for size in range(min(self._longest, last - first), 0, -1):
            if "".join(tokens[first : first + size]) in self.keys:
                return size
        return 0


def walled(name: Name) -> Iterator[Segment]:
    """The runs of tokens between hard breaks."""
    first = 0
    for place in range(1, len(name.tokens) + 1):
        if place == len(name.tokens) or name.breaks[place]:
            yield Segment(first, place, walled=True)
            first = place


def without_ours(name: Name, run: Segment, own: OwnNames) -> list[Segment]:
    """What is left of a run when our own names are taken out; the run itself, alone,
    when they are not in it.
    """
    left: list[Segment] = []
    first, place, before = run.first, run.first, False
    while place < run.last:
        size = own.length_at(name.tokens, place, run.last)
        if not size:
            place += 1
            continue
        if place > first:
            left.append(Segment(first, place, False, before, ours_after=True))
        first = place = place + size
        before = True
    if not before:
        return [run]
    if first < run.last:
        left.append(Segment(first, run.last, False, ours_before=True))
    return left


def trimmed(name: Name, segment: Segment) -> Segment:
    """The segment without connectors between it and our name."""
    first, last = segment.first, segment.last
    while segment.ours_before and first < last and name.tokens[first] in CONNECTORS:
        first += 1
    while segment.ours_after and first < last and name.tokens[last - 1] in CONNECTORS:
        last -= 1
    return segment._replace(first=first, last=last)


def joined(name: Name, segment: Segment) -> list[tuple[str, Segment]]:
    """The names that connectors join in a segment, each with the connector before it
    (empty for the first); a single one when there is no connector.
    """
    parts: list[tuple[str, Segment]] = []
    first, connector = segment.first, ""
    for place in range(segment.first, segment.last):
        if name.tokens[place] in CONNECTORS and segment.first < place < segment.last - 1:
            if place > first:
                parts.append((connector, segment._replace(first=first, last=place)))
            first, connector = place + 1, name.tokens[place]
    parts.append((connector, segment._replace(first=first)))
    return parts
