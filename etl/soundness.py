"""Whether a state is as it was written. What SQLite would read without a word, a byte that
changed, rows that went missing, an index that leads elsewhere, is told by the seals.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from etl.reading import UnitReport
from etl.seals import seal
from etl.state import DAMAGE, State

_reports = msgspec.msgpack.Decoder(UnitReport)


def refuse_damage(state: State) -> None:
    """Raise one of `DAMAGE` unless every unit, merge and item is as it was written. Chunks
    are held to their seals whenever they are read.
    """
    for table in ("units", "merges", "items"):
        for (said,) in state.query(f"PRAGMA integrity_check('{table}')"):
            if said != "ok":
                raise state.damaged(said)
    try:
        _refuse_rows(state)
    except (TypeError, AttributeError) as error:  # a column of another type
        raise state.damaged("a row of another shape") from error


def _refuse_rows(state: State) -> None:
    units: dict[int | None, int] = {}
    for *columns, report, sealed in state.query(
        "SELECT id, source, name, fingerprint, content, report, seal FROM units NOT INDEXED"
    ):
        if seal(columns, report) != sealed:
            raise state.damaged("a unit")
        units[columns[0]] = _reports.decode(report).items
    merges: dict[int | None, int] = {}
    for id_, source, parts, account, items, sealed in state.query(
        "SELECT id, source, parts, account, items, seal FROM merges NOT INDEXED"
    ):
        if seal((id_, source, parts, items), account) != sealed:
            raise state.damaged("a merge")
        merges[id_] = items
    of_unit, of_merge = _count_items(state)
    for expected, met in ((units, of_unit), (merges, of_merge)):
        if {id_: count for id_, count in expected.items() if count} != met:
            raise state.damaged("items are missing, or nobody's")


def _count_items(state: State) -> tuple[Counter[int | None], Counter[int | None]]:
    """How many items each unit and each merge has, all of them sound."""
    of_unit: Counter[int | None] = Counter()
    of_merge: Counter[int | None] = Counter()
    for *columns, summary, head, sealed in state.query(
        "SELECT id, unit, merge, kind, key, identity, records, chunks, summary, head, seal"
        " FROM items NOT INDEXED"
    ):
        if seal(columns, summary, head) != sealed:
            raise state.damaged("an item")
        _, unit, merge, *_ = columns
        counter, owner = (of_merge, merge) if unit is None else (of_unit, unit)
        counter[owner] += 1
    return of_unit, of_merge


def unsound_units(state: State) -> tuple[set[int], set[int]]:
    """The units, and the merges, some of whose messages are not as they were written. Reads
    all of them.
    """
    units: set[int] = set()
    merges: set[int] = set()
    rows = state.query("SELECT id, unit, merge FROM items NOT INDEXED ORDER BY id")
    for item, unit, merge in rows:
        try:
            for _ in state.chunks(item):
                pass
        except (*DAMAGE, MemoryError):  # the latter for the size a damaged chunk says it has
            (merges if unit is None else units).add(merge if unit is None else unit)
    return units, merges


def is_sound(path: Path) -> bool:
    """Whether all of the state at that path is as it was written. Changes nothing."""
    try:
        with State.as_left(path) as state:
            refuse_damage(state)
            return unsound_units(state) == (set(), set())
    except DAMAGE:
        return False
