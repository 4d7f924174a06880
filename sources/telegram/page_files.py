"""Files called like pages of messages: ``messages.html``, ``messages2.html`` ..."""

from __future__ import annotations

import re
from functools import lru_cache

from sources.protocol import Problem

FOREIGN = "Move it out of the data folder; if it should be Telegram's, export the chat again."

_PAGE = re.compile(r"messages(\d{0,9})\.html?", re.IGNORECASE | re.ASCII)


def page_number(path: str) -> int | None:
    """The number in a page's name, 1 when it has none; none for a renamed page."""
    return _number(path.rpartition("/")[2])


@lru_cache(maxsize=256)
def _number(name: str) -> int | None:
    match = _PAGE.fullmatch(name)
    return int(match[1] or 1) if match else None


def foreign(path: str, found: int = 0) -> Problem:
    """A file called like a page of messages that is none of Telegram's."""
    return Problem(
        path=path,
        reason="foreign",
        detail="it is called like a page of messages but is not one of Telegram's",
        remedy=FOREIGN,
        found=found,
    )
