"""A rich message of the pages (2026): headings, lists, tables and pictures in place of a text.

Blocks stand in one another to any depth. Of each the words become a line, the cells of a
table's row one line; what is attached among them is the message's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from sources.records import Media
from sources.telegram.markup import attribute, classes, plain, take_link
from sources.telegram.media import media_of

_BLOCKS = frozenset(
    (
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "address", "footer", "hr", "div", "li"),
        *("ol", "ul", "blockquote", "aside", "cite", "details", "summary", "table", "caption"),
        *("tbody", "tr", "td", "th", "figure", "figcaption", "section", "article"),
    )
)
_CELLS = ("td", "th")
_MARKERS = frozenset(("rich_task_marker", "rich_order_marker"))
_BUTTON = "rich_button_block"
_CONTROL = "rich_slideshow_"  # an arrow or a dot under pictures


class Rich(NamedTuple):
    """What a rich message holds."""

    text: str
    media: tuple[Media, ...] = ()
    buttons: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    mention_ids: tuple[str, ...] = ()


class Lines:
    """Lines as they are put together; blocks without a word make none. Where spaces mean
    nothing (not ``exact``), they stand at no end of a line.
    """

    def __init__(self, *, exact: bool = True) -> None:
        self._exact = exact
        self._done: list[str] = []
        self._words: list[str] = []

    def add(self, words: str) -> None:
        """More words in the same line."""
        self._words.append(words)

    def end(self) -> int:
        """The line ends here; how many there are."""
        line = "".join(self._words).strip("\n").rstrip()
        self._words.clear()
        if stripped := line.strip():
            line = line if self._exact else stripped
            self._done.append(line)
        return len(self._done)

    def join(self, first: int, *, filled: bool = False) -> None:
        """Make one line of those from the ``first`` on: a row of its cells, or a cell, which is
        there even when it is empty.
        """
        self.end()
        rest = self._done[first:]
        if filled:
            self._done[first:] = [" ".join(rest)]
        elif any(rest):
            self._done[first:] = ["\t".join(rest).rstrip("\t")]
        else:
            del self._done[first:]

    def text(self) -> str:
        """All lines."""
        self.end()
        return "\n".join(self._done)


def rich_of(node: LexborNode, *, exact: bool) -> Rich:
    """What the element holds. Line breaks must have been turned into newlines; ``exact`` says
    that nobody re-indented the page.
    """
    reader = _Reader(Lines(exact=exact))
    reader.read(node)
    return Rich(
        text=reader.lines.text(),
        media=tuple(reader.media),
        buttons=tuple(reader.buttons),
        links=tuple(reader.links),
        mentions=tuple(reader.mentions),
    )


class _Reader:
    """Goes through elements without recursion: any depth may come."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.media: list[Media] = []
        self.buttons: list[str] = []
        self.links: dict[str, None] = {}
        self.mentions: dict[str, None] = {}
        self._pending: list[LexborNode | Callable[[], object]] = []

    def read(self, node: LexborNode) -> None:
        """Read all that stands in an element."""
        self._inside(node)
        while self._pending:
            item = self._pending.pop()
            if not isinstance(item, LexborNode):
                item()
            elif item.tag == "-text":
                self.lines.add(item.text_content or "")
            else:
                self._element(item)

    def _inside(self, node: LexborNode) -> None:
        self._pending.extend(reversed(list(node.iter(include_text=True))))

    def _element(self, node: LexborNode) -> None:
        names = classes(node)
        if "media_wrap" in names:
            self.lines.end()
            self.media.extend(media_of(node))
        elif _BUTTON in names:
            self.buttons.append(plain(node))
            self._link(node)
        elif node.tag in _BLOCKS:
            first = self.lines.end()
            joined = node.tag == "tr" or node.tag in _CELLS
            join = partial(self.lines.join, first, filled=node.tag in _CELLS)
            self._pending.append(join if joined else self.lines.end)
            self._inside(node)
        elif not any(name.startswith(_CONTROL) for name in names):
            if node.tag == "a":
                self._link(node)
            if names & _MARKERS:
                self._pending.append(partial(self.lines.add, " "))
            self._inside(node)

    def _link(self, node: LexborNode) -> None:
        href, onclick = attribute(node, "href"), attribute(node, "onclick")
        take_link(href, onclick, plain(node), self.links, self.mentions)
