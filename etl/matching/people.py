"""The rung ``participants``: people who carry their company in their name, as ``Ann | Acme``,
``Ann (Acme)`` or ``Ann @ Acme``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl.matching.company_index import CompanyIndex
from etl.matching.hits import NOTHING, Hit, Rung
from etl.matching.rungs import owners_of
from sources.records import Summary

_MARK = re.compile("[|(@]")
_BRACKET = re.compile("[()]")
OF_PEOPLE = frozenset({"personal", "im", "mpim"})
"""Flags of chats that are called after the people in them, and may be about anything."""
OPEN = OF_PEOPLE | {"public"}
"""Those of chats that are no closed group's."""
_ENOUGH = 2
_ONE = "a single person there carries its name"


def tagged(person: str) -> tuple[str, str]:
    """The name of a person, and the company they carry in it; empty when they carry none."""
    mark = _MARK.search(person)
    if mark is None:
        return person, ""
    name, company = person[: mark.start()], _behind(mark[0], person[mark.end() :].strip())
    if mark[0] == "@" and not (len(name) > 1 and name[-1].isspace()):
        company = ""  # an address
    return (name.strip(), company) if name and company else (person, "")


def _behind(mark: str, rest: str) -> str:
    """The company in what stands behind a mark; empty when there is more than that."""
    if mark == "(":
        rest, closed = rest[:-1], rest[-1:]
        return rest.strip() if closed == ")" and not _BRACKET.search(rest) else ""
    several = "|" in rest if mark == "|" else "\n" in rest
    return "" if several else rest


def participants(index: CompanyIndex, summary: Summary, people: Iterable[str]) -> Rung:
    """The companies that two people or more of a closed group carry in their names."""
    if not people or not OPEN.isdisjoint(summary.flags):
        return NOTHING
    marked = {person for person in people if _MARK.search(person)}
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
