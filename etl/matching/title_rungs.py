"""The rungs that read a piece of a title: ``segment``, ``core``, ``typo``, ``topic``, asked in
this order; each says what the piece leads to, or nothing.

With other words beside it, a name is only a suggestion: ``Acme Pay`` may be a firm of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from etl.matching import typos
from etl.matching.hits import Hit
from etl.matching.learnt import REFERRALS, SAID
from etl.matching.parts import Found, Parts, Piece, Rest
from etl.matching.rungs import PAST
from etl.matching.said import Side
from etl.matching.segments import CONNECTORS, LONGEST_KEY
from etl.matching.title_text import Title
from etl.matching.written import is_no_word
from etl.names.generic_words import GENERIC
from etl.names.legal_forms import without_legal_form

WORDS = "other words stand beside the name"
PARTLY = "only a part of what is joined is known"
ANOTHER = "it is part of the name of another company"
PERSON = "it may be a person's name"
REFERRED = "the name only says who introduced somebody"
SEVERAL = "the name is shortened, and may be another's"

_CAPITAL = re.compile(r"\b[^\W\d_a-z][a-z]")
_LONGEST_TOPIC = 4
_SELDOM_A_WORD = 7
_MOST_AROUND = 5


def segment(read: Title, piece: Piece) -> list[Hit]:
    """The companies of a piece, when all the rest of it is explained."""
    if len(piece.found) == 1 and not piece.rest:
        (alone,) = piece.found
        return [read.hit("segment", alone.owners, alone.first, alone.last)]
    if not piece.found or why_not(read, piece):
        return []
    reasons: list[str] = []
    for rest in piece.rest:
        reason = explained(read, piece, rest)
        if not reason:
            return []
        reasons.append(reason)
    detail = "; ".join([reason for reason in reasons if reason not in _SAYS_NOTHING])
    return [
        read.hit("segment", found.owners, found.first, found.last, detail=detail)
        for found in piece.found
    ]


_ANOTHER_PARTY = "another party"
_OF_THE_PAST = "an old one"
_SAYS_NOTHING = {_ANOTHER_PARTY, _OF_THE_PAST}


def explained(read: Title, piece: Piece, rest: Rest) -> str:
    """Why words beside a name are no part of it; empty when nothing says so."""
    tokens = read.tokens(rest.first, rest.last)
    if rest.joint and "".join(without_legal_form(tokens)) in read.learnt.foreign:
        return _ANOTHER_PARTY
    if rest.first == 0 and PAST.issuperset(tokens):
        return _OF_THE_PAST
    nearest = _nearest(piece, rest)
    strict = read.is_common(nearest) or not read.ours
    side: Side = "after" if rest.after else "before"
    company = nearest.owners[0].company
    small = rest.after and tokens[0] in GENERIC and _is_small(read, nearest, rest)
    support = read.learnt.support(tokens, side, company, strict=strict, small=small)
    return _beside(" ".join(tokens), support) if support else ""


def _beside(words: str, support: int) -> str:
    """What is said of words that are no part of a name."""
    if support >= SAID:
        return f"{words!r} is no name, says the mapping"
    return f"{words!r} stands beside {support} other companies"


def _is_small(read: Title, named: Found, rest: Rest) -> bool:
    """Whether words are in small letters, and the name beside them is not."""
    name = read.parts.name
    words = name.quote(rest.first, rest.last)[0]
    return words.islower() and not name.quote(named.first, named.last)[0].islower()


def _nearest(piece: Piece, rest: Rest) -> Found:
    before = [found for found in piece.found if found.last <= rest.first]
    return before[-1] if before else piece.found[0]


def why_not(read: Title, piece: Piece) -> str:
    """Why the names in a piece are not what it is about, whatever the rest of it."""
    name = read.parts.name
    for rest in piece.rest:
        if not rest.after and name.tokens[rest.last - 1] in REFERRALS:
            return REFERRED
    for before, after in pairwise(piece.found):
        if before.last == after.first and not name.text.islower():
            return WORDS  # "Acme Pay", when there is an Acme and a Pay
    for found in piece.found:
        if _within_foreign(read, piece, found.first, found.last):
            return ANOTHER
    for found in piece.found:
        if _is_last_name(read, found):
            return PERSON
    for before, after in pairwise(piece.found):
        if before.owners == after.owners:
            return ANOTHER  # "Acme & Acme" is a third firm
    return ""


def _is_last_name(read: Title, found: Found) -> bool:
    """Whether a name stands as a last name does: ``Ann Bridge``."""
    if not found.first or found.last - found.first > 1 or read.channel:
        return False
    before, named = read.tokens(found.first - 1, found.last)
    return before in read.learnt.first_names and named in read.learnt.people


def _within_foreign(read: Title, piece: Piece, first: int, last: int) -> bool:
    """Whether these tokens are only a part of a name that the corpus knows as another's."""
    if (first, last) == (piece.segment.first, piece.segment.last):
        return False
    named = "".join(read.tokens(first, last))
    if _begins_foreign(read, piece, named, last):
        return True
    for token in reversed(read.tokens(piece.segment.first, first)):
        named = token + named
        if len(named) > LONGEST_KEY:
            break
        if named in read.learnt.foreign or _begins_foreign(read, piece, named, last):
            return True
    return False


def _begins_foreign(read: Title, piece: Piece, key: str, last: int) -> bool:
    """Whether a key becomes such a name by what stands behind it."""
    for token in read.tokens(last, piece.segment.last):
        key += token
        if len(key) > LONGEST_KEY:
            break
        if key in read.learnt.foreign:
            return True
    return False


def core(read: Title, piece: Piece) -> list[Hit]:
    """A name without the generic words at its end, when it is a single company's."""
    if piece.found or not read.ours:
        return []
    for first, last in _runs(read, piece):
        key = _key(read, first, last)
        owners = read.known.cores.get(key)
        if not owners or key in read.learnt.foreign or read.learnt.seen(key, ""):
            continue
        detail = _around(read, piece, first, last)
        if detail is not None and not _within_foreign(read, piece, first, last):
            why = SEVERAL if len(owners) > 1 or key in read.learnt.common else ""
            return [read.hit("core", owners, first, last, why=why, detail=detail)]
    return []


def typo(read: Title, piece: Piece) -> list[Hit]:
    """A name with one slip in it."""
    if read.doubt:
        return []
    for first, last in _runs(read, piece):
        if piece.found and not _contains(piece, first, last):
            continue
        meant = typos.meant(read.known, read.learnt, _key(read, first, last))
        detail = _around(read, piece, first, last) if meant else None
        if meant is None or detail is None or _within_foreign(read, piece, first, last):
            continue
        if not _recurs(read, piece, first, last):
            detail = f"{meant.detail}; {detail}" if detail else meant.detail
            return [read.hit("typo", meant.owners, first, last, detail=detail)]
    return []


def _contains(piece: Piece, first: int, last: int) -> bool:
    """Whether these tokens hold every name of the piece, and more: what is a name is no slip."""
    if len(piece.found) == 1 and (piece.found[0].first, piece.found[0].last) == (first, last):
        return False
    return first <= piece.found[0].first and piece.found[-1].last <= last


def _recurs(read: Title, piece: Piece, first: int, last: int) -> bool:
    """Whether the piece, with more words than these, is met so often that it is a name."""
    segment = piece.segment
    key = "".join(read.tokens(segment.first, segment.last))
    longer = last - first < segment.last - segment.first
    return longer and key in read.learnt.spellings


def _runs(read: Title, piece: Piece) -> Iterator[tuple[int, int]]:
    """The whole piece, then what is left of it without some words on either side."""
    first, last = _bare(read, piece)
    for size in range(last - first, max(0, last - first - _MOST_AROUND), -1):
        for start in range(first, last - size + 1):
            yield start, start + size


def _key(read: Title, first: int, last: int) -> str:
    """As what the tokens can be looked up."""
    return "".join(without_legal_form(read.tokens(first, last)))


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
    if before and before[-1] in REFERRALS:
        return None
    least, strict = SAID, not read.ours
    sides: tuple[tuple[tuple[str, ...], Side], ...] = ((before, "before"), (after, "after"))
    for words, side in sides:
        if words:
            least = min(least, read.learnt.support(words, side, "", strict=strict))
            if not least:
                return None
    return _beside(" ".join((*before, *after)), least) if before or after else ""


def topic(read: Title, piece: Piece) -> list[Hit]:
    """A company with a word or two that are no name: met here only, in small letters."""
    if len(piece.found) != 1 or not piece.rest or not read.ours:
        return []
    (found,) = piece.found
    if len(found.owners) > 1 or read.is_common(found) or why_not(read, piece):
        return []
    if not read.parts.said and read.deal and not _is_hardly_a_word(read.parts, found):
        return []
    for rest in piece.rest:
        if not _is_topic(read, found, rest) and not explained(read, piece, rest):
            return []
    words = " ".join(" ".join(read.tokens(rest.first, rest.last)) for rest in piece.rest)
    detail = f"{words!r} is met beside no name but here, and is written like no name"
    return [read.hit("topic", found.owners, found.first, found.last, detail=detail)]


def _is_topic(read: Title, found: Found, rest: Rest) -> bool:
    tokens = read.tokens(rest.first, rest.last)
    if rest.joint or len(tokens) > _LONGEST_TOPIC or not GENERIC.isdisjoint(tokens):
        return False
    company = found.owners[0].company
    if not read.learnt.met_once(tokens, company) or read.learnt.as_a_name(tokens):
        return False
    if rest.after and read.learnt.of_a_name(tokens):
        return False
    name = read.parts.name
    (_, start, end), (words, first, last) = (
        name.quote(each.first, each.last) for each in (found, rest)
    )
    between = name.text[end:first] if rest.after else name.text[last:start]
    if " " in name.text and " " not in between:
        return False  # "Close-up": half a word is no name
    if all(read.learnt.seen(token, company) for token in tokens):
        return not _CAPITAL.search(words)
    return _is_small(read, found, rest)


def _is_hardly_a_word(parts: Parts, found: Found) -> bool:
    text = parts.name.quote(found.first, found.last)[0]
    return len(text) >= _SELDOM_A_WORD or is_no_word(parts, found)


def weak(read: Title, piece: Piece) -> list[Hit]:
    """The names in a piece that settle nothing, and why."""
    if not piece.found:
        return []
    joint = any(rest.joint for rest in piece.rest)
    why = why_not(read, piece) or (PARTLY if joint else WORDS)
    return [
        read.hit("segment", found.owners, found.first, found.last, why=why) for found in piece.found
    ]


def unexplained(read: Title, piece: Piece) -> Iterator[str]:
    """Why a piece is no company's, in words."""
    if not piece.found:
        yield "no name of the mapping is in it"
        return
    if why := why_not(read, piece):
        yield why
    for rest in piece.rest:
        if not explained(read, piece, rest):
            tokens = read.tokens(rest.first, rest.last)
            words = " ".join(tokens)
            if read.learnt.overrides.name_in(tokens):
                yield f"{words!r} is a name, says the mapping"
                continue
            met = len(read.learnt.words.tokens.get(words, ()))
            companies = "1 company" if met == 1 else f"{met} companies"
            yield f"{words!r} may be part of a name: it stands beside {companies}"
