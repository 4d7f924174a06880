"""What stands in a block beside its text, read line by line: media, reactions, buttons.

Media and reactions of rarer kinds (polls, say) go through a small tree of their own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.records import Media, Reaction
from sources.telegram.contained import is_self_contained
from sources.telegram.inline import Linked, Odd, decoded, plain_text
from sources.telegram.layout import BELOW, BUTTON, EXPORTED, KEYBOARD, MEDIA, REACTION
from sources.telegram.markup import attribute, breaks, links_and_mentions, message_text, plain
from sources.telegram.media import WRAPS, described, exported, media_of
from sources.telegram.message import opened, reaction_of, reactions_of
from sources.telegram.walk import holds_message

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
    except Odd:
        pass
    return media_of(_element(lines))


class Below(NamedTuple):
    """What stands below a text."""

    buttons: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    signature: str | None = None
    reactions: tuple[Reaction, ...] = ()


NOTHING_BELOW = Below()
_NOTHING = frozenset(("", "\n       </div>\n"))
"""No lines, or just the end of the forwarded body."""


def below_in(lines: str, indent: int) -> Below:
    """Buttons, the addresses they open, signature and reactions, from the lines that
    `BLOCK` found below a text. Raises `Odd` when a button's label looks like markup.
    """
    if lines in _NOTHING:
        return NOTHING_BELOW
    match = BELOW[indent].fullmatch(lines)
    if match is None:
        raise Odd
    keyboard, signature, reactions = match.groups()
    labels, addresses = _buttons(keyboard, indent) if keyboard is not None else ((), ())
    return Below(
        labels,
        addresses,
        (plain_text(signature).strip() or None) if signature else None,
        _reactions(reactions) if reactions is not None else (),
    )


def _reactions(lines: str) -> tuple[Reaction, ...]:
    """Reactions, each with who reacted, from the lines in their element."""
    found: list[Reaction] = []
    place = 0
    while match := REACTION.match(lines, place):
        place = match.end()
        try:
            emoji, people, count = match.groups()
            who = [plain_text(name).strip() for name in _PERSON.findall(people or "")]
            total = plain_text(count or "").strip()
            found.append(reaction_of(plain_text(emoji).strip(), total, who))
        except Odd:
            return reactions_of(_element(lines))
    if place < len(lines) - 1:  # an empty line stands before the closing tag
        return reactions_of(_element(lines))
    return tuple(found)


def _buttons(lines: str, indent: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of an inline keyboard, and the addresses that buttons open. Labels are written
    as they are: one that holds a tag or a line break raises `Odd`.
    """
    if not KEYBOARD[indent].fullmatch(lines):
        raise Odd
    buttons = [_button(*found) for found in BUTTON[indent].findall(lines)]
    return tuple(label for label, _ in buttons), opened(href for _, href in buttons)


def _button(href: str, label: str) -> tuple[str, str]:
    if "&" not in href + label:
        return decoded(label).strip(), decoded(href)
    node = _element(f'<a href="{href}">{label}</a>').css_first("a")
    return (plain(node), attribute(node, "href")) if node is not None else ("", "")


def text_in(line: str) -> tuple[str, Linked]:
    """The text, links and mentions of a line that is not quite as tdesktop writes it."""
    node = _element(f"\n{line}\n       ")
    return message_text(node, exact=True), links_and_mentions(node)


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
