"""What is met in a file, and the few means that all counting shares."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import IO, NamedTuple

Opener = Callable[[], IO[bytes]]
Unpack = Callable[[IO[bytes]], IO[bytes]]


class Met(NamedTuple):
    """Something met in a file. ``kind`` is ``message``, ``service``, ``event``, ``series``,
    ``row``; or what is none, or may be none: ``separator``, ``cancelled``, ``cut`` ...
    ``wall`` is the time as printed, in seconds as if in UTC; ``utc`` the true one where the file
    knows it; ``offset`` the printed one, in seconds. ``author`` of an event is its title.
    ``vendor`` is the vendor's id of the conversation.
    """

    source: str
    file: str
    chat: str
    title: str
    id: str
    kind: str
    wall: int | None = None
    utc: int | None = None
    offset: int | None = None
    author: str | None = None
    vendor: str = ""


class Untold(NamedTuple):
    """What is not counted, or not all of it, and why."""

    file: str
    why: str


Found = Iterator[Met | Untold]


_MOST = 2**29
"""No page, calendar or table is as large; one that were would not fit into memory."""


class TooLarge(Exception):
    """More than can be held at once."""


def whole(opened: Opener) -> bytes:
    """All of a file. Raises `TooLarge`."""
    with opened() as stream:
        data = stream.read(_MOST + 1)
    if len(data) > _MOST:
        raise TooLarge
    return data


def codec_of(start: bytes) -> str:
    """What a file is written in, from its first bytes."""
    for mark, codec in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (b"\0\0\0", "utf-32-be"),
        (b"\0", "utf-16-be"),
    ):
        if start.startswith(mark):
            return codec
    if start[1:2] == b"\0":
        return "utf-32-le" if start[2:4] == b"\0\0" else "utf-16-le"
    text = start.decode("utf-8", "replace")
    if text.count("\ufffd") * 2 <= len(re.findall(r"[^\0-\x7f]", text)) + 1:
        return "utf-8-sig"
    return "cp1251" if re.search(rb"[\xc0-\xff]{3}", start) else "cp1252"


def text_of(data: bytes) -> str:
    """A whole file as text, whatever is broken in it replaced."""
    return data.decode(codec_of(data), "replace")


@lru_cache(maxsize=4096)
def _day(year: int, month: int, day: int) -> int | None:
    with suppress(ValueError):
        return int(datetime(year, month, day, tzinfo=UTC).timestamp())
    return None


def wall_time(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> int | None:
    """A time on a wall, in seconds as if it were UTC."""
    start = _day(year, month, day)
    return None if start is None else start + hour * 3600 + minute * 60 + min(second, 59)
