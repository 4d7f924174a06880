"""The bytes of a ``result.json`` as UTF-8, block by block.

tdesktop writes UTF-8 without a byte order mark; other programs save a file again in whatever
they please. What is no letter in any encoding becomes a byte that is none in UTF-8: whoever
reads the text reports it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from sources.telegram.encoding import declared, guessed

_DAMAGED = "telegram-damaged"
_NO_LETTER = "\udcff"
# Of a line or paragraph separator tdesktop escapes the first byte, and leaves the others.
_LEFT_BEHIND = re.compile(rb"(\\u202[89])\x80[\xa8\xa9]")
_AT_END = re.compile(rb"\\(?:u(?:2(?:0(?:2(?:[89]\x80?)?)?)?)?)?\Z")


def _no_letter(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _NO_LETTER, error.end


codecs.register_error(_DAMAGED, _no_letter)


class Utf8Blocks:
    """Passes blocks on as UTF-8."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._guess: str | None = None

    @property
    def is_guessed(self) -> bool:
        """Whether some of them so far are in an encoding that had to be guessed."""
        return self._guess is not None

    def __iter__(self) -> Iterator[bytes]:
        first = next(self._blocks, b"")
        encoding, mark = declared(first)
        blocks = chain([first[mark:]], self._blocks)
        return self._narrow(blocks) if encoding == "utf-8" else _wide(blocks, encoding)

    def _narrow(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        rest = b""
        for block in blocks:
            data = rest + block
            end = len(data) - _unfinished(data)
            rest = data[end:]
            yield self._whole(data[:end])
        yield rest

    def _whole(self, data: bytes) -> bytes:
        if _is_whole(data):
            return data
        data = _LEFT_BEHIND.sub(rb"\1", data)
        if not _is_whole(data):
            guess = guessed(data)
            if guess is not None:
                self._guess = self._guess or guess
                return _encoded(data.decode(self._guess, _DAMAGED))
        return data


def _wide(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(_DAMAGED)
    for block in blocks:
        yield _encoded(decoder.decode(block))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _is_whole(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unfinished(data: bytes) -> int:
    """How many bytes at the end are the beginning of a letter of more."""
    if separator := _AT_END.search(data[-7:]):
        return len(separator[0])
    for length in (1, 2, 3):
        lead = data[-length] if length <= len(data) else 0
        if lead & 0xC0 != 0x80:  # no byte that goes on with a letter
            return length if lead >= (0xC0, 0xE0, 0xF0)[length - 1] else 0
    return 0
