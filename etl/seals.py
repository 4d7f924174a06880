"""Sums that tell a damaged row of the state from a sound one: SQLite keeps none of its own.

A row is sealed over all its columns; an item also over its chunks, in order. Of a chunk that
is compressed, zstd's own checksum stands for all of it, for whoever expands it holds it to
that: so the largest part of a state is sealed for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import msgspec
import zstandard

_packed = msgspec.msgpack.Encoder().encode
_MAGIC = zstandard.FRAME_HEADER
_CHECKSUM_BYTES = 4
_HAS_CHECKSUM = 4
"""The bit of the byte after the magic that says so."""


def seal(columns: Sequence[object], *blobs: bytes, before: int = 0) -> int:
    """The sum over a row, or several, and all that came before. Raises ``TypeError`` for what
    no blob of ours can be.
    """
    total = crc32(_packed(columns), before)
    for blob in blobs:
        total = crc32(blob, total)
    return total


def chained(blob: bytes, before: int = 0) -> int:
    """The sum over a chunk and all that came before it."""
    if blob.startswith(_MAGIC) and blob[len(_MAGIC)] & _HAS_CHECKSUM:
        return crc32(blob[-_CHECKSUM_BYTES:], before)
    return crc32(blob, before)
