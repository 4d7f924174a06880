"""What is learnt of companies that are neither mapped nor ours."""

from __future__ import annotations

from collections import Counter

from etl.mapping.cells import is_placeholder
from etl.matching.company_index import CompanyIndex
from etl.matching.segments import OwnNames
from etl.names.domains import FREE_MAIL, label, of_address, registrable
from etl.names.legal_forms import without_legal_form
from sources.records import Summary

_SHORTEST_LABEL = 4


class OthersMet:
    """Told of every item. ``fields`` and ``labels`` are the keys of such companies: as the CRM's
    company field names them, how often; as the hosts of addresses do.
    """

    def __init__(self, index: CompanyIndex, own: OwnNames, our_domains: frozenset[str]) -> None:
        self.fields: Counter[str] = Counter()
        self.labels: set[str] = set()
        self._index, self._own, self._our_domains = index, own, our_domains

    def learn(self, summary: Summary) -> None:
        """Learn from an item."""
        names = summary.companies
        if summary.kind == "hubspot_companies":
            names = (summary.title, *summary.aliases)
        for text in names:
            tokens = self._index.readings.of(text).tokens
            key = "".join(without_legal_form(tokens))
            if key and not is_placeholder(text.strip()) and not self._known(key):
                self.fields[key] += 1
        if not summary.emails and not summary.domains:
            return
        for host in {*map(of_address, summary.emails), *map(registrable, summary.domains)}:
            if not host or host in self._our_domains or host in FREE_MAIL:
                continue
            if not self._index.owners("domain", host):
                called = label(host)
                if len(called) >= _SHORTEST_LABEL and not self._may_be_known(called):
                    self.labels.add(called)

    def _known(self, key: str) -> bool:
        return key in self._index.names or key in self._own.keys

    def _may_be_known(self, called: str) -> bool:
        """Whether a host's label is a mapped name, or a short one of a company whose hosts
        nobody knows.
        """
        short = self._index.cores.get(called, ())
        domains = self._index.with_domains
        return self._known(called) or any(owner.company not in domains for owner in short)

    def keys(self) -> frozenset[str]:
        """All of them; a shortened name is one when it recurs."""
        cores, said = self._index.cores, self._index.overrides
        fields = {key for key, count in self.fields.items() if count > 1 or key not in cores}
        named = {key for key in said.name_keys if not self._known(key)}
        return frozenset((fields | self.labels) - said.word_keys | named)
