"""The independent count: VEVENTs in the bytes, by a pattern, without parsing."""

from __future__ import annotations

import re
from typing import BinaryIO

_CHUNK = 2**20
_BEGIN = re.compile(
    rb"(?:\A|(?<=[\r\n]))(?:\xef\xbb\xbf)?BEGIN:VEVENT[ \t]*(?=[\r\n]|\Z)", re.IGNORECASE
)


def count_events(stream: BinaryIO) -> int:
    """How many lines say ``BEGIN:VEVENT``, in any case, with any line ending.

    A folded line goes on with a space, so text that quotes the line never counts.
    """
    found = 0
    rest: list[bytes] = []
    while chunk := stream.read(_CHUNK):
        rest.append(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:  # a line longer than that
            continue
        text = b"".join(rest)
        end = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        found += sum(1 for _ in _BEGIN.finditer(text, 0, end))
        rest = [text[end:]]
    return found + sum(1 for _ in _BEGIN.finditer(b"".join(rest)))
