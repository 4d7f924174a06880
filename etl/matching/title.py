"""The rung ``segment``: what the pieces of a title lead to.

A piece is a company when all of it is the company's name. A name with other words
beside it is only a suggestion: ``Acme Pay`` may be a firm of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from etl.matching.company_index import CompanyIndex, Owners, in_order
from etl.matching.decisions import Field, Nearest
from etl.matching.rungs import Hit, Rung, owners_of
from etl.matching.segments import (
    CONNECTORS,
    OwnNames,
    Segment,
    joined,
    trimmed,
    walled,
    without_ours,
)
from etl.names.normalise import Name, normalise
from sources.records import Summary

PERSONAL = "a personal chat may be about anything"
PUBLIC = "a public channel may be about anybody"
NO_OURS = "our own name is not in the title"
SHORT = "the name is too short to stand alone"
WORDS = "other words stand beside the name"
PARTLY = "only a part of what is joined is known"

_SHORTEST_ALONE = 3
# Slack names direct messages (im, mpim) after the people in them.
_PEOPLE = frozenset({"personal", "im", "mpim"})


def segment(index: CompanyIndex, own: OwnNames, summary: Summary) -> Rung:
    """The title's pieces; the aliases' when the title's settle nothing."""
    if summary.kind in {"hubspot_contacts", "hubspot_companies"}:
        return Rung()
    title = _read(index, own, summary, "title", summary.title)
    if title.hits:
        return title
    others = [_read(index, own, summary, "alias", alias) for alias in sorted(summary.aliases)]
    return Rung(
        tuple(hit for rung in others for hit in rung.hits),
        (*title.weak, *(hit for rung in others for hit in rung.weak)),
        (*title.nearest, *(seen for rung in others for seen in rung.nearest)),
    )


class _Title(NamedTuple):
    known: CompanyIndex
    own: OwnNames
    name: Name
    field: Field
    ours: bool
    """Whether our name stands there, or goes without saying: a deal is ours."""
    ours_said: bool
    doubt: str
    """Why no piece settles anything, when none does."""


def _read(index: CompanyIndex, own: OwnNames, summary: Summary, field: Field, text: str) -> Rung:
    name = normalise(text)
    size = len(name.tokens)
    said = any(own.length_at(name.tokens, place, size) for place in range(size))
    ours = said or summary.kind == "hubspot_deals"
    title = _Title(index, own, name, field, ours, said, _doubt(summary))
    if name.key in own.keys:
        return Rung()
    whole = owners_of(index, name, 0, size)
    if whole:
        return _whole(title, whole)
    hits = [hit for run in walled(name) for hit in _run(title, run)]
    if not ours:
        hits = [hit if hit.why else hit._replace(why=NO_OURS) for hit in hits]
    return _sorted_out(title, hits)


def _doubt(summary: Summary) -> str:
    """A public channel of our own Slack is no stranger's, one of Telegram may be."""
    if not _PEOPLE.isdisjoint(summary.flags):
        return PERSONAL
    if summary.kind == "telegram_chats" and "public" in summary.flags:
        return PUBLIC
    return ""


def _whole(title: _Title, owners: Owners) -> Rung:
    return _sorted_out(title, [_hit(title, owners, 0, len(title.name.tokens))])


def _too_short(title: _Title, hit: Hit) -> bool:
    """Without our name said, a letter or two, a number or a connector may be anything."""
    key = normalise(hit.text).key
    return not title.ours_said and (
        len(key) < _SHORTEST_ALONE or key.isdigit() or key in CONNECTORS
    )


def _sorted_out(title: _Title, hits: list[Hit]) -> Rung:
    hits = [
        hit if hit.why or not _too_short(title, hit) else hit._replace(why=SHORT) for hit in hits
    ]
    if title.doubt:
        hits = [hit._replace(why=hit.why if hit.why == WORDS else title.doubt) for hit in hits]
    sure = tuple(hit for hit in hits if not hit.why)
    # a name among other words needs our own name to be worth anybody's time
    weak = tuple(hit for hit in hits if hit.why and (title.ours or hit.why != WORDS))
    far = () if sure or weak else _inside(title)
    return Rung(sure, weak, far)


def _run(title: _Title, run: Segment) -> Iterator[Hit]:
    """What a run between hard breaks leads to, whole or without our name."""
    tokens = title.name.tokens[run.first : run.last]
    if "".join(tokens) in title.own.keys:
        return
    owners = owners_of(title.known, title.name, run.first, run.last)
    if owners:
        yield _hit(title, owners, run.first, run.last)
        return
    for piece in without_ours(title.name, run, title.own):
        yield from _piece(title, piece)


def _piece(title: _Title, piece: Segment) -> Iterator[Hit]:
    """A piece as it stands, or without connectors towards our name; else the names that
    connectors join in it; else the name with which it begins.
    """
    bare = trimmed(title.name, piece)
    readings = {bare} if bare.first < bare.last else set()
    if piece.last - piece.first > 1 or piece.walled:
        readings.add(piece)
    hits = [
        _hit(title, found, s.first, s.last) for s in sorted(readings) if (found := _of(title, s))
    ]
    if hits:
        owners = {owner for hit in hits for owner in hit.owners}
        # "Space x Ours": SpaceX or Space, when both are mapped
        companies = {(owner.company, owner.ignored) for owner in owners}
        yield hits[0] if len(companies) == 1 else hits[0]._replace(owners=in_order(owners))
    elif bare.first < bare.last:
        yield from _joined(title, bare)


def _of(title: _Title, segment: Segment) -> Owners:
    return owners_of(title.known, title.name, segment.first, segment.last)


def _joined(title: _Title, piece: Segment) -> Iterator[Hit]:
    parts = joined(title.name, piece)
    found = [(part, _of(title, part)) for _, part in parts] if len(parts) > 1 else []
    hits = [_hit(title, owners, part.first, part.last) for part, owners in found if owners]
    # "x" only ever joins; "and" may stand inside the name of somebody else
    only_x = all(connector in {"", "x"} for connector, _ in parts)
    if hits:
        whole = len(hits) == len(parts) or only_x
        yield from (hit if whole else hit._replace(why=PARTLY) for hit in hits)
        return
    for last in range(min(piece.last - 1, piece.first + title.known.longest_name), piece.first, -1):
        owners = title.known.called("".join(title.name.tokens[piece.first : last]))
        if owners and last - piece.first + len(title.name.tokens[piece.first]) > 2:
            yield _hit(title, owners, piece.first, last)._replace(why=WORDS)
            return


def _hit(title: _Title, owners: Owners, first: int, last: int) -> Hit:
    text, start, end = title.name.quote(first, last)
    return Hit("segment", owners, text, title.field, start, end)


def _inside(title: _Title) -> tuple[Nearest, ...]:
    """The longest mapped name anywhere in the title."""
    name, size = title.name, len(title.name.tokens)
    for length in range(min(size, title.known.longest_name), 0, -1):
        for first in range(size - length + 1):
            tokens = name.tokens[first : first + length]
            if length == 1 and (len(tokens[0]) < _SHORTEST_ALONE or tokens[0] in title.own.keys):
                continue
            owners = title.known.called("".join(tokens))
            if owners and not all(owner.ignored for owner in owners):
                return (_seen(title, owners, first, first + length),)
    return ()


def _seen(title: _Title, owners: Owners, first: int, last: int) -> Nearest:
    text = title.name.quote(first, last)[0]
    detail = "stands there, but not alone between separators with our own name"
    company = owners[0].company if len(owners) == 1 else None
    return Nearest(text=text, field=title.field, detail=detail, company=company)
