"""Lines without an end, found before anybody waits for it with all of a file in hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from sources.errors import TooLarge

LINE_BYTES = 32 * 2**20
"""No line of an export is as long."""
_CHUNK = 2**20
_REMEDY = "Export it again; a line that long is no part of an export."


def chunks(stream: BinaryIO, path: str) -> Iterator[bytes]:
    """A stream, piece by piece. Raises `TooLarge` where a line of it is too long."""
    since = 0
    while chunk := stream.read(_CHUNK):
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        since = since + len(chunk) if last < 0 else len(chunk) - last - 1
        if since > LINE_BYTES:
            raise TooLarge(path, f"a line of it has no end within {LINE_BYTES} bytes", _REMEDY)
        yield chunk
