"""Text as tdesktop writes it, on one line: entities' tags taken off, references resolved.

Whatever tdesktop would not write raises `Odd`: the block is then read through a tree.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sources.telegram.markup import split_via, take_link

# A line whose entities do not stand in one another: nearly every one that has any.
_NAMES = ("strong", "em", "u", "s", "code", "pre", "blockquote")
_ANCHOR = r'a href="([^"<>]*+)"(?: onclick="([^"<>]*+)")?>'
_LINE = r"[^<]*+"
_FLAT = re.compile(
    f"{_LINE}(?:<(?:"
    + "|".join(f"{name}>{_LINE}</{name}" for name in _NAMES)
    + f"|{_ANCHOR.replace('(', '(?:').replace('(?:?:', '(?:')}{_LINE}</a)>{_LINE})*+"
)
_TAG = re.compile(r"<[^>]*+>")
_LINKS = re.compile(rf"<{_ANCHOR}({_LINE})")
_LINK = re.compile(r'a href="([^"]*+)"(?: onclick="([^"]*+)")?')
_SPOILER = re.compile(r'span class="spoiler hidden" onclick="[^"]*+"')
_CLOSING = {name: f"/{name}" for name in _NAMES} | {'span aria-hidden="true"': "/span"}
# Service sentences have quotes of their own; an ampersand is resolved last.
_REFERENCES = {
    "&quot;": '"',
    "&apos;": "'",
    "&lt;": "<",
    "&gt;": ">",
    "&laquo;": "«",
    "&raquo;": "»",
    "&amp;": "&",
}
_FOREIGN = re.compile(r"&(?!(?:quot|apos|lt|gt|amp|laquo|raquo);)")
_DEEPEST = 64


class Odd(Exception):
    """Not as tdesktop writes it."""


Stripped = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A text without tags, its links, its mentions."""


def stripped(raw: str) -> Stripped:
    """The text of a line of HTML, with the links and mentions in it."""
    if "&" in raw and _FOREIGN.search(raw):
        raise Odd
    if "<" not in raw:
        return resolved(raw), (), ()
    raw = raw.replace("<br>", "\n")
    if "<" not in raw:
        return resolved(raw), (), ()
    links: dict[str, None] = {}
    mentions: dict[str, None] = {}
    if not _FLAT.fullmatch(raw):
        text = _without_tags(raw, links, mentions)
    else:
        text = _TAG.sub("", raw)
        if "<a " in raw:
            for href, onclick, name in _LINKS.findall(raw):
                take_link(resolved(href), onclick, resolved(name), links, mentions)
    return resolved(text), tuple(links), tuple(mentions)


def plain_text(raw: str) -> str:
    """The text of a line that holds no tag."""
    if "&" not in raw:
        return raw
    if _FOREIGN.search(raw):
        raise Odd
    return resolved(raw)


@lru_cache(maxsize=4096)
def name_of(raw: str) -> tuple[str, str | None]:
    """A printed name, and the bot a message was sent through."""
    return split_via(plain_text(raw).strip())


def resolved(text: str) -> str:
    """The text with tdesktop's references resolved."""
    found = text.count("&")
    if not found:
        return text
    if text.count("&amp;") == found:
        return text.replace("&amp;", "&")
    for reference, letter in _REFERENCES.items():
        text = text.replace(reference, letter)
        if "&" not in text:
            break
    return text


def _without_tags(text: str, links: dict[str, None], mentions: dict[str, None]) -> str:
    """The text without its entities' tags, which must nest properly; takes the links."""
    bare, *pieces = text.split("<")
    kept = [bare]
    expected: list[str] = []
    link: re.Match[str] | None = None
    for piece in pieces:
        tag, end, rest = piece.partition(">")
        if not end:
            raise Odd
        if expected and tag == expected[-1]:
            expected.pop()
            link = None
        elif link is not None or len(expected) > _DEEPEST:
            raise Odd  # something stands in a link
        elif closing := _CLOSING.get(tag):
            expected.append(closing)
        elif link := _LINK.fullmatch(tag):
            expected.append("/a")
            href, onclick = link.groups()
            take_link(resolved(href), onclick or "", resolved(rest), links, mentions)
        elif _SPOILER.fullmatch(tag):
            expected.append("/span")
        else:
            raise Odd
        kept.append(rest)
    if expected:
        raise Odd
    return "".join(kept)
