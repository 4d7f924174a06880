"""A ``result.json``: every chat in it, one after the other.

Streams: of a file of any size one message is held at a time, and of a chat's messages
their ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from sources._archive import Tree
from sources.protocol import Account, Problem, Unit, Yielded
from sources.telegram.clock import Clock
from sources.telegram.json_chat import Chat, Place
from sources.telegram.json_count import Marks, count_elements
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

    def read(self) -> Iterator[Yielded]:
        """Per chat its messages and its item; at the end what is left to account for."""
        with self._tree.open(self._file.path) as stream:
            tee = _Marked(stream)
            text = JsonText(text_blocks(tee.blocks()))
            try:
                yield from self._account(text) if self._is_account else self._chat(text)
            except Cut:
                self._cut = True
                yield _ends_early(self._place.path)
            for _ in tee.blocks():
                pass
        yield from self._settle(tee.marks.count)

    def _account(self, text: JsonText) -> Iterator[Yielded]:
        for section in text.members():
            if section not in {"chats", "left_chats"}:
                text.skip()
                continue
            for name in text.members():
                if name == "list":
                    for _ in text.items():
                        yield from self._chat(text)
                else:
                    text.skip()

    def _chat(self, text: JsonText) -> Iterator[Yielded]:
        chat = Chat(self._place, text, self._clock)
        try:
            yield from chat.read()
        finally:
            self._read += chat.found

    def _settle(self, marked: int) -> Iterator[Yielded]:
        """Compare what was read with what is there; count closely where the two differ."""
        if marked == self._read:
            return
        with self._tree.open(self._file.path) as stream:
            found = count_elements(iter(lambda: stream.read(BLOCK), b""))
        unread = found - self._read
        if not unread:
            return
        if not self._cut:
            yield _differs(self._place.path, found, self._read)
        yield Account(found=unread, quarantined=max(unread, 0))


class _Marked:
    """A file whose bytes are counted by other means while they are read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.marks = Marks()

    def blocks(self) -> Iterator[bytes]:
        while block := self._stream.read(BLOCK):
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
