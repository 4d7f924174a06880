"""One item of several rows about the same record: field by field, the newest that knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from sources.hubspot.evidence import CrmHead, summary
from sources.hubspot.sharing import Shared, records_of
from sources.protocol import Account, Part, Yielded
from sources.records import Activity, Contact, CrmCompany, Deal, Finding, Item, Kind

_HEADS: dict[Kind, type[CrmHead]] = {
    "hubspot_deals": Deal,
    "hubspot_companies": CrmCompany,
    "hubspot_contacts": Contact,
    "hubspot_activities": Activity,
}


def merged_records(parts: Sequence[Part]) -> Iterator[Yielded]:
    """An item for each record that these readings of one record id are about."""
    records = records_of(parts)
    for record in records:
        yield _merged(record, len(records))
    absorbed = len(parts) - len(records)
    yield Account(accepted=-absorbed, duplicate=absorbed)


def _merged(record: Shared, records: int) -> Item:
    """The item these readings make, oldest first. A deal's e-mail addresses come from the
    reading that decides who its contacts are.
    """
    parts = record.parts
    fields: dict[str, Any] = msgspec.json.decode(parts[0].head)
    emails = parts[0].summary.emails
    for part in parts:
        head = msgspec.json.decode(part.head)
        known = part.summary.known or tuple(head)
        fields.update((name, head[name]) for name in known)
        if "contact_names" in known or part.summary.emails:
            emails = part.summary.emails
    named = {name for part in parts for name in part.summary.known or fields}
    item = _item(parts, fields, emails, tuple(n for n in fields if n in named))
    findings = {(f.kind, f.detail): f for part in parts for f in part.summary.findings}
    findings |= {(f.kind, f.detail): f for f in _notes(record, records)}
    ordered = tuple(findings[key] for key in sorted(findings))
    key = f"{item.summary.key}:{record.digest}" if records > 1 else item.summary.key
    found = msgspec.structs.replace(item.summary, key=key, findings=ordered)
    return Item(summary=found, head=item.head)


def _item(
    parts: Sequence[Part], fields: dict[str, Any], emails: tuple[str, ...], known: tuple[str, ...]
) -> Item:
    newest = parts[-1].summary
    head = msgspec.convert(fields, _HEADS[newest.kind])
    return Item(
        summary=summary(
            head,
            archive=newest.archive,
            version=max(part.summary.version for part in parts),
            known=known,
            findings=(),
            emails=emails,
        ),
        head=head,
    )


def _notes(record: Shared, records: int) -> Iterator[Finding]:
    if len(record.parts) > 1:
        detail = "Met more than once; of each field, the newest export that has it decides."
        yield Finding(kind="merged", detail=detail, count=len(record.parts))
    if record.in_doubt:
        detail = "Met under different names, with no create date to tell whether it is one record."
        yield Finding(kind="names_differ", detail=detail)
    if records > 1:
        detail = f"{records} records, of different names and create dates, have this record ID."
        yield Finding(kind="id_shared", detail=detail)
