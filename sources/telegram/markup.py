"""Reading tdesktop's blocks: classes, texts, links, one element at a time."""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

_SCHEMES = ("http://", "https://", "mailto:", "tel:", "tg://")
_VIA = re.compile(r"(.*\S)?\s+via @([A-Za-z0-9_]+)", re.DOTALL)
_BREAK = re.compile(rb"<br\s*/?>", re.IGNORECASE)
_SPACE = re.compile(rb"\s+")
_MENTION = re.compile(r"https?://t\.me/\w+/?", re.ASCII)


@lru_cache(maxsize=1024)
def words(value: str) -> frozenset[str]:
    """The class names in a class attribute."""
    return frozenset(value.split())


def classes(node: LexborNode) -> frozenset[str]:
    """The class names of an element."""
    return words(node.attributes.get("class") or "")


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value, empty when there is none."""
    return node.attributes.get(name) or ""


def plain(node: LexborNode | None) -> str:
    """The text of an element in which spaces at the ends mean nothing."""
    return node.text().strip() if node is not None else ""


def own(node: LexborNode) -> str:
    """The text that stands directly in an element, not in the elements inside it."""
    return node.text(deep=False).strip()


def message_text(node: LexborNode, *, exact: bool) -> str:
    """A message's text. Line breaks must have been turned into newlines.

    tdesktop puts a newline before and a newline and the closing tag's indentation after:
    ``exact`` takes off just that; otherwise somebody re-indented the page.
    """
    text = node.text()
    if not exact:
        return "\n".join(line.strip(" \t") for line in text.strip().split("\n"))
    text = text.removeprefix("\n")
    end = text.rstrip(" ")
    return end[:-1] if end.endswith("\n") else text


def breaks(data: bytes, *, exact: bool) -> bytes:
    """Line breaks as newlines: tdesktop writes a newline in text or attribute as br."""
    if not exact:
        data = _SPACE.sub(b" ", data)
    data = data.replace(b"<pre><br>", b"<pre>\n\n")  # a parser drops the first one
    data = data.replace(b"<br>", b"\n")
    return _BREAK.sub(b"\n", data) if b"<br" in data or b"<BR" in data else data


def links_and_mentions(node: LexborNode) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses a text links to, and people it mentions, each once, in order.

    Hashtags, bot commands, spoilers and custom emoji are ``a`` elements too, but lead
    nowhere.
    """
    links: dict[str, None] = {}
    mentions: dict[str, None] = {}
    pending = list(node.iter())[::-1]
    while pending:
        child = pending.pop()
        if child.tag == "a":
            href, onclick = attribute(child, "href"), attribute(child, "onclick")
            take_link(href, onclick, child.text(), links, mentions)
        else:
            pending.extend(list(child.iter())[::-1])
    return tuple(links), tuple(mentions)


def take_link(
    href: str, onclick: str, text: str, links: dict[str, None], mentions: dict[str, None]
) -> None:
    """Sort one ``a`` element into links or mentions, or neither."""
    href = href.strip()
    if onclick and "ShowMentionName" in onclick:
        mentions[text] = None
    elif href.startswith("https://") or href.lower().startswith(_SCHEMES):
        if text.startswith("@") and _MENTION.fullmatch(href):
            mentions[text] = None
        else:
            links[href] = None


def split_via(name: str) -> tuple[str, str | None]:
    """A printed name, and the bot that stands behind it."""
    match = _VIA.fullmatch(name) if " via @" in name else None
    return ((match[1] or "").strip(), match[2]) if match else (name, None)
