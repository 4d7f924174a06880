"""The rungs that read a title: ``segment``, ``core``, ``typo`` and ``topic``, asked in this
order of every piece of it.

A piece is a company's when nothing else is in it but words that stand beside other
companies' names, too. With other words beside it, a name is only a suggestion: ``Acme Pay``
may be a firm of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from etl.matching import typos
from etl.matching.company_index import CompanyIndex, Owners
from etl.matching.decisions import Field, Method, Nearest
from etl.matching.learnt import REFERRALS, Learnt, Side
from etl.matching.pieces import Found, Parts, Piece, Rest, TitleReader
from etl.matching.rungs import Hit, Rung
from etl.matching.segments import CONNECTORS, OwnNames
from etl.names.generic_words import GENERIC
from etl.names.legal_forms import without_legal_form
from etl.names.normalise import normalise
from sources.records import Summary

PERSONAL = "a personal chat may be about anything"
PUBLIC = "a public channel may be about anybody"
NO_OURS = "our own name is not in the title"
SHORT = "the name is too short to stand alone"
WORDS = "other words stand beside the name"
PARTLY = "only a part of what is joined is known"
ANOTHER = "it is part of the name of another company"
REFERRED = "the name only says who introduced somebody"

_SHORTEST_ALONE = 3
_CAPITAL = re.compile(r"\b[^\W\d_a-z][a-z]")
_LONGEST_TOPIC = 4
_MOST_AROUND = 5
# Slack names direct messages (im, mpim) after the people in them.
_PEOPLE = frozenset({"personal", "im", "mpim"})


class Title:
    """A title taken apart, and what is known of it.

    ``ours``: our name stands there, or goes without saying: a deal, a shared channel.
    ``doubt``: why no piece settles anything, when none does.
    """

    __slots__ = (
        *("channel", "deal", "doubt", "field", "known", "learnt", "meeting", "ours", "own"),
        "parts",
    )

    def __init__(
        self,
        parts: Parts,
        known: CompanyIndex,
        own: OwnNames,
        learnt: Learnt,
        field: Field,
        summary: Summary,
    ) -> None:
        self.parts, self.known, self.own, self.learnt = parts, known, own, learnt
        self.field, self.doubt = field, _doubt(summary)
        self.deal = summary.kind == "hubspot_deals"
        self.channel = summary.kind == "slack_channels"
        self.meeting = summary.kind == "calendar_meetings"
        shared = self.channel and (
            "ext_shared" in summary.flags or not learnt.sharing.isdisjoint(parts.name.tokens)
        )
        self.ours = parts.said or shared or self.deal

    def tokens(self, first: int, last: int) -> tuple[str, ...]:
        """The tokens from ``first`` up to ``last``."""
        return self.parts.name.tokens[first:last]

    def hit(self, method: Method, owners: Owners, first: int, last: int, detail: str = "") -> Hit:
        """What these tokens lead to."""
        text, start, end = self.parts.name.quote(first, last)
        return Hit(method, owners, text, self.field, start, end, detail=detail)

    def is_common(self, found: Found) -> bool:
        """Whether the name is also a word, or a person's name."""
        return "".join(self.tokens(found.first, found.last)) in self.learnt.common


def title(
    titles: TitleReader, index: CompanyIndex, own: OwnNames, learnt: Learnt, summary: Summary
) -> Rung:
    """The title's pieces; the aliases' when the title's settle nothing."""
    if summary.kind in {"hubspot_contacts", "hubspot_companies"}:
        return Rung()
    found = _read(Title(titles.parts(summary.title), index, own, learnt, "title", summary))
    if found.hits or not summary.aliases:
        return found
    others = [
        _read(Title(titles.parts(alias), index, own, learnt, "alias", summary))
        for alias in sorted(summary.aliases)
    ]
    return Rung(
        tuple(hit for rung in others for hit in rung.hits),
        (*found.weak, *(hit for rung in others for hit in rung.weak)),
        (*found.nearest, *(seen for rung in others for seen in rung.nearest)),
    )


def _read(read: Title) -> Rung:
    return _sorted_out(read, [_piece(read, piece) for piece in read.parts.pieces])


def _doubt(summary: Summary) -> str:
    """A public channel of our own Slack is no stranger's, one of Telegram may be."""
    if not summary.flags:
        return ""
    if not _PEOPLE.isdisjoint(summary.flags):
        return PERSONAL
    if summary.kind == "telegram_chats" and "public" in summary.flags:
        return PUBLIC
    return ""


def _piece(read: Title, piece: Piece) -> list[Hit]:
    """What the first rung says that has anything to say of a piece."""
    for rung in _RUNGS:
        hits = list(rung(read, piece))
        if hits:
            return hits
    return list(_weak(read, piece))


def segment(read: Title, piece: Piece) -> Iterator[Hit]:
    """The companies of a piece, when all the rest of it is explained."""
    if not piece.found:
        return
    if len(piece.found) == 1 and not piece.rest:
        (found,) = piece.found
        yield read.hit("segment", found.owners, found.first, found.last)
        return
    if _why_not(read, piece):
        return
    reasons = [reason for rest in piece.rest if (reason := _explained(read, piece, rest)) != ""]
    if len(reasons) == len(piece.rest):
        detail = "; ".join(reason for reason in reasons if reason != _ANOTHER_PARTY)
        for found in piece.found:
            yield read.hit("segment", found.owners, found.first, found.last, detail)


_ANOTHER_PARTY = "another party"


def _explained(read: Title, piece: Piece, rest: Rest) -> str:
    """Why words beside a name are no part of it; empty when nothing says so."""
    tokens = read.tokens(rest.first, rest.last)
    if rest.joint and "".join(without_legal_form(tokens)) in read.learnt.foreign:
        return _ANOTHER_PARTY
    nearest = _nearest(piece, rest)
    strict = read.is_common(nearest) or not read.ours
    support = _support(read, tokens, rest.after, nearest, strict=strict)
    return f"{' '.join(tokens)!r} stands beside {support} other companies" if support else ""


def _support(
    read: Title, tokens: tuple[str, ...], after: bool, found: Found, *, strict: bool = False
) -> int:
    side: Side = "after" if after else "before"
    return read.learnt.support(tokens, side, found.owners[0].company, strict=strict)


def _nearest(piece: Piece, rest: Rest) -> Found:
    before = [found for found in piece.found if found.last <= rest.first]
    return before[-1] if before else piece.found[0]


def _why_not(read: Title, piece: Piece) -> str:
    """Why the names in a piece are not what it is about, whatever the rest of it."""
    for rest in piece.rest:
        if not rest.after and read.tokens(rest.last - 1, rest.last)[0] in REFERRALS:
            return REFERRED
    if not read.parts.name.text.islower() and any(
        before.last == after.first for before, after in pairwise(piece.found)
    ):
        return WORDS  # "Acme Pay", when there is an Acme and a Pay
    if any(_within_foreign(read, piece, found.first, found.last) for found in piece.found):
        return ANOTHER
    return ""


def _within_foreign(read: Title, piece: Piece, first: int, last: int) -> bool:
    """Whether these tokens are only a part of a name that the corpus knows as another's."""
    return any(
        (start, end) != (first, last) and "".join(read.tokens(start, end)) in read.learnt.foreign
        for start in range(piece.segment.first, first + 1)
        for end in range(last, piece.segment.last + 1)
    )


def core(read: Title, piece: Piece) -> Iterator[Hit]:
    """A name without the generic words at its end, when it is a single company's."""
    if piece.found or not read.ours:
        return
    for first, last in _spans(read, piece):
        key = "".join(without_legal_form(read.tokens(first, last)))
        owners = read.known.cores.get(key, ())
        if not owners or key in read.learnt.foreign or read.learnt.seen(key, ""):
            continue
        detail = _around(read, piece, first, last)
        if detail is not None and not _within_foreign(read, piece, first, last):
            hit = read.hit("core", owners, first, last, detail)
            alone = len(owners) == 1 and key not in read.learnt.common
            yield hit if alone else hit._replace(why=SEVERAL)
            return


SEVERAL = "the name is shortened, and may be another's"


def typo(read: Title, piece: Piece) -> Iterator[Hit]:
    """A name with one slip in it."""
    if read.doubt:
        return
    for first, last in _spans(read, piece):
        tokens = without_legal_form(read.tokens(first, last))
        meant = typos.meant(read.known, read.learnt, "".join(tokens))
        if meant is None or not _contains(piece, first, last):
            continue
        detail = _around(read, piece, first, last)
        if detail is None or _within_foreign(read, piece, first, last):
            continue
        if detail and read.deal and not read.parts.said:
            continue  # "Staking pilot"
        if not _recurs(read, piece, first, last):
            hit = read.hit("typo", meant.owners, first, last)
            yield hit._replace(detail="; ".join(filter(None, (meant.detail, detail))))
            return


def _contains(piece: Piece, first: int, last: int) -> bool:
    """Whether these tokens hold every name of the piece, and more: what is a name is no slip."""
    return all(
        first <= found.first < found.last <= last and (found.first, found.last) != (first, last)
        for found in piece.found
    )


def _recurs(read: Title, piece: Piece, first: int, last: int) -> bool:
    """Whether the piece, with more words than these, is met so often that it is a name."""
    segment = piece.segment
    key = "".join(read.tokens(segment.first, segment.last))
    longer = last - first < segment.last - segment.first
    return longer and read.learnt.spellings.get(key, 0) >= typos.RECURS


def _spans(read: Title, piece: Piece) -> Iterator[tuple[int, int]]:
    """The whole piece, then what is left of it without some words on either side."""
    first, last = _bare(read, piece)
    for size in range(last - first, max(0, last - first - _MOST_AROUND), -1):
        for start in range(first, last - size + 1):
            yield start, start + size


def _bare(read: Title, piece: Piece) -> tuple[int, int]:
    """A piece without connectors at its ends."""
    tokens = read.parts.name.tokens
    first, last = piece.segment.first, piece.segment.last
    while first < last - 1 and tokens[first] in CONNECTORS:
        first += 1
    while last - 1 > first and tokens[last - 1] in CONNECTORS:
        last -= 1
    return first, last


def _around(read: Title, piece: Piece, first: int, last: int) -> str | None:
    """Why the words around these are no part of a name; ``None`` when nothing says so."""
    start, end = _bare(read, piece)
    before, after = read.tokens(start, first), read.tokens(last, end)
    strict = not read.ours
    if before and (
        before[-1] in REFERRALS or not read.learnt.support(before, "before", "", strict=strict)
    ):
        return None
    if after and not read.learnt.support(after, "after", "", strict=strict):
        return None
    words = " ".join((*before, *after))
    return f"{words!r} stands beside other companies" if words else ""


def topic(read: Title, piece: Piece) -> Iterator[Hit]:
    """A company with a word or two that are no name: met here only, in small letters."""
    if len(piece.found) != 1 or not piece.rest or not read.ours or _why_not(read, piece):
        return
    (found,) = piece.found
    if read.is_common(found) or len(found.owners) > 1:
        return
    if all(_explained(read, piece, rest) or _is_topic(read, found, rest) for rest in piece.rest):
        words = " ".join(" ".join(read.tokens(rest.first, rest.last)) for rest in piece.rest)
        detail = f"{words!r} is met beside no name but here, and is written like no name"
        yield read.hit("topic", found.owners, found.first, found.last, detail)


def _is_topic(read: Title, found: Found, rest: Rest) -> bool:
    tokens = read.tokens(rest.first, rest.last)
    if rest.joint or len(tokens) > _LONGEST_TOPIC or not GENERIC.isdisjoint(tokens):
        return False
    company = found.owners[0].company
    if not read.learnt.met_once(tokens, company):
        return False
    name = read.parts.name
    named, words = name.quote(found.first, found.last)[0], name.quote(rest.first, rest.last)[0]
    if all(read.learnt.seen(token, company) for token in tokens):
        return not _CAPITAL.search(words)
    return words.islower() and not named.islower()


def _weak(read: Title, piece: Piece) -> Iterator[Hit]:
    """The names in a piece that settle nothing, and why."""
    why = _why_not(read, piece) or (PARTLY if any(r.joint for r in piece.rest) else WORDS)
    for found in piece.found:
        yield read.hit("segment", found.owners, found.first, found.last)._replace(why=why)


_RUNGS: tuple[Callable[[Title, Piece], Iterator[Hit]], ...] = (segment, core, typo, topic)


def _sorted_out(read: Title, found: list[list[Hit]]) -> Rung:
    hits = [
        hit._replace(why=why)
        if not hit.why and (why := _too_little(read, number, hit, found))
        else hit
        for number, each in enumerate(found)
        for hit in each
    ]
    if read.doubt:
        hits = [hit._replace(why=hit.why if hit.why == WORDS else read.doubt) for hit in hits]
    sure = tuple(hit for hit in hits if not hit.why)
    # a name among other words needs our own name to be worth anybody's time
    weak = tuple(hit for hit in hits if hit.why and (read.ours or hit.why != WORDS))
    far = () if sure or weak else _inside(read)
    return Rung(sure, weak, far)


def _too_little(read: Title, number: int, hit: Hit, found: list[list[Hit]]) -> str:
    """Why a hit is not enough without our own name; empty when it is."""
    if read.parts.said:
        return ""
    key = normalise(hit.text).key
    common = key in read.learnt.common
    if len(key) < _SHORTEST_ALONE - (read.ours and read.learnt.items > 0 and not common):
        return SHORT
    if key.isdigit() or key in CONNECTORS:
        return SHORT
    if read.ours:
        return ""
    whole = _is_whole(read, number, hit)
    if len(read.parts.pieces) == 1 and whole:
        return "" if hit.method == "segment" else NO_OURS
    if read.channel:
        return NO_OURS
    if read.meeting and whole and not common:
        return ""
    return "" if all(_is_known(read, n, found) for n in range(len(found))) else NO_OURS


def _is_whole(read: Title, number: int, hit: Hit) -> bool:
    piece = read.parts.pieces[number]
    spans = read.parts.name.spans
    first, last = spans[piece.segment.first][0], spans[piece.segment.last - 1][1]
    return piece.segment.walled and (hit.start, hit.end) == (first, last)


def _is_known(read: Title, number: int, found: list[list[Hit]]) -> bool:
    """Whether a piece is a company's or nothing but words said of many."""
    if found[number]:
        return not any(hit.why for hit in found[number])
    segment = read.parts.pieces[number].segment
    tokens = read.tokens(segment.first, segment.last)
    return any(
        _is_foreign(read, tokens[first:last])
        and _is_said(read, tokens[:first])
        and _is_said(read, tokens[last:])
        for first in range(len(tokens) + 1)
        for last in range(first, len(tokens) + 1)
    )


def _is_foreign(read: Title, tokens: tuple[str, ...]) -> bool:
    return not tokens or "".join(without_legal_form(tokens)) in read.learnt.foreign


def _is_said(read: Title, tokens: tuple[str, ...]) -> bool:
    """Whether these words stand beside many companies, on whatever side."""
    return not tokens or any(read.learnt.support(tokens, s, "") for s in ("before", "after"))


def _inside(read: Title) -> tuple[Nearest, ...]:
    """The longest mapped name anywhere in the title."""
    name = read.parts.name
    size = len(name.tokens)
    for length in range(min(size, read.known.longest_name), 0, -1):
        for first in range(size - length + 1):
            tokens = name.tokens[first : first + length]
            if length == 1 and (len(tokens[0]) < _SHORTEST_ALONE or tokens[0] in read.own.keys):
                continue
            owners = read.known.called("".join(tokens))
            if owners and not all(owner.ignored for owner in owners):
                return (_seen(read, owners, first, first + length),)
    return ()


def _seen(read: Title, owners: Owners, first: int, last: int) -> Nearest:
    text = read.parts.name.quote(first, last)[0]
    detail = "stands there, but not alone between separators with our own name"
    company = owners[0].company if len(owners) == 1 else None
    return Nearest(text=text, field=read.field, detail=detail, company=company)
