"""How many messages a page holds, told from its bytes alone.

Shares nothing with the parser, on purpose: it is what the parser is measured against.
"""

from __future__ import annotations

import re

# tdesktop writes class before id and nothing else; a page saved again by another
# program may order or quote them differently. User text cannot hold a tag: it is escaped.
_TAG = re.compile(
    rb"""<div\b[^<>]*?\sclass\s*=\s*(?:"\s*message[\s"]|'\s*message[\s'])""", re.IGNORECASE
)
_AS_WRITTEN = b'<div class="message '


def count_messages(page: bytes) -> int:
    """Start tags of message blocks: messages of all kinds and date separators."""
    plain = page.count(_AS_WRITTEN)
    quoted = page.count(b'"message')
    if quoted != 2 * plain:
        quoted -= page.count(b'href="message')
    if quoted == 2 * plain and b'" message' not in page and _has_no(b"'message", page):
        return plain  # every class and every id, and no other spelling of either
    return sum(1 for _ in _TAG.finditer(page))


def _has_no(quoted: bytes, page: bytes) -> bool:
    # tdesktop escapes apostrophes: looking for one is ten times faster, and does.
    return quoted[:1] not in page or quoted not in page
