"""Names as people write them, made comparable: one function for both sides of a look-up.

`normalise` is total and idempotent, and never empties a name: one that holds no letter
or digit (an emoji, a dash) stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import groupby
from typing import Literal

import msgspec

from etl.names.legal_forms import GLUED
from etl.names.lookalikes import latin
from etl.names.sounds import heard

# In a cleaned text: a space is a soft separator, a dash is soft unless spaces stand
# beside it, a bar is a hard break; everything else belongs to a word.
_WORD = re.compile(r"[^ |\-]+")
# Chinese, Japanese and Korean words are written to others without a space.
_CJK = "\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_SLASHED_FORM = re.compile(r"(?<![^\W_])(?:(?<=\s)[Aa]/[Ss]|(?<=\s)[Ss]/[Aa])(?![^\W_])")
_DROPPED = frozenset("'’‘ʼ′™®©℠")
_SOFT = frozenset("._")


class Name(msgspec.Struct, frozen=True, gc=False):
    """A name taken apart.

    ``breaks`` say of each token whether a hard break (anything but a space, a dot, an
    underscore, a dash without spaces) stands before it. ``key`` is the tokens joined, so
    that ``chorus-one`` equals ``ChorusOne``. ``as_written``: the tokens are the text's own.
    """

    text: str
    tokens: tuple[str, ...]
    breaks: tuple[bool, ...]
    key: str
    as_written: bool = True

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where in ``text`` each token stands; worked out when asked for."""
        return _spans(self.text)

    def respelled(self, tokens: tuple[str, ...]) -> Name:
        """The same name with other tokens in the places of these."""
        return Name(self.text, tokens, self.breaks, "".join(tokens), as_written=False)

    def quote(self, first: int, last: int) -> tuple[str, int, int]:
        """The text of the tokens from ``first`` up to ``last``, and where it stands."""
        if self.as_written and len(self.text) <= _SHORT and _is_plain(self.text):
            start, end = self._place(first, last)
        else:
            spans = self.spans
            start, end = spans[first][0], spans[last - 1][1]
        return self.text[start:end], start, end

    def _place(self, first: int, last: int) -> tuple[int, int]:
        """Where tokens of a plain text stand: one after the other."""
        text, start, end = self.text.lower(), 0, 0
        for number in range(last):
            place = text.index(self.tokens[number], end)
            end = place + len(self.tokens[number])
            if number == first:
                start = place
        return start, end


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
_TABLE = _Table()


_SHORT = 256
"""Of so many characters a text may be gone through once for each of its words."""


def composed(text: str, form: Literal["NFC", "NFKD"]) -> str:
    """The text in that form of Unicode's. What sorts the marks of a letter there takes time with
    the square of their number; of a long text they are sorted before.
    """
    if len(text) > _SHORT and not text.isascii():
        apart = "".join(unicodedata.normalize("NFD", char) for char in text)
        runs = groupby(apart, lambda char: unicodedata.combining(char) > 0)
        text = "".join(
            "".join(sorted(run, key=unicodedata.combining) if marks else run) for marks, run in runs
        )
    return unicodedata.normalize(form, text)


def _is_plain(text: str) -> bool:
    """Whether every character becomes a single one."""
    return text.isascii() and "'" not in text and "&" not in text


# Letters that Unicode does not take apart, though keyboards without them do.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@lru_cache(maxsize=4096)
def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    folded = composed(latin(word).casefold(), "NFKD").translate(_PLAIN)
    bare = "".join(char for char in folded if not _is_mark(char))
    return composed(bare, "NFC") or word


@lru_cache(maxsize=4096)
def normalise(text: str) -> Name:
    """Take a name apart; see the module."""
    words, breaks = _cut(text)
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
    words = () if text.isascii() else _cut(text)[0]
    if "".join(words).isascii():  # an emoji between Latin words
        return ("",) * len(tokens)
    sounds: list[str] = []
    for word in words:
        for run, parts in _parts(word):
            sounds += [heard(run)] if len(parts) == 1 else [""] * len(parts)
    return tuple(sounds)


def _cut(text: str) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    whole = _SLASHED_FORM.sub(lambda form: form[0].replace("/", "."), text) if "/" in text else text
    return _words(whole.translate(_TABLE))


def _words(cleaned: str) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """The words of a cleaned text, and whether a hard break stands before each."""
    if "|" not in cleaned and "-" not in cleaned:
        words = tuple(cleaned.split())
        return words, (False,) * len(words)
    tokens: list[str] = []
    breaks: list[bool] = []
    broken = False
    for run in cleaned.replace(" -", "|").replace("- ", "|").replace("-", " ").split("|"):
        if found := run.split():
            tokens += found
            breaks.append(broken)
            breaks += [False] * (len(found) - 1)
        broken = True
    return tuple(tokens), tuple(breaks)


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
        parts = [part for _, found in _parts(word) for part in found]
        tokens += parts
        before += [False] * (len(parts) - 1)
    return tuple(tokens), tuple(before)


def _parts(word: str) -> list[tuple[str, list[str]]]:
    """A word in runs of one script, each with the tokens that it makes."""
    if word.isascii():
        return [(word, [word.lower()])]
    return [(run, _unglued(_fold(run))) for run in _scripts().split(word)]


@cache
def _scripts() -> re.Pattern[str]:
    """Where the scripts change in a word. Made for the first that needs it, for it takes long."""
    return re.compile(rf"(?<=[^\W_{_CJK}])(?=[{_CJK}])|(?<=[{_CJK}])(?=[^\W\d_{_CJK}])")


def _unglued(token: str) -> list[str]:
    if token.isascii() or not GLUED.search(token):
        return [token]
    return [part for part in GLUED.split(token) if part]


@lru_cache(maxsize=512)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each token of any text stands. Of parts that were written in one, each stands
    where the whole does, unless their letters are those of the text.
    """
    words = _WORD.finditer(text.translate(_TABLE))
    if _is_plain(text):
        return tuple(word.span() for word in words) or _itself(text)
    places = _places(text)
    spans: list[tuple[int, int]] = []
    for word in words:
        place = word.start()
        for run, parts in _parts(word.group()):
            start, end = places[place], places[place + len(run) - 1] + 1
            place += len(run)
            exact = len(parts) > 1 and sum(map(len, parts)) == end - start
            for part in parts:
                spans.append((start, start + len(part)) if exact else (start, end))
                start += len(part) if exact else 0
    return tuple(spans) or _itself(text)


def _places(text: str) -> Sequence[int]:
    """From where in a text each character of the cleaned one is."""
    if _TABLE.resized.isdisjoint(text):
        return range(len(text))
    return [place for place, char in enumerate(text) for _ in _TABLE[ord(char)]]


def _itself(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text without letters and digits stands: an emoji, a dash."""
    bare = text.strip()
    start = text.index(bare)
    return ((start, start + len(bare)),) if bare else ()
