"""Reactions to a message: an emoji, how many people, and who."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from sources.records import Reaction
from sources.telegram.markup import attribute, classes, plain


def reactions_of(node: LexborNode) -> tuple[Reaction, ...]:
    """Reactions, each with who reacted."""
    found: list[Reaction] = []
    for reaction in node.iter():
        emoji, count = "", ""
        people: list[str] = []
        for part in reaction.iter():
            names = classes(part)
            if "emoji" in names:
                emoji = plain(part)
            elif "count" in names:
                count = plain(part)
            elif "userpics" in names:
                initials = part.css(".initials")
                people = [attribute(who, "title").strip() for who in initials]
        found.append(reaction_of(emoji, count, people))
    return tuple(found)


def reaction_of(emoji: str, count: str, people: list[str]) -> Reaction:
    """A reaction; its count is printed only when it exceeds the people named."""
    digits = "".join(filter(str.isdecimal, count[:18]))
    total = int(digits) if digits else len(people)
    return Reaction(emoji=emoji, count=total, people=tuple(filter(None, people)))
