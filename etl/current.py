"""Which items there are, now that everything was read: a temporary table of the state."""

from __future__ import annotations

from etl.linking import link
from etl.merging import Merged
from etl.state import State


def begin(state: State) -> None:
    """Make the temporary tables of a run."""
    for statement in (
        "DROP TABLE IF EXISTS temp.current",
        "DROP TABLE IF EXISTS temp.live",
        "CREATE TEMP TABLE current (unit INTEGER PRIMARY KEY)",
        "CREATE TEMP TABLE live (item INTEGER PRIMARY KEY, key TEXT NOT NULL)",
    ):
        state.execute(statement)


def make_live(state: State, merged: Merged) -> None:
    """Settle which items there are: what was read of current units, with the merged in
    place of what they were made of.
    """
    state.execute(
        "INSERT INTO live SELECT items.id, key FROM items JOIN current USING (unit)"
        " WHERE merge IS NULL"
    )
    state.execute("DELETE FROM live WHERE item = ?", ((item,) for item in merged.absorbed))
    state.execute(
        "INSERT INTO live SELECT id, key FROM items WHERE merge = ?",
        ((merge,) for merge in merged.merges),
    )
    state.execute("CREATE INDEX temp.live_keys ON live (key)")
    link(state)
