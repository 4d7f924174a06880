"""The rung ``participants``: people who carry their company in their name, as ``Ann | Acme``,
``Ann (Acme)`` or ``Ann @ Acme``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl.matching.company_index import CompanyIndex
from etl.matching.rungs import NOTHING, Hit, Rung, owners_of
from sources.records import Summary

_TAG = re.compile(
    r"\s*(?P<name>[^|(@]+?)\s*(?:\|\s*(?P<bar>[^|]+)|\((?P<in>[^()]+)\)|\s@\s*(?P<at>.+))\s*"
)
_MARK = re.compile("[|(@]")
_OPEN = frozenset({"personal", "public", "im", "mpim"})
_ENOUGH = 2
_ONE = "a single person there carries its name"


def tagged(person: str) -> tuple[str, str]:
    """The name of a person, and the company they carry in it; empty when they carry none."""
    found = _TAG.fullmatch(person) if _MARK.search(person) else None
    if found is None:
        return person, ""
    return found["name"], (found["bar"] or found["in"] or found["at"]).strip()


def participants(index: CompanyIndex, summary: Summary, people: Iterable[str]) -> Rung:
    """The companies that two people or more of a closed group carry in their names."""
    marked = set(filter(_MARK.search, people))
    if not marked or not _OPEN.isdisjoint(summary.flags):
        return NOTHING
    carried: dict[str, list[str]] = {}
    for person in sorted(marked):
        company = tagged(person)[1]
        if company:
            carried.setdefault(index.readings.of(company).key, []).append(company)
    if not carried:
        return NOTHING
    hits: list[Hit] = []
    for texts in carried.values():
        name = index.readings.of(texts[0])
        owners = owners_of(index, name, 0, len(name.tokens))
        if owners:
            detail = f"{len(texts)} people there carry it"
            why = "" if len(texts) >= _ENOUGH else _ONE
            hits.append(Hit("participants", owners, texts[0], "people", detail=detail, why=why))
    return Rung(tuple(hit for hit in hits if not hit.why), tuple(hit for hit in hits if hit.why))
