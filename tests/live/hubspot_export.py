"""The CSV files that the same portal exports: English labels, times of its own zone."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sources.records import Contact, CrmCompany, Deal
from tests.live.hubspot_portal import MODIFIED, SINGULAR, TYPES, ZONE, Portal, Thing, ordered

Cells = dict[str, str | None]


def export(portal: Portal, folder: Path, day: str) -> None:
    """Write a file for each type, as exported on that day."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in TYPES:
        rows = [_row(portal, kind, thing) for thing in portal.things[kind].values()]
        path = folder / f"hubspot-crm-exports-all-{kind}-{day}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)


def _row(portal: Portal, kind: str, thing: Thing) -> Cells:
    said = thing.properties
    record = portal.record(kind, thing)
    row: Cells = {
        "Record ID": thing.id,
        "Create Date": _local(said["createdate"]),
        "Last Modified Date": _local(said[MODIFIED[kind]]),
        "Merged object IDs": said.get("hs_merged_object_ids"),
    }
    if isinstance(record, Deal):
        row |= _deal(record)
    elif isinstance(record, CrmCompany):
        row |= {
            "Company name": record.name,
            "Company Domain Name": record.domain,
            "Website URL": record.website,
            "Company owner": record.owner,
        }
    else:
        row |= _contact(record, said)
    for other in ("contacts", "deals"):
        if other != kind:
            row[f"Associated {SINGULAR[other].title()} IDs"] = ";".join(ordered(thing, other))
    return row | (_companies(portal, thing) if kind != "companies" else {})


def _deal(deal: Deal) -> Cells:
    return {
        "Deal Name": deal.name,
        "Deal Stage": deal.stage,
        "Pipeline": deal.pipeline,
        "Amount": deal.amount,
        "Currency": deal.currency,
        "Close Date": _local(deal.close_date),
        "Deal owner": deal.owner,
        "Is Closed Won": str(deal.status == "won").lower(),
        "Is closed lost": str(deal.status == "lost").lower(),
        "Deal Description": deal.description,
        "Associated Contact": ";".join(deal.contact_names),
    }


def _contact(contact: Contact, said: dict[str, str | None]) -> Cells:
    return {
        "First Name": said["firstname"],
        "Last Name": said["lastname"],
        "Email": contact.email,
        "Additional email addresses": said["hs_additional_emails"],
        "Phone Number": contact.phone,
        "Job Title": contact.job_title,
        "Company Name": said["company"],
        "Contact owner": contact.owner,
    }


def _companies(portal: Portal, thing: Thing) -> Cells:
    companies = ordered(thing, "companies")
    return {
        "Associated Company IDs (Primary)": ";".join(
            number for number, main in thing.associated["companies"].items() if main
        ),
        "Associated Company IDs": ";".join(companies),
        "Associated Company": ";".join(portal.name_of("companies", n) for n in companies),
    }


def _local(moment: str | None) -> str | None:
    if moment is None:
        return None
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M")
