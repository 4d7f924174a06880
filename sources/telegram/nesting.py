"""Markup that would make a tree parser work without end, recognised and tamed.

HTML's rules make a parser look through all open elements at most start tags, reopen
formatting that was closed out of order, and compare each attribute with all before it:
quadratic work. Measured (lexbor 2.7): 40,000 nested ``div`` take 3 s.
"""

from __future__ import annotations

import re
from collections import Counter

_FEW_TAGS = 500
_DEEPEST = 64
_MOST_ATTRIBUTES = 32
# The first is what tdesktop writes in inline buttons.
_ATTRIBUTE = rb"""\s++(?:=""(?=\s)|[^\s<>=/"']++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]++))?+)"""
_ELEMENT = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*+)(?:\s[^<>]*+)?/?>")
_LONG = re.compile(rb"<[a-zA-Z][^<>]{1024}")
_OF_FEW = re.compile(
    rb"<[a-zA-Z][a-zA-Z0-9]*+(?:%b){0,%d}+\s*+/?>" % (_ATTRIBUTE, _MOST_ATTRIBUTES)
)
# As a parser finds the end of a tag: past quotes that follow an equals sign.
_TAG = re.compile(rb"""<(/?)([a-zA-Z][^\s/<>]*+)((?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)>""")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_OPENING = re.compile(rb"</?[a-zA-Z]")
_VOID = frozenset((b"br", b"img", b"hr", b"input", b"meta", b"link", b"wbr"))
_KEPT = frozenset(b"div a span strong em b i u s code pre blockquote br img".split())
_RENAMED = {b"table": b"div"}


def is_safe(html: bytes) -> bool:
    """Whether a tree of this is built in linear time: few tags, or shallow and well nested,
    and no tag with masses of attributes.
    """
    if html.count(b"<") > _FEW_TAGS and not _nests(html):
        return False
    return all(_OF_FEW.match(html, tag.start()) for tag in _LONG.finditer(html))


def tamed(html: bytes) -> bytes:
    """The same text in shallow, well nested markup of few attributes.

    Tags beyond a depth, of elements tdesktop does not write, and comments are left out.
    """
    kept: list[bytes] = []
    elements = _Open()
    place = 0
    while (start := html.find(b"<", place)) >= 0:
        kept.append(html[place:start])
        tag = _TAG.match(html, start)
        if tag is not None:
            kept.append(elements.take(tag))
            place = tag.end()
        elif _OPENING.match(html, start):
            return b"".join(kept)  # a tag without an end swallows the rest
        elif html.startswith((b"<!", b"<?"), start):
            mark = b"-->" if html.startswith(b"<!--", start) else b">"
            end = html.find(mark, start)
            if end < 0:
                return b"".join(kept)
            place = end + len(mark)
        else:
            kept.append(b"&lt;")
            place = start + 1
    kept.append(html[place:])
    return b"".join(kept)


class _Open:
    """The elements that are open; those beyond a depth are known, but not written."""

    def __init__(self) -> None:
        self._names: list[bytes] = []
        self._count: Counter[bytes] = Counter()

    def take(self, tag: re.Match[bytes]) -> bytes:
        """What becomes of a tag."""
        slash, name, rest = tag.groups()
        name = name.lower()
        name = _RENAMED.get(name, name)
        if name not in _KEPT:
            return b""
        return self._closed(name) if slash else self._opened(name, rest)

    def _opened(self, name: bytes, rest: bytes) -> bytes:
        if name not in _VOID:
            self._names.append(name)
            self._count[name] += 1
            if len(self._names) > _DEEPEST:
                return b""
        attributes = _ATTRIBUTES.finditer(rest)
        few = (found[0] for found, _ in zip(attributes, range(_MOST_ATTRIBUTES), strict=False))
        return b"<" + name + b"".join(few) + b">"

    def _closed(self, name: bytes) -> bytes:
        """Close an element, and before it whatever was left open in it."""
        if not self._count[name]:
            return b""
        written: list[bytes] = []
        last = b""
        while last != name:
            last = self._names.pop()
            self._count[last] -= 1
            if len(self._names) < _DEEPEST:
                written.append(b"</" + last + b">")
        return b"".join(written)


def _nests(html: bytes) -> bool:
    """Whether every element is closed where it was opened, none of them deep inside."""
    inside: list[bytes] = []
    tags = 0
    for tag in _ELEMENT.finditer(html):  # one at a time, for there may be millions
        slash, name = tag.groups()
        tags += 1
        if not slash:
            if name.lower() not in _VOID:
                inside.append(name)
                if len(inside) > _DEEPEST:
                    return False
        elif inside and inside.pop() != name:  # closing what is not open does nothing
            return False
    return tags == html.count(b"<")
