"""What each letter of a name becomes: another one, none, a space, a dash or a hard break."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import Literal

from etl.names.lookalikes import latin

_DROPPED = frozenset("'’‘ʼ′™®©℠")
_SOFT = frozenset("._")


def _is_mark(char: str) -> bool:
    """Accents and variation selectors; not the vowel signs of other scripts."""
    return (
        "\u0300" <= char <= "\u036f"
        or "\ufe00" <= char <= "\ufe0f"
        or "\u20d0" <= char <= "\u20ff"
        or "\u1ab0" <= char <= "\u1aff"
        or "\u1dc0" <= char <= "\u1dff"
        or "\ufe20" <= char <= "\ufe2f"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


def _cleaned(char: str) -> str:
    """One character, already decomposed, in the alphabet that `_WORD` reads."""
    if char in _DROPPED or _is_mark(char):
        return ""
    if char == "&":
        return " and "
    if char.isspace() or char in _SOFT:
        return " "
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category == "Pd":
        return "-"
    return char if category[0] in "LNM" else "|"


class _Table(dict[int, str]):
    """What each character becomes; worked out when it is first met. ``resized`` are those that
    became none or several.
    """

    def __init__(self) -> None:
        super().__init__()
        self.resized: set[str] = set()

    def __missing__(self, code: int) -> str:
        char = chr(code)
        decomposed = unicodedata.normalize("NFKD", char)
        # what is dropped is, before NFKD makes letters of a trade mark
        piece = "" if char in _DROPPED else "".join(map(_cleaned, decomposed))
        if len(piece) != 1:
            self.resized.add(char)
        self[code] = piece.lower() if code < _ASCII_CODES else piece
        return self[code]


_ASCII_CODES = 128
TABLE = _Table()
"""To translate a text by."""

SHORT = 256
"""Of so many characters a text may be gone through once for each of its words."""


def composed(text: str, form: Literal["NFC", "NFKD"]) -> str:
    """The text in that form of Unicode's. What sorts the marks of a letter there takes time with
    the square of their number; of a long text they are sorted before.
    """
    if len(text) > SHORT and not text.isascii():
        apart = "".join(unicodedata.normalize("NFD", char) for char in text)
        runs = groupby(apart, lambda char: unicodedata.combining(char) > 0)
        text = "".join(
            "".join(sorted(run, key=unicodedata.combining) if marks else run) for marks, run in runs
        )
    return unicodedata.normalize(form, text)


def is_plain(text: str) -> bool:
    """Whether every character becomes a single one."""
    return text.isascii() and "'" not in text and "&" not in text


# Letters that Unicode does not take apart, though keyboards without them do.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word in the alphabet of keys."""
    if word.isascii():
        return word.lower()
    folded = composed(latin(word).casefold(), "NFKD").translate(_PLAIN)
    bare = "".join(char for char in folded if not _is_mark(char))
    return composed(bare, "NFC") or word
