"""Whether rows with one record ID are about one record.

A record ID is unique in its portal only, and no export names its portal. All rows of a file
are of one. Those of different files are of one record when their create dates agree, give
or take a day (exports write times in different zones, and none says which), or when they
share a name, an address or a domain; or, of a deal, what it is worth, when it closes and
somebody it is associated with (portals in two languages name deals in both). Otherwise
they stand apart: what may be two records is never made one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from sources.protocol import Part
from sources.records import Record, Summary


class Shared(NamedTuple):
    """Readings of one record, oldest first. ``digest`` tells it from others with its ID;
    ``in_doubt``: no create date tells it from them.
    """

    parts: list[Part]
    digest: str
    in_doubt: bool


class _Known(NamedTuple):
    """What is known of the rows of one file: days of creation as numbers; names, addresses
    and domains.
    """

    days: frozenset[int]
    marks: frozenset[str]

    def joined(self, other: _Known) -> _Known:
        return _Known(self.days | other.days, self.marks | other.marks)


class _Group(NamedTuple):
    units: frozenset[str]
    known: _Known


class _Told(Record, frozen=True, kw_only=True, gc=False):
    """Of a head; a note has no name and often no create date."""

    create_date: str | None = None
    date: str | None = None
    body: str = ""
    close_date: str | None = None
    amount: str | None = None


def records_of(parts: Sequence[Part]) -> list[Shared]:
    """The records these readings are about. The order of the readings does not matter
    for it.
    """
    known: dict[str, _Known] = {}
    for part in parts:
        told = _known(part)
        known[part.unit] = known[part.unit].joined(told) if part.unit in known else told
    groups = _groups([_Group(frozenset({unit}), known[unit]) for unit in sorted(known)])
    return [_shared(parts, group, alone=len(groups) == 1) for group in groups]


def _groups(units: Iterable[_Group]) -> list[_Group]:
    """First those with dates; the others join the one of these that they are like."""
    units = list(units)
    dated = _connected([unit for unit in units if unit.known.days], _near_or_alike)
    homeless: list[_Group] = []
    blank: list[_Group] = []
    for unit in (unit for unit in units if not unit.known.days):
        if not unit.known.marks:
            blank.append(unit)
            continue
        homes = [n for n, group in enumerate(dated) if _alike(group, unit)]
        if len(homes) == 1:
            # Only the dated decide who is like them: the order must not matter.
            group = dated[homes[0]]
            dated[homes[0]] = _Group(group.units | unit.units, group.known)
        else:
            homeless.append(unit)
    groups = [*dated, *_connected(homeless, _alike)]
    if not blank:
        return groups
    # Nothing in the blank ones speaks against the only other.
    return [_together([*groups, *blank])] if len(groups) < 2 else [*groups, _together(blank)]


def _connected(groups: Iterable[_Group], like: Callable[[_Group, _Group], bool]) -> list[_Group]:
    """Groups made one with all that they are like, directly or through others."""
    found: list[_Group] = []
    for group in groups:
        alike = [other for other in found if like(other, group)]
        found = [other for other in found if other not in alike]
        found.append(_together([group, *alike]))
    return found


def _together(groups: Sequence[_Group]) -> _Group:
    return _Group(
        frozenset().union(*(group.units for group in groups)),
        _Known(
            frozenset().union(*(group.known.days for group in groups)),
            frozenset().union(*(group.known.marks for group in groups)),
        ),
    )


def _near_or_alike(one: _Group, other: _Group) -> bool:
    near = (abs(a - b) <= 1 for a in one.known.days for b in other.known.days)
    return any(near) or _alike(one, other)


def _alike(one: _Group, other: _Group) -> bool:
    return not one.known.marks.isdisjoint(other.known.marks)


def _shared(parts: Sequence[Part], group: _Group, *, alone: bool) -> Shared:
    days, marks = group.known
    trait = f"day {min(days)}" if days else f"mark {min(marks, default='')}"
    return Shared(
        parts=[part for part in parts if part.unit in group.units],
        digest=hashlib.sha256(trait.encode("utf-8", "replace")).hexdigest()[:8],
        in_doubt=not alone and not days,
    )


def _known(part: Part) -> _Known:
    head = msgspec.json.decode(part.head, type=_Told)
    created = head.create_date or head.date
    summary = part.summary
    addresses = summary.emails if summary.kind == "hubspot_contacts" else ()
    hosts = (domain.removeprefix("www.") for domain in summary.domains)
    names = (" ".join(name.casefold().split()) for name in (summary.title or head.body,))
    return _Known(
        frozenset({date.fromisoformat(created[:10]).toordinal()} if created else ()),
        frozenset(filter(None, (*names, *addresses, *hosts, *_terms(head, summary)))),
    )


def _terms(head: _Told, summary: Summary) -> Iterator[str]:
    """What two deals hardly have in common by chance."""
    if head.close_date and head.amount:
        value = Decimal(head.amount).normalize()
        for each in (*summary.company_ids, *summary.contact_ids):
            yield f"{value} on {head.close_date[:10]} with {each}"
