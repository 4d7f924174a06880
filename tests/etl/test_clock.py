from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from etl.clock import PHASES, Stopwatch, now


def test_now_is_in_utc_to_the_second() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    said = now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said)
    assert before <= datetime.fromisoformat(said) <= datetime.now(UTC)


def test_phases_are_those_of_the_contract_and_add_up() -> None:
    stopwatch = Stopwatch()
    assert stopwatch.phases == dict.fromkeys(PHASES, 0.0)
    with stopwatch.phase("data_matching"):
        sum(range(1000))
    once = stopwatch.phases["data_matching"]
    assert 0 < once <= stopwatch.elapsed
    with stopwatch.phase("data_matching"):
        sum(range(1000))
    assert stopwatch.phases["data_matching"] > once
    assert stopwatch.phases["output_writing"] == 0


def test_a_phase_that_breaks_down_has_taken_its_time_all_the_same() -> None:
    stopwatch = Stopwatch()
    with pytest.raises(ValueError, match="x"), stopwatch.phase("output_writing"):
        raise ValueError("x")
    assert stopwatch.phases["output_writing"] > 0


def test_a_phase_that_goes_on_counts_so_far() -> None:
    stopwatch = Stopwatch()
    with stopwatch.phase("output_writing"):
        assert 0 < stopwatch.phases["output_writing"] <= stopwatch.elapsed
