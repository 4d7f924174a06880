"""Counts over items and accounts: pure, one item at a time, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from etl.matching.decisions import Decision
from sources.protocol import Account
from sources.records import KINDS, Kind, Summary

SOURCE_OF: dict[Kind, str] = {
    "slack_channels": "slack",
    "telegram_chats": "telegram",
    "calendar_meetings": "calendar",
    "hubspot_deals": "hubspot",
    "hubspot_companies": "hubspot",
    "hubspot_contacts": "hubspot",
}
COVERED = ("slack", "telegram", "calendar", "hubspot")


class Statistics:
    """Fed with every item and its decision, says what the output says of them."""

    def __init__(self, companies: Iterable[str]) -> None:
        self._coverage: dict[str, set[str]] = {company: set() for company in sorted(companies)}
        self._statuses: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        self._finding_items: Counter[str] = Counter()
        self._finding_counts: Counter[str] = Counter()

    def add(self, summary: Summary, decision: Decision) -> None:
        """Count an item."""
        self._statuses[summary.kind][decision.status] += 1
        for match in decision.matches:
            self._coverage[match.company].add(SOURCE_OF[summary.kind])
        self._finding_items.update({finding.kind for finding in summary.findings})
        for finding in summary.findings:
            self._finding_counts[finding.kind] += finding.count

    def result(
        self, accounts: Mapping[str, Account], quarantined_units: Mapping[str, int]
    ) -> dict[str, Any]:
        """The ``statistics`` of the output, but for what only the contract adds."""
        kinds = {kind: self._statuses[kind] for kind in KINDS}
        return {
            "total_companies": len(self._coverage),
            **{
                f"companies_with_{source}": sum(source in has for has in self._coverage.values())
                for source in COVERED
            },
            **{f"total_{kind}": counts.total() for kind, counts in kinds.items()},
            **{f"matched_{kind}": counts["matched"] for kind, counts in kinds.items()},
            "items": {kind: _item_counts(counts) for kind, counts in kinds.items()},
            "data_coverage": {name: _coverage(has) for name, has in self._coverage.items()},
            "findings": {
                kind: {"items": self._finding_items[kind], "count": self._finding_counts[kind]}
                for kind in sorted(self._finding_items)
            },
            "accounting": {
                source: _accounting(accounts[source], quarantined_units.get(source, 0))
                for source in sorted(accounts)
            },
        }


def _item_counts(counts: Counter[str]) -> dict[str, int]:
    return {
        "accepted": counts.total(),
        **{status: counts[status] for status in ("matched", "review", "unmatched")},
    }


def _coverage(has: set[str]) -> dict[str, int | bool]:
    return {"sources_count": len(has), **{f"has_{source}": source in has for source in COVERED}}


def _accounting(account: Account, quarantined_units: int) -> dict[str, Any]:
    return {
        "found": account.found,
        "accepted": account.accepted,
        "duplicate": account.duplicate,
        "ignored": dict(sorted(account.ignored.items())),
        "quarantined": account.quarantined,
        "expanded": account.expanded,
        "units_quarantined": quarantined_units,
    }
