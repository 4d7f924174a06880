"""A page read by tdesktop's own layout, line by line: several times faster than a tree.

Sound because tdesktop escapes what users write: no text holds a tag or a line break, so
a block ends where its closing tag stands at its indentation. Only inline keyboards are
written raw; their tables are not among the tags we know. Plain messages (text, reply, photo) and
date separators are matched whole, from the first character to the last; the other blocks
of the page go through one small tree together. Whatever does not fit makes `scan`
decline the page, which is then walked.
"""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.telegram.clock import Clock, day_of
from sources.telegram.markup import take_link
from sources.telegram.message import MessageReader, Plain
from sources.telegram.parsed import Page, pagination
from sources.telegram.walk import breaks, holds_message, is_exact, take_block, title_of

_START = '\n     <div class="message '
_END = "\n     </div>\n"
_RAW = (b"\0", b"\r")
"""Parsers replace these where they meet them."""

_ID = r'id="message(-?[1-9][0-9]{0,17})">\n'

_PLAIN = re.compile(
    rf'default clearfix(?: joined)?" {_ID}'
    # userpic
    r'(?:\n      <div class="pull_left userpic_wrap">\n'
    r'\n       <div class="userpic userpic[0-9]+" style="width: 42px; height: 42px">\n'
    r'\n        <div class="initials" style="line-height: 42px">\n[^\n<]*+\n        </div>\n'
    r"\n       </div>\n\n      </div>\n)?"
    # time and author
    r'\n      <div class="body">\n'
    r'\n       <div class="pull_right date details" title="([^"<>&]*+)">\n[^\n<]*+\n       </div>\n'
    r'(?:\n       <div class="from_name">\n([^\n<]*+)\n       </div>\n)?'
    # reply
    r'(?:\n       <div class="reply_to details">\nIn reply to '
    r'<a href="(?:messages[0-9]*\.html)?#go_to_message(-?[1-9][0-9]{0,17})"'
    r'(?: onclick="return GoToMessage\(-?[0-9]+\)")?>this message</a>\n       </div>\n)?'
    # photo
    r'(?:\n       <div class="media_wrap clearfix">\n'
    r'\n        <a class="photo_wrap clearfix pull_left" href="([^"<>&]++)">\n'
    r'\n         <img class="photo" src="[^"<>]*+" style="[^"<>]*+"/>\n'
    r"\n        </a>\n\n       </div>\n)?"
    # text
    r'(?:\n       <div class="text">\n([^\n]*+)\n       </div>\n)?'
    r"\n      </div>\n\n     </div>\n"
)
_SEPARATOR = re.compile(
    r'service" id="message-[1-9][0-9]{0,7}">\n'
    r'\n      <div class="body details">\n([0-9]{1,2} [A-Z][a-z]++ [0-9]{4})\n      </div>\n'
    r"\n     </div>\n"
)
_LINK = re.compile(r'a href="([^"]*+)"(?: onclick="([^"]*+)")?')
_SPOILER = re.compile(r'span class="spoiler hidden" onclick="[^"]*+"')
_CLOSING = {
    name: f"/{name}" for name in ("strong", "em", "u", "s", "code", "pre", "blockquote")
} | {'span aria-hidden="true"': "/span"}
_ELEMENT = re.compile(r'<(/?)([a-z]+)(?: [a-z-]*+ ?= ?"[^"<>]*+")*+/?>')
_ELEMENTS = frozenset(
    ("div", "a", "span", "strong", "em", "u", "s", "b", "code", "pre", "blockquote")
)
_VOID = frozenset(("br", "img"))
_REFERENCES = (("&quot;", '"'), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_FOREIGN = re.compile(r"&(?!(?:quot|apos|lt|gt|amp);)")


class _Other(Exception):
    """This block is not a plain one."""


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
    page = Page(links=pagination(data), title=title_of(head))
    clock.start_page()
    reader = MessageReader(clock, exact=True)
    following = iter(nodes)
    for block in plain:
        if block is None:
            take_block(page, reader, next(following))
        elif isinstance(block, str):
            reader.separator(block)
            page.separators += 1
        else:
            page.messages.append(reader.plain(block))
    page.notes = clock.notes + reader.notes
    return page


def _sort(blocks: list[str]) -> tuple[list[Plain | str | None], list[str]]:
    """Plain messages, days of separators, and none for each of the other blocks."""
    found: list[Plain | str | None] = []
    others: list[str] = []
    for block in blocks:
        if match := _PLAIN.fullmatch(block):
            try:
                found.append(_plain(match))
                continue
            except _Other:
                pass
        elif (match := _SEPARATOR.fullmatch(block)) and (day := day_of(match[1])):
            found.append(day)
            continue
        found.append(None)
        others.append(block)
    return found, others


def _plain(match: re.Match[str]) -> Plain:
    number, time, name, reply, photo, raw = match.groups()
    if raw and "&" in raw and _FOREIGN.search(raw):
        raise _Other
    links: dict[str, None] = {}
    mentions: dict[str, None] = {}
    if raw and "<" in raw:
        raw = raw.replace("<br>", "\n")
        if "<" in raw:
            raw = _without_tags(raw, links, mentions)
    return (
        number,
        time,
        _name(name) if name is not None else None,
        reply,
        photo,
        _unescaped(raw) if raw else "",
        tuple(links),
        tuple(mentions),
    )


@lru_cache(maxsize=4096)
def _name(raw: str) -> str:
    if _FOREIGN.search(raw):
        raise _Other
    return _unescaped(raw).strip()


def _without_tags(text: str, links: dict[str, None], mentions: dict[str, None]) -> str:
    """The text without its entities' tags, which must nest properly; takes the links."""
    bare, *pieces = text.split("<")
    kept = [bare]
    expected: list[str] = []
    link: re.Match[str] | None = None
    for piece in pieces:
        tag, end, rest = piece.partition(">")
        if not end:
            raise _Other
        if expected and tag == expected[-1]:
            expected.pop()
            link = None
        elif link is not None:
            raise _Other  # something stands in a link
        elif closing := _CLOSING.get(tag):
            expected.append(closing)
        elif link := _LINK.fullmatch(tag):
            expected.append("/a")
            href, onclick = link.groups()
            take_link(_unescaped(href), onclick or "", _unescaped(rest), links, mentions)
        elif _SPOILER.fullmatch(tag):
            expected.append("/span")
        else:
            raise _Other
        kept.append(rest)
    if expected:
        raise _Other
    return "".join(kept)


def _unescaped(text: str) -> str:
    """The text with tdesktop's references resolved."""
    for reference, letter in _REFERENCES:
        if "&" not in text:
            break
        text = text.replace(reference, letter)
    return text


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
        elif name not in _ELEMENTS or (name == "a" and "a" in inside):
            return False
        else:
            inside.append(name)
    return not inside
