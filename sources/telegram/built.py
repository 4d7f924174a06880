"""What is compiled of the Telegram reader, found where it was made from this very version."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any
from zlib import crc32

INTERPRETED = "ETL_INTERPRETED"
"""Set in the environment, it has all of it run as Python: to measure, to look for a fault."""

GROUP = "sources.telegram.compiled"
"""The library that all compiled modules share is named after it."""

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_LOOPS = "sources.telegram._native"


def fingerprint() -> str:
    """Names this version of what is compiled, and of all that its imports tell a compiler."""
    folders = (os.path.dirname(_PACKAGE), _PACKAGE, os.path.join(_PACKAGE, "native"))
    files = [
        os.path.join(folder, name)
        for folder in folders
        for name in sorted(os.listdir(folder))
        if name.endswith((".py", ".c", ".h"))
    ]
    return f"{crc32(b''.join(map(_bytes, files))):08x}"


def folder() -> str:
    """Where it lies, once it is made. Of another version nothing lies there, so nothing stale
    is ever met.
    """
    return os.path.join(_PACKAGE, "_compiled", fingerprint())


def prefer_compiled(path: list[str]) -> None:
    """Have the modules of the package with this path loaded as they were compiled, if they were
    and can be loaded.
    """
    found = folder()
    if INTERPRETED in os.environ or not os.path.isdir(found):
        return
    path.insert(0, found)
    try:
        for name in (_LOOPS, f"{GROUP}__mypyc"):
            import_module(name)
    except ImportError:
        path.remove(found)
        sys.modules.pop(_LOOPS, None)


def loops() -> Any:
    """The compiled loops; none where there are none."""
    return sys.modules.get(_LOOPS)


def _bytes(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()
