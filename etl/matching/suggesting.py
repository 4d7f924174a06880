"""Rows for the mapping that would settle what it cannot settle now, best supported first.

Of a company that the mapping knows: the group of a chat in review, the domain of guests in
its meetings. Of one that it does not know: what CRM, hosts and titles say of it; with an
empty mapping, these rows are a first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from etl.mapping.cells import is_placeholder
from etl.matching.company_index import CompanyIndex
from etl.matching.decisions import Decision
from etl.matching.learnt import Learnt
from etl.matching.parts import Parts
from etl.matching.people import OPEN
from etl.matching.pieces import TitleReader
from etl.matching.segments import OwnNames
from etl.matching.settling import IGNORED
from etl.names.domains import FREE_MAIL, label, of_address, registrable
from etl.names.legal_forms import without_legal_form
from etl.names.normalise import normalise
from sources.records import Kind, Summary

COLUMNS = (
    *("base_company", "variant_name", "slack_group", "telegram_group", "calendar_domain"),
    *("full_node_address", "variant_type", "items", "reason"),
)
"""Those of a mapping, and on how many items a row rests, and why it is offered."""

_GROUP: dict[Kind, str] = {"slack_channels": "slack_group", "telegram_chats": "telegram_group"}
_REVIEWED = "settles what is in review"
_GUESTS = "guests of meetings and deals that only its name matched"
_CALLED_SO = "a domain of guests or contacts that is called like it"
_UNKNOWN = "not in the mapping"
_CRM, _TITLE, _HOST = (
    "named in the CRM",
    "named in titles",
    "seen as a domain of guests or contacts",
)
_LONGEST_NAME = 4
_MEANT = 20
"""Of so many companies that may be meant, rows are offered; there may be thousands."""
_TELLING = 4
"""A host whose name is shorter than this and ours may well be somebody else's."""


class Suggestion(NamedTuple):
    """A row, but for its columns that stay empty."""

    company: str
    column: str
    value: str


class _Support:
    """The items that a row rests on, and why it is offered."""

    def __init__(self) -> None:
        self.items: set[str] = set()
        self.reasons: set[str] = set()


class _Unknown:
    """A company that the mapping does not know, and what says so."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.hosts: set[str] = set()
        self.groups: dict[str, set[str]] = {"slack_group": set(), "telegram_group": set()}
        self.items: set[str] = set()
        self.by: set[str] = set()

    def take(self, other: _Unknown) -> None:
        """Add what is known of another, which is the same."""
        for name, count in other.names.items():
            self.names[name] = self.names.get(name, 0) + count
        for column, groups in other.groups.items():
            self.groups[column] |= groups
        self.hosts |= other.hosts
        self.items |= other.items
        self.by |= other.by

    @property
    def name(self) -> str:
        """As most items write it; as the first in order of those."""
        return min(self.names, key=lambda name: (-self.names[name], name))


class Suggesting:
    """Fed with every item and its decision, in any order, says which rows would help."""

    def __init__(
        self,
        index: CompanyIndex,
        own: OwnNames,
        our_domains: frozenset[str],
        learnt: Learnt,
        maybe_ours: Sequence[str] = (),
    ) -> None:
        self._index, self._own, self._learnt = index, own, learnt
        hosts, names = set(map(registrable, maybe_ours)), map(normalise, maybe_ours)
        self._our_domains = our_domains.union(filter(None, hosts))
        # what is called like us is no customer, nor is what may be us
        self._ours = own.keys.union((name.key for name in names), map(label, self._our_domains))
        self._titles = TitleReader(index, own, 0)
        self._rows: dict[Suggestion, _Support] = {}
        self._unknown: dict[str, _Unknown] = {}
        self._given: set[str] = set()
        """Hosts offered to a company that the mapping knows, but for those in review."""

    def add(self, summary: Summary, decision: Decision) -> None:
        """Take an item into account."""
        if decision.status == "review":
            self._reviewed(summary, decision)
        elif decision.status == "matched":
            self._matched(summary, decision)
        elif decision.reason != IGNORED:
            self._unmatched(summary)

    def rows(self) -> Iterator[dict[str, str]]:
        """The rows, by column: known companies' and unknown ones', best supported first."""
        ranked: list[tuple[tuple[int, int], dict[str, str]]] = []
        for row, support in self._rows.items():
            count, reason = len(support.items), "; ".join(sorted(support.reasons))
            said = {"base_company": row.company, row.column: row.value, "reason": reason}
            ranked.append(((1, count), {**said, "items": str(count)}))
        for key, company in self._together().items():
            company.hosts -= self._given
            telling = len(company.items) > 1 or company.by - {_TITLE}
            if telling and (company.names or company.hosts):
                ranked.append(((len(company.by), len(company.items)), self._row(key, company)))
        ranked.sort(key=lambda pair: ((-pair[0][0], -pair[0][1]), sorted(pair[1].items())))
        return (row for _, row in ranked)

    def _together(self) -> dict[str, _Unknown]:
        """The unknown companies; those of which only a host is known are the one that is
        named with it, where there is one.
        """
        named: dict[str, set[str]] = {}
        for key, company in self._unknown.items():
            for host in company.hosts if company.names else ():
                named.setdefault(host, set()).add(key)
        together: dict[str, _Unknown] = {}
        for key, company in sorted(self._unknown.items(), key=lambda pair: not pair[1].names):
            homes = set().union(*(named.get(host, {key}) for host in company.hosts))
            home = next(iter(homes)) if not company.names and len(homes) == 1 else key
            together.setdefault(home, _Unknown()).take(company)
        return together

    def _row(self, key: str, company: _Unknown) -> dict[str, str]:
        reason = f"{_UNKNOWN}: {', '.join(sorted(company.by))}"
        cells = {column: "\n".join(sorted(of)) for column, of in company.groups.items() if of}
        if company.hosts:
            cells["calendar_domain"] = "\n".join(sorted(company.hosts))
        name = company.name if company.names else key
        return {"base_company": name, **cells, "items": str(len(company.items)), "reason": reason}

    def _reviewed(self, summary: Summary, decision: Decision) -> None:
        companies = sorted({match.company for match in decision.candidates})
        column = _GROUP.get(summary.kind)
        one_of = "" if len(companies) == 1 else f"; one of {_some(companies)}"
        for company in companies[:_MEANT]:
            if column and summary.title.strip():
                self._offer(company, column, summary.title, _REVIEWED + one_of, summary)
            for host in self._strangers(summary):
                self._offer(company, "calendar_domain", host, _REVIEWED + one_of, summary)

    def _matched(self, summary: Summary, decision: Decision) -> None:
        hosts = self._strangers(summary)
        if len(decision.matches) == 1 and len(hosts) == 1:
            (match,) = decision.matches
            called = label(hosts[0])
            if match.method != "domain" and called[:3] == normalise(match.company).key[:3]:
                self._offer(match.company, "calendar_domain", hosts[0], _GUESTS, summary)
                self._given.add(hosts[0])

    def _offer(self, company: str, column: str, value: str, reason: str, summary: Summary) -> None:
        support = self._rows.setdefault(Suggestion(company, column, value), _Support())
        support.items.add(summary.key)
        support.reasons.add(reason)

    def _unmatched(self, summary: Summary) -> None:
        hosts = [host for host in self._strangers(summary) if not self._called_so(host, summary)]
        names = self._named(summary)
        labelled: dict[str, list[str]] = {}
        for host in hosts:
            labelled.setdefault(label(host), []).append(host)
        for name, by in names:
            key = "".join(without_legal_form(self._index.readings.of(name).tokens))
            found = self._about(key, summary, by)
            found.names[name] = found.names.get(name, 0) + 1
            found.hosts.update(hosts if len(hosts) == 1 else labelled.get(key, ()))
            column = _GROUP.get(summary.kind)
            if column:
                found.groups[column].add(summary.title)
        if not names:
            for host in hosts:
                self._about(label(host), summary, _HOST).hosts.add(host)

    def _called_so(self, host: str, summary: Summary) -> bool:
        """Whether companies of the mapping are called like a host, which they are offered."""
        owners = self._index.of_name((label(host),))
        for owner in owners:
            if not owner.ignored:
                self._offer(owner.company, "calendar_domain", host, _CALLED_SO, summary)
                self._given.add(host)
        return bool(owners)

    def _about(self, key: str, summary: Summary, by: str) -> _Unknown:
        found = self._unknown.setdefault(key, _Unknown())
        found.items.add(summary.key)
        found.by.add(by)
        return found

    def _named(self, summary: Summary) -> list[tuple[str, str]]:
        """The companies that an item names, and what names them."""
        if summary.kind == "hubspot_companies":
            return [(summary.title, _CRM)] if self._may_be_new(summary.title) else []
        fields = [(name, _CRM) for name in summary.companies if self._may_be_new(name)]
        if fields or not OPEN.isdisjoint(summary.flags):
            return fields
        parts = self._titles.parts(summary.title)
        return [(name, _TITLE) for name in self._beside_us(parts) if self._may_be_new(name)]

    def _beside_us(self, parts: Parts) -> Iterator[str]:
        """The only piece beside our own name, when it can be a name; in ``Ours x`` it is empty."""
        if not parts.said or len(parts.pieces) != 1:
            return
        (piece,) = parts.pieces
        first, last = piece.segment.first, piece.segment.last
        if piece.found or not 0 < last - first <= _LONGEST_NAME:
            return
        tokens = parts.name.tokens[first:last]
        if not self._learnt.are_said(tokens):
            yield parts.name.quote(first, last)[0]

    def _may_be_new(self, name: str) -> bool:
        tokens = self._index.readings.of(name).tokens
        key = "".join(without_legal_form(tokens))
        words = self._index.overrides.word_keys
        known = self._index.of_name(tokens) or key in self._ours or key in words
        return bool(key) and not known and not is_placeholder(name.strip())

    def _may_be_ours(self, called: str) -> bool:
        return len(called) >= _TELLING and called in self._ours

    def _strangers(self, summary: Summary) -> list[str]:
        """Hosts of those taking part that are nobody's yet."""
        hosts = {*map(of_address, summary.emails), *map(registrable, summary.domains)}
        return sorted(
            host
            for host in hosts
            if host
            and host not in self._our_domains
            and not self._may_be_ours(label(host))
            and host not in FREE_MAIL
            and not self._index.owners("domain", host)
        )


def _some(companies: Sequence[str]) -> str:
    """The companies, or the first of them and how many more there are."""
    more = len(companies) - _MEANT
    return ", ".join(companies[:_MEANT]) + (f" and {more} more" if more > 0 else "")


def as_csv_rows(rows: Iterable[dict[str, str]]) -> Iterator[list[str]]:
    """The rows as cells, header first."""
    yield list(COLUMNS)
    for row in rows:
        yield [row.get(column, "") for column in COLUMNS]
