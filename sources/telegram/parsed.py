"""What one page holds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from sources.records import Message

PAGE_LINK = 'class="pagination'
_LINK = PAGE_LINK.encode()
_HREF = re.compile(rb'\shref="([^"<>]*+)"')
_LONGEST_TAG = 2048
_TAG = re.compile(rb"<a\s[^<>]{0,%d}+>" % _LONGEST_TAG)


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
    way: str = field(default="tree", compare=False)
    """How it was read: by ``layout``, through a ``tree``, or in ``pieces``."""

    @property
    def found(self) -> int:
        """Message blocks seen, of all kinds."""
        left_out = self.separators + self.forged + self.unnamed + self.cut
        return len(self.messages) + left_out


def pagination(data: bytes) -> tuple[str, ...]:
    """Where the links to the pages before and after lead."""
    links: list[str] = []
    at = data.find(_LINK)
    while at >= 0:
        start = data.rfind(b"<", max(0, at - _LONGEST_TAG), at)
        tag = _TAG.match(data, start) if start >= 0 else None
        href = _HREF.search(tag[0]) if tag is not None and at < tag.end() else None
        if href is not None:
            links.append(href[1].decode("utf-8", "replace"))
        at = data.find(_LINK, at + 1)
    return tuple(links)
