"""What is compiled of the Telegram reader, found where it was made from this very version."""

from __future__ import annotations

import os
import sys
from typing import Any

from sources import _compiled

GROUP = "sources.telegram.compiled"
"""The library that all compiled modules share is named after it."""

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_LOOPS = "sources.telegram._native"


def fingerprint() -> str:
    """Names this version."""
    return _compiled.fingerprint(
        (os.path.dirname(_PACKAGE), _PACKAGE, os.path.join(_PACKAGE, "native"))
    )


def folder() -> str:
    """Where it lies, once it is made. Of another version nothing lies there, so nothing stale
    is ever met.
    """
    return os.path.join(_PACKAGE, "_compiled", fingerprint())


def prefer_compiled(path: list[str]) -> None:
    """Have the modules of the package with this path loaded as they were compiled, if they were
    and can be loaded.
    """
    _compiled.prefer(path, folder(), (_LOOPS, f"{GROUP}__mypyc"))


def loops() -> Any:
    """The compiled loops; none where there are none."""
    return sys.modules.get(_LOOPS)
