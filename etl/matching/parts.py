"""What a title is taken apart into: pieces, the companies in each, and what is left."""

from __future__ import annotations

import msgspec

from etl.matching.owners import Owners
from etl.names.name import Name


class Segment(msgspec.Struct, frozen=True, gc=False):
    """Tokens ``first`` up to ``last`` of a name. ``walled``: hard breaks, or the ends of
    the title, stand on both sides; ``ours_before`` and ``ours_after``: our name does.
    """

    first: int
    last: int
    walled: bool
    ours_before: bool = False
    ours_after: bool = False


class Found(msgspec.Struct, frozen=True, gc=False):
    """Tokens ``first`` up to ``last`` are a company's name, legal form included."""

    first: int
    last: int
    owners: Owners


class Rest(msgspec.Struct, frozen=True, gc=False):
    """Tokens ``first`` up to ``last`` are no company's. ``after``: a company stands before
    them; ``joint``: the connector between them and the nearest company, if there is one.
    """

    first: int
    last: int
    after: bool
    joint: str = ""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """What stands between hard breaks and our own name: companies, and the rest."""

    segment: Segment
    found: tuple[Found, ...] = ()
    rest: tuple[Rest, ...] = ()


class Parts(msgspec.Struct, frozen=True, gc=False):
    """A title taken apart; ``said``: our own name stands in it. ``long``: it is too long for a
    title, and stays in one, without pieces.
    """

    name: Name
    said: bool
    pieces: tuple[Piece, ...]
    long: bool = False
