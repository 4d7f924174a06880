"""What a folder still holds of a text: in raw bytes of any file, inside whatever is compressed
with zstd anywhere in it, and in what a state holds compressed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import zstandard

_MAGIC = zstandard.FRAME_HEADER
_SQLITE = b"SQLite format 3\0"


def traces(root: Path, needles: Iterable[str], but: Path | None = None) -> set[tuple[str, str]]:
    """Files, by name, and which needles are in them in whatever case; not below ``but``."""
    wanted = [(needle, needle.casefold()) for needle in needles]
    return {
        (path.relative_to(root).as_posix(), needle)
        for path in sorted(root.rglob("*"))
        if path.is_file() and not (but and path.is_relative_to(but))
        for text in [*_texts(path), path.name]
        for needle, folded in wanted
        if folded in text.casefold()
    }


def _texts(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    yield _text(data)
    place = data.find(_MAGIC)
    while place >= 0:
        with suppress(zstandard.ZstdError):
            yield _text(_expanded(data[place:]))
        place = data.find(_MAGIC, place + 1)
    if data.startswith(_SQLITE):
        yield from _cells(path)


def _expanded(data: bytes) -> bytes:
    """As much of a frame as is there: on a page of a database it may be cut."""
    out = b""
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    with suppress(zstandard.ZstdError):
        for start in range(0, len(data), 4096):
            out += decompressor.decompress(data[start : start + 4096])
            if decompressor.eof:
                break
    return out


def _cells(path: Path) -> Iterator[str]:
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    with closing(db), suppress(sqlite3.DatabaseError):
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in names:
            for row in db.execute(f'SELECT * FROM "{table}"'):
                for cell in row:
                    blob = cell if isinstance(cell, bytes) else str(cell).encode()
                    yield _text(_expanded(blob) if blob.startswith(_MAGIC) else blob)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
