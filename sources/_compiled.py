"""What is compiled of a package, found where it was made from this very version."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from zlib import crc32

INTERPRETED = "ETL_INTERPRETED"
"""Set in the environment, it has all of it run as Python: to measure, to look for a fault."""


def fingerprint(folders: Iterable[str]) -> str:
    """Names this version of what is compiled, and of all that its imports tell a compiler."""
    files = [
        os.path.join(folder, name)
        for folder in folders
        for name in sorted(os.listdir(folder))
        if name.endswith((".py", ".c", ".h"))
    ]
    return f"{crc32(b''.join(map(_bytes, files))):08x}"


def prefer(path: list[str], folder: str, libraries: Sequence[str]) -> None:
    """Have the modules of the package with this path loaded from that folder, if it is there and
    the libraries, which all of them need, can be loaded.
    """
    if INTERPRETED in os.environ or not os.path.isdir(folder):
        return
    path.insert(0, folder)
    try:
        for name in libraries:
            import_module(name)
    except ImportError:
        path.remove(folder)
        for name in libraries:
            sys.modules.pop(name, None)


def _bytes(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()
