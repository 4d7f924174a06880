"""Whether a piece of a page keeps to itself: its tags are known and nest as they should, so
that a tree parser reads it alone just as it would in its page.
"""

from __future__ import annotations

import re

from sources.telegram.parsed import PAGE_LINK

_ELEMENT = re.compile(r'<(/?)([a-z]+)(?: [a-z-]*+ ?= ?"[^"<>]*+"){0,16}+/?>')
_ELEMENTS = frozenset(
    ("div", "a", "span", "strong", "em", "u", "s", "b", "code", "pre", "blockquote")
)
_VOID = frozenset(("br", "img"))
_DEEPEST = 32


def is_self_contained(markup: str) -> bool:
    """Whether it does."""
    if PAGE_LINK in markup:  # it is the page that leads somewhere
        return False
    tags = _ELEMENT.findall(markup)
    if len(tags) != markup.count("<"):
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
