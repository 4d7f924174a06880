"""What is compiled of the Telegram reader, where it was made from this very version."""

from __future__ import annotations

import os
from importlib.machinery import PathFinder
from struct import unpack_from
from typing import Any
from zlib import crc32

_HERE = os.path.dirname(__file__)


def fingerprint() -> int:
    """What the compiled loops are made from, as a number of 31 bits: the patterns, and the code
    that says the same.
    """
    native = (f"native/{name}" for name in sorted(os.listdir(os.path.join(_HERE, "native"))))
    names = ("layout.py", "count.py", *(name for name in native if name.endswith((".c", ".h"))))
    return crc32(b"".join(map(_bytes_of, names))) >> 1


def _bytes_of(name: str) -> bytes:
    with open(os.path.join(_HERE, name), "rb") as file:
        return file.read()


def compiled() -> Any:
    """The compiled loops; none where there are none, or only those of another version."""
    if not _is_whole():
        return None
    try:
        from sources.telegram import _native
    except ImportError:
        return None
    return _native if getattr(_native, "FINGERPRINT", None) == fingerprint() else None


def _is_whole() -> bool:
    """Whether the compiled file, if it is one of Linux, reaches to its last part, the table of
    sections: one that a full disk or a kill cut short would end the process that loads it.
    """
    found = PathFinder.find_spec("_native", [_HERE])
    if found is None or found.origin is None:
        return True
    with open(found.origin, "rb") as file:
        head = file.read(64)
        size = file.seek(0, os.SEEK_END)
    if len(head) < 64 or not head.startswith(b"\x7fELF\x02\x01"):
        return True
    (table,) = unpack_from("<Q", head, 40)
    length, count = unpack_from("<HH", head, 58)
    return bool(table + length * count <= size)


native: Any = compiled()
