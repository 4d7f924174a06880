"""Which items stand elsewhere than after the last whole run: what an edit of the mapping did.

The state remembers where every item stood. It is a cache like the rest of it: without it,
nothing is known to have moved.
"""

from __future__ import annotations

import msgspec

from etl.report import Move
from etl.state import State
from sources.records import Summary

_summaries = msgspec.msgpack.Decoder(Summary)

MOST = 1000
"""Moves that are told one by one."""

_STOOD = (
    "CREATE TABLE IF NOT EXISTS stood"
    " (kind TEXT, key TEXT, place TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
)
# Companies in their order: an item that several share stands in one place.
_STANDS = """
    CREATE TEMP TABLE stands AS
    SELECT kind, key, min(item) AS item,
        group_concat(CASE bucket WHEN 'companies' THEN company ELSE bucket END, ', ') AS place
    FROM (SELECT * FROM placements ORDER BY kind, key, company)
    GROUP BY kind, key
"""
_MOVED = """
    FROM temp.stands AS now JOIN stood AS before USING (kind, key)
    WHERE now.place != before.place
"""


def moves(state: State) -> tuple[int, tuple[Move, ...]]:
    """How many items moved, and the first of them by key; and remember where all stand."""
    state.execute(_STOOD)
    state.execute("DROP TABLE IF EXISTS temp.stands")
    state.execute(_STANDS)
    ((count,),) = state.query(f"SELECT count(*) {_MOVED}")
    rows = state.query(
        "SELECT items.summary, now.key, before.place, now.place"
        f" {_MOVED.replace('WHERE', 'JOIN items ON items.id = now.item WHERE')}"
        f" ORDER BY now.kind, now.key LIMIT {MOST}"
    )
    told = tuple(
        Move(key=key, title=_summaries.decode(summary).title, before=before, now=now)
        for summary, key, before, now in rows
    )
    state.execute("DELETE FROM stood")
    state.execute("INSERT INTO stood SELECT kind, key, place FROM temp.stands")
    return count, told
