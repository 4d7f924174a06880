"""A page of a chat: bytes in, messages out."""

from __future__ import annotations

import codecs
import re

from sources.errors import Damaged
from sources.telegram.clock import Clock
from sources.telegram.grammar import scan
from sources.telegram.parsed import Page
from sources.telegram.walk import walk

_SKELETON = re.compile(
    rb'class="[^"<>]*\bchat_page\b|<div class="message (?:default|service)[^<>]*id="message-?\d'
)


def parse_page(data: bytes, clock: Clock) -> Page:
    """All messages of a page in canonical form, in order."""
    return scan(data, clock) or walk(data, clock)


def canonical(data: bytes, path: str) -> bytes:
    """The page as UTF-8 without byte order mark and with plain newlines.

    Raises `Damaged` when it is in no encoding that it declares.
    """
    encoding = "utf-8"
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
        if encoding != "utf-8":
            data = text.encode("utf-8")
    except UnicodeError as error:
        raise Damaged(
            path, f"it is not {encoding.upper()}", "Export the chat again, or save it as UTF-8."
        ) from error
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


def is_chat_page(data: bytes) -> bool:
    """Whether these (first) bytes are those of a page of messages."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.replace(b"\0", b"")
    return _SKELETON.search(data) is not None
