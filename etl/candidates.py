"""Which readings of current units may be of one item, and must be looked at together.

They share a key, or an identity token with a reading of another unit: of its own, a reader has
seen all. A token that begins with ``!`` asks to be looked at even alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from etl.state import State

_READINGS = "SELECT items.id, unit, key, identity FROM items JOIN current USING (unit)"
_ALONE = "!"
_PLACES = 2**23
"""So many names are told apart at first, a bit each; when a bit is taken, the name is held."""

_tokens = msgspec.json.Decoder(tuple[str, ...]).decode


def candidates(state: State) -> list[list[int]]:
    """Readings that are connected by what they share, each group ascending."""
    parent: dict[int, int] = {}

    def root(item: int) -> int:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for items in _together(state):
        for item in items:
            parent[root(item)] = root(items[0])
    groups: dict[int, list[int]] = {}
    for item in sorted(parent):
        groups.setdefault(root(item), []).append(item)
    return list(groups.values())


def _together(state: State) -> Iterator[list[int]]:
    """Readings that share a key or a token. Nearly every token is nobody else's, and there may
    be millions: so only those that seem to come twice are held.
    """
    twice = _places_met_twice(state)
    by_key: dict[str, list[int]] = {}
    by_token: dict[str, list[tuple[int, int]]] = {}
    for item, unit, key, identity in state.query(_READINGS):
        if hash(key) % _PLACES in twice:
            by_key.setdefault(key, []).append(item)
        for token in _tokens(identity):
            if hash(token) % _PLACES in twice or token[:1] == _ALONE:
                by_token.setdefault(token, []).append((item, unit))
    for token, holders in by_token.items():
        items = {*by_key.get(token, ()), *(item for item, _ in holders)}
        units = {unit for _, unit in holders}
        if token.startswith(_ALONE) or (len(items) > 1 and (token in by_key or len(units) > 1)):
            yield sorted(items)
    yield from (items for items in by_key.values() if len(items) > 1)


def _places_met_twice(state: State) -> set[int]:
    met, twice = bytearray(_PLACES // 8 + 1), set()
    for _, _, key, identity in state.query(_READINGS):
        for name in (key, *_tokens(identity)):
            place = hash(name) % _PLACES
            byte, bit = place >> 3, 1 << (place & 7)
            if met[byte] & bit:
                twice.add(place)
            met[byte] |= bit
    return twice
