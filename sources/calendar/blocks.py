"""Cut a calendar's bytes into components, without understanding what is in them.

RFC 5545 section 3.6 nests components between ``BEGIN:`` and ``END:`` lines. A lost or
doubled line costs at most the component it stands in: whatever belongs at the top
(another event, a zone, a calendar) closes an event that was left open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_CHUNK = 2**18
_BOM = b"\xef\xbb\xbf"
_KEPT = (b"VEVENT", b"VTIMEZONE")
_TOP = frozenset({b"VCALENDAR", b"VTODO", b"VJOURNAL", b"VFREEBUSY", b"VAVAILABILITY", *_KEPT})
_HEADER_LIMIT = 2**16
BLOCK_BYTES = 32 * 2**20
"""More than an event has, with all that is attached to it."""


class Block(NamedTuple):
    """One VEVENT or VTIMEZONE. ``calendar`` is the ordinal of its VCALENDAR; ``cut``
    says that the file ended in it, ``closed`` that its own END line stands there. Of one that
    is ``large`` only the beginning is told.
    """

    name: str
    start: int
    data: bytes
    calendar: int
    line: int
    closed: bool
    cut: bool
    large: bool


class Splitter:
    """Cuts one stream; its attributes are complete when the blocks are exhausted."""

    def __init__(self) -> None:
        self.headers: list[bytes] = [b""]
        """The lines outside every component, one entry per VCALENDAR; the first entry
        belongs to what stands before any."""
        self.strays: list[int] = []
        """Lines saying END:VEVENT where no event was open: its first line is lost. One
        that only repeats the line before it says nothing."""
        self.truncated = False
        """Whether the file ends before its last VCALENDAR does."""
        self._name = b""
        self._lines: list[bytes] = []
        self._start = self._line = self._ended = 0
        self._room = BLOCK_BYTES

    def blocks(self, stream: BinaryIO) -> Iterator[Block]:
        """Every VEVENT and VTIMEZONE, in order."""
        offset = 0
        for number, line in enumerate(_lines(stream), 1):
            if line[:1] in b"BbEe\xef" and (marker := _marker(line)):
                yield from self._mark(*marker, line, offset, number)
            else:
                self._take(line)
            offset += len(line)
        if self._name:
            self.truncated = True
            yield from self._close(cut=True)

    def _mark(
        self, begin: bool, name: bytes, line: bytes, offset: int, number: int
    ) -> Iterator[Block]:
        if begin and name in _TOP:
            yield from self._close()
            if name == b"VCALENDAR":
                self.truncated = True
                self.headers.append(b"")
            else:
                self._name, self._start, self._line = name, offset, number
                self._lines = [line]
                self._room = BLOCK_BYTES
        elif not begin and name == b"VCALENDAR":
            yield from self._close()
            self.truncated = False
        elif not begin and name == self._name:
            self._take(line)
            self._ended = number
            yield from self._close(closed=True)
        elif not begin and name == b"VEVENT":
            if self._ended != number - 1:
                self.strays.append(number)
            self._ended = number
        else:
            self._take(line)

    def _take(self, line: bytes) -> None:
        if self._name in _KEPT:
            self._room -= len(line)
            if self._room >= 0:
                self._lines.append(line)
        elif not self._name and len(self.headers[-1]) < _HEADER_LIMIT:
            self.headers[-1] += line

    def _close(self, closed: bool = False, cut: bool = False) -> Iterator[Block]:
        name, lines = self._name, self._lines
        self._name, self._lines = b"", []
        if name in _KEPT:
            calendar, data, large = len(self.headers) - 1, b"".join(lines), self._room < 0
            yield Block(name.decode(), self._start, data, calendar, self._line, closed, cut, large)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends, whether LF, CR LF or CR."""
    rest: list[bytes] = []
    while chunk := stream.read(_CHUNK):
        rest.append(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:  # a line longer than that
            continue
        lines = b"".join(rest).splitlines(keepends=True)
        # The last may go on in the next chunk; so may the LF of a CR LF.
        rest = [lines.pop()]
        yield from lines
    yield from b"".join(rest).splitlines(keepends=True)


def _marker(line: bytes) -> tuple[bool, bytes] | None:
    word, colon, name = line.removeprefix(_BOM).upper().partition(b":")
    if not colon or word not in (b"BEGIN", b"END"):
        return None
    return word == b"BEGIN", name.rstrip(b" \t\r\n")
