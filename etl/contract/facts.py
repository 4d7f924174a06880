"""What an output says twice, counted while it goes by and compared at the end."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from fractions import Fraction

from etl.contract.document import Metadata, SourceAccount, Statistics
from etl.contract.items import Item, MatchedDeal
from etl.contract.json_events import Faults, member
from sources.records import KINDS, Kind

SOURCES = ("slack", "telegram", "calendar", "hubspot")


class Facts:
    """The items of one output, by key."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.coverage: dict[str, set[str]] = {}
        self.messages = 0
        # kind -> key -> each company it stands under, with the others named there
        self.matched: dict[Kind, dict[str, list[tuple[str, object]]]] = {k: {} for k in KINDS}
        self.elsewhere: dict[Kind, dict[str, str]] = {k: {} for k in KINDS}
        self.deals: dict[str, _DealFacts] = defaultdict(_DealFacts)
        self.finding_items: Counter[str] = Counter()
        self.finding_counts: Counter[str] = Counter()
        self.all_valid = True

    def company(self, name: str) -> None:
        """A company of the mapping, with or without items."""
        self.coverage.setdefault(name, set())

    def under(self, company: str, kind: Kind, key: str, shared_with: object) -> bool:
        """An item under a company; whether it is met for the first time."""
        self.coverage[company].add(kind.partition("_")[0])
        holders = self.matched[kind].setdefault(key, [])
        holders.append((company, shared_with))
        return len(holders) == 1

    def deal(self, company: str, deal: MatchedDeal) -> None:
        """A deal under a company."""
        self.deals[company].add(deal)

    def beside(self, place: str, kind: Kind, key: str, path: str) -> bool:
        """An item in review or unmatched; whether it is met for the first time."""
        other = "companies" if key in self.matched[kind] else self.elsewhere[kind].get(key)
        if other is not None:
            if other != place:
                self._faults.add(path, f"stands in {other} too")
            return False
        self.elsewhere[kind][key] = place
        return True

    def findings(self, item: Item) -> None:
        """The findings of an item met for the first time."""
        self.finding_items.update({finding.kind for finding in item.findings})
        for finding in item.findings:
            self.finding_counts[finding.kind] += finding.count

    def count(self, kind: Kind, place: str) -> int:
        """Distinct items of a kind in ``companies``, ``review`` or ``unmatched``."""
        if place == "companies":
            return len(self.matched[kind])
        return sum(there == place for there in self.elsewhere[kind].values())

    def compare(self, metadata: Metadata | None, statistics: Statistics | None) -> None:
        """Hold what was counted against what the output says of itself."""
        self._compare_shared()
        if metadata is not None:
            path = "$.metadata.total_companies"
            self._equal(path, metadata.total_companies, len(self.coverage))
        if statistics is not None:
            self._compare_totals(statistics)
            self._compare_coverage(statistics)
            if self.all_valid:
                self._compare_findings(statistics)
                self._compare_deals(statistics)
            for source, account in statistics.accounting.items():
                self._compare_account(member("$.statistics.accounting", source), account)

    def _equal(self, path: str, said: object, counted: object) -> None:
        if said != counted:
            self._faults.add(path, f"says {said}, but {counted} is what the file holds")

    def _compare_totals(self, statistics: Statistics) -> None:
        root = "$.statistics"
        self._equal(f"{root}.total_companies", statistics.total_companies, len(self.coverage))
        for kind in KINDS:
            matched = self.count(kind, "companies")
            review, unmatched = self.count(kind, "review"), self.count(kind, "unmatched")
            accepted = matched + review + unmatched
            for name, counted in ((f"total_{kind}", accepted), (f"matched_{kind}", matched)):
                self._equal(f"{root}.{name}", getattr(statistics, name), counted)
            said = getattr(statistics.items, kind)
            for name, counted in (
                ("accepted", accepted),
                ("matched", matched),
                ("review", review),
                ("unmatched", unmatched),
            ):
                self._equal(f"{root}.items.{kind}.{name}", getattr(said, name), counted)

    def _compare_coverage(self, statistics: Statistics) -> None:
        root = "$.statistics"
        for source in SOURCES:
            name = f"companies_with_{source}"
            counted = sum(source in sources for sources in self.coverage.values())
            self._equal(f"{root}.{name}", getattr(statistics, name), counted)
        root += ".data_coverage"
        for company in sorted(self.coverage.keys() ^ statistics.data_coverage.keys()):
            missing = "data_coverage" if company in self.coverage else "companies"
            self._faults.add(member(root, company), f"is missing in {missing}")
        for company in self.coverage.keys() & statistics.data_coverage.keys():
            said, sources = statistics.data_coverage[company], self.coverage[company]
            path = member(root, company)
            self._equal(f"{path}.sources_count", said.sources_count, len(sources))
            for source in SOURCES:
                has = getattr(said, f"has_{source}")
                self._equal(f"{path}.has_{source}", has, source in sources)

    def _compare_findings(self, statistics: Statistics) -> None:
        for kind in sorted(self.finding_items.keys() | statistics.findings.keys()):
            path = member("$.statistics.findings", kind)
            said = statistics.findings.get(kind)
            items, count = (said.items, said.count) if said else (0, 0)
            self._equal(f"{path}.items", items, self.finding_items[kind])
            self._equal(f"{path}.count", count, self.finding_counts[kind])

    def _compare_deals(self, statistics: Statistics) -> None:
        root = "$.statistics.deal_totals"
        for company in sorted(self.coverage.keys() ^ statistics.deal_totals.keys()):
            missing = "deal_totals" if company in self.coverage else "companies"
            self._faults.add(member(root, company), f"is missing in {missing}")
        for company in self.coverage.keys() & statistics.deal_totals.keys():
            said, deals = statistics.deal_totals[company], self.deals[company]
            for name, counted in deals.counts().items():
                written = getattr(said, name)
                if isinstance(written, dict):
                    written = _numbers({c: Fraction(value) for c, value in written.items()})
                self._equal(f"{member(root, company)}.{name}", written, counted)

    def _compare_account(self, path: str, account: SourceAccount) -> None:
        ignored = sum(account.ignored.values())
        known = account.accepted + account.duplicate + ignored + account.quarantined
        if account.found != known:
            self._faults.add(
                path,
                f"does not balance: found {account.found}, but accepted + duplicate + ignored + "
                f"quarantined is {known}",
            )

    def _compare_shared(self) -> None:
        for kind, items in self.matched.items():
            for key, holders in items.items():
                companies = sorted(company for company, _ in holders)
                for company, shared_with in holders:
                    others = [other for other in companies if other != company]
                    if shared_with != others:
                        self._faults.add(
                            f"{member('$.companies', company)}.{kind}",
                            f"the item {json.dumps(key, ensure_ascii=False)} says shared_with "
                            f"{shared_with}, but stands under {others} too",
                        )


class _DealFacts:
    """The deals of a company, counted; sums as fractions, which round nothing."""

    def __init__(self) -> None:
        self._statuses: Counter[str] = Counter()
        self._values: dict[str, dict[str, Fraction]] = {"total_value": {}, "won_value": {}}

    def add(self, deal: MatchedDeal) -> None:
        if deal.deleted:
            return
        self._statuses[deal.status] += 1
        if deal.amount is None:
            return
        for name, sums in self._values.items():
            if name == "total_value" or deal.status == "won":
                currency = deal.currency or "unknown"
                sums[currency] = sums.get(currency, Fraction()) + Fraction(deal.amount)

    def counts(self) -> dict[str, object]:
        statuses = {name: self._statuses[name] for name in ("open", "won", "lost")}
        values = {name: _numbers(sums) for name, sums in self._values.items()}
        return {"count": self._statuses.total(), **statuses, **values}


def _numbers(sums: dict[str, Fraction]) -> dict[str, str]:
    """Equal when the numbers are, however many zeros they end in."""
    return {currency: str(sums[currency]) for currency in sorted(sums)}
