"""A title in pieces, and the companies in each: what both learning and matching read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from etl.matching.company_index import CompanyIndex, in_order
from etl.matching.parts import Found, Parts, Piece, Rest, Segment
from etl.matching.rungs import PAST, owners_of
from etl.matching.segments import CONNECTORS, OwnNames, trimmed, walled, without_ours
from etl.names.legal_forms import form_length, leads
from etl.names.name import Name
from etl.names.normalise import normalise

_SHORTEST_BESIDE = 2
_MOST_WORDS, _MOST_LETTERS = 300, 3000
"""More than any title has, and few enough to look at every run of them."""


class TitleReader:
    """Takes titles apart, and remembers some: they are read to learn, and again to match."""

    def __init__(self, index: CompanyIndex, own: OwnNames, room: int) -> None:
        self._index, self._own, self._room = index, own, room
        self._known: dict[str, Parts] = {}

    def name(self, title: str) -> Name:
        """A title normalised, in its own alphabet."""
        name = self.parts(title).name
        return name if name.as_written else normalise(title)

    def parts(self, title: str) -> Parts:
        """The pieces of a title."""
        known = self._known.get(title)
        if known is None:
            known = parts_of(self._index, self._own, self._index.readings.of(title))
            if len(self._known) < self._room:
                self._known[title] = known
        return known


def parts_of(index: CompanyIndex, own: OwnNames, name: Name) -> Parts:
    """The pieces of a title, those of our own name alone left out."""
    said = own.stands_in(name, index.with_ours)
    if len(name.tokens) > _MOST_WORDS or len(name.key) > _MOST_LETTERS:
        return Parts(name, said, (), long=True)
    if not name.tokens or name.key in own.keys:
        return Parts(name, said, ())
    runs = walled(_mended(index, name))
    if len(runs) > 1 and (piece := _called(index, name, Segment(0, len(name.tokens), True))):
        return Parts(name, said, (piece,))
    pieces: list[Piece] = []
    for run in runs:
        pieces += _run(index, own, name, run, said=said)
    return Parts(name, said, tuple(pieces))


def _mended(index: CompanyIndex, name: Name) -> Name:
    """The title without the hard breaks that are within names of companies."""
    if not index.broken or True not in name.breaks:
        return name
    breaks = list(name.breaks)
    for place, token in enumerate(name.tokens):
        for tokens in index.broken.get(token, ()):
            end = place + len(tokens)
            if name.tokens[place:end] == tokens:
                breaks[place + 1 : end] = [False] * (len(tokens) - 1)
    return msgspec.structs.replace(name, breaks=tuple(breaks))


def _called(index: CompanyIndex, name: Name, segment: Segment) -> Piece | None:
    """The segment as a piece, when the whole of it is a name."""
    owners = owners_of(index, name, segment.first, segment.last)
    return Piece(segment, (Found(segment.first, segment.last, owners),)) if owners else None


def _run(
    index: CompanyIndex, own: OwnNames, name: Name, run: Segment, *, said: bool
) -> list[Piece]:
    """The pieces between two hard breaks."""
    if said and "".join(name.tokens[run.first : run.last]) in own.keys:
        return []
    if piece := _called(index, name, run):
        return [piece]
    left = without_ours(name, run, own, index.with_ours) if said else [run]
    pieces = [
        _inside(index, name, run) if segment is run else _piece(index, name, segment)
        for segment in left
    ]
    return _split(pieces) if "x" in name.tokens else pieces


def _split(pieces: list[Piece]) -> list[Piece]:
    """The pieces, apart at every "x": it only ever joins; "and" may stand inside the name of
    somebody else.
    """
    split: list[Piece] = []
    for piece in pieces:
        rest = tuple(each for each in piece.rest if each.joint != "x")
        split.append(Piece(piece.segment, piece.found, rest))
        split += (Piece(Segment(r.first, r.last, False)) for r in piece.rest if r.joint == "x")
    return split


def _piece(index: CompanyIndex, name: Name, segment: Segment) -> Piece:
    """A piece as it stands, or without connectors towards our name; else the names in it."""
    bare = trimmed(name, segment)
    readings = [bare] if bare.first < bare.last else []
    if bare is not segment and segment.last - segment.first > 1:
        readings.append(segment)
    found = [
        Found(s.first, s.last, owners)
        for s in readings
        if (owners := owners_of(index, name, s.first, s.last))
    ]
    if not found:
        return _inside(index, name, bare)
    if len(found) == 1:
        return Piece(segment, tuple(found))
    whole = min(found, key=lambda each: (each.first, each.last))
    owners = in_order({owner for each in found for owner in each.owners})
    # "Space x Ours": SpaceX or Space, when both are mapped
    several = len({(owner.company, owner.ignored) for owner in owners}) > 1
    return Piece(segment, (Found(whole.first, whole.last, owners if several else whole.owners),))


def _inside(index: CompanyIndex, name: Name, segment: Segment) -> Piece:
    found = tuple(names_in(index, name, segment))
    if not found and segment.first < segment.last:
        return Piece(segment, (), (Rest(segment.first, segment.last, False),))
    return Piece(segment, found, tuple(_rest(name.tokens, segment, found)))


def names_in(index: CompanyIndex, name: Name, segment: Segment) -> Iterator[Found]:
    """Names in a segment, from left to right, the longest first."""
    tokens, place = name.tokens, segment.first
    dotted = "." in name.text
    while place < segment.last:
        known = tokens[place] in index.beginnings
        found = index.longest_at(tokens, place, segment.last) if known else None
        end = _dotted(name, place, segment.last) if dotted else 0
        if end and (found is None or found[0] <= end):
            if owners := owners_of(index, name, place, end):
                yield Found(place, end, owners)
            place = end
            continue
        if found is None:
            place += 1
            continue
        end, owners = found
        said = _says_something("".join(tokens[place:end]))
        if said and not (place == 0 and tokens[0] in PAST):
            end += form_length(tokens, end, segment.last)
            leading = place > segment.first and leads(tokens[place - 1])
            yield Found(place - leading, end, owners)
        place = end


def _says_something(key: str) -> bool:
    """One letter, a number or a connector among other words may be anything."""
    return len(key) >= _SHORTEST_BESIDE and not key.isdigit() and key not in CONNECTORS


def _dotted(name: Name, place: int, last: int) -> int:
    """The end of a word with dots in it (``acme.example``) that begins there; 0: none."""
    end = place + 1
    while end < last and name.text[name.spans[end - 1][1] : name.spans[end][0]] == ".":
        end += 1
    return end if end > place + 1 else 0


def _rest(tokens: tuple[str, ...], segment: Segment, found: tuple[Found, ...]) -> list[Rest]:
    """What is left between the names, without the connectors beside them."""
    rest: list[Rest] = []
    left = segment.first
    for number in range(len(found) + 1):
        is_last = number == len(found)
        right = segment.last if is_last else found[number].first
        joint = ""
        if number and left < right and tokens[left] in CONNECTORS:
            joint, left = tokens[left], left + 1
        if not is_last and left < right and tokens[right - 1] in CONNECTORS:
            joint, right = tokens[right - 1], right - 1
        if left < right:
            rest.append(Rest(left, right, after=number > 0, joint=joint))
        if not is_last:
            left = found[number].last
    return rest
