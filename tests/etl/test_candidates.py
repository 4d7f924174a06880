"""Which readings may be of one item."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import candidates as module
from etl.candidates import candidates
from etl.state import State

Readings = list[tuple[int, str, list[str]]]
"""Unit, key, tokens."""

NAMES = st.sampled_from(["a", "b", "c", "d", "!e", "!f"])
READINGS = st.lists(st.tuples(st.integers(1, 3), NAMES, st.lists(NAMES, max_size=3)), max_size=6)


def found(folder: Path, readings: Readings) -> list[list[int]]:
    path = folder / "state.db"
    path.unlink(missing_ok=True)
    state = State.open(path)
    state.execute("CREATE TEMP TABLE current (unit INTEGER PRIMARY KEY)")
    state.execute("INSERT INTO current VALUES (?)", [(1,), (2,), (3,)])
    state.execute(
        "INSERT INTO units VALUES (?, 'telegram', ?, '', NULL, x'', 0)",
        [(1, "x"), (2, "y"), (3, "z")],
    )
    names = ("[" + ",".join(f'"{name}"' for name in tokens) + "]" for _, _, tokens in readings)
    state.execute(
        "INSERT INTO items"
        " (id, unit, merge, kind, key, identity, records, chunks, summary, head, seal)"
        " VALUES (?, ?, NULL, 'telegram_chats', ?, ?, 0, 0, x'', x'', 0)",
        [
            (number, unit, key, tokens)
            for number, ((unit, key, _), tokens) in enumerate(
                zip(readings, names, strict=True), start=1
            )
        ],
    )
    groups = candidates(state)
    state.close()
    return groups


def by_definition(readings: Readings) -> list[list[int]]:
    """Two readings at a time, then whatever hangs together."""
    numbers = range(1, len(readings) + 1)
    groups = {n: {n} for n in numbers}
    asked = {n for n in numbers if any(t.startswith("!") for t in readings[n - 1][2])}
    for one in numbers:
        for other in numbers:
            if one != other and _together(readings[one - 1], readings[other - 1]):
                asked |= {one, other}
                joined = groups[one] | groups[other]
                groups.update(dict.fromkeys(joined, joined))
    return [list(g) for g in sorted({tuple(sorted(groups[number])) for number in asked})]


def _together(one: tuple[int, str, list[str]], other: tuple[int, str, list[str]]) -> bool:
    shared = {*one[2]} & {*other[2]}
    return (
        one[1] == other[1]
        or one[1] in other[2]
        or other[1] in one[2]
        or bool(shared and one[0] != other[0])
        or any(token.startswith("!") for token in shared)
    )


@pytest.mark.parametrize("places", [1, 2, 2**23])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(readings=READINGS)
def test_candidates_are_what_hangs_together_however_places_collide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: int, readings: Readings
) -> None:
    monkeypatch.setattr(module, "_PLACES", places)
    assert found(tmp_path, readings) == by_definition(readings)


def test_what_nothing_is_shared_of_is_no_candidate(tmp_path: Path) -> None:
    assert found(tmp_path, [(1, "a", ["t"]), (1, "b", ["t"]), (2, "c", ["u"])]) == []
