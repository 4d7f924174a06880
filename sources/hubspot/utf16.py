"""A file in UTF-16, which spreadsheets call *Unicode text*, as the same text in UTF-8."""

from __future__ import annotations

import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import BinaryIO, cast

_SEEN = 512
_CHARACTERS = 2**13


def utf_16(head: bytes) -> str | None:
    """The codec of a file that begins so, if it is UTF-16. Without a byte order mark, half
    of the bytes of a header are zero, and always the same half.
    """
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    line = head[:_SEEN].partition(b"\n")[0]
    first, second = line[::2].count(0), line[1::2].count(0)
    if max(first, second) * 4 <= len(line):
        return None
    if first * 8 < second:
        return "utf-16-le"
    return "utf-16-be" if second * 8 < first else None


def as_utf_8(stream: BinaryIO, codec: str | None) -> BinaryIO:
    """The stream in UTF-8; without a codec as it is. What is broken becomes U+FFFD."""
    return cast("BinaryIO", io.BufferedReader(_Recoded(stream, codec))) if codec else stream


class _Recoded(io.RawIOBase):
    def __init__(self, stream: BinaryIO, codec: str) -> None:
        self._text = io.TextIOWrapper(stream, encoding=codec, errors="replace", newline="")
        self._rest = b""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._text.close()
        super().close()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._rest = self._rest or self._text.read(_CHARACTERS).encode()
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
