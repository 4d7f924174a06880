"""Whether a piece of a page keeps to itself: its tags are known and nest as they should, so
that a tree parser reads it alone just as it would in its page.
"""

from __future__ import annotations

import re

from sources.telegram.parsed import PAGE_LINK

_ELEMENT = re.compile(r'<(/?)([a-z]+[1-6]?)(?: [a-z0-9-]*+ ?= ?"[^"<>]*+"){0,16}+/?>')
_VOID = frozenset(("br", "img", "hr"))
_DEEPEST = 32
_INLINE = frozenset(
    ("a", "span", "strong", "em", "u", "s", "b", "code", "mark", "sub", "sup", "del", "time")
)
_BLOCKS = frozenset(
    (
        *("div", "pre", "blockquote", "aside", "cite", "details", "figure", "figcaption"),
        *("section", "article", "address", "footer", "table", "ul", "ol"),
    )
)
# A parser closes some elements before some others. What rich messages are made of stands where
# tdesktop puts it, or is none of ours.
_LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "button"))
"""Those hold nothing but what stands in a line."""

_PARTS = {
    "table": frozenset(("caption", "tbody")),
    "tbody": frozenset(("tr",)),
    "tr": frozenset(("td", "th")),
    "ol": frozenset(("li",)),
    "ul": frozenset(("li",)),
}
"""Those hold nothing but these, which stand nowhere else."""

_ELSEWHERE = _INLINE | _BLOCKS | _LINES | {"hr"}


def is_self_contained(markup: str) -> bool:
    """Whether it does."""
    if PAGE_LINK in markup:  # it is the page that leads somewhere
        return False
    tags = _ELEMENT.findall(markup)
    if len(tags) != markup.count("<"):
        return False
    inside: list[str] = []
    for slash, name in tags:
        if name in _VOID and name != "hr":
            continue
        if slash:
            if not inside or inside.pop() != name:
                return False
        elif len(inside) > _DEEPEST or not _may_begin(name, inside):
            return False
        elif name != "hr":
            inside.append(name)
    return not inside


def _may_begin(name: str, inside: list[str]) -> bool:
    """Whether an element may begin in these."""
    parts = _PARTS.get(inside[-1]) if inside else None
    if name not in (_ELSEWHERE if parts is None else parts):
        return False
    if name in _INLINE:
        return name != "a" or "a" not in inside
    return _LINES.isdisjoint(inside)
