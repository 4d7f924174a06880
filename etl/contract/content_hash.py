"""The hash over that part of an output that is a function of the input alone."""

from __future__ import annotations

import hashlib
import os
import re
from typing import IO

HEAD = 1 << 20
"""``metadata`` ends within this many bytes, or something is very wrong."""

CHUNK = 1 << 18
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\],]', re.DOTALL)


def statistics_offset(head: bytes) -> int | None:
    """Where the quote stands that opens the second key, when that is ``statistics``."""
    depth, second = 0, False
    for token in TOKEN.finditer(head):
        text = token.group()
        if text in b"{[":
            depth += 1
        elif text in b"}]":
            depth -= 1
        elif depth == 1 and text == b",":
            second = True
        elif second:
            return token.start() if text == b'"statistics"' else None
    return None


def content_sha256(file: IO[bytes]) -> str | None:
    """SHA-256 from ``"statistics"`` to the final brace; ``None`` when there is none.

    The file must hold one JSON object; white space after it does not count.
    """
    file.seek(0)
    start = statistics_offset(file.read(HEAD))
    if start is None:
        return None
    left = _end(file) - start
    digest = hashlib.sha256()
    file.seek(start)
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _end(file: IO[bytes]) -> int:
    """The offset after the last byte that is not white space."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - CHUNK)
        file.seek(start)
        kept = file.read(end - start).rstrip(b" \t\r\n")
        if kept:
            return start + len(kept)
        end = start
    return 0
