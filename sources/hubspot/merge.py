"""One item of several rows about the same record: field by field, the newest that knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sources.hubspot.evidence import summary
from sources.protocol import Part
from sources.records import Contact, CrmCompany, Deal, Finding, Item, Kind

_HEADS: dict[Kind, type[Deal | CrmCompany | Contact]] = {
    "hubspot_deals": Deal,
    "hubspot_companies": CrmCompany,
    "hubspot_contacts": Contact,
}


def merged(parts: Sequence[Part]) -> Item:
    """The item these readings make, oldest first. A deal's e-mail addresses come from the
    reading that decides who its contacts are.
    """
    newest = parts[-1].summary
    fields: dict[str, Any] = msgspec.json.decode(parts[0].head)
    emails = parts[0].summary.emails
    for part in parts:
        head = msgspec.json.decode(part.head)
        known = part.summary.known or tuple(head)
        fields.update((name, head[name]) for name in known)
        if "contact_names" in known or part.summary.emails:
            emails = part.summary.emails
    named = {name for part in parts for name in part.summary.known or fields}
    return _item(parts, newest.kind, fields, emails, tuple(n for n in fields if n in named))


def _item(
    parts: Sequence[Part],
    kind: Kind,
    fields: dict[str, Any],
    emails: tuple[str, ...],
    known: tuple[str, ...],
) -> Item:
    head = msgspec.convert(fields, _HEADS[kind])
    newest = parts[-1].summary
    findings = {(f.kind, f.detail): f for part in parts for f in part.summary.findings}
    note = Finding(
        kind="merged",
        detail="Met more than once; of each field, the newest export that has it decides",
        count=len(parts),
    )
    findings[note.kind, note.detail] = note
    return Item(
        summary=summary(
            head,
            archive=newest.archive,
            version=max(part.summary.version for part in parts),
            known=known,
            findings=tuple(findings[key] for key in sorted(findings)),
            emails=emails,
        ),
        head=head,
    )
