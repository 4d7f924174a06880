"""What matching and merging need of an item, from its head: the same way whether the head
was just read or made of several.
"""

from __future__ import annotations

import re

from sources.hubspot.row import distinct
from sources.records import (
    Activity,
    Contact,
    CrmCompany,
    Deal,
    Finding,
    Summary,
)

CrmHead = Deal | CrmCompany | Contact | Activity

_TEXT_LIMIT = 500
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?/*(?:[^/?#@]*@)?([^/?#:@\s]+\.[^/?#:@\s]+)")


def summary(
    head: CrmHead,
    *,
    archive: str,
    version: tuple[str, str],
    known: tuple[str, ...],
    findings: tuple[Finding, ...],
    emails: tuple[str, ...],
) -> Summary:
    """``emails`` are those of a deal's or an activity's contacts, which its head may not hold."""
    if isinstance(head, Deal):
        return _of_deal(head, archive, version, known, findings, emails)
    if isinstance(head, Contact):
        return _of_contact(head, archive, version, known, findings)
    if isinstance(head, CrmCompany):
        return _of_company(head, archive, version, known, findings)
    return _of_activity(head, archive, version, known, findings, emails)


def host(text: str | None) -> str | None:
    """The host of a domain or an address, lower case."""
    found = _HOST.match(text.strip().lower()) if text else None
    return found[1].rstrip(".") if found else None


def _of_deal(
    head: Deal,
    archive: str,
    version: tuple[str, str],
    known: tuple[str, ...],
    findings: tuple[Finding, ...],
    emails: tuple[str, ...],
) -> Summary:
    return Summary(
        key=f"hubspot:deal:{head.id}",
        kind="hubspot_deals",
        source="hubspot",
        archive=archive,
        title=head.name,
        version=version,
        known=known,
        texts=_short(head.description),
        emails=emails,
        companies=head.company_names,
        company_ids=head.company_ids,
        contact_ids=head.contact_ids,
        findings=findings,
    )


def _of_activity(
    head: Activity,
    archive: str,
    version: tuple[str, str],
    known: tuple[str, ...],
    findings: tuple[Finding, ...],
    emails: tuple[str, ...],
) -> Summary:
    return Summary(
        key=f"hubspot:activity:{head.id}",
        kind="hubspot_activities",
        source="hubspot",
        archive=archive,
        title=head.title,
        version=version,
        known=known,
        texts=_short(head.body),
        emails=emails,
        companies=head.company_names,
        company_ids=head.company_ids,
        contact_ids=head.contact_ids,
        deal_ids=head.deal_ids,
        findings=findings,
    )


def _short(text: str | None) -> tuple[str, ...]:
    """A text that may be evidence. What a long one mentions in passing is none."""
    return (text,) if text and len(text) < _TEXT_LIMIT else ()


def _of_company(
    head: CrmCompany,
    archive: str,
    version: tuple[str, str],
    known: tuple[str, ...],
    findings: tuple[Finding, ...],
) -> Summary:
    hosts = tuple(found for text in (head.domain, head.website) if (found := host(text)))
    return Summary(
        key=f"hubspot:company:{head.id}",
        kind="hubspot_companies",
        source="hubspot",
        archive=archive,
        title=head.name,
        version=version,
        known=known,
        domains=distinct(hosts),
        companies=(head.name,) if head.name else (),
        contact_ids=head.contact_ids,
        deal_ids=head.deal_ids,
        findings=findings,
    )


def _of_contact(
    head: Contact,
    archive: str,
    version: tuple[str, str],
    known: tuple[str, ...],
    findings: tuple[Finding, ...],
) -> Summary:
    return Summary(
        key=f"hubspot:contact:{head.id}",
        kind="hubspot_contacts",
        source="hubspot",
        archive=archive,
        title=head.name,
        version=version,
        known=known,
        emails=head.emails,
        companies=(head.company_name,) if head.company_name else (),
        company_ids=head.company_ids,
        deal_ids=head.deal_ids,
        findings=findings,
    )
