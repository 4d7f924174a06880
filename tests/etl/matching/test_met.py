"""What was met before."""

from __future__ import annotations

import pytest

from etl.matching.met import Met


def test_a_thing_is_met_again_from_the_second_time_on() -> None:
    known = Met()
    assert [known.again(thing) for thing in ("a", "b", "a", ("a",), "a")] == [
        *(False, False, True, False, True)
    ]


@pytest.mark.parametrize("apart", [1, 7919, 2**20, 2**61 - 2])
def test_things_are_told_apart_however_alike_their_hashes(apart: int) -> None:
    known = Met()
    things = [n * apart for n in range(1, 1000)]
    assert not any(map(known.again, things))
    assert all(map(known.again, things))
    assert not known.again(-apart)


def test_what_has_no_hash_but_nought_is_met_once() -> None:
    known = Met()
    assert [known.again(thing) for thing in (0, "a", 0)] == [False, False, True]


def test_of_a_thing_no_more_than_24_bytes_are_kept() -> None:
    known = Met()
    for thing in range(100_000):
        known.again(thing)
        if thing >= 1000:
            kept = sum(len(marks) * marks.itemsize for marks in known._tables)
            assert kept <= 24 * (thing + 2)
