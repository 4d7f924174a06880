from __future__ import annotations

import pytest

from sources.slack.moment import moment, utc


@pytest.mark.parametrize(
    ("ts", "expected"),
    [
        ("1452837318.000002", "2016-01-15T05:55:18.000002Z"),
        ("1709251199.999999", "2024-02-29T23:59:59.999999Z"),
        ("0.000001", "1970-01-01T00:00:00.000001Z"),
        ("1709251199", "2024-02-29T23:59:59.000000Z"),
        ("1709251199.5", "2024-02-29T23:59:59.500000Z"),
        ("99999999999.000000", "5138-11-16T09:46:39.000000Z"),
    ],
)
def test_time_is_made_of_integers(ts: str, expected: str) -> None:
    assert utc(ts) == expected


@pytest.mark.parametrize("ts", ["", "abc", "1.2.3", "-1.0", "1e9", "١٢.٣", 1709251199.5, None, []])
def test_what_is_no_ts_has_no_time(ts: object) -> None:
    assert utc(ts) is None
    assert moment(ts) is None


def test_moments_order_as_times_do() -> None:
    stamps = ["999999999.000001", "1000000000.000000", "1000000000.1", "1000000000.100001"]
    assert sorted(stamps, key=lambda ts: moment(ts) or (0, 0)) == stamps
    assert sorted(stamps, key=lambda ts: utc(ts) or "") == stamps
