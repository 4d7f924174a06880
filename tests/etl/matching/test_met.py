"""What was met before."""

from __future__ import annotations

import pytest

from etl.matching import met
from etl.matching.met import Met


def test_a_thing_is_met_again_from_the_second_time_on() -> None:
    known = Met()
    assert [known.again(thing) for thing in ("a", "b", "a", ("a",), "a")] == [
        *(False, False, True, False, True)
    ]


@pytest.mark.parametrize("recent", [1, 2, 3, 1000])
def test_what_was_put_away_is_still_known(monkeypatch: pytest.MonkeyPatch, recent: int) -> None:
    monkeypatch.setattr(met, "_RECENT", recent)
    known = Met()
    things = [n * 7919 % 101 for n in range(101)]  # in no order, each once
    assert [known.again(thing) for thing in things] == [False] * 101
    assert all(map(known.again, things))
    assert not known.again(101)


def test_a_thing_that_was_put_away_takes_eight_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(met, "_RECENT", 10)
    known = Met()
    for thing in range(1000):
        known.again(thing)
    assert not known._recent
    assert sum(run.itemsize * len(run) for run in known._runs) == 8000
    assert len(known._runs) < 10
