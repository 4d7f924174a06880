"""The independent count: events in what the API said, by another reader of JSON."""

from __future__ import annotations

import io
from contextlib import suppress

import orjson
import zstandard

from sources._archive import File, Tree
from sources.live.segments import MOST_BYTES

_HEADER_BYTES = 18
"""The most that a frame of zstd begins with."""


def count_items(tree: Tree, file: File) -> int:
    """How many events the answers of a segment list, as far as it can be unpacked."""
    found = 0
    with tree.open(file.path) as packed, suppress(zstandard.ZstdError):
        left = zstandard.frame_content_size(tree.head(file.path, _HEADER_BYTES))
        unpacked = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
        lines = io.BufferedReader(unpacked)
        while 0 <= left <= MOST_BYTES and (line := lines.readline(left)):
            left -= len(line)
            found += _items(line)
    return found


def _items(line: bytes) -> int:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return 0
    answer = said.get("answer") if isinstance(said, dict) else None
    items = answer.get("items") if isinstance(answer, dict) else None
    return len(items) if isinstance(items, list) else 0
