"""Names as people write them, made comparable: one function for both sides of a look-up.

`normalise` is total and idempotent, and never empties a name: one that holds no letter
or digit (an emoji, a dash) stays as it is.
"""

from __future__ import annotations

from functools import lru_cache

from etl.names.name import Name
from etl.names.sounds import heard
from etl.names.words import cut, parts_in


@lru_cache(maxsize=4096)
def normalise(text: str) -> Name:
    """Take a name apart; see the module."""
    words, breaks = cut(text)
    if not text.isascii():
        words, breaks = _folded(words, breaks)
    if not words and (bare := text.strip()):  # an emoji, a dash: itself
        words, breaks = (bare,), (False,)
    return Name(text, words, breaks, "".join(words))


@lru_cache(maxsize=512)
def sounds_of(text: str) -> tuple[str, ...]:
    """Of each token of a text what it sounds like, when it is a Cyrillic or Greek word; else
    nothing.
    """
    tokens = normalise(text).tokens
    words = () if text.isascii() else cut(text)[0]
    if "".join(words).isascii():  # an emoji between Latin words
        return ("",) * len(tokens)
    sounds: list[str] = []
    for word in words:
        for run, parts in parts_in(word):
            sounds += [heard(run)] if len(parts) == 1 else [""] * len(parts)
    return tuple(sounds)


def _folded(
    words: tuple[str, ...], breaks: tuple[bool, ...]
) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """The words in the alphabet of keys, legal forms split off that are written to a name."""
    tokens: list[str] = []
    before: list[bool] = []
    for word, broken in zip(words, breaks, strict=True):
        before.append(broken)
        if word.isascii():
            tokens.append(word.lower())
            continue
        parts = [part for _, found in parts_in(word) for part in found]
        tokens += parts
        before += [False] * (len(parts) - 1)
    return tuple(tokens), tuple(before)
