"""The straightforward loop over HubSpot's tables: ``csv.DictReader``, and ``openpyxl`` in its
reading mode.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import openpyxl  # type: ignore[import-untyped]

from benchmarks.archives.settings import ZONE

Facts = dict[str, Any]
Row = dict[str, Any]

_ZONE = ZoneInfo(ZONE)
_SPANISH = {
    "ID de registro": "Record ID",
    "Nombre del negocio": "Deal Name",
    "Etapa del negocio": "Deal Stage",
    "Fecha de cierre": "Close Date",
    "Propietario del negocio": "Deal owner",
    "Importe": "Amount",
    "Moneda": "Currency",
    "Fecha de creación": "Create Date",
    "Descripción del negocio": "Deal Description",
}
_WON = ("closed won", "closedwon", "cierre ganado")
_LOST = ("closed lost", "closedlost", "cierre perdido")
_ADDRESS = re.compile(r"\(([^\s@()]+@[^\s@()]+)\)")


def read(root: Path) -> Iterator[tuple[Facts, list[Facts]]]:
    """Every deal, company and contact, without messages."""
    for path in sorted(root.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            reader.fieldnames = [_SPANISH.get(name, name) for name in reader.fieldnames or ()]
            make = _maker(reader.fieldnames)
            for row in reader:
                yield make(row), []
    for path in sorted(root.glob("*.xlsx")):
        book = openpyxl.load_workbook(path, read_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True)
        labels = [str(label) for label in next(rows)]
        make = _maker(labels)
        for values in rows:
            cells = ("" if v is None else v if isinstance(v, date) else str(v) for v in values)
            yield make(dict(zip(labels, cells, strict=True))), []
        book.close()


def _maker(labels: object) -> Callable[[Row], Facts]:
    assert isinstance(labels, list)
    if "Deal Name" in labels:
        return _deal
    return _company if "Company Domain Name" in labels else _contact


def _deal(row: Row) -> Facts:
    amount, sign = _amount(row["Amount"])
    contacts = _several(row["Associated Contact"])
    description = row["Deal Description"] or None
    company_ids = _several(row["Associated Company IDs (Primary)"], row["Associated Company IDs"])
    primary = [row["Associated Company (Primary)"]] if row["Associated Company (Primary)"] else []
    return {
        "id": row["Record ID"],
        "name": row["Deal Name"],
        "stage": row["Deal Stage"] or None,
        "pipeline": row["Pipeline"] or None,
        "amount": amount,
        "currency": row["Currency"] or sign,
        "close_date": _moment(row["Close Date"]),
        "create_date": _moment(row["Create Date"]),
        "owner": row["Deal owner"] or None,
        "status": _status(row),
        "company_ids": company_ids,
        "contact_ids": _several(row["Associated Contact IDs"]),
        "company_names": list(dict.fromkeys(primary + _several(row["Associated Company"]))),
        "contact_names": contacts,
        "description": description,
        "key": f"hubspot:deal:{row['Record ID']}",
        "texts": [description] if description and len(description) < 500 else [],
        "emails": list(dict.fromkeys(_ADDRESS.findall(row["Associated Contact"].lower()))),
    }


def _company(row: Row) -> Facts:
    domain, website = row["Company Domain Name"] or None, row["Website URL"] or None
    hosts = [domain] if domain else []
    if website and (host := urlsplit(website).hostname):
        hosts.append(host)
    return {
        "id": row["Record ID"],
        "name": row["Company name"],
        "domain": domain,
        "website": website,
        "owner": row["Company owner"] or None,
        "create_date": _moment(row["Create Date"]),
        "contact_ids": _several(row["Associated Contact IDs"]),
        "deal_ids": _several(row["Associated Deal IDs"]),
        "key": f"hubspot:company:{row['Record ID']}",
        "domains": list(dict.fromkeys(hosts)),
    }


def _contact(row: Row) -> Facts:
    email = row["Email"].lower()
    return {
        "id": row["Record ID"],
        "name": f"{row['First Name']} {row['Last Name']}".strip(),
        "email": email or None,
        "emails": [*([email] if email else []), *_several(row["Additional email addresses"])],
        "company_name": row["Company Name"] or row["Associated Company"] or None,
        "company_ids": _several(row["Associated Company IDs"]),
        "owner": row["Contact owner"] or None,
        "create_date": _moment(row["Create Date"]),
        "job_title": row["Job Title"] or None,
        "phone": row["Phone Number"] or None,
        "key": f"hubspot:contact:{row['Record ID']}",
    }


def _several(*cells: str) -> list[str]:
    """The values of cells, each once."""
    parts = (part.strip() for cell in cells for part in cell.split(";"))
    return list(dict.fromkeys(part for part in parts if part))


def _moment(cell: str | datetime) -> str | None:
    if not cell:
        return None
    wall = cell if isinstance(cell, datetime) else datetime.fromisoformat(cell)
    return wall.replace(tzinfo=_ZONE).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _amount(cell: str) -> tuple[str | None, str | None]:
    """An amount, and the currency of its sign: plain, or as people in Spain write it."""
    if cell.endswith("€"):
        return cell.rstrip(" €").replace(".", "").replace(",", "."), "EUR"
    return cell or None, None


def _status(row: Row) -> str:
    if "Is Closed Won" in row:
        if row["Is Closed Won"] == "true":
            return "won"
        return "lost" if row["Is closed lost"] == "true" else "open"
    stage = row["Deal Stage"].partition(" (")[0].lower()
    return "won" if stage in _WON else "lost" if stage in _LOST else "open"
