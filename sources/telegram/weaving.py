"""The messages of a chat's pages, laid in the order of their ids, each of them once.

Pages come in the order of their first ids, so a message can only stand again in what is
not passed on yet: whatever is below the next page's first id is done with. Of a folder
as tdesktop writes it no more than one page is ever held.
"""

from __future__ import annotations

import operator
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

from sources._archive import File, Tree
from sources.errors import ArchiveError
from sources.records import Message
from sources.telegram.likeness import Columns, compare

Age = tuple[str, int]
"""The time of a page's last message, and its place among the pages."""

_HEAD = 16 * 1024
_ID = re.compile(rb"""\sid\s*=\s*["']message(-?\d{1,18})["']""", re.IGNORECASE)
_FIRST_MIGRATED = -900_000_000
"""Migrated history has ids below this, date separators count down from -1."""
_LEAST = -(2**63)


def by_first_id(files: Sequence[File], tree: Tree) -> list[tuple[int, int, File]]:
    """Files with their places, in the order of the first ids they hold.

    One whose first id cannot be told from its head stays behind its predecessor.
    """
    found: list[tuple[int, int, File]] = []
    number = _LEAST
    for place, file in enumerate(files):
        if len(files) > 1:
            number = next(_ids_in_head(file, tree), number)
        found.append((number, place, file))
    return sorted(found, key=lambda entry: entry[:2])


def _ids_in_head(file: File, tree: Tree) -> Iterator[int]:
    try:
        head = tree.head(file.path, _HEAD)
    except ArchiveError:  # whoever reads the page says so
        return
    # In UTF-16, too, the digits are there, with zeros between.
    for match in _ID.finditer(head.replace(b"\0", b"")):
        number = int(match[1])
        if number > 0 or number < _FIRST_MIGRATED:
            yield number


class Weave:
    """What has been taken in of one chat."""

    def __init__(self) -> None:
        self._done = array("q")
        self._marks = array("q")
        # Held, by ascending id: parallel lists.
        self._numbers: list[int] = []
        self._messages: list[Message] = []
        self._ages: list[Age] = []
        self._late: list[Message] = []
        self.out_of_order = 0

    def agrees(self, page: Sequence[Message] | Columns, *, alike: bool) -> bool | None:
        """Whether a page's messages are of this chat; none when no shared one says so."""
        if not self._numbers:
            return None
        columns = page if isinstance(page, Columns) else Columns(page)
        return compare(Columns(self._messages), columns).verdict(alike=alike)

    def add(self, messages: list[Message], age: Age) -> tuple[int, int, int]:
        """Take a page in. Returns how many messages are new, how many were met before, and
        how many have the id, but not the time, of one met before.
        """
        numbers = [int(message.message_id) for message in messages]
        last = (self._numbers or self._done or [_LEAST])[-1]
        if not numbers or (
            numbers[0] > last and all(map(operator.lt, numbers, islice(numbers, 1, None)))
        ):
            self._numbers += numbers
            self._messages += messages
            self._ages += [age] * len(numbers)
            return len(numbers), 0, 0
        return self._add_one_by_one(numbers, messages, age)

    def _add_one_by_one(
        self, numbers: list[int], messages: list[Message], age: Age
    ) -> tuple[int, int, int]:
        held = dict(zip(self._numbers, zip(self._ages, self._messages, strict=True), strict=True))
        accepted = duplicate = clashing = 0
        highest = _LEAST
        for number, message in zip(numbers, messages, strict=True):
            same = self._take(held, number, (age, message))
            accepted += same is None
            duplicate += same is True
            clashing += same is False
            self.out_of_order += same is None and number < highest
            highest = max(highest, number)
        self._numbers = sorted(held)
        self._ages = [held[number][0] for number in self._numbers]
        self._messages = [held[number][1] for number in self._numbers]
        return accepted, duplicate, clashing

    def _take(
        self, held: dict[int, tuple[Age, Message]], number: int, new: tuple[Age, Message]
    ) -> bool | None:
        """None for a new message, else whether it is the same once more."""
        known = held.get(number)
        if known is not None:
            on_one_page = known[0] == new[0]
            if on_one_page and _mark(known[1]) != _mark(new[1]):
                return False
            held[number] = max(known, new, key=operator.itemgetter(0))
            return True
        place = bisect_left(self._done, number)
        if place == len(self._done):
            held[number] = new
            return None
        if self._done[place] == number:
            return self._marks[place] == _mark(new[1])
        self._done.insert(place, number)
        self._marks.insert(place, _mark(new[1]))
        self._late.append(new[1])
        return None

    def ready(self, before: int | None) -> tuple[list[int], list[Message]]:
        """What no page to come can hold again: all below that id, or all there is; the ids as
        numbers, and the messages.
        """
        late, self._late = self._late, []
        end = len(self._numbers) if before is None else bisect_left(self._numbers, before)
        ready = self._messages[:end]
        if before is not None:
            self._done.extend(self._numbers[:end])
            self._marks.extend(map(_mark, ready))
        numbers = [int(message.message_id) for message in late] + self._numbers[:end]
        del self._numbers[:end], self._messages[:end], self._ages[:end]
        return numbers, late + ready


def _mark(message: Message) -> int:
    return hash(message.timestamp or message.text)
