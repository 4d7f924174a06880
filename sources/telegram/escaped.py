"""What stands between two tags, as tdesktop escapes it.

Lines come as they stand in the page's UTF-8, each byte as the letter of that number: what
begins in ASCII is found without decoding the page, and most of it need never be decoded.
Whatever tdesktop would not write raises `Odd`: it is then read through a tree.
"""

from __future__ import annotations

import re

_REFERENCES = {"&quot;": '"', "&apos;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&"}
_FOREIGN = re.compile("&(?!(?:quot|apos|lt|gt|amp);)")


class Odd(Exception):
    """Not as tdesktop writes it."""


def encoded(page: bytes) -> str:
    """A page in UTF-8 with each byte as a letter, which `decoded` takes back."""
    return page.decode("latin-1")


def decoded(line: str) -> str:
    """A line as people read it."""
    return line if line.isascii() else line.encode("latin-1").decode()


def plain_text(line: str) -> str:
    """The text of a line that holds no tag."""
    if "<" in line:
        raise Odd
    if "&" in line:
        if _FOREIGN.search(line):
            raise Odd
        for reference, letter in _REFERENCES.items():
            line = line.replace(reference, letter)
    return line if line.isascii() else decoded(line)
