"""How many objects an answer of the API holds, counted apart from the parser: each has its
properties, whose values hold no braces but in quotes.
"""

from __future__ import annotations

import re

_OBJECT = re.compile(rb'(?<!\\)"properties"\s*:\s*\{')


def count_objects(raw: bytes) -> int:
    """Objects in the bytes of one answer."""
    return len(_OBJECT.findall(raw))
