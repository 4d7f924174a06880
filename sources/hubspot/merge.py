"""One item of several rows about the same record: field by field, the newest that knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sources.hubspot.evidence import CrmHead, summary
from sources.hubspot.row import distinct
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
    """An item for each record that these readings are about. HubSpot lets one of several
    records go on for all: what was read of the others is the oldest of it.
    """
    into = {old: part.summary.key for part in parts for old in part.summary.identity}
    lasting: dict[str, list[Part]] = {}
    ended: dict[str, list[Part]] = {}
    for part in parts:
        key = _goes_on_as(part.summary.key, into)
        place = lasting if key == part.summary.key else ended
        place.setdefault(key, []).append(part)
    items = 0
    for key in sorted(lasting):
        records = records_of(lasting[key])
        heir = next((n for n, each in enumerate(records) if _claims(each)), 0)
        for number, record in enumerate(records):
            first = ended.get(key, []) if number == heir else []
            yield _merged(record._replace(parts=[*first, *record.parts]), len(records))
        items += len(records)
    yield Account(accepted=items - len(parts), duplicate=len(parts) - items)


def _goes_on_as(key: str, into: Mapping[str, str]) -> str:
    """The key of the record that this one was merged into, or its own. Of records that
    each claim to go on for the other, the first.
    """
    path = [key]
    while (found := into.get(path[-1])) is not None:
        if found in path:
            return min(path[path.index(found) :])
        path.append(found)
    return path[-1]


def _claims(record: Shared) -> bool:
    return any(part.summary.identity for part in record.parts)


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
    # Who names one that ended, means this; but not if others have its ID.
    ended = distinct(*(part.summary.identity for part in parts)) if records == 1 else ()
    found = msgspec.structs.replace(item.summary, key=key, identity=ended, findings=ordered)
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
        detail = "Nothing but the record ID says that others with it are not another record."
        yield Finding(kind="names_differ", detail=detail)
    if records > 1:
        detail = f"{records} records that seem to be different have this record ID."
        yield Finding(kind="id_shared", detail=detail)
