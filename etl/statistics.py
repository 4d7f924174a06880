"""Counts over items and accounts: pure, one item at a time, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import MAX_EMAX, MAX_PREC, Context, Decimal
from typing import Any, Literal

import msgspec

from etl.coverage import COVERED, Coverage
from etl.matching.decisions import Decision
from sources.protocol import Account
from sources.records import KINDS, SOURCE_OF, Record, Summary

NO_CURRENCY = "unknown"
"""Under which amounts stand whose currency the CRM does not say."""

# The usual context rounds to 28 digits; a sum of amounts is to be exact.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=-MAX_EMAX)


class Statistics:
    """Fed with every item and its decision, says what the output says of them."""

    def __init__(self, companies: Iterable[str]) -> None:
        names = sorted(companies)
        self._coverage = Coverage(names)
        self._statuses: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        self._deals = {company: _Deals() for company in names}
        self._finding_items: Counter[str] = Counter()
        self._finding_counts: Counter[str] = Counter()
        self.records: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self.items: Counter[str] = Counter()
        """By kind: messages that items claim, how often items belong in the output, items."""

    def add(self, summary: Summary, decision: Decision) -> None:
        """Count an item."""
        self.items[summary.kind] += 1
        self.records[summary.kind] += summary.records
        self.places[summary.kind] += len(decision.matches) if decision.status == "matched" else 1
        self._statuses[summary.kind][decision.status] += 1
        self._coverage.add(SOURCE_OF[summary.kind], decision)
        self._finding_items.update({finding.kind for finding in summary.findings})
        for finding in summary.findings:
            self._finding_counts[finding.kind] += finding.count

    def add_deal(self, head: bytes, decision: Decision) -> None:
        """Count a deal, its record as JSON, for each company that it stands under, unless it
        is no more.
        """
        deal = _decoded(head)
        for match in () if deal.deleted else decision.matches:
            self._deals[match.company].add(deal)

    def result(
        self, accounts: Mapping[str, Account], quarantined_units: Mapping[str, int]
    ) -> dict[str, Any]:
        """The ``statistics`` of the output, but for what only the contract adds."""
        kinds = {kind: self._statuses[kind] for kind in KINDS}
        return {
            "total_companies": len(self._coverage),
            **{f"companies_with_{source}": self._coverage.known_to(source) for source in COVERED},
            **{f"total_{kind}": counts.total() for kind, counts in kinds.items()},
            **{f"matched_{kind}": counts["matched"] for kind, counts in kinds.items()},
            "items": {kind: _item_counts(counts) for kind, counts in kinds.items()},
            "data_coverage": self._coverage.result(),
            "deal_totals": {name: deals.totals() for name, deals in self._deals.items()},
            "findings": {
                kind: {"items": self._finding_items[kind], "count": self._finding_counts[kind]}
                for kind in sorted(self._finding_items)
            },
            "accounting": {
                source: _accounting(accounts[source], quarantined_units.get(source, 0))
                for source in sorted(accounts)
            },
        }


class _Deal(Record, frozen=True, kw_only=True, gc=False):
    """What is counted of a deal."""

    status: Literal["open", "won", "lost"]
    amount: str | None
    currency: str | None
    deleted: bool = False


_decoded = msgspec.json.Decoder(_Deal).decode


class _Deals:
    """The deals of one company."""

    def __init__(self) -> None:
        self._statuses: Counter[str] = Counter()
        self._values: dict[str, Decimal] = {}
        self._won: dict[str, Decimal] = {}

    def add(self, deal: _Deal) -> None:
        self._statuses[deal.status] += 1
        if deal.amount is not None:
            amount, currency = Decimal(deal.amount), deal.currency or NO_CURRENCY
            for values in [self._values, self._won] if deal.status == "won" else [self._values]:
                values[currency] = _EXACT.add(values.get(currency, Decimal()), amount)

    def totals(self) -> dict[str, Any]:
        return {
            "count": self._statuses.total(),
            **{status: self._statuses[status] for status in ("open", "won", "lost")},
            "total_value": _written(self._values),
            "won_value": _written(self._won),
        }


def _written(values: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: format(values[currency], "f") for currency in sorted(values)}


def _item_counts(counts: Counter[str]) -> dict[str, int]:
    return {
        "accepted": counts.total(),
        **{status: counts[status] for status in ("matched", "review", "unmatched")},
    }


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
