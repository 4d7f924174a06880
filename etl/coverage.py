"""How much there is of each company: its matched items, those in review that may be its own,
and for a company without any the nearest thing seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from etl.matching.decisions import Decision

COVERED = ("slack", "telegram", "calendar", "hubspot")


class _Reach:
    """What was met of one company."""

    def __init__(self) -> None:
        self.sources: set[str] = set()
        self.matched = self.review = 0
        self.nearest: tuple[int, str, str] | None = None

    def near(self, rank: int, text: str, detail: str) -> None:
        """Remember the nearest thing, whatever the order in which things are met."""
        seen = (rank, text, detail)
        self.nearest = min(self.nearest or seen, seen)


class Coverage:
    """Fed with every item's source and decision, in any order."""

    def __init__(self, companies: Iterable[str]) -> None:
        self._of = {company: _Reach() for company in sorted(companies)}

    def add(self, source: str, decision: Decision) -> None:
        """Count an item for those it belongs to, or may belong to."""
        for match in decision.matches:
            reach = self._of[match.company]
            reach.sources.add(source)
            reach.matched += 1
        if decision.status == "review":
            for match in decision.candidates:
                reach = self._of[match.company]
                reach.review += 1
                reach.near(0, match.evidence.text, decision.reason)
        nearest = decision.nearest
        if nearest is not None and nearest.company in self._of:
            self._of[nearest.company].near(1, nearest.text, nearest.detail)

    def known_to(self, source: str) -> int:
        """How many companies that source knows."""
        return sum(source in reach.sources for reach in self._of.values())

    def __len__(self) -> int:
        return len(self._of)

    def result(self) -> dict[str, dict[str, Any]]:
        """By company, in the companies' order."""
        return {company: _said(reach) for company, reach in self._of.items()}


def _said(reach: _Reach) -> dict[str, Any]:
    said: dict[str, Any] = {
        "sources_count": len(reach.sources),
        **{f"has_{source}": source in reach.sources for source in COVERED},
        "matched": reach.matched,
        "review": reach.review,
    }
    if not reach.sources and reach.nearest is not None:
        _, text, detail = reach.nearest
        said["nearest"] = {"text": text, "detail": detail}
    return said
