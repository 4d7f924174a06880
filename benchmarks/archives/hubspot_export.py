"""HubSpot's exports: deals in English and, with local amounts, in Spanish, companies and
contacts as CSV; deals as a workbook.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from benchmarks.archives.hubspot_records import (
    Facts,
    Record,
    company,
    contact,
    deal,
    rng_of,
)
from benchmarks.archives.telling import Oracle

_DAY = date(2024, 12, 1)
_SPANISH_STAGES = {"open": "Cita programada", "won": "Cierre ganado", "lost": "Cierre perdido"}
Row = dict[str, Any]


class _AsSent(csv.unix_dialect):
    quoting = csv.QUOTE_ALL


class _AsSaved(csv.unix_dialect):
    quoting = csv.QUOTE_MINIMAL


def write_csv(root: Path, deals: int, oracle: Oracle) -> None:
    """That many deals, a fifth of them in Spanish, and companies and contacts beside them."""
    root.mkdir(parents=True)
    companies, contacts = _beside(deals)
    english = deals * 4 // 5
    made = (deal(number, companies, contacts) for number in range(english))
    rows = (_deal_row(record) for record in _telling(made, oracle))
    _csv(root / f"hubspot-crm-exports-all-deals-{_DAY}.csv", rows)
    local = (_in_spanish(deal(n, companies, contacts)) for n in range(english, deals))
    rows = (_spanish_row(record) for record in _telling(local, oracle))
    _csv(root / f"hubspot-crm-exports-todos-los-negocios-{_DAY}.csv", rows, as_saved=True)
    firms = (company(number, contacts, deals) for number in range(companies))
    rows = (_company_row(record) for record in _telling(firms, oracle))
    _csv(root / f"hubspot-crm-exports-all-companies-{_DAY}.csv", rows)
    people = (contact(number, companies) for number in range(contacts))
    rows = (_contact_row(record) for record in _telling(people, oracle))
    _csv(root / f"hubspot-crm-exports-all-contacts-{_DAY}.csv", rows)


def write_workbook(root: Path, deals: int, oracle: Oracle) -> None:
    """That many deals as a workbook: ids and amounts are numbers, dates are dates."""
    root.mkdir(parents=True)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Deals")
    made = (deal(number, *_beside(deals)) for number in range(deals))
    row: Row = {}
    for number, record in enumerate(_telling(made, oracle)):
        row = _deal_row(record)
        if number == 0:
            sheet.append(list(row))
        row |= {"Record ID": int(row["Record ID"])}
        row |= {name: _number(row[name]) for name in ("Amount", "Amount in company currency")}
        row |= {"Create Date": record.created, "Close Date": record.closed}
        sheet.append(list(row.values()))
    path = root / f"hubspot-crm-exports-all-deals-{_DAY}.xlsx"
    book.save(path)
    _finished(path, f"A1:{get_column_letter(len(row))}{deals + 1}")


def _finished(path: Path, size: str) -> None:
    """The same workbook whenever it was written, and telling its size as others do."""
    raw = path.with_suffix(".tmp")
    path.rename(raw)
    with ZipFile(raw) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"[0-9-]+T[0-9:]+Z", b"2024-12-01T00:00:00Z", data)
            elif name.startswith("xl/worksheets/"):
                told = f'</sheetPr><dimension ref="{size}"/>'
                data = data.replace(b"</sheetPr>", told.encode(), 1)
            member = ZipInfo(name)
            member.compress_type = ZIP_DEFLATED
            new.writestr(member, data)
    raw.unlink()


def _beside(deals: int) -> tuple[int, int]:
    return max(1, deals // 5), max(1, deals * 2 // 5)


def _telling(records: Iterable[Record], oracle: Oracle) -> Iterator[Record]:
    for record in records:
        oracle.tell(record.facts["key"], record.facts)
        yield record


def _csv(path: Path, rows: Iterable[Row], *, as_saved: bool = False) -> None:
    """As HubSpot writes it, every cell quoted; or as a spreadsheet saved it."""
    encoding = "utf-8" if as_saved else "utf-8-sig"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, dialect=_AsSaved if as_saved else _AsSent)
        for number, row in enumerate(rows):
            if number == 0:
                writer.writerow(row)
            writer.writerow(row.values())


def _in_spanish(record: Record) -> Record:
    facts = dict(record.facts)
    facts["stage"] = _SPANISH_STAGES[facts["status"]]
    if facts["amount"]:
        facts |= {"amount": f"{Decimal(facts['amount']):.2f}", "currency": "EUR"}
    return replace(record, facts=facts)


def _deal_row(record: Record) -> Row:
    facts = record.facts
    rng = rng_of("rest", int(facts["id"]))
    seen = (record.closed or record.created) + timedelta(days=1)
    return {
        "Record ID": facts["id"],
        "Deal Name": facts["name"],
        "Deal Stage": facts["stage"],
        "Close Date": _wall(record.closed),
        "Deal owner": facts["owner"] or "",
        "Amount": facts["amount"] or "",
        "Amount in company currency": facts["amount"] or "",
        "Currency": facts["currency"] or "",
        "Pipeline": facts["pipeline"],
        "Deal Type": rng.choice(("New Business", "Existing Business", "")),
        "Create Date": _wall(record.created),
        "Last Modified Date": _wall(seen),
        "Last Activity Date": _wall(seen),
        "Is Closed Won": _flag(facts["status"] == "won"),
        "Is closed lost": _flag(facts["status"] == "lost"),
        "Is Deal Closed?": _flag(facts["status"] != "open"),
        "Deal Description": facts["description"] or "",
        "Deal probability": f"{rng.random():.2f}",
        "Days to close": str(rng.randrange(300)),
        "Number of Sales Activities": str(rng.randrange(40)),
        "Number of times contacted": str(rng.randrange(40)),
        "Original Source Type": rng.choice(("Offline Sources", "Direct Traffic", "")),
        "Priority": rng.choice(("High", "Low", "", "")),
        "Next step": "",
        "Forecast category": rng.choice(("Pipeline", "Commit", "")),
        **_associated(record),
        "Associated Note IDs": "",
        "Associated Note": "",
    }


def _associated(record: Record) -> Row:
    first = record.companies[0] if record.companies else None
    return {
        "Associated Company IDs": ";".join(record.facts["company_ids"]),
        "Associated Company": ";".join(record.facts["company_names"]),
        "Associated Company IDs (Primary)": first.id if first else "",
        "Associated Company (Primary)": first.name if first else "",
        "Associated Contact IDs": ";".join(record.facts["contact_ids"]),
        "Associated Contact": ";".join(record.facts["contact_names"]),
    }


def _spanish_row(record: Record) -> Row:
    facts = record.facts
    return {
        "ID de registro": facts["id"],
        "Nombre del negocio": facts["name"],
        "Etapa del negocio": facts["stage"],
        "Fecha de cierre": _wall(record.closed),
        "Propietario del negocio": facts["owner"] or "",
        "Importe": _local(facts["amount"]),
        "Moneda": facts["currency"] or "",
        "Pipeline": facts["pipeline"],
        "Fecha de creación": _wall(record.created),
        "Prioridad": "",
        "Descripción del negocio": facts["description"] or "",
        **_associated(record),
    }


def _company_row(record: Record) -> Row:
    facts = record.facts
    rng = rng_of("rest", int(facts["id"]))
    return {
        "Record ID": facts["id"],
        "Company name": facts["name"],
        "Company Domain Name": facts["domain"] or "",
        "Website URL": facts["website"] or "",
        "Company owner": facts["owner"],
        "Industry": rng.choice(("Logistics", "Software", "")),
        "City": rng.choice(("Madrid", "Gijón", "")),
        "Country/Region": rng.choice(("Spain", "France", "")),
        "Number of Employees": str(rng.randrange(900)),
        "Phone Number": "",
        "Create Date": _wall(record.created),
        "Last Activity Date": "",
        "Lifecycle Stage": rng.choice(("Lead", "Customer")),
        "Associated Contact IDs": ";".join(facts["contact_ids"]),
        "Associated Deal IDs": ";".join(facts["deal_ids"]),
    }


def _contact_row(record: Record) -> Row:
    facts: Facts = record.facts
    first, _, last = facts["name"].partition(" ")
    return {
        "Record ID": facts["id"],
        "First Name": first,
        "Last Name": last,
        "Email": facts["email"],
        "Additional email addresses": ";".join(facts["emails"][1:]),
        "Phone Number": facts["phone"] or "",
        "Job Title": facts["job_title"] or "",
        "Company Name": facts["company_name"],
        "Contact owner": facts["owner"],
        "Lifecycle Stage": "Lead",
        "Lead Status": "",
        "Create Date": _wall(record.created),
        "Last Activity Date": "",
        "Associated Company": record.companies[0].name,
        "Associated Company IDs": ";".join(facts["company_ids"]),
    }


def _wall(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _flag(true: bool) -> str:
    return "true" if true else "false"


def _number(amount: str) -> int | float | None:
    if not amount:
        return None
    return float(amount) if "." in amount else int(amount)


def _local(amount: str | None) -> str:
    """``1.234,50 €``."""
    if amount is None:
        return ""
    whole, _, cents = amount.partition(".")
    return f"{int(whole):,}".replace(",", ".") + f",{cents} €"
