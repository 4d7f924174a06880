"""A ``result.json``: every chat in it, one after the other.

Streams: of a file of any size one message is held at a time, and of a chat's messages
their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

from sources._archive import Tree
from sources.protocol import Account, Problem, Unit, Yielded
from sources.telegram.clock import Clock
from sources.telegram.json_blocks import Utf8Blocks
from sources.telegram.json_chat import Chat, Fields, Place, take_fields
from sources.telegram.json_count import Marks, count_elements
from sources.telegram.json_fields import mapping, peer
from sources.telegram.json_stream import BLOCK, Cut, JsonText, text_blocks


class JsonReader:
    """Reads one unit: a single chat, or all chats of an account."""

    def __init__(self, unit: Unit, tree: Tree, clock: Clock) -> None:
        self._tree = tree
        self._clock = clock
        (self._file,) = unit.files
        hints = dict(unit.hints)
        self._is_account = hints["shape"] == "account"
        self._place = Place(
            source=unit.source,
            path=tree.display(self._file.path),
            archive=hints["root"],
            # A chat of an account has no folder of its own.
            directory=unit.name if self._is_account else hints["root"],
        )
        self._cut = False
        self._read = 0
        self._blocks = Utf8Blocks(())
        self._number = -1
        self._fields: list[Fields] | None = None
        self.owner: str | None = None

    def read(self) -> Iterator[Yielded]:
        """Per chat its messages and its item; at the end what is left to account for."""
        with self._tree.open(self._file.path) as stream:
            self._blocks = Utf8Blocks(_blocks(stream))
            tee = _Marked(self._blocks)
            text = JsonText(text_blocks(tee))
            try:
                for _ in self._chats(text):
                    self._number += 1
                    yield from self._chat(text)
            except Cut:
                self._cut = True
                yield _ends_early(self._place.path)
            for _ in tee:
                pass
        yield from self._settle(tee.marks.count)

    @property
    def is_guessed(self) -> bool:
        return self._blocks.is_guessed

    def fields(self) -> Fields:
        """What the chat that is being read says of itself behind its messages."""
        if self._fields is None:
            with self._tree.open(self._file.path) as stream:
                text = JsonText(text_blocks(Utf8Blocks(_blocks(stream))))
                self._fields = []
                with suppress(Cut):
                    for _ in self._chats(text):
                        self._fields.append({})
                        take_fields(text, self._fields[-1])
        return next(iter(self._fields[self._number :]), {})

    def _chats(self, text: JsonText) -> Iterator[None]:
        """Step through the chats: read or skip each as it is offered."""
        if not self._is_account:
            yield
            return
        for section in text.members():
            if section == "personal_information":
                self.owner = peer(mapping(text.value()).get("user_id"))
            elif section in {"chats", "left_chats"}:
                for name in text.members():
                    if name == "list":
                        yield from text.items()
                    else:
                        text.skip()
            else:
                text.skip()

    def _chat(self, text: JsonText) -> Iterator[Yielded]:
        chat = Chat(self._place, text, self._clock, self)
        try:
            yield from chat.read()
        finally:
            self._read += chat.found

    def _settle(self, marked: int) -> Iterator[Yielded]:
        """Compare what was read with what is there; count closely where the two differ."""
        if marked == self._read:
            return
        with self._tree.open(self._file.path) as stream:
            # Where quotes or brackets went astray, both may miss what still says what it is.
            found = max(count_elements(Utf8Blocks(_blocks(stream))), marked)
        unread = found - self._read
        if not unread:
            return
        if not self._cut:
            yield _differs(self._place.path, found, self._read)
        yield Account(found=unread, quarantined=max(unread, 0))


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(BLOCK), b"")


class _Marked:
    """Blocks that are counted by other means while they are read."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self.marks = Marks()

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self.marks.add(block)
            yield block


def _ends_early(path: str) -> Problem:
    return Problem(
        path=path,
        reason="truncated",
        detail="the file ends in the middle; what was whole is kept",
        remedy="Export again.",
    )


def _differs(path: str, found: int, read: int) -> Problem:
    return Problem(
        path=path,
        reason="count_differs",
        detail=f"{found} messages are in the file, {read} were understood",
        remedy="Export again, and please report it.",
        found=max(found - read, 0),
    )
