"""Names that nobody keeps, found all the same: a list holds salted hashes, and a text is asked
word by word whether it holds one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import blake2b

FORGOTTEN = "[forgotten]"
"""What stands in a text in place of a name."""

_WORD = re.compile(r"[^\W_]+")
_KEPT = 100_000
"""So many words are remembered: a language has not many more, but exports hold numbers."""


def normal(text: str) -> str:
    """A name for comparing: its words without case, punctuation and what else stands between
    them; where it has none (a name of pictures), itself.
    """
    return " ".join(map(_plain, _words(text))) or text.strip().casefold()


def hashed(salt: bytes, what: str, text: str) -> str:
    """What stands for a text in a list of this salt; ``what`` keeps kinds of text apart."""
    data = text.encode("utf-8", "surrogatepass")
    return blake2b(data, key=salt, person=what.encode(), digest_size=12).hexdigest()


def term(salt: bytes, name: str) -> str:
    """What stands for a name that texts are searched for: how many words it has, a trace of
    the first, which spares most of the asking, and a hash of all.
    """
    said = normal(name)
    first, *rest = said.split(" ")
    count = len(rest) + 1 if _words(name) else 0
    return f"{count}:{_trace(salt, first)}:{hashed(salt, 'name', said)}"


class Terms:
    """The names that some terms stand for."""

    def __init__(self, salt: bytes, terms: Iterable[str]) -> None:
        self._salt = salt
        self._hashes: set[str] = set()
        lengths: dict[str, set[int]] = {}
        for each in terms:
            count, trace, whole = each.split(":")
            self._hashes.add(whole)
            if int(count):
                lengths.setdefault(trace, set()).add(int(count))
        ordered = {trace: tuple(sorted(some, reverse=True)) for trace, some in lengths.items()}
        self._begins = _Begins(salt, ordered)
        self._exact: dict[str, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def is_one(self, text: str | None) -> bool:
        """Whether the text is one of the names, and nothing else."""
        if not text:
            return False
        known = self._exact.get(text)
        if known is None:
            if len(self._exact) > _KEPT:
                self._exact.clear()
            known = self._exact[text] = self._holds(normal(text))
        return known

    def redacted(self, text: str) -> str:
        """The text with every name taken out; itself where there is none."""
        begins = self._begins
        composed = _composed(text)
        if not any([begins[word] for word in _WORD.findall(composed)]):  # noqa: C419 - faster
            return text
        pieces: list[str] = []
        place = 0
        for start, end in self._spans(composed):
            pieces += composed[place:start], FORGOTTEN
            place = end
        return "".join((*pieces, composed[place:])) if pieces else text

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where names stand, the longest of those that begin in one place."""
        words = list(_WORD.finditer(text))
        number = 0
        while number < len(words):
            taken = 1
            for count in self._begins[words[number][0]]:
                run = words[number : number + count]
                if len(run) == count and self._holds(" ".join(_plain(word[0]) for word in run)):
                    yield run[0].start(), run[-1].end()
                    taken = count
                    break
            number += taken

    def _holds(self, said: str) -> bool:
        return hashed(self._salt, "name", said) in self._hashes


class _Begins(dict[str, tuple[int, ...]]):
    """Of a word, how many words the names have that may begin with it."""

    def __init__(self, salt: bytes, lengths: dict[str, tuple[int, ...]]) -> None:
        super().__init__()
        self._salt = salt
        self._lengths = lengths

    def __missing__(self, word: str) -> tuple[int, ...]:
        found = self._lengths.get(_trace(self._salt, _plain(word)), ())
        if len(self) < _KEPT:
            self[word] = found
        return found


def _trace(salt: bytes, word: str) -> str:
    return hashed(salt, "first", word)[:4]


def _words(text: str) -> list[str]:
    return _WORD.findall(_composed(text))


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _plain(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()
