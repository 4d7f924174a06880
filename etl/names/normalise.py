"""Names as people write them, made comparable: one function for both sides of a look-up.

`normalise` is total and idempotent, and never empties a name: one that holds no letter
or digit (an emoji, a dash) stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from etl.names.legal_forms import GLUED
from etl.names.lookalikes import latin

# In a cleaned text: a space is a soft separator, a dash is soft unless spaces stand
# beside it, a bar is a hard break; everything else belongs to a word.
_WORD = re.compile(r"[^ |\-]+")
_HARD = re.compile(r"[ \-|]*(?:\||- | -)[ \-|]*")
_DROPPED = frozenset("'’‘ʼ′™®©℠")
_SOFT = frozenset("._")


class Name(NamedTuple):
    """A name taken apart.

    ``breaks`` say of each token whether a hard break (anything but a space, a dot, an
    underscore, a dash without spaces) stands before it. ``key`` is the tokens joined, so
    that ``chorus-one`` equals ``ChorusOne``.
    """

    text: str
    tokens: tuple[str, ...]
    breaks: tuple[bool, ...]
    key: str

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where in ``text`` each token stands; worked out when asked for."""
        if _is_plain(self.text):
            cleaned = self.text.translate(_ASCII)
            return tuple(word.span() for word in _WORD.finditer(cleaned)) or _itself(self.text)
        return _taken_apart(self.text)[2]

    def quote(self, first: int, last: int) -> tuple[str, int, int]:
        """The text of the tokens from ``first`` up to ``last``, and where it stands."""
        spans = self.spans
        start, end = spans[first][0], spans[last - 1][1]
        return self.text[start:end], start, end


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


@lru_cache(maxsize=4096)
def _pieces(char: str) -> str:
    if char in _DROPPED:  # before NFKD makes letters of a trade mark
        return ""
    return "".join(map(_cleaned, unicodedata.normalize("NFKD", char)))


_ASCII = {code: _pieces(chr(code)).lower() for code in range(128)}


def _clean(text: str) -> tuple[str, list[int] | None]:
    """The cleaned text, and for each of its characters where it came from (``None``:
    the same places).
    """
    if _is_plain(text):
        return text.translate(_ASCII), None
    places: list[int] = []
    pieces: list[str] = []
    for place, char in enumerate(text):
        piece = _pieces(char)
        pieces.append(piece)
        places.extend([place] * len(piece))
    return "".join(pieces), places


def _is_plain(text: str) -> bool:
    """Whether every character becomes a single one."""
    return text.isascii() and "'" not in text and "&" not in text


@lru_cache(maxsize=4096)
def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKD", latin(word).casefold())
    bare = "".join(char for char in folded if not _is_mark(char))
    return unicodedata.normalize("NFC", bare) or word


@lru_cache(maxsize=4096)
def normalise(text: str) -> Name:
    """Take a name apart; see the module."""
    tokens, breaks = _plain(text) if _is_plain(text) else _taken_apart(text)[:2]
    return Name(text, tokens, breaks, "".join(tokens))


def _plain(text: str) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """Tokens and breaks of a plain text, as `_taken_apart` has them, in a quarter of the time."""
    cleaned = text.translate(_ASCII)
    if "|" not in cleaned and "-" not in cleaned:
        words = tuple(cleaned.split())
        return (words, (False,) * len(words)) if words else _taken_apart(text)[:2]
    tokens: list[str] = []
    breaks: list[bool] = []
    broken = False
    for run in _HARD.split(cleaned):
        words = tuple(run.replace("-", " ").split())
        tokens += words
        breaks += (broken, *(False,) * (len(words) - 1)) if words else ()
        broken = True
    return (tuple(tokens), tuple(breaks)) if tokens else _taken_apart(text)[:2]


@lru_cache(maxsize=256)
def _taken_apart(
    text: str,
) -> tuple[tuple[str, ...], tuple[bool, ...], tuple[tuple[int, int], ...]]:
    """Tokens, breaks and spans of any text."""
    cleaned, places = _clean(text)
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    breaks: list[bool] = []
    end = 0
    for word in _WORD.finditer(cleaned):
        gap = cleaned[end : word.start()]
        start, end = word.span()
        span = (start, end) if places is None else (places[start], places[end - 1] + 1)
        broken = "|" in gap or ("-" in gap and " " in gap)
        for token, where in _unglued(_fold(word.group()), span):
            tokens.append(token)
            spans.append(where)
            breaks.append(broken)
            broken = False
    if not tokens and (spans := [*_itself(text)]):
        tokens, breaks = [text.strip()], [False]
    return tuple(tokens), tuple(breaks), tuple(spans)


def _unglued(token: str, span: tuple[int, int]) -> list[tuple[str, tuple[int, int]]]:
    """The token, in two where a legal form is written to a name without a space."""
    start, end = span
    if token.isascii() or len(token) != end - start or not GLUED.search(token):
        return [(token, span)]
    parts: list[tuple[str, tuple[int, int]]] = []
    for part in filter(None, GLUED.split(token)):
        parts.append((part, (start, start + len(part))))
        start += len(part)
    return parts


def _itself(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text without letters and digits stands: an emoji, a dash."""
    bare = text.strip()
    start = text.index(bare)
    return ((start, start + len(bare)),) if bare else ()
