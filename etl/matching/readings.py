"""Titles in the alphabet of the mapped names: a Cyrillic or Greek word that sounds like a word
of a mapped name is read as that word, and a Latin one that sounds like a Cyrillic one of the
mapping. Only between alphabets, and only where it leads to a single word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from etl.names.name import Name
from etl.names.normalise import normalise, sounds_of
from etl.names.sounds import roughly


class Readings:
    """Reads texts by the words of these names, the mapped ones and ours."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._foreign = _single(
            (sound, token)
            for name in self._names
            if not name.isascii()
            for token, sound in zip(normalise(name).tokens, sounds_of(name), strict=True)
        )

    @cached_property
    def _written(self) -> frozenset[str]:
        """Words of the names that are written in Latin letters."""
        return frozenset(token for token, sound in self._words() if not sound)

    @cached_property
    def _latin(self) -> dict[str, str]:
        return _single((roughly(token), token) for token in self._written)

    def _words(self) -> Iterator[tuple[str, str]]:
        for name in self._names:
            yield from zip(normalise(name).tokens, sounds_of(name), strict=True)

    def of(self, text: str) -> Name:
        """The text normalised, and read by the names."""
        name = normalise(text)
        if text.isascii() and not self._foreign:
            return name
        sounds = sounds_of(text)
        if not self._foreign and not any(sounds):
            return name
        tokens = tuple(map(self._read, name.tokens, sounds))
        return name if tokens == name.tokens else name.respelled(tokens)

    def _read(self, token: str, sound: str) -> str:
        if not sound:
            known = not self._foreign or token in self._written
            return token if known else self._foreign.get(roughly(token), token)
        if self._foreign.get(sound) == token:
            return token  # the mapping writes it so, too
        meant = self._latin.get(sound, token)
        if meant != token and token in self._written:
            return f"{token}|{meant}"  # two names, by its looks and by its sound: neither
        return meant


def _single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The words by sound, where no two sound alike."""
    found: dict[str, set[str]] = {}
    for sound, token in pairs:
        if sound:
            found.setdefault(sound, set()).add(token)
    return {sound: tokens.pop() for sound, tokens in found.items() if len(tokens) == 1}
