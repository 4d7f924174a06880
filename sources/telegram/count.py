"""How many messages a page holds, told from its bytes alone.

Shares nothing with the parser, on purpose: it is what the parser is measured against.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sources.telegram.built import loops

native = loops()

# tdesktop writes class before id and nothing else; a page saved again by another
# program may order or quote them differently. User text cannot hold a tag: it is escaped.
_TAG = re.compile(
    rb"""<div\b[^<>]*?\sclass\s*=\s*(?:"\s*message[\s"]|'\s*message[\s'])""", re.IGNORECASE
)
# Of a tag as tdesktop writes it the first digit of the id; of other values that begin so,
# which may be tags in another spelling, nothing. Pages are called messages, too.
_WRITTEN = re.compile(rb'"message(?!s)(?:(?<=<div class="message) [a-z ]*+" id="message-?([0-9]))?')


def count_messages(page: bytes, understood: int = 0) -> int:
    """Start tags of message blocks: messages of all kinds and date separators. When somebody
    ``understood`` more than are written as usual, other spellings are looked for as well.
    """
    found = written(page)
    if found and found >= understood and _has_no(b"'message", page):
        return found
    return sum(1 for _ in _TAG.finditer(page))


def written_by_pattern(page: bytes) -> int | None:
    """The tags as tdesktop writes them; none when something only begins like one."""
    found = _WRITTEN.findall(page)
    return len(found) if all(found) else None


written: Callable[[bytes], int | None] = native.written if native else written_by_pattern


def _has_no(quoted: bytes, page: bytes) -> bool:
    # tdesktop escapes apostrophes: looking for one is ten times faster, and does.
    return quoted[:1] not in page or quoted not in page
