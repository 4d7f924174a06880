"""A name taken apart, and where its tokens stand in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from etl.names.letters import SHORT, TABLE, is_plain
from etl.names.words import parts_in

# In a cleaned text: a space is a soft separator, a dash is soft unless spaces stand
# beside it, a bar is a hard break; everything else belongs to a word.
_WORD = re.compile(r"[^ |\-]+")


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
        if self.as_written and len(self.text) <= SHORT and is_plain(self.text):
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


@lru_cache(maxsize=512)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each token of any text stands. Of parts that were written in one, each stands
    where the whole does, unless their letters are those of the text.
    """
    words = _WORD.finditer(text.translate(TABLE))
    if is_plain(text):
        return tuple(word.span() for word in words) or _itself(text)
    places = _places(text)
    spans: list[tuple[int, int]] = []
    for word in words:
        place = word.start()
        if word.group().isascii():
            spans.append((places[place], places[word.end() - 1] + 1))
            continue
        for run, parts in parts_in(word.group()):
            start, end = places[place], places[place + len(run) - 1] + 1
            place += len(run)
            exact = len(parts) > 1 and sum(map(len, parts)) == end - start
            for part in parts:
                spans.append((start, start + len(part)) if exact else (start, end))
                start += len(part) if exact else 0
    return tuple(spans) or _itself(text)


def _places(text: str) -> Sequence[int]:
    """From where in a text each character of the cleaned one is."""
    if TABLE.resized.isdisjoint(text):
        return range(len(text))
    return [place for place, char in enumerate(text) for _ in TABLE[ord(char)]]


def _itself(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text without letters and digits stands: an emoji, a dash."""
    bare = text.strip()
    start = text.index(bare)
    return ((start, start + len(bare)),) if bare else ()
