"""A name with one slip in it: a letter too many, too few, another one, or two swapped.

Guarded, because ``Strike`` and ``Stride`` are two firms: long names only, the same first
letter, a single company, and a spelling that the corpus does not know as a word or a name of
its own.
"""

from __future__ import annotations

from typing import NamedTuple

from etl.matching.company_index import SHORTEST_WITH_SLIP, CompanyIndex
from etl.matching.learnt import Learnt
from etl.matching.owners import Owners


class Meant(NamedTuple):
    """Whose name was meant, and why."""

    owners: Owners
    detail: str


def meant(index: CompanyIndex, learnt: Learnt, key: str, *, itself: int = 0) -> Meant | None:
    """Whose name this is but for one slip; ``None`` when nobody's, or two companies'.
    ``itself``: how many of the company fields that hold this spelling are the one asked about.
    """
    if not learnt.items or len(key) < SHORTEST_WITH_SLIP - 1 or key.isdigit():
        return None
    if learnt.fields.get(key, 0) > itself or key in learnt.labels or key in learnt.common:
        return None
    if key in learnt.spellings:
        return None  # met again and again, or said to be: a word or a name of its own
    near = sorted([name for name in index.near(key) if _one_slip(key, name)])
    if not near:
        return None
    owners = {(each.company, each.ignored) for name in near for each in index.names[name]}
    if len(owners) != 1:
        return None
    return Meant(index.names[near[0]], f"one slip away from {near[0]!r}, and met nowhere else")


def _one_slip(key: str, name: str) -> bool:
    """Whether one edit makes ``name`` of ``key``; the first letter stays, a plural is none."""
    if len(name) < SHORTEST_WITH_SLIP or key[0] != name[0] or name.isdigit():
        return False
    if key.startswith(name) or name == key + "s":
        return False  # a plural, "staking" of "stakin"
    place = next((n for n, (a, b) in enumerate(zip(key, name, strict=False)) if a != b), None)
    if place is None:
        return len(name) == len(key) + 1 and not name[-1].isdigit()
    mine, its = key[place:], name[place:]
    swapped = mine[:2] == its[1::-1] and mine[2:] == its[2:]
    if mine[0].isdigit() or its[0].isdigit():
        return swapped  # Layer2 is not Layer3
    return swapped or mine[1:] == its[1:] or mine[1:] == its or mine == its[1:]
