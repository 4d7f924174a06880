"""Whether something was met before, of any number of things: of most, eight bytes are kept."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from heapq import merge

_RECENT = 2**13


class Met:
    """Told of everything once it is met. Things are told apart by their hashes."""

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._runs: list[array[int]] = []
        """Sorted, each longer than those behind it: so there are few."""

    def again(self, thing: object) -> bool:
        """Whether it was met before; from now on it was."""
        mark = hash(thing)
        if mark in self._recent or any(_holds(run, mark) for run in self._runs):
            return True
        self._recent.add(mark)
        if len(self._recent) >= _RECENT:
            self._put_away()
        return False

    def _put_away(self) -> None:
        run = array("q", sorted(self._recent))
        self._recent.clear()
        while self._runs and len(self._runs[-1]) <= len(run):
            run = array("q", merge(run, self._runs.pop()))
        self._runs.append(run)


def _holds(run: array[int], mark: int) -> bool:
    place = bisect_left(run, mark)
    return place < len(run) and run[place] == mark
