"""What happens to an item, rung by rung, in words: why this, and why not that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from etl.matching.decisions import Decision, Match
from etl.matching.hits import Hit, Rung
from etl.matching.parts import Piece
from etl.matching.title import LONG, RUNGS
from etl.matching.title_rungs import unexplained
from etl.matching.title_text import Title


class Step(NamedTuple):
    """A rung, and what it says."""

    rung: str
    says: str


def of_rung(name: str, rung: Rung, nothing: str) -> Iterator[Step]:
    """What a rung found, what it only suggests, and what led nowhere."""
    for hit in (*rung.hits, *rung.weak):
        yield Step(name, _hit(hit))
    for seen in rung.nearest:
        yield Step(name, f"{seen.text!r}: {seen.detail}")
    if not (rung.hits or rung.weak or rung.nearest):
        yield Step(name, nothing)


def of_title(read: Title) -> Iterator[Step]:
    """What each rung says of each piece of a title, up to the first that answers."""
    ours = "our own name stands there" if read.parts.said else "our own name does not stand there"
    if read.parts.long:
        yield Step("title", f"{ours}; {LONG}")
        return
    yield Step("title", f"{ours}; pieces: {', '.join(_quoted(read)) or 'none'}")
    for piece, text in zip(read.parts.pieces, _quoted(read), strict=True):
        for rung in RUNGS:
            hits = list(rung(read, piece))
            says = "; ".join(map(_hit, hits)) or _no(read, piece, rung.__name__)
            yield Step(rung.__name__, f"{text}: {says}")
            if hits:
                break


def of_decision(decision: Decision) -> Iterator[Step]:
    """The answer, and what would settle it."""
    companies = [*map(_match, decision.matches or decision.candidates)]
    yield Step(decision.status, ", ".join(companies) or decision.reason)
    if decision.status == "review":
        yield Step("because", decision.reason)
    if decision.settles:
        yield Step("settled by", decision.settles)
    if decision.nearest:
        yield Step("nearest", f"{decision.nearest.text!r}: {decision.nearest.detail}")


def _no(read: Title, piece: Piece, rung: str) -> str:
    """Why a rung says nothing of a piece."""
    if rung == "segment":
        return "; ".join(unexplained(read, piece))
    if not read.ours and rung != "typo":
        return "our own name is not there"
    return {
        "core": "no name is shortened so, or it is somebody else's or a word",
        "typo": "no single name is one slip away, or the spelling is met again",
    }.get(rung, "no single name with words that are met only here, in small letters")


def _quoted(read: Title) -> Sequence[str]:
    name = read.parts.name
    segments = (piece.segment for piece in read.parts.pieces)
    return [repr(name.quote(s.first, s.last)[0]) if s.first < s.last else "''" for s in segments]


def _hit(hit: Hit) -> str:
    owners = " or ".join(
        f"{'nobody' if owner.ignored else owner.company} (line {owner.line}, {owner.column})"
        for owner in hit.owners
    )
    more = "; ".join(filter(None, (hit.detail, hit.why)))
    return f"{hit.text!r} is {owners}{f'; {more}' if more else ''}"


def _match(match: Match) -> str:
    variant = f", variant {match.variant}" if match.variant else ""
    return f"{match.company}{variant} ({match.method}, {match.score:g})"
