"""What a word of another alphabet sounds like, roughly: enough to meet the Latin spelling of
the same name, in which one sound is written in several ways.
"""

from __future__ import annotations

import re
from functools import lru_cache

from etl.names.lookalikes import as_it_sounds

SHORTEST = 4
"""Shorter words are called alike by accident."""

_ALIKE = (
    *(("shch", "sch"), ("kh", "h"), ("th", "t"), ("ph", "f"), ("dzh", "j")),
    *(("x", "ks"), ("qu", "kv"), ("q", "k"), ("w", "v"), ("y", "i")),
)
_VOWEL = re.compile("ow(?![aeiou])")
_SOFT = re.compile("c(?=[eiy])")
_HARD = re.compile("c(?!h)")
_LONG = re.compile("i+")


@lru_cache(maxsize=8192)
def roughly(word: str) -> str:
    """A Latin word in small letters, what sounds alike written alike; empty when it is too
    short, or none.
    """
    if not word.isascii() or not word.isalpha():
        return ""
    word = _HARD.sub("k", _SOFT.sub("s", _VOWEL.sub("ou", word.replace("ck", "k"))))
    for spelling, sound in _ALIKE:
        word = word.replace(spelling, sound)
    rough = _LONG.sub("i", word)
    return rough if len(rough) >= SHORTEST else ""


def heard(word: str) -> str:
    """A word of Cyrillic or Greek letters alone as it sounds, roughly; empty for any other."""
    sound = as_it_sounds(word)
    return roughly(sound) if sound else ""
