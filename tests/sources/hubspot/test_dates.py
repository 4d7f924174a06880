from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sources.hubspot.dates import moment

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-03-31", "2024-03-31"),
        ("2024-03-30 17:00", "2024-03-30T16:00:00Z"),
        ("2024-07-01 17:00:05", "2024-07-01T15:00:05Z"),
        ("2024-10-27 02:30", "2024-10-27T00:30:00Z"),
        ("2024-03-31T17:00:00Z", "2024-03-31T17:00:00Z"),
        ("2024-03-31T17:00:00.5+02:00", "2024-03-31T15:00:00.500000Z"),
        ("31/03/2024", "2024-03-31"),
        ("03/31/2024", "2024-03-31"),
        ("5/5/2024", "2024-05-05"),
        ("03.04.2024", "2024-04-03"),
        ("7/31/2024 5:00 PM", "2024-07-31T15:00:00Z"),
        ("7/31/2024 12:00 AM", "2024-07-30T22:00:00Z"),
    ],
)
def test_moment_is_read_in_the_zone(text: str, value: str) -> None:
    assert moment(text, MADRID) == (value, None)


@pytest.mark.parametrize(
    ("text", "dmy", "mdy"),
    [
        ("03/04/2024", "2024-04-03", "2024-03-04"),
        ("03-04-2024", "2024-04-03", "2024-03-04"),
        ("03/31/2024", "2024-03-31", "2024-03-31"),
        ("31/03/2024", "2024-03-31", "2024-03-31"),
        ("03.04.2024", "2024-04-03", "2024-04-03"),
    ],
)
def test_order_decides_only_what_cannot_be_told(text: str, dmy: str, mdy: str) -> None:
    assert moment(text, MADRID, "dmy") == (dmy, None)
    assert moment(text, MADRID, "mdy") == (mdy, None)


START = datetime.fromisoformat("2009-01-01")
ZONES = (
    *("Europe/Madrid", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe"),
    *("America/Sao_Paulo", "Asia/Gaza", "Pacific/Apia", "UTC"),
)


@given(st.datetimes(START, START + timedelta(days=6000)), st.sampled_from(ZONES))
@example(datetime.fromisoformat("2011-12-30 12:00"), "Pacific/Apia")
@example(datetime.fromisoformat("2018-11-04 00:30"), "America/Sao_Paulo")
@example(datetime.fromisoformat("2024-10-27 02:30"), "Europe/Madrid")
@example(datetime.fromisoformat("2024-03-31 02:30"), "Europe/Madrid")
@example(datetime.fromisoformat("2024-03-31 15:00"), "Europe/Madrid")
@example(datetime.fromisoformat("2024-10-27 15:00"), "Europe/Madrid")
@example(datetime.fromisoformat("2024-04-07 01:45"), "Australia/Lord_Howe")
def test_moment_of_any_day_is_that_of_the_zone(local: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    local = local.replace(second=0, microsecond=0)
    said = f"{local.replace(tzinfo=zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert moment(f"{local:%Y-%m-%d %H:%M}", zone) == (said, None)


def test_moment_without_any_zone_is_doubted_and_a_day_is_not() -> None:
    assert moment("2024-03-31 17:00", None) == ("2024-03-31T17:00:00Z", "zone_assumed_utc")
    assert moment("2024-03-31T17:00:00Z", None)[1] is None
    assert moment("2024-03-31", None)[1] is None


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("03/04/2024", "ambiguous_date"),
        ("3-4-2024 10:00", "ambiguous_date"),
        ("2024-02-30", "unreadable_date"),
        ("03.31.2024", "unreadable_date"),
        ("31/31/2024", "unreadable_date"),
        ("7/31/2024 13:00 PM", "unreadable_date"),
        ("0001-01-01 00:00", "unreadable_date"),
        ("next week", "unreadable_date"),
        ("2024-03-31 24:00", "unreadable_date"),
        ("2024-03-31 10:60", "unreadable_date"),
        ("2024-02-30 10:00", "unreadable_date"),
        ("2024-W01-1 10:00", "unreadable_date"),
        ("2024-03-3\u0661 10:00", "unreadable_date"),
        ("2024-03-31 10:00" + " " * 9 + "x" * 99, "unreadable_date"),
    ],
)
def test_what_cannot_be_told_is_refused(text: str, doubt: str) -> None:
    assert moment(text, ZoneInfo("Asia/Tokyo")) == (None, doubt)
