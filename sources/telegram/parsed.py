"""What one page holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sources.records import Message

_LINK = b'class="pagination'
_HREF = b'href="'
_LONGEST_TAG = 2048


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
        tag = data[start : at + _LONGEST_TAG].partition(b">")[0] if start >= 0 else b""
        _, found, rest = tag.partition(_HREF)
        if found and tag.startswith(b"<a"):
            links.append(rest.partition(b'"')[0].decode("utf-8", "replace"))
        at = data.find(_LINK, at + 1)
    return tuple(links)
