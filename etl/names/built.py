"""What is compiled of names and of matching, found where it was made from this very version."""

from __future__ import annotations

import os
from functools import cache

from sources import _compiled

GROUP = "etl.names.compiled"
"""The library that all compiled modules share is named after it."""

_ETL = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_TOLD = ("mapping", "matching", "names", "../sources")


@cache
def folder() -> str:
    """Where it lies, once it is made. Of another version nothing lies there, so nothing stale
    is ever met.
    """
    version = _compiled.fingerprint(os.path.join(_ETL, name) for name in _TOLD)
    return os.path.join(_ETL, "names", "_compiled", version)


def prefer_compiled(path: list[str], package: str) -> None:
    """Have the modules of that package of ours, with this path, loaded as they were compiled, if
    they were and can be loaded.
    """
    _compiled.prefer(path, os.path.join(folder(), package), (f"{GROUP}__mypyc",))
