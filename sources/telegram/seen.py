"""Ids of messages met so far."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from zlib import crc32

from sources.records import Message


class Seen:
    """Ids met so far, each with a checksum of its moment. Ids normally ascend."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._marks = array("L")
        self._late: dict[int, int] = {}

    def check(self, message: Message) -> bool | None:
        """None for a new id; else whether it is the same message once more."""
        number = int(message.message_id)
        mark = crc32((message.timestamp or message.text).encode("utf-8", "surrogatepass"))
        if not self._ids or number > self._ids[-1]:
            self._ids.append(number)
            self._marks.append(mark)
            return None
        known = self._late.get(number)
        if known is None:
            place = bisect_left(self._ids, number)
            if self._ids[place] != number:
                self._late[number] = mark
                return None
            known = self._marks[place]
        return known == mark

    @property
    def out_of_order(self) -> int:
        """How many came after a higher one."""
        return len(self._late)
