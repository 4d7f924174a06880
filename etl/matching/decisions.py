"""What matching says of an item, and on what it rests."""

from __future__ import annotations

from typing import Literal

import msgspec

Method = Literal[
    "explicit", "domain", "company_field", "segment", "core", "participants", "typo", "topic"
]

SCORES: dict[Method, float] = {
    "explicit": 1.0,
    "domain": 0.97,
    "company_field": 0.95,
    "segment": 0.9,
    "core": 0.8,
    "participants": 0.75,
    "typo": 0.7,
    "topic": 0.65,
}
"""How far each rung is trusted. Higher rungs are asked first."""

Field = Literal[
    "key", "title", "alias", "text", "email", "domain", "company", "people", "mentioned"
]


class Evidence(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """The text that matched, in which field, and the cell of the mapping it fits.

    ``start`` and ``end`` say where it stands in a title or an alias; ``detail`` what the
    corpus says of the words around it.
    """

    text: str
    field: Field
    start: int | None = None
    end: int | None = None
    mapping_line: int
    mapping_column: str
    detail: str = ""


class Match(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A company, the rung that found it, and why. ``variant`` is the ``variant_name``
    that the record names, or that the matching row is about.
    """

    company: str
    method: Method
    score: float
    evidence: Evidence
    variant: str | None = None


class Nearest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The nearest thing seen in an item that matches nobody; ``company`` when it is the
    name of one, with too little round it.
    """

    text: str
    field: Field
    detail: str
    company: str | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Whose an item is. ``matches`` when matched, sorted by company, each its own;
    ``candidates`` when a person should look, best first, and ``settles`` what they can
    do about it; ``nearest`` when unmatched. ``reason`` is a sentence, for a match its method.
    A match may have candidates too: others who tie beside it.
    """

    status: Literal["matched", "review", "unmatched"]
    matches: tuple[Match, ...] = ()
    candidates: tuple[Match, ...] = ()
    settles: str | None = None
    nearest: Nearest | None = None
    reason: str
