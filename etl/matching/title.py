"""The rungs that read a title, put together: the first that has anything to say of a piece,
and what of it is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property

import msgspec

from etl.matching.company_index import CompanyIndex
from etl.matching.decisions import Field, Nearest
from etl.matching.hits import NOTHING, Hit, Rung
from etl.matching.learnt import Learnt
from etl.matching.owners import Owners
from etl.matching.parts import Found, Piece, Segment
from etl.matching.pieces import TitleReader, names_in
from etl.matching.segments import CONNECTORS, OwnNames, joined
from etl.matching.title_rungs import PERSON, WORDS, core, segment, topic, typo, weak
from etl.matching.title_text import Title
from etl.names.legal_forms import without_legal_form
from sources.records import Kind, Summary

NO_OURS = "our own name is not in the title"
SOMEBODY_ELSE = "a mapped name is shortened so, but the CRM or an address names another company so"
SHORT = "the name is too short to stand alone"
OTHERS = "somebody else is named there, whose deal it may be"
LONG = "it is too long for a title, and may be about anybody"

WITHOUT_TITLE: frozenset[Kind] = frozenset({"hubspot_contacts", "hubspot_companies"})
"""What is called like somebody is theirs by its address or its company field."""

_SHORTEST_ALONE = 3
_REMEMBERED = 4096
_NUMBER = re.compile(r"\d+|[a-z]\d")  # 4711, Q3
_CLOSED = re.compile(r"\s*[\])]")
_TAGGED = re.compile(r"\s*[(@]")

RUNGS: tuple[Callable[[Title, Piece], list[Hit]], ...] = (segment, core, typo, topic)
"""In the order in which they are asked."""
_WITHOUT_NAME = core, typo
"""Those that have anything to say of a piece without a whole name in it."""


class TitleRung:
    """What titles lead to. That of some is remembered: all meetings of a series have one."""

    def __init__(
        self, titles: TitleReader, index: CompanyIndex, own: OwnNames, learnt: Learnt
    ) -> None:
        self._titles, self._index, self._own, self._learnt = titles, index, own, learnt
        self._said: dict[tuple[str, Field, Kind, tuple[str, ...]], Rung] = {}

    def of(self, summary: Summary) -> Rung:
        """What the title's pieces lead to; the aliases' when the title's settle nothing."""
        if summary.kind in WITHOUT_TITLE:
            return NOTHING
        found = self._of(summary.title, "title", summary)
        if found.hits or not summary.aliases:
            return found
        others = [self._of(alias, "alias", summary) for alias in sorted(summary.aliases)]
        return Rung(
            tuple(hit for rung in others for hit in rung.hits),
            (*found.weak, *(hit for rung in others for hit in rung.weak)),
            (*found.nearest, *(seen for rung in others for seen in rung.nearest)),
        )

    def read(self, text: str, field: Field, summary: Summary) -> Title:
        """A title or an alias, taken apart."""
        parts = self._titles.parts(text)
        return Title(parts, self._index, self._own, self._learnt, field, summary)

    def _of(self, text: str, field: Field, summary: Summary) -> Rung:
        key = text, field, summary.kind, summary.flags
        said = self._said.get(key)
        if said is None:
            said = _read(self.read(text, field, summary))
            if len(self._said) >= _REMEMBERED:
                self._said.clear()
            self._said[key] = said
        return said


def _read(read: Title) -> Rung:
    if read.parts.long:
        return _of_long(read)
    return _sorted_out(read, [_piece(read, piece) for piece in read.parts.pieces])


def _of_long(read: Title) -> Rung:
    """The names in a text that is no title, each once, where our own is worth anybody's time."""
    named: dict[tuple[str, ...], Found] = {}
    if read.ours:
        whole = Segment(0, len(read.parts.name.tokens), True)
        for found in names_in(read.known, read.parts.name, whole):
            named.setdefault(read.tokens(found.first, found.last), found)
    weak = [
        read.hit("segment", found.owners, found.first, found.last, why=LONG)
        for found in named.values()
    ]
    return Rung(weak=tuple(weak)) if weak else Rung(nearest=_inside(read))


def _piece(read: Title, piece: Piece) -> list[Hit]:
    """What the first rung says that has anything to say of a piece."""
    for rung in RUNGS if piece.found else _WITHOUT_NAME:
        if hits := rung(read, piece):
            return hits
    return weak(read, piece) if piece.found else []


class _Pieces:
    """A title, and what is found in each of its pieces."""

    def __init__(self, read: Title, found: list[list[Hit]]) -> None:
        self.read, self.found = read, found

    @cached_property
    def all_known(self) -> bool:
        """Whether every piece is a company's or nothing but words said of many."""
        return all(_is_known(self.read, n, self.found) for n in range(len(self.found)))


def _sorted_out(read: Title, found: list[list[Hit]]) -> Rung:
    if not any(found):
        return _led_nowhere(read)
    first_of_others = _first_of_others(read, found)
    pieces = _Pieces(read, found)
    sure: list[Hit] = []
    weak: list[Hit] = []
    for number, each in enumerate(found):
        for hit in each:
            why = hit.why or _too_little(pieces, number, hit)
            if first_of_others < number and (first_of_others < 0 or _introduced(read, number, hit)):
                why = why or OTHERS
            if read.doubt and why != WORDS:
                why = read.doubt
            weighed = hit if why == hit.why else msgspec.structs.replace(hit, why=why)
            if not why:
                sure.append(weighed)
            # a name among other words needs our own name to be worth anybody's time
            elif read.ours or why != WORDS:
                weak.append(weighed)
    return Rung(tuple(sure), tuple(weak)) if sure or weak else _led_nowhere(read)


def _led_nowhere(read: Title) -> Rung:
    nearest = _inside(read) or tuple(_shortened(read))
    return Rung(nearest=nearest) if nearest else NOTHING


def _too_little(pieces: _Pieces, number: int, hit: Hit) -> str:
    """Why a hit is not enough without our own name; empty when it is."""
    read = pieces.read
    key = "".join(hit.tokens)
    if key in read.learnt.first_names and _is_a_persons(read, number, hit):
        return PERSON
    if read.parts.said:
        return ""
    common = key in read.learnt.common
    if len(key) < _SHORTEST_ALONE - (read.ours and read.learnt.items > 0 and not common):
        return SHORT
    if key.isdigit() or key in CONNECTORS:
        return SHORT
    if read.ours:
        return ""
    if key in read.learnt.first_names:
        return PERSON
    whole = _is_whole(read, number, hit)
    if len(read.parts.pieces) == 1 and whole:
        return "" if hit.method == "segment" else NO_OURS
    if read.channel:
        return NO_OURS
    if read.meeting and whole and not common:
        return ""
    return "" if pieces.all_known else NO_OURS


def _is_whole(read: Title, number: int, hit: Hit) -> bool:
    """Whether a name is all that stands between two hard breaks."""
    segment = read.parts.pieces[number].segment
    return segment.walled and len(hit.tokens) == segment.last - segment.first


def _is_a_persons(read: Title, number: int, hit: Hit) -> bool:
    """Whether a name stands as a first name does: ``Ann (Acme)``, ``Ann @ Acme``, or with our
    own for a last one.
    """
    if read.channel or read.deal or hit.end is None:
        return False
    segment = read.parts.pieces[number].segment
    name = read.parts.name
    return not joined(name, segment) or _TAGGED.match(name.text, hit.end) is not None


def _is_known(read: Title, number: int, found: list[list[Hit]]) -> bool:
    """Whether a piece is a company's or nothing but words said of many."""
    if found[number]:
        return not any(hit.why for hit in found[number])
    segment = read.parts.pieces[number].segment
    tokens = read.tokens(segment.first, segment.last)
    if _is_said(read, tokens) or _is_foreign(read, tokens):
        return True
    if len(tokens) == 1:
        return False
    said_from = cache(lambda place: _is_said(read, tokens[place:]))
    return any(
        _is_foreign(read, tokens[first:last]) and said_from(last)
        for first in range(len(tokens) + 1)
        if _is_said(read, tokens[:first])
        for last in range(first, len(tokens) + 1)
    )


def _first_of_others(read: Title, found: list[list[Hit]]) -> int:
    """The first piece that may name whose a deal is instead; -1 where a company that is neither
    mapped nor ours is named anywhere.
    """
    nowhere = len(found)
    if not read.deal or read.parts.said:
        return nowhere
    for piece in read.parts.pieces:
        if _is_others(read, piece):
            return -1
    return next((n for n in range(nowhere) if _may_be_others(read, n, found)), nowhere)


def _may_be_others(read: Title, number: int, found: list[list[Hit]]) -> bool:
    """Whether a piece may be the name of anybody: no words said of many, no person, no number."""
    segment = read.parts.pieces[number].segment
    tokens = read.tokens(segment.first, segment.last)
    if _is_somebody(read, tokens) or any(map(_NUMBER.fullmatch, tokens)):
        return False
    return not _is_known(read, number, found)


def _introduced(read: Title, number: int, hit: Hit) -> bool:
    """Whether a name stands as that of who introduced somebody: with a word, or in brackets."""
    whole = _is_whole(read, number, hit)
    return not whole or _CLOSED.match(read.parts.name.text, hit.end or 0) is not None


def _is_others(read: Title, piece: Piece) -> bool:
    """Whether a company that is neither mapped nor ours is named in a piece."""
    first, last = piece.segment.first, piece.segment.last
    free = [(rest.first, rest.last) for rest in piece.rest] if piece.found else [(first, last)]
    return any(
        _is_foreign(read, tokens) and _is_a_name(read, tokens)
        for first, last in free
        for start in range(first, last)
        for end in range(start + 1, last + 1)
        if (tokens := read.tokens(start, end))
    )


def _is_a_name(read: Title, tokens: tuple[str, ...]) -> bool:
    """Whether these words, a company's, are no person's, and are more than a word that stands
    beside other companies' names.
    """
    if _is_somebody(read, tokens):
        return False
    return len(tokens) > 1 or not read.learnt.are_said(tokens)


def _is_somebody(read: Title, tokens: tuple[str, ...]) -> bool:
    """Whether this is a person's name: the first one, when there are more."""
    names = read.learnt.first_names if len(tokens) > 1 else read.learnt.people
    return names.issuperset(tokens[:1])


def _is_foreign(read: Title, tokens: tuple[str, ...]) -> bool:
    return not tokens or "".join(without_legal_form(tokens)) in read.learnt.foreign


def _is_said(read: Title, tokens: tuple[str, ...]) -> bool:
    return not tokens or read.learnt.are_said(tokens)


def _inside(read: Title) -> tuple[Nearest, ...]:
    """The longest mapped name anywhere in the title."""
    known, longest, seen = read.known, 0, tuple[Nearest, ...]()
    for first, last, key in known.names_in(read.parts.name.tokens):
        owners = known.names[key]
        if last - first <= longest or all(owner.ignored for owner in owners):
            continue
        if last - first > 1 or (len(key) >= _SHORTEST_ALONE and key not in read.own.keys):
            longest, seen = last - first, (_seen(read, owners, first, last),)
    return seen


def _shortened(read: Title) -> Iterator[Nearest]:
    """Pieces that would be short for a mapped name, were nobody else called so."""
    for piece in read.parts.pieces:
        first, last = piece.segment.first, piece.segment.last
        key = "".join(without_legal_form(read.tokens(first, last)))
        owners = read.known.cores.get(key)
        if owners and len(owners) == 1 and not owners[0].ignored and key in read.learnt.foreign:
            text, company = read.parts.name.quote(first, last)[0], owners[0].company
            yield Nearest(text=text, field=read.field, detail=SOMEBODY_ELSE, company=company)


def _seen(read: Title, owners: Owners, first: int, last: int) -> Nearest:
    text = read.parts.name.quote(first, last)[0]
    detail = "stands there, but not alone between separators with our own name"
    company = owners[0].company if len(owners) == 1 else None
    return Nearest(text=text, field=read.field, detail=detail, company=company)
