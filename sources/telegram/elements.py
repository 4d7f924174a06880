"""What stands in a block beside its text, read line by line: media, reactions, buttons.

Media and reactions of rarer kinds (giveaways, say) go through a small tree of their own.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.records import Media, Reaction
from sources.telegram.contained import is_self_contained
from sources.telegram.escaped import Odd, decoded, plain_text
from sources.telegram.inline import Linked
from sources.telegram.layout import (
    ANSWER,
    BUTTON,
    EXPORTED,
    KEYBOARD,
    MEDIA,
    POLL,
    REACTION,
)
from sources.telegram.markup import attribute, breaks, links_and_mentions, message_text, plain
from sources.telegram.media import WRAPS, described, exported, media_of, poll
from sources.telegram.message import opened, taken_in
from sources.telegram.reactions import reaction_of, reactions_of
from sources.telegram.walk import holds_message

Buttons = tuple[tuple[str, ...], tuple[str, ...]]
"""Their labels, and the addresses they open."""

_PERSON = re.compile(r'<div class="initials" style="[^"]*+" title="([^"]*+)"')


def media_in(lines: str, indent: int) -> tuple[Media, ...]:
    """What is attached, from the lines in a ``media_wrap`` at that indentation."""
    try:
        if match := MEDIA[indent].fullmatch(lines):
            _, name, href, *said = match.groups()
            texts = [text and (plain_text(text).strip() or None) for text in said]
            return (described((name,), plain_text(href or ""), *texts),)
        if match := EXPORTED[indent].fullmatch(lines):
            wrap, href, length = match.groups()
            status = length and (plain_text(length).strip() or None)
            return (exported(WRAPS[wrap], plain_text(href), status),)
        if match := POLL[indent].fullmatch(lines):
            title, description, answers, status = match.groups(default="")
            found = ANSWER[indent].findall(answers)
            options = [(_plain(text), _plain(votes)) for text, votes in found]
            return (poll(_plain(title), _plain(description), _plain(status), options),)
    except Odd:
        pass
    return media_of(_alone(lines, "media_wrap"))


def _plain(text: str) -> str:
    return plain_text(text).strip()


def reactions_in(lines: str) -> tuple[Reaction, ...]:
    """Reactions, each with who reacted, from the lines in their element."""
    found: list[Reaction] = []
    place = 0
    while match := REACTION.match(lines, place):
        place = match.end()
        try:
            emoji, people, count = match.groups()
            who = [_plain(name) for name in _PERSON.findall(people or "")]
            found.append(reaction_of(_plain(emoji), _plain(count or ""), who))
        except Odd:
            return reactions_of(_alone(lines, "reactions"))
    if place < len(lines) - 1:  # an empty line stands before the closing tag
        return reactions_of(_alone(lines, "reactions"))
    return tuple(found)


def buttons_in(lines: str, indent: int) -> Buttons:
    """Labels of an inline keyboard, and the addresses that buttons open. Labels are written
    as they are: one that holds a tag or a line break raises `Odd`.
    """
    if not KEYBOARD[indent].fullmatch(lines):
        raise Odd
    buttons = [_button(*found) for found in BUTTON[indent].findall(lines)]
    return tuple(label for label, _ in buttons), opened(href for _, href in buttons)


def _button(href: str, label: str) -> tuple[str, str]:
    try:
        return _plain(label), plain_text(href)
    except Odd:  # an ampersand written as it is, say
        node = _element(f'<a href="{href}">{label}</a>').css_first("a")
    return (plain(node), attribute(node, "href")) if node is not None else ("", "")


def text_in(line: str) -> tuple[str, Linked]:
    """The text, links and mentions of a line that is not quite as tdesktop writes it."""
    node = _element(f"\n{line}\n       ")
    return message_text(node, exact=True), links_and_mentions(node)


def _alone(lines: str, role: str) -> LexborNode:
    """An element that holds these lines, and nothing that should stand behind them."""
    node = _element(lines)
    if taken_in(node, role):
        raise Odd
    return node


def _element(lines: str) -> LexborNode:
    """An element that holds these lines."""
    if not is_self_contained(lines) or holds_message(lines.encode("latin-1")):
        raise Odd
    tree = LexborHTMLParser(breaks(f"<div>{decoded(lines)}</div>".encode(), exact=True))
    body = tree.body
    nodes = list(body.iter()) if body is not None else []
    if len(nodes) != 1:
        raise Odd
    return nodes[0]
