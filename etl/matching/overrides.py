"""What the mapping says of single words, whatever the items teach: that they are no name, or
that they are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from etl.mapping.rows import NAME, WORD, Mapping
from etl.names.normalise import normalise

_DIGITS = re.compile(r"\d+")


def phrase(tokens: Iterable[str]) -> str:
    """Words with every number written the same, so that ``v1 2`` and ``v3 41`` are alike."""
    return _DIGITS.sub("#", " ".join(tokens))


class Overrides(NamedTuple):
    """The line that says so, by phrase; and the keys of these phrases. What is said to be
    both is a name.
    """

    words: dict[str, int] = {}
    names: dict[str, int] = {}
    word_keys: frozenset[str] = frozenset()
    name_keys: frozenset[str] = frozenset()
    longest: int = 0
    """Words in the longest phrase."""

    def word(self, tokens: tuple[str, ...]) -> int:
        """The line that says that these words are no name; 0: none does."""
        return self.words.get(phrase(tokens), 0) if self.words else 0

    def name_in(self, tokens: tuple[str, ...]) -> int:
        """The line that says that these words, or some of them, are a name; 0: none does."""
        if not self.names:
            return 0
        runs = _runs(tokens, self.longest)
        return next((self.names[run] for run in runs if run in self.names), 0)


def overrides_of(mapping: Mapping) -> Overrides:
    """Those of a mapping."""
    said: dict[str, dict[str, int]] = {WORD: {}, NAME: {}}
    keys: dict[str, set[str]] = {WORD: set(), NAME: set()}
    for row in mapping.words:
        name = normalise(row.variant_name or "")
        if name.key:
            said[row.says].setdefault(phrase(name.tokens), row.line)
            keys[row.says].add(name.key)
    words = {run: line for run, line in said[WORD].items() if run not in said[NAME]}
    word_keys = frozenset(keys[WORD] - keys[NAME])
    longest = max((run.count(" ") + 1 for run in (*words, *said[NAME])), default=0)
    return Overrides(words, said[NAME], word_keys, frozenset(keys[NAME]), longest)


def _runs(tokens: tuple[str, ...], longest: int) -> Iterator[str]:
    for first in range(len(tokens)):
        for last in range(first + 1, min(first + longest, len(tokens)) + 1):
            yield phrase(tokens[first:last])
