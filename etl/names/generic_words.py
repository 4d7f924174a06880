"""Words behind a name that say what trade or kind of firm it is: general language, like the
legal forms, but part of the name. ``Fern Labs`` and ``Fern Capital`` are two firms; whoever
says just ``Fern`` may mean either.
"""

from __future__ import annotations

_WORDS = """
    lab labs network networks protocol foundation finance financial capital ventures venture
    group holding holdings technology technologies tech systems solutions services service
    digital global international partners studio studios media games bank banking exchange
    markets custody research consulting software cloud pay payments wallet trust fund advisors
    industries company institute association club pro app
"""
GENERIC: frozenset[str] = frozenset(_WORDS.split())

_LONG_ENOUGH_TO_BE_GLUED = 4
_LONGEST = max(map(len, GENERIC))
_SHORTEST_CORE = 3


def core(tokens: tuple[str, ...], generic: frozenset[str] = GENERIC) -> str:
    """The key of a name without the generic words at its end; empty when it has none, or
    nothing telling is left. ``fernlabs`` in one word counts, too.
    """
    last = len(tokens)
    while last > 1 and tokens[last - 1] in generic:
        last -= 1
    if last == len(tokens):
        return _unglued(tokens, generic)
    key = "".join(tokens[:last])
    return key if len(key) >= _SHORTEST_CORE and key not in generic else ""


def _unglued(tokens: tuple[str, ...], generic: frozenset[str]) -> str:
    if len(tokens) != 1:
        return ""
    most = min(_LONGEST, len(tokens[0]) - _SHORTEST_CORE)
    for size in range(most, _LONG_ENOUGH_TO_BE_GLUED - 1, -1):
        if tokens[0][-size:] in generic:
            return tokens[0][:-size]
    return ""
