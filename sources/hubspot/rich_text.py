"""The text of a note: HubSpot's editor writes HTML, and so do some exports of it."""

from __future__ import annotations

import html
import re

_NAMES = (
    "a|b|blockquote|body|br|code|div|em|figure|font|h[1-6]|head|hr|html|i|img|li|ol|p|pre|s|span"
    "|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul"
)
_TAG = re.compile(rf"<(/?)({_NAMES})(?:[\s/][^<>]*)?>", re.IGNORECASE)
_BREAKING = re.compile("br|hr|p|div|li|tr|h[1-6]|blockquote|pre|table|ul|ol", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)


def plain(text: str) -> str:
    """The text without markup. What only looks like a tag (``a < b``) stays."""
    marked = _TAG.search(text)
    if marked:
        text = _TAG.sub(lambda tag: "\n" if _BREAKING.fullmatch(tag[2]) else "", text)
    if marked or _ENTITY.search(text):
        text = html.unescape(text).replace("\xa0", " ")
    if marked:
        lines = (line.strip() for line in text.split("\n"))
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return text.strip()
