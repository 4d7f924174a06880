"""A page read by tdesktop's own layout, line by line: many times faster than a tree.

Sound because tdesktop escapes what users write: no text holds a tag or a line break, so
a block ends where its closing tag stands at its indentation. Only the labels of inline
buttons are written raw, and those must be one line without a tag. Blocks of the usual
kinds are matched whole, from the first character to the last (`layout`); what stands
between them must be blocks that keep to themselves, and goes through one small tree.
Whatever does not fit makes `scan` decline the page, which is then walked.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.telegram.blocks import BlockReader, between
from sources.telegram.clock import Clock
from sources.telegram.contained import is_self_contained
from sources.telegram.escaped import Odd, decoded
from sources.telegram.fast import cut
from sources.telegram.layout import END, START
from sources.telegram.markup import breaks
from sources.telegram.parsed import Page, pagination
from sources.telegram.walk import holds_body, holds_message, is_exact, title_of

_START, _END = START.encode(), END.encode()
_TAIL = re.compile(rb'(?:\s|</(?:div|body|html)>|<a class="pagination[^<>]*+>[^<]*+</a>)*+')
"""What stands behind the last message."""

_RAW = (b"\0", b"\r")
"""Parsers replace them where they meet them."""


def scan(data: bytes, clock: Clock) -> Page | None:
    """All messages of a page as tdesktop writes it; none when it differs in any way."""
    if any(raw in data for raw in _RAW) or not is_exact(data):
        return None
    start, end = data.find(_START), data.rfind(_END) + len(_END)
    if not 0 <= start < end or b"</html" not in data[-512:]:
        return None
    head, tail = data[:start], data[end:]
    if holds_message(head) or holds_body(head) or not _TAIL.fullmatch(tail):
        return None
    page = Page(way="layout")
    clock.start_page(page.notes)
    try:
        found = cut(data, start, end)
        head.decode()  # a parser would not complain
        page.links, page.title = pagination(head) + pagination(tail), title_of(head)
        BlockReader(page, found, clock).read(_nodes(between(found)))
    except (Odd, UnicodeDecodeError):
        clock.take_back()
        return None
    return page


def _nodes(gaps: list[str]) -> list[list[LexborNode]]:
    """The elements in each of these gaps that is not empty. Raises `Odd` when one holds
    anything but blocks that keep to themselves.
    """
    if not any(gaps):
        return []
    cut = [gap.split(START) for gap in gaps if gap]
    blocks = [START + block for _, *blocks in cut for block in blocks]
    if any(before for before, *_ in cut) or not all(map(_keeps_to_itself, blocks)):
        raise Odd
    html = decoded("".join(blocks)).encode()
    tree = LexborHTMLParser(breaks(html, exact=True))
    nodes = iter(tree.body.iter() if tree.body is not None else ())
    found = [[node for _, node in zip(blocks, nodes, strict=False)] for _, *blocks in cut]
    if sum(map(len, found)) != len(blocks) or next(nodes, None) is not None:
        raise Odd
    return found


def _keeps_to_itself(block: str) -> bool:
    return (
        block.find(END) == len(block) - len(END)
        and is_self_contained(block)
        and not holds_message(block[len(START) :].encode("latin-1"))
    )
