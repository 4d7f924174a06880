"""Whether something was met before, of any number of things: of each, no more than 24 bytes are
kept.
"""

from __future__ import annotations

from array import array

_TABLES = 64
"""A table that grows stands in memory twice for a moment: so there are many small ones."""
_FIRST_ROOM = 2**4


class Met:
    """Told of everything once it is met. Things are told apart by their hashes, each kept in the
    table that its last bits give, at the first free place from the one that the next bits give.
    """

    def __init__(self) -> None:
        self._tables = [_places(_FIRST_ROOM) for _ in range(_TABLES)]
        self._counts = [0] * _TABLES

    def again(self, thing: object) -> bool:
        """Whether it was met before; from now on it was."""
        mark = hash(thing) or 1  # 0 is a free place
        number = mark % _TABLES
        marks = self._tables[number]
        if not _put(mark, marks):
            return True
        self._counts[number] += 1
        if self._counts[number] * 3 > len(marks) * 2:
            self._tables[number] = _larger(marks)
        return False


def _put(mark: int, marks: array[int]) -> bool:
    """Put a mark into a table; false when it stands there already."""
    room = len(marks)
    place = mark // _TABLES % room
    while known := marks[place]:
        if known == mark:
            return False
        place = (place + 1) % room
    marks[place] = mark
    return True


def _larger(marks: array[int]) -> array[int]:
    larger = _places(len(marks) * 3 // 2)
    for mark in filter(None, marks):
        _put(mark, larger)
    return larger


def _places(room: int) -> array[int]:
    """So many free places."""
    return array("q", (0,)) * room
