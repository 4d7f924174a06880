"""Whether rows with one record ID are about one record.

A record ID is unique in its portal only. A record may be renamed but keeps its create
date, give or take a day: exports write times in different zones, and none says which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from sources.protocol import Part
from sources.records import Record


class Shared(NamedTuple):
    """Readings of one record, oldest first. ``digest`` tells it from others with its ID;
    ``in_doubt``: it may be several after all.
    """

    parts: list[Part]
    digest: str
    in_doubt: bool


class _Trait(NamedTuple):
    """The name without case and space, and the create date as a day number; blank and 0
    when they are not known.
    """

    name: str
    day: int

    @property
    def whole(self) -> bool:
        return bool(self.name and self.day)

    def like(self, other: _Trait) -> bool:
        near = self.day and other.day and abs(self.day - other.day) <= 1
        return bool(near or self.name == other.name)


class _Dated(Record, frozen=True, kw_only=True, gc=False):
    create_date: str | None = None


def records_of(parts: Sequence[Part]) -> list[Shared]:
    """The records these readings are about: one, unless names and create dates are known
    and both differ. The order of the readings does not matter for it.
    """
    names = [_name(part) for part in parts]
    if len(set(names)) == 1:
        return [Shared(list(parts), "", in_doubt=False)]
    traits = [_Trait(name, _day(part)) for name, part in zip(names, parts, strict=True)]
    return [_shared(parts, traits, group) for group in _groups(set(traits))]


def _groups(traits: set[_Trait]) -> list[set[_Trait]]:
    """Whole traits with those like them; the others with the one group they are like."""
    groups: list[set[_Trait]] = []
    for trait in sorted(trait for trait in traits if trait.whole):
        alike = [group for group in groups if any(map(trait.like, group))]
        groups = [group for group in groups if group not in alike]
        groups.append({trait}.union(*alike))
    partial = sorted(trait for trait in traits if not trait.whole)
    if len(groups) < 2:
        return [traits]
    homes = [[group for group in groups if any(map(trait.like, group))] for trait in partial]
    rest = {trait for trait, home in zip(partial, homes, strict=True) if len(home) != 1}
    for trait, home in zip(partial, homes, strict=True):
        if len(home) == 1:
            home[0].add(trait)
    return [*groups, rest] if rest else groups


def _shared(parts: Sequence[Part], traits: list[_Trait], group: set[_Trait]) -> Shared:
    name, day = min([trait for trait in group if trait.whole] or group)
    names = {trait.name for trait in group if trait.name}
    return Shared(
        parts=[part for part, trait in zip(parts, traits, strict=True) if trait in group],
        digest=hashlib.sha256(f"{day} {name}".encode("utf-8", "replace")).hexdigest()[:8],
        in_doubt=len(names) > 1 and not all(trait.day for trait in group),
    )


def _name(part: Part) -> str:
    return " ".join(part.summary.title.casefold().split())


def _day(part: Part) -> int:
    text = msgspec.json.decode(part.head, type=_Dated).create_date
    return date.fromisoformat(text[:10]).toordinal() if text else 0
