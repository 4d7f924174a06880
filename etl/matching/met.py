"""Whether something was met before, of any number of things: of each, no more than 24 bytes are
kept.
"""

from __future__ import annotations

from array import array

_FIRST_ROOM = 2**10


class Met:
    """Told of everything once it is met. Things are told apart by their hashes, each kept at
    the first free place from the one that its last bits give.
    """

    def __init__(self) -> None:
        self._marks = array("q", bytes(8 * _FIRST_ROOM))
        self._count = 0

    def again(self, thing: object) -> bool:
        """Whether it was met before; from now on it was."""
        mark = hash(thing) or 1  # 0 is a free place
        marks, last = self._marks, len(self._marks) - 1
        place = mark & last
        while known := marks[place]:
            if known == mark:
                return True
            place = (place + 1) & last
        marks[place] = mark
        self._count += 1
        if self._count * 3 > last * 2:
            self._make_room()
        return False

    def _make_room(self) -> None:
        known, room = self._marks, 2 * len(self._marks)
        self._marks = marks = array("q", bytes(8 * room))
        for mark in filter(None, known):
            place = mark & (room - 1)
            while marks[place]:
                place = (place + 1) & (room - 1)
            marks[place] = mark
