"""A page read by tdesktop's own layout, line by line: several times faster than a tree.

Sound because tdesktop escapes what users write: no text holds a tag or a line break, so
a block ends where its closing tag stands at its indentation. Only inline keyboards are
written raw; their tables are not among the tags we know. Blocks of the usual kinds are
matched whole, from the first character to the last (`layout`); the other blocks of the
page (polls, say) go through one small tree together. Whatever does not fit makes `scan`
decline the page, which is then walked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.records import Media, Reaction
from sources.telegram.clock import Clock, day_of
from sources.telegram.inline import Odd, name_of, plain_text, resolved, stripped
from sources.telegram.layout import EXPORTED, FORWARDED, MEDIA, PLAIN, REACTION, SEPARATOR, SERVICE
from sources.telegram.media import WRAPS, described, exported
from sources.telegram.message import MessageReader, Origin, Plain, Simple, reaction_of
from sources.telegram.parsed import Page, pagination
from sources.telegram.walk import (
    breaks,
    holds_message,
    is_exact,
    take_block,
    take_message,
    title_of,
)

_START = '\n     <div class="message '
_END = "\n     </div>\n"
_RAW = (b"\0", b"\r")
"""Parsers replace these where they meet them."""

_ELEMENT = re.compile(r'<(/?)([a-z]+)(?: [a-z-]*+ ?= ?"[^"<>]*+"){0,16}+/?>')
_ELEMENTS = frozenset(
    ("div", "a", "span", "strong", "em", "u", "s", "b", "code", "pre", "blockquote")
)
_VOID = frozenset(("br", "img"))
_DEEPEST = 64
_HREF = re.compile(r'<a href="([^"]*+)"')
_TITLE = re.compile(r' title="([^"]*+)"')

Event = tuple[int, str, str]
"""Id, text and first link of a service message."""

Block = Simple | Plain | Event | str | None
"""A regular message, a service message, the day of a separator; none: needs a tree."""


def scan(data: bytes, clock: Clock) -> Page | None:
    """All messages of a page as tdesktop writes it; none when it differs in any way."""
    if any(raw in data for raw in _RAW) or not is_exact(data):
        return None
    head, *blocks = data.decode().split(_START)
    if not blocks:
        return None
    last, end, tail = blocks[-1].partition(_END)
    blocks[-1] = last + end
    if not end or "</html" not in tail[-512:] or holds_message(head) or holds_message(tail):
        return None
    plain, others = _sort(blocks)
    nodes = _nodes(others)
    if nodes is None:
        return None
    page = Page(links=pagination(data), title=title_of(head), way="layout")
    clock.start_page()
    reader = MessageReader(clock, exact=True)
    following = iter(nodes)
    for block in plain:
        if block is None:
            take_block(page, reader, next(following))
        elif isinstance(block, str):
            reader.separator(block)
            page.separators += 1
        elif len(block) == 5:
            page.messages.append(reader.simple(block))
        elif len(block) == 3:
            take_message(page, reader.event(*block))
        else:
            page.messages.append(reader.plain(block))
    page.notes += clock.notes + reader.notes
    return page


def _sort(blocks: list[str]) -> tuple[list[Block], list[str]]:
    """What each block says, and those that need a tree."""
    found: list[Block] = []
    others: list[str] = []
    for block in blocks:
        said: Block = None
        try:
            if match := PLAIN.fullmatch(block):
                said = _regular(match.groups())
            elif block.startswith("service"):
                said = _service(block)
            elif match := FORWARDED.fullmatch(block):
                said = _forwarded(match)
        except Odd:
            said = None
        found.append(said)
        if said is None:
            others.append(block)
    return found, others


def _regular(said: Sequence[str | Any], origin: Origin | None = None) -> Simple | Plain:
    number, time, name, reply, media, raw, signature, reactions = said
    text: str = raw or ""
    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    if "<" in text or "&" in text:
        text, links, mentions = stripped(text)
    author = name_of(name) if name is not None else None
    if not (media or signature or reactions or origin or links or mentions):
        return number, time, author, reply, text
    return (
        number,
        time,
        author,
        origin,
        reply,
        (_media(media, 7 if origin is None else 8),) if media is not None else (),
        text,
        links,
        mentions,
        plain_text(signature).strip() if signature is not None else None,
        _reactions(reactions) if reactions is not None else (),
    )


def _forwarded(match: re.Match[str]) -> Simple | Plain:
    number, time, name, origin, title, date, *content = match.groups()
    if origin is None:
        return _regular((number, time, name, *content), (None, ""))
    printed = (title or "").strip() or plain_text(date).strip()
    return _regular((number, time, name, *content), (name_of(origin), printed))


def _service(block: str) -> Block:
    if (match := SEPARATOR.fullmatch(block)) and (day := day_of(match[1])):
        return day
    match = SERVICE.fullmatch(block)
    if match is None:
        return None
    number, raw = match.groups()
    text, _, _ = stripped(raw)
    link = _HREF.search(raw)
    return int(number), text.strip(), resolved(link[1]) if link else ""


def _media(raw: str, indent: int) -> Media:
    if match := MEDIA[indent].fullmatch(raw):
        _, name, href, *lines = match.groups()
        texts = (plain_text(line).strip() or None if line else None for line in lines)
        return described((name,), plain_text(href or ""), *texts)
    if match := EXPORTED[indent].fullmatch(raw):
        wrap, href, length = match.groups()
        return exported(WRAPS[wrap], plain_text(href), plain_text(length or "").strip() or None)
    raise Odd


def _reactions(raw: str) -> tuple[Reaction, ...]:
    found: list[Reaction] = []
    place = 0
    while place < len(raw) - 1:
        match = REACTION.match(raw, place)
        if match is None:
            raise Odd
        emoji, people, count = match.groups()
        names = [plain_text(who).strip() for who in _TITLE.findall(people or "")]
        found.append(reaction_of(plain_text(emoji).strip(), plain_text(count or "").strip(), names))
        place = match.end()
    return tuple(found)


def _nodes(blocks: list[str]) -> list[LexborNode] | None:
    """The elements of these blocks; none when one of them does not keep to itself."""
    if not blocks:
        return []
    blocks = [_START + block for block in blocks]
    if not all(map(_is_self_contained, blocks)):
        return None
    html = "".join(blocks)
    tree = LexborHTMLParser(breaks(html.encode(), exact=True))
    nodes = list(tree.body.iter()) if tree.body is not None else []
    return nodes if len(nodes) == len(blocks) else None


def _is_self_contained(block: str) -> bool:
    """Whether a block ends where it should, and its tags are known and nest properly."""
    if block.find(_END) != len(block) - len(_END) or holds_message(block[len(_START) :]):
        return False
    tags = _ELEMENT.findall(block)
    if len(tags) != block.count("<"):
        return False
    inside: list[str] = []
    for slash, name in tags:
        if name in _VOID:
            continue
        if slash:
            if not inside or inside.pop() != name:
                return False
        elif name not in _ELEMENTS or len(inside) > _DEEPEST or (name == "a" and "a" in inside):
            return False
        else:
            inside.append(name)
    return not inside
