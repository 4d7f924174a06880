"""Readings that continue one another: which of thousands may at all.

Who continues whom has people in common with him, so a reading is only held against those
its people wrote in, and of those that hang together already only until one fits.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from sources.telegram.kinship import Reading

_Chain = list[int]


def links(
    readings: Sequence[Reading], numbers: Iterable[int], goes_on: Callable[[int, int], bool]
) -> Iterator[tuple[int, int]]:
    """Pairs of which the first goes on with the second: not all there are, but enough to
    connect all that are connected.
    """
    chains = _Chains(readings)
    unfinished: list[tuple[int, int]] = []
    for number in sorted(numbers, key=lambda number: readings[number].columns.ids[0]):
        ids = readings[number].columns.ids
        while unfinished and unfinished[0][0] < ids[0]:
            chains.end(heapq.heappop(unfinished)[1])
        for chain in chains.near(number):
            before = next((before for before in reversed(chain) if goes_on(before, number)), None)
            if before is not None:
                yield before, number
                chains.join(before, number)
        heapq.heappush(unfinished, (ids[-1], number))


class _Chains:
    """What is connected so far, and whose."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        self._chain: dict[int, _Chain] = {}
        self._ended: list[int] = []
        self._of_nobody: list[int] = []
        self._of_one: defaultdict[str, list[int]] = defaultdict(list)
        self._of: defaultdict[str, list[int]] = defaultdict(list)

    def end(self, number: int) -> None:
        """From now on whatever comes begins behind this one."""
        authors = self._readings[number].authors
        self._ended.append(number)
        if not authors:
            self._of_nobody.append(number)
        for author in authors:
            self._of[author].append(number)
            if len(authors) == 1:
                self._of_one[author].append(number)

    def join(self, one: int, other: int) -> None:
        """Make one chain of those that the two are in."""
        longer, shorter = self._of_number(one), self._of_number(other)
        if len(longer) < len(shorter):
            longer, shorter = shorter, longer
        if longer is not shorter:
            longer.extend(shorter)
            self._chain.update(dict.fromkeys(shorter, longer))

    def near(self, number: int) -> list[_Chain]:
        """Chains that hold one with people in common with this one: two, or all of either."""
        authors = sorted(self._readings[number].authors, key=lambda who: (len(self._of[who]), who))
        if not authors:
            return self._distinct(self._ended)
        # Who shares two of them shares one besides the one that is everywhere, us.
        rarer = authors if len(authors) == 1 else authors[:-1]
        lists = [self._of_nobody, *(self._of[who] for who in rarer)]
        lists += [self._of_one[who] for who in authors if who in self._of_one]
        found = {id(chain): chain for some in lists for chain in self._distinct(some)}
        return list(found.values())

    def _distinct(self, numbers: list[int]) -> list[_Chain]:
        """The chains of these; of each one stays to be asked for it the next time."""
        one_each = {id(self._of_number(number)): number for number in numbers}
        numbers[:] = one_each.values()
        return [self._of_number(number) for number in numbers]

    def _of_number(self, number: int) -> _Chain:
        return self._chain.setdefault(number, [number])
