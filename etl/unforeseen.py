"""An error that nobody foresaw, told without what was being read."""

from __future__ import annotations

import traceback
from pathlib import Path


def unexpected(error: BaseException) -> str:
    """The kind and the place of an error nobody foresaw; its message may quote what was
    being read, so that is not told.
    """
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {Path(place[0].filename).name}:{place[0].lineno}" if place else ""
    return f"unexpected {type(error).__name__}{where}"


def traced(error: BaseException) -> str:
    """The way an error took, and those took that it came of, for `--debug`: kinds and places, and
    again no message.
    """
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.insert(0, cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    ways = ("".join((*traceback.format_tb(e.__traceback__), type(e).__name__)) for e in chain)
    return "Traceback (most recent call last):\n" + "\n\nwhich led to\n\n".join(ways)
