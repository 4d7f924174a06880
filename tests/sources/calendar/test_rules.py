"""Rules that explode, or never give anything, end."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from sources.calendar.rules import CannotExpand, end_of
from tests.sources.calendar.writing import calendar, event, kinds, only, read, starts

START = datetime(2024, 1, 1, 9, tzinfo=UTC)
LAST = date(2030, 1, 1)
ALL_DAY = ";".join(
    f"BY{name}={','.join(map(str, range(most)))}"
    for name, most in (("HOUR", 24), ("MINUTE", 60), ("SECOND", 60))
)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;UNTIL=24240101T000000Z",
        "FREQ=SECONDLY;COUNT=1000000000",
        "FREQ=SECONDLY;BYSETPOS=2",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYHOUR=9,23;BYDAY=FR;BYWEEKNO=54",
        "FREQ=MINUTELY;BYHOUR=23;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=HOURLY;BYHOUR=23;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99991231",
        "FREQ=YEARLY;BYMONTHDAY=30;BYYEARDAY=1",
        "FREQ=YEARLY;BYMONTH=1;BYDAY=MO;BYSETPOS=40",
        f"FREQ=DAILY;{ALL_DAY}",
        f"FREQ=YEARLY;{ALL_DAY}",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=YEARLY;BYDAY=54MO;INTERVAL=0",
        "FREQ=SOMETIMES",
        "FREQ=DAILY;UNTIL=20241301",
        "RDATE:20240101",
    ],
)
def test_rule_that_explodes_or_gives_nothing_is_refused(tmp_path: Path, rule: str) -> None:
    with pytest.raises(CannotExpand):
        end_of(START, (rule,), LAST)
    reading = read(tmp_path, calendar(event("DTSTART:20240101T090000Z", f"RRULE:{rule}")))
    assert only(reading).start == "2024-01-01T09:00:00Z"
    assert kinds(reading) == {"recurrence_unreadable"}


def test_series_of_four_hundred_years_is_cut(tmp_path: Path) -> None:
    daily = event("DTSTART:20240101T090000Z", "RRULE:FREQ=DAILY;UNTIL=24240101T000000Z")
    far = event("DTSTART:24240101T090000Z", uid="far@ours.example")
    reading = read(tmp_path, calendar(daily, far))
    assert len(reading.items) == 3653 + 1
    assert kinds(reading) == {"series_cut_by_window"}


def test_more_rules_than_a_meeting_has_are_refused() -> None:
    rules = tuple(f"FREQ=DAILY;INTERVAL={number}" for number in range(1, 12))
    assert end_of(START, rules[:10], LAST) is None
    with pytest.raises(CannotExpand):
        end_of(START, rules, LAST)


def test_instances_before_the_window_are_counted_up_to_a_bound() -> None:
    old = datetime(1600, 1, 1, 9, tzinfo=UTC)
    assert end_of(old, ("FREQ=DAILY",), LAST) is None
    with pytest.raises(CannotExpand):
        end_of(old, ("FREQ=DAILY", "FREQ=DAILY"), LAST)


def test_days_before_the_window_are_counted_up_to_a_bound() -> None:
    leap_days = ("FREQ=HOURLY;BYHOUR=9;BYMONTH=2;BYMONTHDAY=29",)
    assert end_of(datetime(1600, 2, 29, 9, tzinfo=UTC), leap_days, LAST) is None
    with pytest.raises(CannotExpand):
        end_of(datetime(1200, 2, 29, 9, tzinfo=UTC), leap_days, LAST)


def test_rules_of_which_one_is_dense_are_dense() -> None:
    rules = ("FREQ=DAILY;BYHOUR=9,10", "FREQ=DAILY")
    assert end_of(START, rules, date(2032, 1, 1)) is None
    with pytest.raises(CannotExpand):
        end_of(START, rules, date(2034, 1, 1))


def test_rare_instances_are_waited_for() -> None:
    sundays = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;COUNT=3"
    assert end_of(date(2004, 2, 29), (sundays,), date(2100, 1, 1)) == date(2060, 2, 29)


def test_weekday_of_a_year_is_not_taken_for_one_of_a_month() -> None:
    rule = "FREQ=YEARLY;BYDAY=20MO;COUNT=3"
    assert end_of(START, (rule,), LAST) == date(2026, 5, 18)


@pytest.mark.parametrize(
    ("rules", "end"),
    [
        (("FREQ=WEEKLY",), None),
        (("FREQ=WEEKLY;COUNT=3",), date(2024, 1, 15)),
        (("FREQ=WEEKLY;UNTIL=20240110T000000Z",), date(2024, 1, 10)),
        (("UNTIL=20240110;FREQ=WEEKLY",), date(2024, 1, 10)),
        (("FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;COUNT=30"), date(2024, 1, 30)),
        (("FREQ=WEEKLY;COUNT=3", "FREQ=DAILY"), None),
        ((), date(2024, 1, 1)),
    ],
)
def test_end_of_rules(rules: tuple[str, ...], end: date | None) -> None:
    assert end_of(START, rules, LAST) == end
    if end:
        assert end_of(START.date(), rules, LAST) == end


def test_end_beyond_what_is_asked_for_only_says_that_there_is_more() -> None:
    end = end_of(START, ("FREQ=DAILY;COUNT=100",), date(2024, 1, 31))
    assert end is not None
    assert end > date(2024, 1, 31)


def test_until_may_stand_first(tmp_path: Path) -> None:
    text = event("DTSTART:20240101T090000Z", "RRULE:UNTIL=20240103T000000Z;FREQ=DAILY")
    assert len(starts(read(tmp_path, calendar(text)))) == 2


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 3),
    st.integers(1, 20),
    st.sampled_from(["", ";BYDAY=MO,FR", ";BYMONTH=1,7", ";BYMONTH=1;BYDAY=1TU", ";BYMONTHDAY=-1"]),
)
def test_end_is_the_last_that_the_library_gives(
    freq: str, interval: int, count: int, more: str
) -> None:
    rule = f"FREQ={freq};INTERVAL={interval};COUNT={count}{more}"
    *_, last = rrulestr(rule, dtstart=START.replace(tzinfo=None))
    assert end_of(START, (rule,), date(2200, 1, 1)) == last.date()


def test_day_that_never_comes_is_given_up_early() -> None:
    with pytest.raises(CannotExpand, match="20000 days"):
        end_of(START, ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",), LAST)
