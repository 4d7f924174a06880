"""Text as tdesktop writes it, on one line: entities' tags taken off, references resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from sources.telegram.escaped import Odd, plain_text
from sources.telegram.fast import Link
from sources.telegram.markup import breaks, split_via, take_link

_NAMES = ("strong", "em", "u", "s", "code", "pre", "blockquote")
_LINE = r"[^<]*+(?:<br>[^<]*+)*+"
_VALUE = r'[^"<>]*+'
# Custom emoji are links printed with spaces round the equals sign.
_ANCHOR = f'a href ?= ?"{_VALUE}"(?: onclick="{_VALUE}")?'
_LINK_TAG = f'a href ?= ?"({_VALUE})"(?: onclick="({_VALUE})")?'
_SPOILER_TAG = f'span class="spoiler hidden" onclick="{_VALUE}"'

# A line whose entities do not stand in one another: nearly every one that has any.
_FLAT = re.compile(
    f"{_LINE}(?:<(?:"
    + "|".join(f"{name}>{_LINE}</{name}" for name in _NAMES)
    + f"|{_ANCHOR}>{_LINE}</a)>{_LINE})*+"
)
_LINKS = re.compile(f"<{_LINK_TAG}>({_LINE})")
_LINK = re.compile(_ANCHOR)
_SPOILER = re.compile(_SPOILER_TAG)
_CLOSING = {name: f"/{name}" for name in _NAMES} | {'span aria-hidden="true"': "/span"}
_DEEPEST = 32

BETWEEN = "\x1e"
"""Stands between lines that are read together: one that holds it is read by itself."""

Linked = tuple[tuple[str, ...], tuple[str, ...]]
"""The links in a text, and the mentions."""


def links_in(lines: Iterable[str]) -> dict[int, list[Link]]:
    """The links of those of many lines of HTML that have any, by their places."""
    return {
        place: [
            (href, onclick, plain_text(name.replace("<br>", "\n")))
            for href, onclick, name in _LINKS.findall(line)
        ]
        for place, line in enumerate(lines)
        if "<a " in line
    }


def texts_of(lines: list[str]) -> list[str]:
    """The texts of lines whose tags nest as they should, in one small tree. Raises
    UnicodeDecodeError.
    """
    for line in lines:
        if "<" in line and not _FLAT.fullmatch(line):
            _check_nesting(line)
    html = BETWEEN.join(("<body>", *lines)).encode("latin-1")
    html.decode()  # a parser would not complain
    body = LexborHTMLParser(breaks(html, exact=True)).body
    _, *texts = body.text().split(BETWEEN) if body is not None else ("",)
    if len(texts) != len(lines):
        raise Odd
    return texts


@lru_cache(maxsize=4096)
def name_of(line: str) -> tuple[str, str | None]:
    """A printed name, and the bot a message was sent through."""
    return split_via(plain_text(line).strip())


def linked_by(found: Iterable[Link]) -> Linked:
    """The links and mentions that a line's links are."""
    links: dict[str, None] = {}
    mentions: dict[str, None] = {}
    for href, onclick, text in found:
        take_link(plain_text(href), onclick, text, links, mentions)
    return tuple(links), tuple(mentions)


def _check_nesting(line: str) -> None:
    """Look at a line with entities in one another."""
    expected: list[str] = []
    for piece in line.replace("<br>", "\n").split("<")[1:]:
        tag, end, _ = piece.partition(">")
        if not end:
            raise Odd
        if expected and tag == expected[-1]:
            expected.pop()
        elif len(expected) > _DEEPEST or expected[-1:] == ["/a"]:
            raise Odd  # something stands in a link
        elif closing := _CLOSING.get(tag):
            expected.append(closing)
        elif _LINK.fullmatch(tag):
            expected.append("/a")
        elif _SPOILER.fullmatch(tag):
            expected.append("/span")
        else:
            raise Odd
    if expected:
        raise Odd
