from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from sources.telegram import clock as clocks
from sources.telegram.clock import Clock, day_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("printed", "moment", "note"),
    [
        ("27.05.2021 18:04:09 UTC+02:00", "2021-05-27T16:04:09Z", "offset_is_standard_time"),
        ("27.01.2021 18:04:09 UTC+02:00", "2021-01-27T16:04:09Z", None),
        ("27.05.2021 18:04:09 UTC+00:00", "2021-05-27T18:04:09Z", "offset_is_standard_time"),
        ("27.05.2021 18:04:09 UTC", "2021-05-27T18:04:09Z", "offset_is_standard_time"),
        ("27.05.2021 18:04:09 UTC+03:00", "2021-05-27T15:04:09Z", None),
        ("27.01.2021 18:04:09 UTC+10:30", "2021-01-27T07:34:09Z", "offset_is_standard_time"),
        ("27.05.2021 18:04:09 UTC-08:00", "2021-05-28T02:04:09Z", "offset_is_standard_time"),
        ("27.05.2021 18:04:09 GMT+01:00", "2021-05-27T17:04:09Z", "offset_is_standard_time"),
        ("27.05.2021 18:04:09 UTC+08:00", "2021-05-27T10:04:09Z", None),
        ("27.05.2021 18:04:09 UTC+05:45", "2021-05-27T12:19:09Z", None),
        ("27.05.2021 18:04:09 UTC-03:30", "2021-05-27T21:34:09Z", "offset_is_standard_time"),
        ("27.05.2021 18:04:09", "2021-05-27T18:04:09Z", "zone_assumed_utc"),
        ("27.05.2021 18:04:09 ", "2021-05-27T18:04:09Z", "zone_assumed_utc"),
        ("27.05.2021 18:04:09 XYZ", "2021-05-27T18:04:09Z", "zone_assumed_utc"),
        ("", None, "time_unreadable"),
        ("yesterday", None, "time_unreadable"),
        ("31.02.2021 18:04:09", None, "time_unreadable"),
        ("27.05.2021 25:04:09", None, "time_unreadable"),
        ("27.05.2021 18:61:09", None, "time_unreadable"),
        ("00.00.0000 00:00:00", None, "time_unreadable"),
        ("01.01.0001 00:00:00 UTC+08:00", None, "time_unreadable"),
        ("31.12.9999 23:59:59 UTC-08:00", None, "time_unreadable"),
        ("27.05.2021 18:04:09 UTC+99:99", "2021-05-27T18:04:09Z", "zone_assumed_utc"),
    ],
)
def test_printed_time(printed: str, moment: str | None, note: str | None) -> None:
    clock = Clock()
    assert clock.utc(printed) == moment
    assert clock.utc(printed) == moment
    assert dict(clock.notes) == ({note: 2} if note else {})


def test_zone_puts_the_standard_label_right_in_summer() -> None:
    clock = Clock(BERLIN)
    assert clock.utc("01.08.2023 14:00:00 UTC+01:00") == "2023-08-01T12:00:00Z"
    assert clock.utc("01.02.2023 13:00:00 UTC+01:00") == "2023-02-01T12:00:00Z"
    assert clock.utc("01.08.2023 14:00:00") == "2023-08-01T12:00:00Z"
    assert dict(clock.notes) == {"zone_from_settings": 3}


def test_label_the_zone_never_had_is_trusted_over_the_zone() -> None:
    clock = Clock(BERLIN)
    assert clock.utc("01.08.2023 14:00:00 UTC+05:30") == "2023-08-01T08:30:00Z"
    assert dict(clock.notes) == {"zone_differs": 1}


def test_repeated_autumn_hour_is_told_apart_by_the_order_of_the_page() -> None:
    clock = Clock(BERLIN)
    walls = ["01:59:00", "02:10:00", "02:50:00", "02:05:00", "02:55:00", "03:00:00"]
    moments = [clock.utc(f"29.10.2023 {wall} UTC+01:00") for wall in walls]
    assert moments == [
        "2023-10-28T23:59:00Z",
        "2023-10-29T00:10:00Z",
        "2023-10-29T00:50:00Z",
        "2023-10-29T01:05:00Z",
        "2023-10-29T01:55:00Z",
        "2023-10-29T02:00:00Z",
    ]


def test_repeated_hour_is_told_apart_over_the_end_of_a_page() -> None:
    clock = Clock(BERLIN)
    assert clock.utc("29.10.2023 02:50:00 UTC+01:00") == "2023-10-29T00:50:00Z"
    clock.start_page(Counter())
    assert clock.utc("29.10.2023 02:05:00 UTC+01:00") == "2023-10-29T01:05:00Z"


def test_page_from_earlier_on_says_nothing_of_the_repeated_hour() -> None:
    clock = Clock(BERLIN)
    clock.utc("01.12.2023 12:00:00 UTC+01:00")
    assert clock.utc("29.10.2023 02:05:00 UTC+01:00") == "2023-10-29T00:05:00Z"


def test_time_before_all_days_is_unreadable_in_a_zone_too() -> None:
    clock = Clock(BERLIN)
    assert clock.utc("01.01.0001 00:00:00") is None
    assert dict(clock.notes) == {"time_unreadable": 1}


def test_summer_time_of_an_original_is_noted_once_per_message() -> None:
    clock = Clock()
    clock.utc("01.02.2024 12:00:00 UTC+01:00")
    clock.original("01.07.2023 12:00:00 UTC+01:00")
    assert dict(clock.notes) == {"offset_is_standard_time": 1}
    clock.utc("01.07.2024 12:00:00 UTC+01:00")
    clock.original("01.07.2023 12:00:00 UTC+01:00")
    assert dict(clock.notes) == {"offset_is_standard_time": 2}


def test_more_days_than_are_remembered_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "_MOST_DAYS", 2)
    clock = Clock()
    walls = [f"{day:02}.02.2024 10:30:00 UTC+01:00" for day in (1, 2, 3, 4, 1)]
    assert [clock.utc(wall) for wall in walls] == [
        f"2024-02-{day:02}T09:30:00Z" for day in (1, 2, 3, 4, 1)
    ]


def test_time_of_a_forwarded_original_does_not_disturb_the_order() -> None:
    clock = Clock(BERLIN)
    clock.utc("29.10.2023 02:50:00 UTC+01:00")
    assert clock.original("01.01.2019 12:00:00 UTC+01:00") == "2019-01-01T11:00:00Z"
    assert clock.utc("29.10.2023 02:05:00 UTC+01:00") == "2023-10-29T01:05:00Z"
    assert dict(clock.notes) == {"zone_from_settings": 2}


def test_half_hour_zone_is_exact() -> None:
    clock = Clock(ZoneInfo("Australia/Lord_Howe"))
    assert clock.utc("01.07.2023 12:00:00 UTC+10:30") == "2023-07-01T01:30:00Z"
    assert clock.utc("01.01.2023 12:00:00 UTC+10:30") == "2023-01-01T01:00:00Z"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("7 November 2018", "2018-11-07"),
        ("31 May 2024", "2024-05-31"),
        ("7 november 2018", None),
        ("Ada wrote on 7 November 2018", None),
        ("7 November 2018 ", None),
    ],
)
def test_date_separator(text: str, day: str | None) -> None:
    assert day_of(text) == day
