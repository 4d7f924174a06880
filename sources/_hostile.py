"""What no honest zip has, told from its directory alone, before anything in it is opened.

Names that differ only in case or in the form of their accents are no matter: nothing is ever
unpacked, so no member can take another's place.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Sequence
from operator import attrgetter
from typing import IO

from sources.errors import Damaged, Hostile

BOMB_BYTES = 256 * 2**20
BOMB_RATIO = 100
"""Beyond this size a member, or an archive, may not expand more than this many times."""
DIRECTORY_BYTES = 64 * 2**20
"""A larger directory lists half a million members or more, and takes a gigabyte to hold."""
PACKED = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
"""The methods that every zip of an export keeps to. Of others a library unpacks any amount
at once, and not every Python has them.
"""

_CLIMBING = re.compile(r"/|[A-Za-z]:|(?:.*/)?\.\.(?:/|\Z)", re.DOTALL)
_LOCAL_HEADER = 30
_SHOWN = 200
_END = re.compile(rb"PK[\x05\x06]\x06")
_SIZE_AT = {b"PK\x05\x06": (12, 4), b"PK\x06\x06": (40, 8)}
"""Where the ends of a zip, the usual one and that of zip64, say how large the directory is."""
_ELSEWHERE = 2**32 - 1
_END_REGION = 2**16 + 200
"""The end of a zip: a comment at most, and before it what says where the directory is."""


def refuse_large_directory(stream: IO[bytes], path: str) -> None:
    """Raise `Hostile` before all of a directory is taken into memory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END_REGION))
    end = stream.read()
    stream.seek(0)
    # Wherever it could be found: a reader and we may differ about where a comment begins.
    for mark in _END.finditer(end):
        place, width = _SIZE_AT[mark[0]]
        said = int.from_bytes(end[mark.start() + place :][:width], "little")
        if DIRECTORY_BYTES < said <= size and said != _ELSEWHERE:  # beyond that, it is damage
            raise Hostile(path, f"its directory alone has {said} bytes")


def refuse_hostile(infos: Sequence[zipfile.ZipInfo], path: str) -> None:
    """Raise `Hostile` or `Damaged` for what a directory says."""
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if not name or _CLIMBING.match(name) or "\\" in name or "\0" in info.orig_filename:
            raise Hostile(path, f"a member is named {_shown(name)}")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Hostile(path, f"the member {_shown(name)} is a symbolic link")
        if name in seen:
            raise Hostile(path, f"the member {_shown(name)} stands in it twice")
        seen.add(name)
        if info.flag_bits & 1:
            raise Damaged(path, "it is encrypted", "Unpack it with its password.")
    _refuse_overlaps(infos, path)
    _refuse_bomb(infos, path)
    if infos and not any(info.compress_type in PACKED for info in infos):
        remedy = "Pack it again in the usual way, or put the folder here instead."
        raise Damaged(path, "it is packed by a method that no export uses", remedy)


def _refuse_overlaps(infos: Sequence[zipfile.ZipInfo], path: str) -> None:
    """Members that share their bytes: a little unpacked again and again."""
    end = 0
    for info in sorted(infos, key=attrgetter("header_offset")):
        if info.header_offset < end:
            raise Hostile(path, f"the member {_shown(info.filename)} overlaps another")
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def _refuse_bomb(infos: Sequence[zipfile.ZipInfo], path: str) -> None:
    large, small = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    largest = max(infos, key=lambda info: info.file_size, default=None)
    if _is_bomb(large, small) or (largest and _is_bomb(largest.file_size, largest.compress_size)):
        raise Hostile(path, f"it expands to {large} bytes, {large // max(small, 1)} times its size")


def _is_bomb(large: int, small: int) -> bool:
    return large > BOMB_BYTES and large > BOMB_RATIO * max(small, 1)


def _shown(name: str) -> str:
    return repr(name if len(name) <= _SHOWN else f"{name[:_SHOWN]}...")
