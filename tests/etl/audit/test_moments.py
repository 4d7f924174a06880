"""Times as results print them: on the wall or in UTC, and how exactly."""

from __future__ import annotations

from typing import Any

import pytest

from etl.audit.moments import moment

NOON = 1_714_564_800
"""The first of May 2024, 12:00."""


@pytest.mark.parametrize(
    ("printed", "wall", "utc", "precise"),
    [
        ("2024-05-01T12:00:00Z", None, NOON, 1),
        ("2024-05-01 12:00:00.123456 UTC", None, NOON, 1),
        ("2024-05-01T14:00:00+02:00", None, NOON, 1),
        ("2024-05-01T06:30:00-0530", None, NOON, 1),
        ("2024-05-01T12:00:00", NOON, None, 1),
        ("2024-05-01 12:00", NOON, None, 60),
        ("2024-05-01", NOON - 43_200, None, 86_400),
        ("01.05.2024 12:00:00", NOON, None, 1),
        ("1.5.2024 9:00", NOON - 10_800, None, 60),
        ("01.05.2024 14:00:00 UTC+02:00", None, NOON, 1),
        (NOON, None, NOON, 1),
        (f"{NOON}.000100", None, NOON, 1),
        (NOON * 1000, None, NOON, 1),
    ],
)
def test_time_is_understood_however_it_is_printed(
    printed: Any, wall: int | None, utc: int | None, precise: int
) -> None:
    assert moment(printed) == (wall, utc, precise)


@pytest.mark.parametrize(
    "printed", [None, "", True, "noon", "2024-02-30", "31.02.2024", 7, "12:00"]
)
def test_what_is_no_time_is_none(printed: Any) -> None:
    assert moment(printed) == (None, None, 1)
