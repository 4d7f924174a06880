"""What the corpus itself teaches: which words are said beside anybody's name, and which
names are of companies that the mapping does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from etl.matching.overrides import Overrides, phrase
from etl.matching.said import NOBODY, OFTEN, Side, Words, ranked
from etl.names.generic_words import GENERIC

_SIDES: tuple[Side, ...] = ("before", "after")

REFERRALS = frozenset({"via", "by", "from", "ex", "former", "formerly", "per", "through"})
"""Before a name: the one it is about is another."""

LONGEST_PHRASE = 6
"""Words in the longest phrase that is learnt."""
_MORE = 3
SAID = 10**6
"""More than any corpus supports: somebody's word."""


def shape(tokens: tuple[str, ...], people: frozenset[str] = frozenset()) -> str:
    """Words with every number written the same, so that ``v1 2`` and ``v3 41`` are alike,
    and whatever is somebody's: ``anns thread``, ``bobs thread``.
    """
    alike = ("'s" if token[-1:] == "s" and token[:-1] in people else token for token in tokens)
    return phrase(alike)


class Learnt(NamedTuple):
    """Nothing was learnt, unless said otherwise; ``items`` is from how many.

    ``fields`` and ``labels`` are the keys of companies that are neither mapped nor ours, as
    the CRM's company field (how often) and the hosts of addresses name them; ``foreign`` are
    both; ``alone`` phrases that are all that stands beside our name, and how often, from
    twice on; ``spellings`` words that are nobody's name and were met again; ``common`` names
    of companies that are also words or people's names; ``sharing`` words of Slack channels
    that are shared with others; ``everywhere`` people who take part in the chats of many
    different companies; ``overrides`` what the mapping says of words, whatever was learnt.
    """

    items: int = 0
    words: Words = Words()
    people: frozenset[str] = frozenset()
    first_names: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    fields: dict[str, int] = {}
    labels: frozenset[str] = frozenset()
    alone: dict[str, int] = {}
    spellings: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()
    sharing: frozenset[str] = frozenset()
    everywhere: frozenset[str] = frozenset()
    overrides: Overrides = Overrides()

    def support(
        self,
        tokens: tuple[str, ...],
        side: Side,
        company: str,
        *,
        strict: bool = False,
        small: bool = False,
    ) -> int:
        """Beside how many other companies these words were met, at least; 0: too few to say
        that they are no part of a name; `SAID`: the mapping says so. ``strict``: on this very
        side only. ``small``: they are in small letters, beside a name that is not.
        """
        if self.overrides.name_in(tokens):
            return 0
        found = self._in_one(tokens, side, company, strict=strict, small=small)
        if found is not None or len(tokens) == 1:
            return found or 0
        cuts = tuple(self._cuts(tokens, side, company, strict=strict))
        if not cuts:
            return 0
        # from the end, each rest once: there are as many as words, but no end of ways to cut them
        rests = {len(tokens): 0}
        for start in range(len(tokens) - 1, 0, -1):
            rest = tokens[start:]
            found = self._in_one(rest, side, company, strict=strict)
            if found is None:
                further = self._cuts(rest, side, company, strict=strict)
                found = _first(further, start, rests)
            rests[start] = found
        return _first(cuts, 0, rests)

    def are_said(self, tokens: tuple[str, ...]) -> bool:
        """Whether these words were met beside many companies, on whatever side."""
        return any(self.support(tokens, side, "") for side in _SIDES)

    def _in_one(
        self,
        tokens: tuple[str, ...],
        side: Side,
        company: str,
        *,
        strict: bool,
        small: bool = False,
    ) -> int | None:
        """The support of words as they are; ``None`` when it may be that of their parts."""
        if self.overrides.word(tokens):
            return SAID
        generic = side == "after" and tokens[0] in GENERIC and len(tokens) == 1
        if generic and not (small and tokens[0] in self.words.apart):
            return 0
        if self._recurs(tokens, company) or (side == "after" and self.of_a_name(tokens)):
            return 0
        return self._of_phrase(tokens, side, company, strict=strict) or None

    def _cuts(
        self, tokens: tuple[str, ...], side: Side, company: str, *, strict: bool
    ) -> Iterator[tuple[int, int]]:
        """Up to where words begin with a phrase that is said, and its support."""
        # "Pay support" behind a name: another firm's support
        first = 2 if side == "after" and tokens[0] in GENERIC else 1
        longest = max(LONGEST_PHRASE, self.overrides.longest)
        for cut in range(first, min(longest + 1, len(tokens))):
            if left := self._of_phrase(tokens[:cut], side, company, strict=strict):
                yield cut, left

    def _of_phrase(self, tokens: tuple[str, ...], side: Side, company: str, *, strict: bool) -> int:
        if self.overrides.word(tokens):
            return SAID
        words = shape(tokens, self.people)
        sides, either = self.words.support(words, company)
        if len(tokens) > 1 or "#" in words or "'" in words:
            enough = sides[side] >= 2 or (not strict and either >= 2)
        else:
            enough = sides[side] >= (4 if strict else 3) or (not strict and either >= 4)
        if not enough or 0 < self.as_a_name(tokens) * _MORE >= either:
            return 0
        return sides[side] if strict else either

    def as_a_name(self, tokens: tuple[str, ...]) -> int:
        """How often these words stand where names of companies stand, and no other words:
        who takes part in the chats of several companies is no word beside their names.
        """
        key = "".join(tokens)
        if self.overrides.name_in(tokens):
            return SAID
        if key in self.overrides.word_keys:
            return 0
        alone = self.alone.get(" ".join(tokens), 0)
        return alone + self.fields.get(key, 0) + (key in self.labels)

    def _recurs(self, tokens: tuple[str, ...], company: str) -> bool:
        """Whether these words belong to this company's name more than to any other's."""
        phrase = " ".join(tokens)
        here = self.words.pairs.get((company, phrase), 0)
        if phrase in self.words.numbered:  # a number of its own, again and again: Unit 410
            return here > 1 and self.words.numbered[phrase] <= {company}
        if here < OFTEN or phrase in self.words.apart:
            return False
        return self.words.support(shape(tokens, self.people), company)[1] < _MORE * here

    def of_a_name(self, tokens: tuple[str, ...]) -> bool:
        """Whether these words, behind a name, begin with what makes another firm of one:
        ``Mining``, where there are an Acme Mining, a Brindle Mining and a Dunlin Mining.
        """
        ends = range(1, min(LONGEST_PHRASE, len(tokens)) + 1)
        return any(" ".join(tokens[:end]) in self.words.of_names for end in ends)

    def met_once(self, tokens: tuple[str, ...], company: str) -> bool:
        """Whether these words were met beside that company no more than here."""
        return self.items > 0 and self.words.pairs.get((company, " ".join(tokens)), 0) <= 1

    def seen(self, token: str, company: str) -> bool:
        """Whether the word was met beside any other company at all, or is said to be one."""
        others = not self.words.tokens.get(token, NOBODY) <= {company}
        return others or token in self.overrides.word_keys

    def others(self, most: int) -> dict[str, int]:
        """The names of others that stand most often in the CRM, then those of hosts, by key;
        and how often.
        """
        counted = {key: self.fields.get(key, 0) + (key in self.labels) for key in self.foreign}
        return {key: counted[key] for key in ranked(counted)[:most]}


def _first(cuts: Iterable[tuple[int, int]], start: int, rests: dict[int, int]) -> int:
    """The support of words that begin at ``start``, by the first cut whose two parts have one."""
    supports = (min(left, rests[start + cut]) for cut, left in cuts)
    return next(filter(None, supports), 0)
