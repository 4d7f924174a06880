"""The two innermost loops of reading a page as tdesktop writes it.

Where `make` found a C compiler they are code (`native/`); elsewhere the pattern and a small
tree do the same, and a page takes half as long again. Tests hold both to the same pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sources.telegram.built import fingerprint
from sources.telegram.layout import BLOCK

Pieces = list[str | Any]
"""A page cut by `BLOCK`: what stands before a block, then the block's groups, none where it
has no such thing; at last what is left. Each byte of the page's UTF-8 is a letter.
"""


Cut = tuple[Pieces, list[str] | None, list[int]]
"""The pieces; the texts of all blocks, where each is as tdesktop writes it; and the places of
those that hold links, events left out.
"""


def cut_by_pattern(page: bytes, start: int, end: int) -> Cut:
    """A page cut at its messages, between two places; its texts must be read otherwise."""
    return BLOCK.split(page[start:end].decode("latin-1")), None, []


def tell_nothing(line: str) -> str | None:
    """The text of a line of HTML, which must be read otherwise when there is none."""
    del line
    return None


cut: Callable[[bytes, int, int], Cut] = cut_by_pattern
told: Callable[[str], str | None] = tell_nothing
is_native = False
try:
    from sources.telegram import _native
except ImportError:
    pass
else:
    if getattr(_native, "FINGERPRINT", None) == fingerprint():  # else it is of another version
        cut, told, is_native = _native.cut, _native.told, True
