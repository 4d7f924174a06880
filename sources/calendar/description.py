"""A meeting's description as text, and the link to its conference."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

_BLOCK = r"blockquote|br|div|h[1-6]|hr|li|ol|p|pre|table|tr|ul"
_TAG = re.compile(
    rf"</?(?:{_BLOCK}|a|b|body|em|font|html|html-blob|i|img|span|strike|strong|td|u)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|nbsp|apos|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
# None of these looks beyond the next one that begins: broken markup costs no more time.
_HIDDEN = re.compile(
    r"<!--(?:(?!<!--).)*?-->"
    r"|<(style|script)\b(?:(?!<(?:style|script)\b).)*?</\1\s*>"
    r"|<[?!][^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(
    rf"</?(?:({_BLOCK})|[a-z][a-z0-9:-]*)"
    r"(?:\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*|\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# What Google puts between two such lines is the conference's boilerplate.
_CONFERENCE = re.compile(r"-::~[:~]*::-.*?-::~[:~]*::-", re.DOTALL)
_URL = re.compile(r"https?://[^\s<>\"'\\]+", re.IGNORECASE)
# With or without its scheme; a host name does not begin within another word.
_ROOM = re.compile(
    r"(?<![\w.@/-])(https?://)?((?:[a-z0-9-]+\.)*(?:meet\.google\.com|hangouts\.google\.com|zoom\.us"
    r"|zoomgov\.com|teams\.microsoft\.com|teams\.live\.com|webex\.com|whereby\.com"
    r"|gotomeet(?:ing)?\.(?:com|me)|meet\.jit\.si|bluejeans\.com|chime\.aws|around\.co)"
    r"/[^\s<>\"'\\]+)",
    re.IGNORECASE,
)
# Google wraps the links of a description.
_WRAPPED = re.compile(
    r"https?://www\.google\.com/url\?(?:[^\s<>\"'&]{0,99}&){0,9}?q=([^\s<>\"'&]+)[^\s<>\"'\\]*",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The description without markup and without Google's conference block."""
    if _TAG.search(text):
        text = _from_html(text)
    elif _ENTITY.search(text):
        text = html.unescape(text)
    return _CONFERENCE.sub("", text).replace("\xa0", " ").strip()


def _from_html(text: str) -> str:
    text = _HIDDEN.sub("", text)
    text = html.unescape(_MARKUP.sub(lambda found: "\n" if found[1] else "", text))
    lines = (line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def url_in(text: str) -> str | None:
    """The first URL of a text."""
    found = _URL.search(text)
    return found[0].rstrip(".,;)]>") if found else None


def conference_in(text: str) -> str | None:
    """The first address in a text that leads to a known conferencing service."""
    text = _WRAPPED.sub(lambda found: unquote(found[1]), html.unescape(text))
    found = _ROOM.search(text)
    return f"{found[1] or 'https://'}{found[2]}".rstrip(".,;)]>") if found else None
