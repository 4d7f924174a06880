"""A page of a chat: bytes in, messages out.

Normally the messages of a page are siblings. Where an inline keyboard was left unclosed
they are nested, and raw markup in a button's label can even forge one: such a page is
cut at the start tags of its messages, and each piece is read by itself.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.errors import Damaged
from sources.records import Message
from sources.telegram.clock import Clock
from sources.telegram.markup import classes, plain
from sources.telegram.message import MessageReader

_START = re.compile(rb'<div\s(?:[^<>]*\s)?class\s*=\s*["\']\s*message[\s"\'][^<>]*>', re.IGNORECASE)
_SKELETON = re.compile(
    rb'class="[^"<>]*\bchat_page\b|<div class="message (?:default|service)[^<>]*id="message-?\d'
)
_DATE = re.compile(rb'class="pull_right date details"[^<>]*>(\s*)\d\d:\d\d')
_LINK = re.compile(rb'<a\b[^<>]*class="pagination[^<>]*>', re.IGNORECASE)
_HREF = re.compile(rb'href="([^"<>]*)"')
_BREAK = re.compile(rb"<br\s*/?>", re.IGNORECASE)
_BUTTON = re.compile(rb'<div\b[^<>]*class="bot_button"[^<>]*>', re.IGNORECASE)
_LONGEST_LABEL = 64 * 1024
_RE_INDENTED = re.compile(rb"\s+")


@dataclass
class Page:
    """What one page holds. Separators, forged and cut blocks are counted, not kept."""

    title: str = ""
    messages: list[Message] = field(default_factory=list)
    separators: int = 0
    forged: int = 0
    unnamed: int = 0
    cut: int = 0
    truncated: bool = False
    links: tuple[str, ...] = ()
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def found(self) -> int:
        """Message blocks seen, of all kinds."""
        left_out = self.separators + self.forged + self.unnamed + self.cut
        return len(self.messages) + left_out


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


def parse_page(data: bytes, clock: Clock) -> Page:
    """All messages of a page in canonical form, in order."""
    clock.start_page()
    exact = _is_exact(data)
    starts = [match.span() for match in _START.finditer(data)]
    page = Page(links=tuple(_pagination(data)))
    page.truncated = b"</html" not in data[-512:].lower()
    forged = _forged(data, starts)
    page.forged = len(forged)
    starts = [span for span in starts if span not in forged]
    tree = LexborHTMLParser(_breaks(data, exact=exact))
    page.title = _title(tree)
    whole = len(starts)
    if page.truncated and starts and not _is_closed(data[starts[-1][0] :]):
        whole -= 1
        page.cut = 1
    blocks = _siblings(tree) if not forged else []
    if len(blocks) != len(starts):
        blocks = _pieces(data, starts, exact=exact)
    reader = MessageReader(clock, exact=exact)
    for block in blocks[:whole]:
        _add(page, reader, block)
    page.notes = clock.notes + reader.notes
    return page


def _add(page: Page, reader: MessageReader, block: LexborNode | None) -> None:
    try:
        message = reader.read(block) if block is not None else None
    except ValueError:
        page.unnamed += 1
        return
    if message is not None:
        page.messages.append(message)
    elif block is not None:
        page.separators += 1


def _is_exact(data: bytes) -> bool:
    """Whether inner text starts in column 0, as tdesktop writes it."""
    match = _DATE.search(data)
    return match is None or match[1] == b"\n"


def _breaks(data: bytes, *, exact: bool) -> bytes:
    """Line breaks as newlines: tdesktop writes a newline in text or attribute as br."""
    if not exact:
        data = _RE_INDENTED.sub(b" ", data)
    data = data.replace(b"<pre><br>", b"<pre>\n\n")  # a parser drops the first one
    data = data.replace(b"<br>", b"\n")
    return _BREAK.sub(b"\n", data) if b"<br" in data or b"<BR" in data else data


def _siblings(tree: LexborHTMLParser) -> list[LexborNode]:
    """The message blocks beside the first one."""
    first = tree.css_first("div.message")
    parent = first.parent if first is not None else None
    if parent is None:
        return []
    return [node for node in parent.iter() if node.tag == "div" and _is_block(node)]


def _is_block(node: LexborNode) -> bool:
    value = node.attributes.get("class") or ""
    return value.lstrip().startswith("message") and "message" in classes(node)


def _pieces(data: bytes, starts: list[tuple[int, int]], *, exact: bool) -> list[LexborNode]:
    """Every message block, each parsed from its own start tag to the next."""
    ends = [start for start, _ in starts[1:]] + [len(data)]
    found: list[LexborNode] = []
    for (start, _), end in zip(starts, ends, strict=True):
        piece = LexborHTMLParser(_breaks(data[start:end], exact=exact))
        block = piece.css_first("div.message")
        if block is not None:
            found.append(block)
    return found


def _forged(data: bytes, starts: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Start tags inside the label of an inline button, which is written unescaped."""
    if not starts or b"bot_button" not in data:
        return set()
    forged: set[tuple[int, int]] = set()
    position = 0
    for button in _BUTTON.finditer(data):
        end = _label_end(data, button)
        while position < len(starts) and starts[position][0] < button.end():
            position += 1
        while position < len(starts) and starts[position][0] < end:
            forged.add(starts[position])
            position += 1
    return forged


def _label_end(data: bytes, button: re.Match[bytes]) -> int:
    """Where a button's label ends.

    tdesktop closes it on a line of its own, indented two deeper than the button.
    """
    line = data.rfind(b"\n", 0, button.start()) + 1
    start = button.end()
    if data[line : button.start()].isspace():
        closing = b"\n" + data[line : button.start()] + b"  </div>"
        end = data.find(closing, start, start + _LONGEST_LABEL)
        if end >= 0:
            return end
    end = data.find(b"</div>", start)
    return end if end >= 0 else start


def _is_closed(block: bytes) -> bool:
    """Whether the last block of a page that was cut is whole."""
    last = block.rfind(b"<")
    if b">" not in block[last:]:
        block = block[:last]
    return block.count(b"<div") <= block.count(b"</div>")


def _pagination(data: bytes) -> list[str]:
    hrefs = (_HREF.search(match[0]) for match in _LINK.finditer(data))
    return [href[1].decode("utf-8", "replace") for href in hrefs if href]


def _title(tree: LexborHTMLParser) -> str:
    header = tree.css_first("div.page_header")
    title = header.css_first("div.text") if header is not None else None
    return unicodedata.normalize("NFC", plain(title))
