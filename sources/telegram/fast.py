"""The two innermost loops of reading a page as tdesktop writes it.

Where `make` found a C compiler they are code (`native/`); elsewhere the pattern and a small
tree do the same, and a page takes half as long again. Tests hold both to the same pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sources.telegram.built import loops
from sources.telegram.layout import BLOCK

native = loops()

Pieces = list[str | Any]
"""A page cut by `BLOCK`: what stands before a block, then the block's groups, none where it
has no such thing; at last what is left. Each byte of the page's UTF-8 is a letter.
"""

Link = tuple[str, str, str]
"""A link's href and onclick as they stand in the page, and its text."""


class Cut(NamedTuple):
    """A page cut at its messages. ``texts`` are those of all blocks, where each is as tdesktop
    writes it, ``links`` those in them by the places of their blocks, events left out; ``rich``
    are the places of blocks with media, buttons or reactions.
    """

    pieces: Pieces
    texts: list[str] | None
    links: dict[int, list[Link]]
    rich: list[int]


def column(pieces: Pieces, group: str) -> list[Any]:
    """What every block has of one thing."""
    return pieces[BLOCK.groupindex[group] :: BLOCK.groups + 1]


def cut_by_pattern(page: bytes, start: int, end: int) -> Cut:
    """A page between two places; its texts must be read otherwise."""
    pieces: Pieces = BLOCK.split(page[start:end].decode("latin-1"))
    columns = (column(pieces, group) for group in ("media", "buttons", "reactions"))
    rows = zip(*columns, strict=True)
    rich = [n for n, row in enumerate(rows) if row != (None, None, None)]
    return Cut(pieces, None, {}, rich)


def cut_compiled(page: bytes, start: int, end: int) -> Cut:
    """The same, with its texts, where they can be told."""
    return Cut(*native.cut(page, start, end))


def tell_nothing(line: str) -> tuple[str, list[Link]] | None:
    """The text of a line of HTML and its links; it must be read otherwise when there is none."""
    del line
    return None


cut: Callable[[bytes, int, int], Cut] = cut_compiled if native else cut_by_pattern
told: Callable[[str], tuple[str, list[Link]] | None] = native.told if native else tell_nothing
