"""Holds what archives hold against what a result says, chat by chat, and tells what differs:
as a disagreement, or as explained by the result's own account, as far as that goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from etl.audit import bundles
from etl.audit.bundles import Fault, Raw, Said
from etl.audit.holdings import Holdings

_EXAMPLES = 50


@dataclass
class Tally:
    """What was found of one chat, or of all calendars, or of one table. ``title`` is what it is
    called, for a person.
    """

    groups: list[int]
    items: list[int]
    source: str
    title: str
    distinct: int = 0
    readings: int = 0
    maybe: int = 0
    lost: Counter[tuple[int, str]] = field(default_factory=Counter)
    lost_ids: list[tuple[str, int, str]] = field(default_factory=list)
    doubled: Counter[int] = field(default_factory=Counter)
    separators: Counter[int] = field(default_factory=Counter)
    extra: Counter[int] = field(default_factory=Counter)
    odd_ids: list[tuple[int, str, int | None]] = field(default_factory=list)
    nameless: Counter[int] = field(default_factory=Counter)
    authors: Counter[int] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)
    shifts: dict[tuple[int, bool], tuple[int, int, int]] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)

    def add(self, fault: Fault, known_as: str) -> None:
        """Count a fault."""
        if fault.kind == "met":
            self.distinct += 1
            self.readings += fault.seconds
        elif fault.kind == "maybe":
            self.maybe += 1
        elif fault.kind == "lost" and fault.group is not None:
            self.lost[fault.group, fault.file] += 1
            if len(self.lost_ids) < _EXAMPLES:
                self.lost_ids.append((known_as, fault.group, fault.file))
        elif fault.kind == "apart":
            self.apart.add(fault.seconds)
        elif fault.kind == "shifted":
            at = fault.at or 0
            first, last, many = self.shifts.get((fault.seconds, fault.sure), (at, at, 0))
            found = min(first, at), max(last, at), many + 1
            self.shifts[fault.seconds, fault.sure] = found
        elif fault.item is not None:
            kinds = {
                "doubled": self.doubled,
                "separator": self.separators,
                "extra": self.extra,
                "no author": self.nameless,
                "author": self.authors,
                "time": self.times,
            }
            kinds[fault.kind][fault.item] += 1
            if fault.kind in ("extra", "time") and len(self.odd_ids) < _EXAMPLES:
                self.odd_ids.append((fault.item, known_as, fault.at))


def compare(holdings: Holdings, zone: ZoneInfo | None) -> list[Tally]:
    """What differs, a tally for each chat; those of nothing but agreement included."""
    tallies = [
        Tally(groups, items, *_named(holdings, groups, items))
        for groups, items in holdings.cluster()
    ]
    for tally in tallies:
        if not all(map(holdings.has_ids, tally.items)):
            holdings.key_by_time(tally.items, tally.groups)
    for cluster, known_as, raws, saids in holdings.bundles():
        tally = tallies[cluster]
        for fault in _faults(tally.source, known_as, raws, saids, zone):
            tally.add(fault, known_as)
    return tallies


def _faults(
    source: str, known_as: str, raws: list[Raw], saids: list[Said], zone: ZoneInfo | None
) -> Iterator[Fault]:
    if source == "hubspot":
        return bundles.rows(raws, saids)
    if source == "calendar":
        return bundles.events(known_as, raws, saids)
    return bundles.messages(raws, saids, zone if source == "telegram" else None)


def _named(holdings: Holdings, groups: list[int], items: list[int]) -> tuple[str, str]:
    """Source and title: those of the archives, else those of the result."""
    if not groups:
        item = holdings.items[items[0]]
        return item.source, item.title or item.key or "without a name"
    first = holdings.groups[groups[0]]
    calendars = {holdings.groups[number].chat for number in groups}
    is_one = first.source != "calendar" or len(calendars) == 1
    more = "" if is_one else f" and {len(calendars) - 1} more"
    return first.source, f"{first.title or first.chat}{more}"
