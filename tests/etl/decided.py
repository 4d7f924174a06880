"""A matcher that decides as it is told, by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from etl.matching.decisions import Decision, Evidence, Match, Nearest
from etl.matching.matcher import Matcher
from sources.records import Summary

NOBODY = Decision(status="unmatched", reason="nothing fits")
NEARLY = Decision(
    status="unmatched",
    nearest=Nearest(text="Acne", field="title", detail="one letter off", company="Acme"),
    reason="too little",
)


def match(company: str, variant: str | None = None) -> Match:
    evidence = Evidence(text="x", field="title", mapping_line=2, mapping_column="base_company")
    return Match(company=company, method="explicit", score=1.0, evidence=evidence, variant=variant)


def matched(*companies: str) -> Decision:
    found = tuple(map(match, companies))
    return Decision(status="matched", matches=found, reason="explicit")


def review(*companies: str) -> Decision:
    found = tuple(map(match, companies))
    return Decision(status="review", candidates=found, settles="a line", reason="a tie")


class _Decided:
    def __init__(self, decisions: Mapping[str, Decision]) -> None:
        self._decisions = decisions

    def match(self, summary: Summary, _participants: Sequence[str] = ()) -> Decision:
        return self._decisions.get(summary.key, NOBODY)

    def sides(self) -> _Decided:
        return self

    def our_people(self, _summary: Summary, *_people: Sequence[str]) -> tuple[()]:
        return ()


def matcher(decisions: Mapping[str, Decision]) -> Matcher:
    """What the pipeline takes for a `Matcher`."""
    return cast("Matcher", _Decided(decisions))
