"""A page read through its element tree: any page a browser would show.

Normally the messages of a page are siblings. Where an inline keyboard was left unclosed
they are nested, and raw markup in a button's label can even forge one: such a page is
cut at the start tags of its messages, and each piece is read by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.records import Message
from sources.telegram.clock import Clock
from sources.telegram.escaped import Odd, encoded, plain_text
from sources.telegram.markup import breaks, classes, plain
from sources.telegram.message import MessageReader
from sources.telegram.nesting import is_safe, tamed
from sources.telegram.parsed import Page, pagination

_TAG = re.compile(rb"<div\s[^<>]*+>", re.IGNORECASE)
_MESSAGE = re.compile(rb"""\sclass\s*=\s*["']\s*message[\s"']""", re.IGNORECASE)
_DATE = re.compile(rb'class="pull_right date details"[^<>]{0,200}>(\s*)\d\d:\d\d')
_TITLE = re.compile(
    r'<div class="page_header">\n\n    <(?:div|a) class="content[^<>]*>\n'
    r'\n     <div class="text bold">\n([^\n<]*+)\n     </div>\n'
)
_BODY = b'<div class="body'
_LONGEST_LABEL = 64 * 1024

Span = tuple[int, int]


def walk(data: bytes, clock: Clock) -> Page:
    """All messages of a page, in order, however they are nested."""
    exact = is_exact(data)
    page = Page(links=pagination(data))
    clock.start_page(page.notes)
    page.truncated = b"</html" not in data[-512:].lower()
    if page.truncated and data.rfind(b">") < (last := data.rfind(b"<")):
        data = data[:last]
    starts, buttons = _tags(data)
    forged = _forged(data, starts, buttons)
    page.forged = len(forged)
    starts = [span for span in starts if span not in forged]
    head = starts[0][0] if starts else len(data)
    page.title = title_of(data[:head])
    if holds_body(data[:head]):
        page.notes["unknown_markup"] += 1
    whole = len(starts)
    if page.truncated and starts and not _is_closed(data[starts[-1][0] :]):
        whole -= 1
        page.cut = 1
    # Without the head: whatever was left open in it is none of the messages' business.
    body = breaks(data[head:], exact=exact)
    siblings = _siblings(body) if is_safe(body) else []
    blocks: Iterator[LexborNode] = iter(siblings)
    if len(siblings) != len(starts):
        blocks = _pieces(data, starts, page, exact=exact)
        page.way = "pieces"
    reader = MessageReader(clock, page.notes, exact=exact)
    for block in islice(blocks, whole):
        take_block(page, reader, block)
    return page


def holds_message(part: bytes) -> bool:
    """Whether the start tag of a message is in this part of a page, or that of an inline
    button, whose label decides what is one.
    """
    return (b"message" in part or b"bot_button" in part) and any(_tags(part))


def _tags(data: bytes) -> tuple[list[Span], list[Span]]:
    """Where start tags of messages are, and those of inline buttons."""
    starts: list[Span] = []
    buttons: list[Span] = []
    for match in _TAG.finditer(data):
        tag = match[0]
        if b"message" in tag and _MESSAGE.search(tag):
            starts.append(match.span())
        elif b'"bot_button"' in tag:
            buttons.append(match.span())
    return starts, buttons


def holds_body(part: bytes) -> bool:
    """Whether the body of a message whose own tag is lost is in this part of a page."""
    return _BODY in part


def take_block(page: Page, reader: MessageReader, block: LexborNode | None) -> None:
    """Read a block into the page: a message, a separator, or one without an id."""
    try:
        message = reader.read(block) if block is not None else None
    except ValueError:
        page.unnamed += 1
        return
    if block is not None:
        take_message(page, message)


def take_message(page: Page, message: Message | None) -> None:
    """Take a message into the page, or a separator."""
    if message is not None:
        page.messages.append(message)
    else:
        page.separators += 1


def is_exact(data: bytes) -> bool:
    """Whether inner text starts in column 0, as tdesktop writes it."""
    match = _DATE.search(data)
    return match is None or match[1] == b"\n"


def _siblings(messages: bytes) -> list[LexborNode]:
    """The message blocks beside the first one."""
    first = LexborHTMLParser(messages).css_first("div.message")
    parent = first.parent if first is not None else None
    if parent is None:
        return []
    return [node for node in parent.iter() if node.tag == "div" and _is_block(node)]


def _is_block(node: LexborNode) -> bool:
    value = node.attributes.get("class") or ""
    return value.lstrip().startswith("message") and "message" in classes(node)


def _pieces(data: bytes, starts: list[Span], page: Page, *, exact: bool) -> Iterator[LexborNode]:
    """Every message block, each parsed from its own start tag to the next; one at a time, for
    a tree takes a hundred times the room of its text.
    """
    ends = [start for start, _ in starts[1:]] + [len(data)]
    for (start, _), end in zip(starts, ends, strict=True):
        piece = breaks(data[start:end], exact=exact)
        if not is_safe(piece):
            piece = tamed(piece)
            page.notes["wild_markup"] += 1
        block = LexborHTMLParser(piece).css_first("div.message")
        if block is not None:
            yield block


def _forged(data: bytes, starts: list[Span], buttons: list[Span]) -> set[Span]:
    """Start tags inside the label of an inline button, which is written unescaped."""
    forged: set[Span] = set()
    position = closing = 0
    for button in buttons:
        if closing < button[1]:  # looked for once, however many buttons stand before it
            closing = data.find(b"</div>", button[1])
            closing = closing if closing >= 0 else len(data)
        end = _label_end(data, button, closing)
        while position < len(starts) and starts[position][0] < button[1]:
            position += 1
        while position < len(starts) and starts[position][0] < end:
            forged.add(starts[position])
            position += 1
    return forged


def _label_end(data: bytes, button: Span, closing: int) -> int:
    """Where a button's label ends.

    tdesktop closes it on a line of its own, indented two deeper than the button; else it
    goes to the next closing tag.
    """
    opened, start = button
    indent = data[max(0, opened - 256) : opened].rpartition(b"\n")[2]
    if indent.isspace():
        line = b"\n" + indent + b"  </div>"
        end = data.find(line, start, start + _LONGEST_LABEL)
        if end >= 0:
            return end
    return closing if closing < len(data) else start


def _is_closed(block: bytes) -> bool:
    """Whether the last block of a page that was cut is whole."""
    return block.count(b"<div") <= block.count(b"</div>")


def title_of(head: bytes) -> str:
    """The chat's title in what comes before a page's messages, composed and stripped."""
    if match := _TITLE.search(encoded(head)):
        with suppress(Odd):
            return unicodedata.normalize("NFC", plain_text(match[1]).strip())
    head = breaks(head if is_safe(head) else tamed(head), exact=True)
    tree = LexborHTMLParser(head)
    header = tree.css_first("div.page_header")
    title = header.css_first("div.text") if header is not None else None
    return unicodedata.normalize("NFC", plain(title))
