"""Whose an item is: a summary in, a decision out. Pure, and one item at a time: of the other
items it knows what was learnt of all of them together, in whatever order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy

import msgspec

from etl.matching import mentions, people, rungs
from etl.matching.company_index import CompanyIndex
from etl.matching.decisions import Decision, Match
from etl.matching.evidence import Lookup, offered
from etl.matching.hits import Rung
from etl.matching.learning import Learner
from etl.matching.learnt import Learnt
from etl.matching.pieces import TitleReader
from etl.matching.segments import OwnNames
from etl.matching.settling import only_trusted, settle
from etl.matching.sides import Sides
from etl.matching.suggesting import Suggesting
from etl.matching.title import WITHOUT_TITLE, TitleRung
from etl.matching.tracing import Step, of_decision, of_rung, of_title
from etl.names.domains import registrable
from sources.records import Summary

_REMEMBERED = 2048


class Matcher:
    """Matches items to the companies of an index.

    ``our_names`` and ``our_domains`` are our own company's: separators, never evidence.
    ``lookup`` gives the CRM's companies and contacts by key, so that a deal is matched by
    the domains and addresses of those it is associated with.
    """

    def __init__(
        self,
        index: CompanyIndex,
        our_names: Iterable[str],
        our_domains: Iterable[str],
        lookup: Lookup,
        learnt: Learnt | None = None,
        *,
        min_score: float = 0.0,
        remembered: int = _REMEMBERED,
    ) -> None:
        self._index = index
        self._own = OwnNames(our_names)
        self._titles = TitleReader(index, self._own, remembered)
        self._min_score = min_score
        self._our_domains = frozenset(filter(None, map(registrable, our_domains)))
        self._lookup = lookup
        self._know(learnt or Learnt())

    def _know(self, learnt: Learnt) -> None:
        self._learnt = learnt
        self._title = TitleRung(self._titles, self._index, self._own, learnt)

    def learner(self) -> Learner:
        """What learns for this matcher from every item, before it matches any."""
        return Learner(self._index, self._own, self._our_domains, self._titles)

    def knowing(self, learnt: Learnt) -> Matcher:
        """A matcher of the same mapping that knows what was learnt."""
        knowing = copy(self)
        knowing._know(learnt)
        return knowing

    @property
    def learnt(self) -> Learnt:
        """What it knows of all items."""
        return self._learnt

    def sides(self) -> Sides:
        """What says who is one of us, by what this matcher knows."""
        return Sides(self._index, self._own, self._our_domains, self._learnt)

    def suggesting(self, maybe_ours: Sequence[str] = ()) -> Suggesting:
        """What makes rows for the mapping of this matcher's decisions, none of them for the
        names and domains that may be ours.
        """
        return Suggesting(self._index, self._own, self._our_domains, self._learnt, maybe_ours)

    def match(self, summary: Summary, participants: Sequence[str] = ()) -> Decision:
        """Whose it is, and why; or why nobody's. ``participants`` are the names of those who
        take part.
        """
        found = rungs.explicit(self._index, summary, self._titles.name)
        if found.hits:
            return self._with_variants(settle(summary.kind, found), summary)
        decision = settle(summary.kind, found, self._lower(summary, participants))
        if self._min_score:
            decision = only_trusted(summary.kind, decision, self._min_score)
        return self._with_variants(decision, summary)

    def trace(self, summary: Summary, participants: Sequence[str] = ()) -> Iterator[Step]:
        """What every rung says of an item, and the answer."""
        explicit = rungs.explicit(self._index, summary, self._titles.name)
        yield from of_rung("explicit", explicit, "it is no group, and holds no node address")
        domain, company_field, _, people = self._lower(summary, participants)
        yield from of_rung(
            "domain", domain, "no address or host takes part, ours and free mail aside"
        )
        yield from of_rung("company_field", company_field, "the CRM names no company")
        if summary.kind not in WITHOUT_TITLE:
            yield from of_title(self._title.read(summary.title, "title", summary))
        yield from of_rung("participants", people, "nobody carries a company in their name")
        yield from of_decision(self.match(summary, participants))

    def _lower(
        self, summary: Summary, participants: Sequence[str]
    ) -> tuple[Rung, Rung, Rung, Rung]:
        offers = offered(summary, self._lookup)
        domain = rungs.domain(self._index, self._our_domains, offers)
        return (
            mentions.beside(domain, self._index, self._our_domains, summary),
            rungs.company_field(self._index, self._own, self._learnt, offers),
            self._title.of(summary),
            people.participants(self._index, summary, participants),
        )

    def _with_variants(self, decision: Decision, summary: Summary) -> Decision:
        """The variant that the title names goes before the one that a row is about."""
        if not decision.matches or summary.kind == "hubspot_contacts":
            return decision
        companies = [match.company for match in decision.matches]
        if self._index.with_variants.isdisjoint(companies):
            return decision
        named: dict[str, set[str]] = {}
        for _, _, key in self._index.names_in(self._titles.parts(summary.title).name.tokens):
            for owner in self._index.owners("name", key):
                if owner.variant:
                    named.setdefault(owner.company, set()).add(owner.variant)
        if not named:
            return decision
        matches = [_with_variant(match, named.get(match.company, ())) for match in decision.matches]
        return msgspec.structs.replace(decision, matches=tuple(matches))


def _with_variant(match: Match, named: Collection[str]) -> Match:
    if len(named) != 1:
        return match
    return msgspec.structs.replace(match, variant=next(iter(named)))
