"""The first pass over the corpus: what titles, company fields and people teach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from etl.matching.company_index import CompanyIndex
from etl.matching.learning_others import OthersMet
from etl.matching.learning_people import PeopleMet
from etl.matching.learnt import LONGEST_PHRASE, Learnt, shape
from etl.matching.met import Met
from etl.matching.parts import Parts, Piece, Rest
from etl.matching.people import OF_PEOPLE
from etl.matching.pieces import TitleReader
from etl.matching.said import Side, Words
from etl.matching.segments import OwnNames, joined
from etl.matching.written import is_no_word, is_written_as_a_name
from etl.names.generic_words import GENERIC
from sources.records import Summary

_SHORTEST_SPELLING = 5
_SHARED_ENOUGH = 4
_NAMESAKES = 4
"""So many firms with the same word behind their names make it a part of them."""
_NO_IDIOM, _NO_WORDS = 5, 2
"""Beside so many names, of which so many are no words, words are said of companies."""


class Learner:
    """Fed with every item, in any order; says what was learnt."""

    def __init__(
        self,
        index: CompanyIndex,
        own: OwnNames,
        our_domains: frozenset[str],
        titles: TitleReader,
    ) -> None:
        self._index, self._titles = index, titles
        self._others = OthersMet(index, own, our_domains)
        self._people = PeopleMet()
        self._sides: dict[Side, dict[str, set[str]]] = {
            "before": defaultdict(set),
            "after": defaultdict(set),
        }
        self._items = 0
        self._titles_met, self._words_met = Met(), Met()
        self._alone: dict[str, int] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        self._beside: dict[str, set[str]] = defaultdict(set)
        self._pairs: dict[tuple[str, str], int] = {}
        self._spellings: set[str] = set()
        self._loose: set[tuple[str, tuple[str, ...], Side]] = set()
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._of_deals: dict[tuple[Side, tuple[str, ...]], set[tuple[str, str]]] = defaultdict(set)
        self._channels: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._shared_of: dict[str, set[str]] = defaultdict(set)

    def add(self, summary: Summary, people: Sequence[str] = ()) -> None:
        """Learn from an item and the people in it."""
        self._items += 1
        self._others.learn(summary)
        self._people.meet(people, summary.title)
        if summary.kind in {"hubspot_contacts", "hubspot_companies"}:
            return
        if not OF_PEOPLE.isdisjoint(summary.flags):
            self._people.meet((summary.title,))
            return
        parts = self._titles.parts(summary.title) if people else None
        if parts:
            self._people.take_part(people, parts)
        shared, public = "ext_shared" in summary.flags, "public" in summary.flags
        has_company = bool(summary.companies or summary.company_ids)
        if self._titles_met.again((summary.kind, summary.title, shared, public, has_company)):
            return  # a series of meetings says nothing twice
        parts = parts or self._titles.parts(summary.title)
        meant = parts.said or shared or has_company
        self._learn_words(parts, meant=meant, shared=shared)
        if summary.kind == "hubspot_deals" and not meant:
            self._learn_deal(parts)
        ours = parts.said or shared or summary.kind == "hubspot_deals"
        if summary.kind == "slack_channels":
            self._learn_sharing(parts, shared=shared)
        if not ours and not public:
            self._learn_loose(parts)

    def learnt(self) -> Learnt:
        """What all items taught together."""
        names, said = frozenset(self._people.names), self._index.overrides
        words = self._words(names)
        learnt = Learnt(
            items=self._items,
            words=words,
            people=names,
            first_names=self._people.first_names(),
            foreign=self._others.keys(),
            fields=self._others.fields,
            labels=frozenset(self._others.labels),
            alone=self._alone,
            spellings=frozenset(self._spellings) | said.word_keys | said.name_keys,
            overrides=said,
        )
        met = self._loose_names(learnt) | names
        common = frozenset(met | said.word_keys) - said.name_keys
        return learnt._replace(
            words=self._with_deals(words, common, names),
            common=common,
            sharing=self._sharing(),
            everywhere=self._people.everywhere(),
        )

    def _words(self, names: frozenset[str]) -> Words:
        """What stands beside the names of companies, but for what the names of deals say."""
        # "Lead: Ann Bridge" teaches nothing about the words beside a company
        people = {company for company, keys in self._keys.items() if not names.isdisjoint(keys)}
        words = Words(
            self._shaped("before", names, people),
            self._shaped("after", names, people),
            {token: frozenset(of - people) for token, of in self._beside.items()},
            frozenset(phrase for phrase, of in self._apart.items() if len(of - people) > 1),
            self._numbered(),
            self._pairs,
        )
        return replace(words, of_names=_of_names(words))

    def _with_deals(self, words: Words, common: frozenset[str], names: frozenset[str]) -> Words:
        """The words, and what the names of deals say of companies whose names are no words."""
        sides: dict[Side, dict[str, set[str]]] = {"before": {}, "after": {}}
        beside: dict[str, set[str]] = {}
        for (side, phrase), of in self._of_deals.items():
            companies = {company for key, company in of if key not in common}
            if companies:
                sides[side].setdefault(shape(phrase, names), set()).update(companies)
                for token in phrase:
                    beside.setdefault(token, set()).update(companies)
        return replace(
            words,
            before=_with(words.before, sides["before"]),
            after=_with(words.after, sides["after"]),
            tokens=_with(words.tokens, beside),
        )

    def _loose_names(self, learnt: Learnt) -> set[str]:
        """Names that stand among words that nothing explains; what many names stand among, some
        that are no words, is no idiom: ``internal`` and so on.
        """
        loose = [
            (key, tokens, side)
            for key, tokens, side in self._loose
            if not learnt.support(tokens, side, "") and not _makes_a_firm(tokens, side)
        ]
        beside: dict[str, set[str]] = {}
        for key, tokens, _ in loose:
            beside.setdefault(shape(tokens, learnt.people), set()).add(key)
        idioms = {
            phrase
            for phrase, keys in beside.items()
            if len(keys) < _NO_IDIOM or learnt.words.support(phrase, "")[1] < _NO_WORDS
        }
        return {key for key, tokens, _ in loose if shape(tokens, learnt.people) in idioms}

    def _numbered(self) -> dict[str, frozenset[str]]:
        """Phrases with a number, as they are, and all the companies they were met beside."""
        before, after = self._sides["before"], self._sides["after"]
        return {
            phrase: frozenset(before.get(phrase, set()) | after.get(phrase, set()))
            for phrase in before.keys() | after.keys()
            if any(char.isdigit() for char in phrase)
        }

    def _shaped(
        self, side: Side, names: frozenset[str], without: set[str]
    ) -> dict[str, frozenset[str]]:
        shaped: dict[str, set[str]] = {}
        for phrase, companies in self._sides[side].items():
            key = shape(tuple(phrase.split()), names)
            shaped.setdefault(key, set()).update(companies - without)
        return {phrase: frozenset(companies) for phrase, companies in shaped.items()}

    def _learn_words(self, parts: Parts, *, meant: bool, shared: bool) -> None:
        """What stands beside a company's name, where a company is meant: our own is there, or
        the name is none that could also be a word.
        """
        tokens = parts.name.tokens
        companies = [self._companies(parts, piece, any_name=meant) for piece in parts.pieces]
        known = [name for names in companies for name in names]
        side: Side = "before"
        for piece, here in zip(parts.pieces, companies, strict=True):
            for rest in piece.rest if here else ():
                self._beside_name(tokens[rest.first : rest.last], rest, here)
            if here:
                side = "after"
            if not piece.found:
                segment = piece.segment
                phrase = tokens[segment.first : segment.last]
                if known:
                    self._met(phrase, side, known)
                    self._apart[" ".join(phrase)].update(known)
                self._spelled(phrase)
                alone = parts.said and len(parts.pieces) == 1
                if alone and (shared or joined(parts.name, segment)):
                    self._stood_alone(" ".join(phrase))

    def _beside_name(self, tokens: tuple[str, ...], rest: Rest, companies: list[str]) -> None:
        """Words in one piece with the names of these companies."""
        self._met(tokens, "after" if rest.after else "before", companies)
        if len(companies) == 1:
            pair = companies[0], " ".join(tokens)
            if self._words_met.again(pair):
                self._pairs[pair] = self._pairs.get(pair, 1) + 1

    def _learn_deal(self, parts: Parts) -> None:
        """What stands beside a single name in a deal's, whoever is called so."""
        found = [each for piece in parts.pieces for each in piece.found]
        if len(found) != 1 or is_no_word(parts, found[0]):
            return
        (each,) = found
        key = "".join(parts.name.tokens[each.first : each.last])
        company, tokens = each.owners[0].company, parts.name.tokens
        for piece in parts.pieces:
            for rest in piece.rest:
                if piece.found and rest.last - rest.first <= LONGEST_PHRASE:
                    side: Side = "after" if rest.after else "before"
                    phrase = tokens[rest.first : rest.last]
                    self._of_deals[side, phrase].add((key, company))

    def _stood_alone(self, phrase: str) -> None:
        if self._words_met.again(("alone", phrase)):
            self._alone[phrase] = self._alone.get(phrase, 1) + 1

    def _companies(self, parts: Parts, piece: Piece, *, any_name: bool) -> list[str]:
        """The companies in a piece; remembers by which name."""
        companies: list[str] = []
        for found in piece.found:
            if any_name or is_no_word(parts, found):
                company = found.owners[0].company
                companies.append(company)
                self._keys[company].add("".join(parts.name.tokens[found.first : found.last]))
        return companies

    def _met(self, tokens: tuple[str, ...], side: Side, companies: list[str]) -> None:
        if not 0 < len(tokens) <= LONGEST_PHRASE:
            return
        self._sides[side][" ".join(tokens)].update(companies)
        for token in tokens:
            self._beside[token].update(companies)

    def _spelled(self, tokens: tuple[str, ...]) -> None:
        for first in range(len(tokens)):
            key = ""
            for token in tokens[first : first + 3]:
                key += token
                if len(key) >= _SHORTEST_SPELLING and self._words_met.again(key):
                    self._spellings.add(key)

    def _learn_loose(self, parts: Parts) -> None:
        """Companies' names among words, where nothing says that the company is meant."""
        tokens = parts.name.tokens
        for piece in parts.pieces:
            for found in piece.found:
                if not piece.rest or is_written_as_a_name(parts, found):
                    continue
                for rest in piece.rest:
                    side: Side = "after" if rest.after else "before"
                    key = "".join(tokens[found.first : found.last])
                    self._loose.add((key, tokens[rest.first : rest.last], side))

    def _learn_sharing(self, parts: Parts, *, shared: bool) -> None:
        tokens = set(parts.name.tokens)
        for token in tokens:
            self._channels[token][shared] += 1
        for piece in parts.pieces:
            for name in self._companies(parts, piece, any_name=True):
                for token in tokens:
                    self._shared_of[token].add(name)

    def _sharing(self) -> frozenset[str]:
        """Words seen mostly in shared channels, with several companies' names."""
        return frozenset(
            token
            for token, (alone, shared) in self._channels.items()
            if shared > 2 * alone and len(self._shared_of.get(token, ())) >= _SHARED_ENOUGH
        )


def _with(known: dict[str, frozenset[str]], more: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    added = {phrase: known.get(phrase, frozenset()) | of for phrase, of in more.items()}
    return {**known, **added}


def _of_names(words: Words) -> frozenset[str]:
    """Words that recur with those whom they stand behind, and stand nowhere else: what is said
    of a company is said of it now and then, but part of a name is always said.
    """
    again = Counter(phrase for _, phrase in words.pairs)
    return frozenset(
        phrase
        for phrase, companies in again.items()
        if phrase not in words.before
        and phrase not in words.apart
        and _NAMESAKES <= len(words.after.get(phrase, ())) <= 2 * companies
    )


def _makes_a_firm(tokens: tuple[str, ...], side: Side) -> bool:
    """Whether words behind a name begin another firm's: ``Acme Foundation check-in``."""
    return side == "after" and len(tokens) > 1 and tokens[0] in GENERIC
