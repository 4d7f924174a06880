"""Rungs weighed against each other.

- A group or a node address is somebody's word: it stands against everything else.
- Otherwise the first rung that answers wins. A lower rung that names the same company,
  and others besides, adds these; one that names only others contradicts, and a person
  decides.
- A key that several companies claim settles nothing; a higher rung may settle it.
- What is known to be nobody's is no evidence; when nothing else is found, it says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from etl.matching.decisions import SCORES, Decision, Match
from etl.matching.hits import Hit, Rung
from sources.records import Kind

IGNORED = "ignored by the mapping"
TIED = "several companies lay claim to it"
CONTRADICTED = "the evidence names different companies"
WEAK = "what was found is trusted less than --min-score asks for"
NOTHING = "nothing in it leads to a company of the mapping"
LOWER = "a lower --min-score: no row of the mapping is trusted as much"

_WITH_GROUPS: frozenset[Kind] = frozenset({"slack_channels", "telegram_chats"})
_SETTLES: dict[Kind, str] = {
    "slack_channels": "its name as slack_group in the row of the right company",
    "telegram_chats": "its title as telegram_group in the row of the right company",
    "calendar_meetings": "a guest's domain as calendar_domain in the row of the right company",
    "hubspot_deals": "the right company on the deal in the CRM, or its domain as calendar_domain",
    "hubspot_companies": "its domain as calendar_domain in the row of the right company",
    "hubspot_contacts": "their domain as calendar_domain in the row of the right company",
    "hubspot_activities": "the right company, contact or deal on it in the CRM",
}


def settle(kind: Kind, explicit: Rung, lower: Sequence[Rung] = ()) -> Decision:
    """The one answer that the rungs give together; ``lower`` are those of the domain, the
    company field, the title and the people, in this order.
    """
    if explicit.hits:
        return _explicit(kind, explicit)
    domain, company_field, title, people = lower
    if company_field.foreign is not None and (title.hits or title.weak):
        why = f"the CRM names {company_field.foreign!r}, whom the mapping does not know"
        doubtful = [replace(hit, why=why) for hit in (*title.hits, *title.weak)]
        title = replace(title, hits=(), weak=tuple(doubtful))
    rungs = domain, company_field, title, people
    answering = [rung for rung in rungs if rung.hits]
    if not answering:
        return _nothing_sure(kind, rungs)
    if len(answering) == 1 and len(answering[0].hits) == 1:
        (only,) = answering[0].hits
        # as of most items: there is nothing to weigh
        if len(only.owners) == 1 and not only.owners[0].ignored:
            return Decision(status="matched", matches=tuple(only.matches()), reason=only.method)
    weighing = _Weighing(kind)
    weighing.add(domain)
    weighing.add(company_field)
    if not weighing.accepted and not weighing.ties and _only_ignored(company_field):
        return Decision(status="unmatched", reason=IGNORED)
    weighing.add(title)
    weighing.add(people)
    decision = weighing.decide()
    if decision is not None:
        return decision
    if _only_ignored(title):
        return Decision(status="unmatched", reason=IGNORED)
    return _nothing_sure(kind, rungs)


def only_trusted(kind: Kind, decision: Decision, least: float) -> Decision:
    """The decision without matches that score less: they are candidates, and a person looks
    when none is left.
    """
    weaker = [match for match in decision.matches if match.score < least]
    if not weaker:
        return decision
    candidates = [*weaker, *decision.candidates]
    matches = tuple(match for match in decision.matches if match.score >= least)
    # only groups are trusted more than domains
    enough = least <= SCORES["domain"] or kind in _WITH_GROUPS
    settles = _SETTLES[kind] if enough else LOWER
    if not matches:
        return replace(_review(kind, candidates, WEAK), settles=settles)
    return replace(decision, matches=matches, candidates=_best(candidates), settles=settles)


def _explicit(kind: Kind, rung: Rung) -> Decision:
    sure = _by_company(_sure(rung))
    tied = [match for hit in _ties(rung) for match in hit.matches()]
    if sure:
        return Decision(status="matched", matches=tuple(sure.values()), reason="explicit")
    if tied:
        return _review(kind, tied, TIED)
    return Decision(status="unmatched", reason=IGNORED)


class _Weighing:
    """What the rungs from the domain down have said so far."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.accepted: dict[str, Match] = {}
        self.others: list[Match] = []
        self.ties: list[Hit] = []
        self.contradicted = False

    def add(self, rung: Rung) -> None:
        """Take the next lower rung into account."""
        if not rung.hits:
            return
        above = self.accepted
        self._add_sure(_by_company(_sure(rung)), above)
        for tie in _ties(rung):
            companies = {owner.company for owner in tie.owners}
            if companies.isdisjoint(self.accepted):
                self.contradicted |= bool(above)
                self.ties.append(tie)

    def _add_sure(self, found: dict[str, Match], above: dict[str, Match]) -> None:
        if above and found.keys().isdisjoint(above):
            self.contradicted |= bool(found)
            self.others.extend(found.values())
        elif above or not self.ties:
            self.accepted = found | above
        else:
            self.others.extend(found.values())

    def _open(self) -> list[Match]:
        """What ties that nothing settled."""
        return [
            match
            for tie in self.ties
            if self.accepted.keys().isdisjoint(owner.company for owner in tie.owners)
            for match in tie.matches()
        ]

    def decide(self) -> Decision | None:
        """The answer, when these rungs give one."""
        accepted = tuple([self.accepted[company] for company in sorted(self.accepted)])
        tied = self._open()
        if self.contradicted:
            return _review(self.kind, [*accepted, *tied, *self.others], CONTRADICTED)
        if accepted:
            return Decision(
                status="matched",
                matches=accepted,
                candidates=_best(tied),
                settles=_SETTLES[self.kind] if tied else None,
                reason=max(accepted, key=_score).method,
            )
        return _review(self.kind, [*tied, *self.others], TIED) if tied else None


def _nothing_sure(kind: Kind, rungs: Sequence[Rung]) -> Decision:
    weak = [hit for rung in rungs for hit in rung.weak]
    if weak:
        candidates = [match for hit in weak for match in hit.matches()]
        if candidates:
            return _review(kind, candidates, weak[0].why)
        return Decision(status="unmatched", reason=IGNORED)
    if any(map(_only_ignored, rungs)):
        return Decision(status="unmatched", reason=IGNORED)
    seen = [nearest for rung in reversed(rungs) for nearest in rung.nearest]
    named = [nearest for nearest in seen if nearest.company]
    return Decision(status="unmatched", nearest=next(iter(named or seen), None), reason=NOTHING)


def _sure(rung: Rung) -> list[Match]:
    return [match for hit in rung.hits if len(hit.owners) == 1 for match in hit.matches()]


def _ties(rung: Rung) -> list[Hit]:
    return [hit for hit in rung.hits if len(hit.owners) > 1 and not hit.ignored]


def _only_ignored(rung: Rung) -> bool:
    return bool(rung.hits) and all(hit.ignored for hit in rung.hits)


def _score(match: Match) -> float:
    return match.score


def _order(match: Match) -> tuple[str, float, str, str, int, str]:
    evidence = match.evidence
    return (
        match.company,
        -match.score,
        evidence.field,
        evidence.text,
        -1 if evidence.start is None else evidence.start,
        match.variant or "",
    )


def _by_company(matches: Sequence[Match]) -> dict[str, Match]:
    """The best match of each company, in the companies' order."""
    found: dict[str, Match] = {}
    for match in sorted(matches, key=_order) if len(matches) > 1 else matches:
        found.setdefault(match.company, match)
    return found


def _best(matches: Sequence[Match]) -> tuple[Match, ...]:
    each = _by_company(matches).values()
    return tuple(sorted(each, key=lambda match: (-match.score, match.company)))


def _review(kind: Kind, candidates: Sequence[Match], reason: str) -> Decision:
    return Decision(
        status="review", candidates=_best(candidates), settles=_SETTLES[kind], reason=reason
    )
