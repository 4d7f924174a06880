"""Two messages under one ``ts``: which is the newer one, and whether they are one message."""

from __future__ import annotations

import re

from sources.records import Message

_CHANNEL = re.compile(r"#\S+")


def version(message: Message) -> tuple[bool, str]:
    """What orders the versions of one message: nothing comes after its deletion, and of
    two edits the later one counts.
    """
    return message.deleted, message.edited_at or ""


def contradict(one: Message, other: Message) -> bool:
    """Whether two messages under one ``ts`` cannot be versions of one message: neither who
    wrote them is the same nor what. A deletion is told by Slackbot in other words.
    """
    if one.deleted or other.deleted:
        return False
    return _who(one) != _who(other) and wording(one) != wording(other)


def agree(one: Message, other: Message) -> bool | None:
    """Whether two messages under one ``ts`` are one message, by author and text, which an
    edit may have changed; ``None`` when one was deleted, since that says nothing.
    """
    if one.deleted or other.deleted:
        return None
    if _who(one) != _who(other):
        return False
    return one.edited_at != other.edited_at or wording(one) == wording(other)


def wording(message: Message) -> str:
    """The text without the names of people and channels, which each export may know
    differently.
    """
    text = message.text
    if "@" in text and message.mentions:
        text = _nameless(text, frozenset(message.mentions))
    return _CHANNEL.sub("#", text) if "#" in text else text


def _nameless(text: str, names: frozenset[str]) -> str:
    lengths = sorted({len(name) for name in names}, reverse=True)
    parts: list[str] = []
    start, at = 0, text.find("@")
    while at >= 0:
        parts.append(text[start : at + 1])
        start = at + 1
        start += next((n for n in lengths if text[start : start + n] in names), 0)
        at = text.find("@", start)
    return "".join((*parts, text[start:]))


def _who(message: Message) -> str:
    return message.author_id or message.author or ""
