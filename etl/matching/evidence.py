"""What an item offers as evidence, its CRM companies, contacts and deals joined by id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from etl.matching.decisions import Field
from sources.records import Summary

Lookup = Callable[[str], Summary | None]
"""Gives the CRM company, contact or deal with that key, ``hubspot:company:7001``."""

_FOLLOWS_CONTACTS = frozenset({"hubspot_deals", "hubspot_activities"})


class Offered(NamedTuple):
    """Addresses and domains to be read as domains, and names of the company field."""

    hosts: tuple[tuple[Field, str], ...]
    companies: tuple[str, ...]


_NOTHING = Offered((), ())


def offered(summary: Summary, lookup: Lookup) -> Offered:
    """The item's own evidence and that of the CRM records it is associated with.

    An association by id comes before one by name: names are read only where an id leads
    nowhere. What is about a deal has the deal's evidence, too. A company's contacts may
    work elsewhere and are not followed, nor are a company's or a contact's deals.
    """
    if not (summary.emails or summary.domains or summary.kind.startswith("hubspot")):
        return _NOTHING
    if not (summary.company_ids or summary.contact_ids or summary.deal_ids):
        alone = summary.companies if summary.kind != "hubspot_companies" else _called(summary)
        return _offered(summary.emails, summary.domains, alone)
    deal_ids = summary.deal_ids if summary.kind == "hubspot_activities" else ()
    own = [summary, *_linked("hubspot:deal:", deal_ids, lookup)]
    company_ids = {each for record in own for each in record.company_ids}
    companies = _linked("hubspot:company:", company_ids, lookup)
    contacts: list[Summary] = []
    if summary.kind in _FOLLOWS_CONTACTS:
        contact_ids = {each for record in own for each in record.contact_ids}
        contacts = _linked("hubspot:contact:", contact_ids, lookup)
    emails = [email for record in (*own, *contacts) for email in record.emails]
    domains = [*summary.domains, *(domain for company in companies for domain in company.domains)]
    names = [company.title for company in companies if company.title]
    if summary.kind == "hubspot_companies":
        names = [*_called(summary)]
    elif not names or len(companies) < len(company_ids):
        names += [name for record in own for name in record.companies]
    return _offered(emails, domains, names)


def _called(company: Summary) -> tuple[str, ...]:
    return company.title, *company.aliases


def _offered(emails: Iterable[str], domains: Iterable[str], names: Iterable[str]) -> Offered:
    """Each of them once, in order."""
    hosts: list[tuple[Field, str]] = [("email", email) for email in sorted({*emails})]
    hosts += [("domain", domain) for domain in sorted({*domains})]
    return Offered(tuple(hosts), tuple(sorted({*names})))


def _linked(prefix: str, ids: Collection[str], lookup: Lookup) -> list[Summary]:
    if not ids:
        return []
    found = (lookup(prefix + each) for each in sorted(set(ids)))
    return [summary for summary in found if summary is not None]
