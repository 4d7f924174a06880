"""How many objects an answer of the API holds, counted apart from the parser: by commas and
brackets, once all texts are taken out.
"""

from __future__ import annotations

import re

_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_RESULTS = re.compile(rb'"results"\s*:')
_ELSE = bytes(set(range(256)) - set(b"R{}[],"))
_FLAT = re.compile(rb"\{,*\}")


def count_objects(raw: bytes) -> int:
    """Elements of the array ``results`` of one answer."""
    # Within a text its quotes would have backslashes.
    bare = _TEXT.sub(b"", _RESULTS.sub(b"R", raw)).translate(None, _ELSE)
    count = depth = 0
    counting = filled = False
    before = ""
    for sign in _FLAT.sub(b"o", bare).decode():
        if sign == ",":
            if depth == 2 and counting:
                count, filled = count + 1, True
        elif sign == "o":
            filled = True
        elif sign in "{[":
            depth += 1
            filled = depth > 2
            if depth == 2:
                counting = before == "R" and sign == "["
        elif sign in "}]":
            depth -= 1
            if depth == 1 and counting:
                count, counting = count + filled, False
        before = sign
    return count
