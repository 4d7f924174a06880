"""What stands outside of the element it belongs to, because a tag was lost or is one too many."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from sources.telegram.markup import classes, plain

_HOLDERS = ("div", "table")
_BEGINNINGS = frozenset(("body", "userpic_wrap", "message"))
_PARTS = frozenset(("media_wrap", "reactions", "text"))


def beside(block: LexborNode) -> Iterator[LexborNode]:
    """What stands behind a block, up to the next one: elements, and words in none."""
    node = block.next
    while node is not None:
        names = classes(node)
        if "pagination" in names or ("message" in names and node.tag == "div"):
            return
        if node.tag != "-text" or plain(node):
            yield node
        node = node.next


def begins(node: LexborNode) -> bool:
    """Whether a message begins in what stands behind another one: its own tag is lost."""
    names = classes(node)
    if names & _BEGINNINGS:
        return "forwarded" not in names
    return not names & _PARTS and node.css_first(".body") is not None


def sentence(block: LexborNode) -> LexborNode | None:
    """Where a service message is told: in its body, or where that went; none when the words
    stand in the block itself.
    """
    inside = [child for child in block.iter() if "userpic_wrap" not in classes(child)]
    told = [child for child in inside if "body" in classes(child)]
    if told or words(block):
        return told[0] if told else None
    behind = (node for node in beside(block) if "details" in classes(node))
    return next((child for child in inside if plain(child)), next(behind, None))


def words(block: LexborNode) -> str:
    """The words in a block that stand in no element of Telegram's."""
    parts = (part for part in block.iter(include_text=True) if part.tag not in _HOLDERS)
    return "".join(part.text() for part in parts).strip()
