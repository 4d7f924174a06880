"""HubSpot's tables."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from etl.audit.counter.met import Found, Met, Opener, Untold, text_of, whole

_IDS = {
    *("record id", "hs_object_id", "id de registro", "deal id", "company id", "contact id"),
    *("id del negocio", "id de la empresa", "id del contacto"),
}
OBJECTS = {
    "deals": {"deal name", "dealname", "nombre del negocio", "deal stage", "dealstage"},
    "contacts": {"first name", "firstname", "last name", "lastname", "apellidos", "email"},
    "activities": {"activity type", "note body", "hs_note_body", "activity date", "hs_timestamp"},
    "companies": {"company name", "name", "company domain name", "domain", "nombre de la empresa"},
}
"""What only such a table has a column for; the first that fits."""


def table(shown: str, opened: Opener) -> Found:
    """Rows, by the column that holds the record's id."""
    data = whole(opened)
    is_workbook, torn = shown.lower().endswith(".xlsx"), False
    if is_workbook:
        rows = workbook(data)
    else:
        text = text_of(data)
        first = text[: text.find("\n") + 1] or text
        comma = max(",;\t", key=first.count)
        csv.field_size_limit(2**31 - 1)  # all that every system takes
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
        if text.count('"') % 2:
            yield Untold(shown, "a quotation mark is never closed: rows behind it are not counted")
            torn = True
    header = next((row for row in rows if any(cell.strip() for cell in row)), [])
    header = [" ".join(cell.lower().split()) for cell in header]
    at = next((n for n, label in enumerate(header) if label in _IDS), None)
    kind = next((kind for kind, labels in OBJECTS.items() if labels & {*header}), "")
    if at is None or not kind:
        yield Untold(shown, "no table of HubSpot's whose columns are known here")
        return
    merged = [n for n, label in enumerate(header) if "merged" in label and "id" in label]
    for row in rows:
        if not any(cell.strip(" ,;") for cell in row):
            if row and is_workbook:
                yield Met("hubspot", shown, kind, kind, "", "blank row")
            continue
        number = (row[at] if at < len(row) else "").strip().removesuffix(".0")
        is_sound = number.isdigit() and len(row) <= len(header)
        if torn and any(cell.count("\n") > 1 for cell in row):
            is_sound = False
        yield Met("hubspot", shown, kind, kind, number, "row" if is_sound else "broken")
        for cell in (row[place] for place in merged if place < len(row)):
            for ended in re.findall(r"\d+", cell):
                yield Met("hubspot", shown, kind, kind, ended, "merged")


_SHARED = re.compile(r"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.DOTALL)
_ROW = re.compile(r"<(?:\w+:)?row\b[^>]*>(.*?)</(?:\w+:)?row>", re.DOTALL)
_CELL = re.compile(r"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)


def workbook(data: bytes) -> Iterator[list[str]]:
    """The rows of a workbook's sheets, blank cells filled in."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = sorted(packed.namelist())
        strings = "xl/sharedStrings.xml"
        text = packed.read(strings).decode() if strings in names else ""
        shared = [_xml_text(found) for found in _SHARED.findall(text)]
        for name in names:
            if not name.startswith("xl/worksheets/sheet"):
                continue
            for row in _ROW.findall(packed.read(name).decode()):
                cells: list[str] = []
                for given, inner in _CELL.findall(row):
                    value = _xml_text(inner)
                    if 't="s"' in given and value.isdigit():
                        value = shared[int(value)]
                    cells += [""] * (_column(given, len(cells)) - len(cells)) + [value]
                yield cells


def _column(given: str, following: int) -> int:
    named = re.search(r'\br="([A-Z]+)', given)
    place = 0
    for letter in named[1] if named else "":
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1 if named else following


def _xml_text(inner: str) -> str:
    inner = re.sub(r"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", "", inner, flags=re.DOTALL)
    return unescape("".join(re.findall(r"<(?:\w+:)?[tv]\b[^>]*>([^<]*)<", inner)))
