"""The independent count: events in what the API said, by another reader of JSON."""

from __future__ import annotations

import io

import orjson
import zstandard

from sources._archive import File, Tree


def count_items(tree: Tree, file: File) -> int:
    """How many events the answers of a segment list, as far as it can be unpacked."""
    found = 0
    with tree.open(file.path) as packed:
        unpacked = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
        lines = io.BufferedReader(unpacked)
        try:
            for line in lines:
                found += _items(line)
        except zstandard.ZstdError:
            pass
    return found


def _items(line: bytes) -> int:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return 0
    answer = said.get("answer") if isinstance(said, dict) else None
    items = answer.get("items") if isinstance(answer, dict) else None
    return len(items) if isinstance(items, list) else 0
