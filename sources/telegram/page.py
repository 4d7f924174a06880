"""A page of a chat: bytes in, messages out."""

from __future__ import annotations

import re

from sources.telegram.clock import Clock
from sources.telegram.encoding import Damaged, is_wide, repaired, transcoded
from sources.telegram.grammar import scan
from sources.telegram.parsed import Page
from sources.telegram.walk import walk

_SKELETON = re.compile(
    rb'class="[^"<>]*\bchat_page\b|<div class="message (?:default|service)[^<>]*id="message-?\d'
)


def parse_page(data: bytes, clock: Clock) -> Page:
    """All messages of a page in canonical form, in order."""
    if not isinstance(data, Damaged) and (page := scan(data, clock)):
        return page
    data, note = repaired(data)
    page = (scan(data, clock) if note else None) or walk(data, clock)
    if note:
        page.notes[note] += 1
    return page


def canonical(data: bytes) -> bytes:
    """The page without byte order mark and with plain newlines, in UTF-8 as far as it says
    what it is in: bytes that are none are left to `parse_page`.
    """
    found = transcoded(data)
    return type(found)(found.replace(b"\r\n", b"\n")) if b"\r" in found else found


def is_chat_page(data: bytes) -> bool:
    """Whether these (first) bytes are those of a page of messages."""
    if is_wide(data):
        data = data.replace(b"\0", b"")
    # As tdesktop writes it, which is found ten times as fast.
    return b'class="page_body chat_page"' in data or _SKELETON.search(data) is not None
