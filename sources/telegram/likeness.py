"""Whether two runs of messages are of one chat, told by the ids they share.

Ids are handed out once: the same id at the same second with the same text is the same
message. Times printed without a zone may all be off by the same hours, and printed
offsets leave daylight saving out: such a shift is recognised, not taken for a difference.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from sources.records import Message

UNTIMED = -(2**62)
"""Stands for the time of a message that has none."""
_HALF_HOUR = 1800
_MOST_DRIFT = 2 * 3600
"""Daylight saving of two zones moves what would be a constant difference by so much."""
_MOST_SHIFT = 26 * 3600
"""From the westernmost zone to the easternmost."""
_ENOUGH = 3
"""Messages that must agree, but for the zone, when nothing else speaks for one chat."""


class Columns:
    """Of messages their ids, times and a checksum of their texts, sorted by id."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self.ids = array("q")
        self.times = array("q")
        self.texts = array("L")
        for message in messages:
            self.ids.append(int(message.message_id))
            self.times.append(_seconds(message.timestamp) if message.timestamp else UNTIMED)
            self.texts.append(crc32(message.text.encode("utf-8", "surrogatepass")))
        self.ascending = all(a < b for a, b in pairwise(self.ids))
        if not self.ascending:
            self._sort()

    def _sort(self) -> None:
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        self.ids = array("q", map(self.ids.__getitem__, order))
        self.times = array("q", map(self.times.__getitem__, order))
        self.texts = array("L", map(self.texts.__getitem__, order))


@dataclass
class Likeness:
    """What the shared ids of two runs say; texts count where both messages have a time."""

    shared: int = 0
    timed: int = 0
    reworded: int = 0
    shifts: set[int] = field(default_factory=set)
    contradicted: bool = False

    def verdict(self, *, alike: bool) -> bool | None:
        """Whether they are one chat; none when that cannot be told from the messages.

        ``alike`` says that something else, a title, speaks for it.
        """
        if self.contradicted:
            return False
        if not self.timed or self.reworded * 2 > self.timed:
            return None  # people edit, but not most of what they say
        agreeing = self.timed - self.reworded
        return not (self.shifted and agreeing < _ENOUGH and (self.reworded or not alike))

    @property
    def shifted(self) -> bool:
        """Whether the two print the times of some messages differently."""
        return bool(self.shifts - {0})


def compare(one: Columns, other: Columns) -> Likeness:
    """Look at every id that both have, until two contradict."""
    found = Likeness()
    for a, b in _shared(one.ids, other.ids):
        found.shared += 1
        if one.times[a] == UNTIMED or other.times[b] == UNTIMED:
            continue
        found.timed += 1
        found.reworded += one.texts[a] != other.texts[b]
        found.shifts.add(other.times[b] - one.times[a])
        if len(found.shifts) > 1 or found.timed == 1:
            found.contradicted = not _is_a_matter_of_zones(found.shifts)
            if found.contradicted:
                break
    return found


def _is_a_matter_of_zones(shifts: set[int]) -> bool:
    least, most = min(shifts), max(shifts)
    return (
        all(shift % _HALF_HOUR == 0 for shift in shifts)
        and most - least <= _MOST_DRIFT
        and max(abs(least), abs(most)) <= _MOST_SHIFT
    )


def _shared(one: array[int], other: array[int]) -> Iterator[tuple[int, int]]:
    """Positions of the ids both have."""
    if not one or not other:
        return
    a, b = bisect_left(one, other[0]), bisect_left(other, one[0])
    while a < len(one) and b < len(other):
        if one[a] == other[b]:
            yield a, b
            a, b = a + 1, b + 1
        elif one[a] < other[b]:
            a += 1
        else:
            b += 1


def _seconds(moment: str) -> int:
    """Of ``2024-03-05T10:00:00Z``, counted from some day."""
    hours, minutes, seconds = int(moment[11:13]), int(moment[14:16]), int(moment[17:19])
    return _day(moment[:10]) + hours * 3600 + minutes * 60 + seconds


@lru_cache(maxsize=4096)
def _day(day: str) -> int:
    return date.fromisoformat(day).toordinal() * 86400
