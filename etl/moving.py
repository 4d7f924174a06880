"""Which items stand elsewhere than after the last whole run: what an edit of the mapping did.

The state remembers where every item stood. It is a cache like the rest of it: without it,
nothing is known to have moved. One row more than there are items holds the sum over them.
"""

from __future__ import annotations

from itertools import islice

import msgspec

from etl.report import Move
from etl.seals import seal
from etl.state import State
from sources.records import Summary

_summaries = msgspec.msgpack.Decoder(Summary)

MOST = 1000
"""Moves that are told one by one."""
_AT_ONCE = 1000

# Companies in their order: an item that several share stands in one place.
_STANDS = """
    CREATE TEMP TABLE stands AS
    SELECT kind, key, min(item) AS item, group_concat(place, ', ') AS place
    FROM (
        SELECT kind, key, item, CASE bucket WHEN 'companies' THEN company ELSE bucket END AS place
        FROM placements ORDER BY kind, key, company
    )
    GROUP BY kind, key
"""
_COUNTS = """
    SELECT (SELECT count(*) FROM temp.stands), (SELECT count(*) FROM stood WHERE kind != ''),
        count(*), count(*) FILTER (WHERE now.place IS NOT before.place)
    FROM temp.stands AS now JOIN stood AS before USING (kind, key)
"""
_MOVED = """
    SELECT items.summary, now.key, before.place, now.place
    FROM temp.stands AS now JOIN stood AS before USING (kind, key)
    JOIN items ON items.id = now.item
    WHERE now.place != before.place ORDER BY now.kind, now.key LIMIT ?
"""


def moves(state: State) -> tuple[int, tuple[Move, ...]]:
    """How many items moved, and the first of them by key; and remember where all stand. Raises
    one of `etl.state.DAMAGE` when what was remembered is not as it was written.
    """
    state.execute("DROP TABLE IF EXISTS temp.stands")
    state.execute(_STANDS)
    ((now, before, met, moved),) = state.query(_COUNTS)
    if now == before == met and not moved:  # what is equal to this is as it was written
        return 0, ()
    _refuse_damage(state, before)
    rows = state.query(_MOVED, MOST)
    told = tuple(
        Move(key=key, title=_summaries.decode(summary).title, before=before, now=now)
        for summary, key, before, now in rows
    )
    with state.transaction():
        state.execute("DELETE FROM stood")
        state.execute("INSERT INTO stood SELECT kind, key, place FROM temp.stands")
        state.execute("INSERT INTO stood VALUES ('', '', ?)", [(str(_sum(state)),)])
    return moved, told


def _refuse_damage(state: State, before: int) -> None:
    sealed = [place for (place,) in state.query("SELECT place FROM stood WHERE kind = ''")]
    if (before or sealed) and sealed != [str(_sum(state))]:
        raise state.damaged("where items stood")


def _sum(state: State) -> int:
    """Over all that is remembered but the sum itself, in order."""
    rows = state.query("SELECT kind, key, place FROM stood WHERE kind != '' ORDER BY kind, key")
    total = 0
    while some := [*islice(rows, _AT_ONCE)]:
        total = seal(some, before=total)
    return total
