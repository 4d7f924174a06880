"""A page of a chat: bytes in, messages out."""

from __future__ import annotations

import re

from sources.telegram.clock import Clock
from sources.telegram.encoding import as_utf8, is_wide
from sources.telegram.grammar import scan
from sources.telegram.parsed import Page
from sources.telegram.walk import walk

_SKELETON = re.compile(
    rb'class="[^"<>]*\bchat_page\b|<div class="message (?:default|service)[^<>]*id="message-?\d'
)


class Guessed(bytes):
    """A page in UTF-8 that something had to be assumed for."""

    note: str


def parse_page(data: bytes, clock: Clock) -> Page:
    """All messages of a page in canonical form, in order."""
    page = scan(data, clock) or walk(data, clock)
    if isinstance(data, Guessed):
        page.notes[data.note] += 1
    return page


def canonical(data: bytes) -> bytes:
    """The page as UTF-8 without byte order mark and with plain newlines."""
    data, note = as_utf8(data)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if note is None:
        return data
    guessed = Guessed(data)
    guessed.note = note
    return guessed


def is_chat_page(data: bytes) -> bool:
    """Whether these (first) bytes are those of a page of messages."""
    if is_wide(data):
        data = data.replace(b"\0", b"")
    return _SKELETON.search(data) is not None
