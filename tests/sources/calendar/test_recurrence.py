import time
from datetime import date
from pathlib import Path

import pytest

from sources.calendar.event import Vevent
from sources.calendar.recurrence import Occasion, occasions
from tests.sources.calendar.writing import (
    PARIS,
    calendar,
    event,
    kinds,
    meetings,
    only,
    read,
    settled,
    starts,
)

WEEKLY = (
    "DTSTART;TZID=Europe/Paris:20240304T100000",
    "DTEND;TZID=Europe/Paris:20240304T103000",
    "SUMMARY:Weekly",
)


def test_weekly_series_keeps_its_local_hour_over_the_change_to_summer(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(PARIS, event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=5")))
    assert starts(reading) == [
        "2024-03-04T09:00:00Z",
        "2024-03-11T09:00:00Z",
        "2024-03-18T09:00:00Z",
        "2024-03-25T09:00:00Z",
        "2024-04-01T08:00:00Z",
    ]
    assert reading.account.accepted == 1
    assert reading.account.expanded == 4
    assert all(head.recurring for head in meetings(reading))
    assert kinds(reading) == set()


def test_only_the_first_instance_is_not_flagged_expanded(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3")))
    flagged = ["expanded" in item.summary.flags for item in reading.items]
    assert flagged == [False, True, True]


def test_override_named_in_utc_replaces_the_instance_of_a_local_series(tmp_path: Path) -> None:
    moved = event(
        "DTSTART:20240312T150000Z",
        "DTEND:20240312T160000Z",
        "RECURRENCE-ID:20240311T090000Z",
        "SUMMARY:Moved",
    )
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"), moved))
    assert starts(reading) == [
        "2024-03-04T09:00:00Z",
        "2024-03-12T15:00:00Z",
        "2024-03-18T09:00:00Z",
    ]
    head = reading.by_key["calendar:one@ours.example:2024-03-11T09:00:00Z"].head
    assert head.title == "Moved"  # type: ignore[union-attr]
    assert head.recurring  # type: ignore[union-attr]
    assert reading.account.accepted == 2
    assert reading.account.expanded == 1


def test_override_that_names_only_the_day_finds_its_instance(tmp_path: Path) -> None:
    moved = event("DTSTART:20240312T150000Z", "RECURRENCE-ID;VALUE=DATE:20240311", "SUMMARY:Moved")
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2"), moved))
    assert starts(reading) == ["2024-03-04T09:00:00Z", "2024-03-12T15:00:00Z"]


def test_override_stands_before_its_master_and_in_another_vcalendar(tmp_path: Path) -> None:
    moved = calendar(event("DTSTART:20240312T150000Z", "RECURRENCE-ID:20240311T090000Z"))
    master = calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2"))
    reading = read(tmp_path, moved + master)
    assert starts(reading) == ["2024-03-04T09:00:00Z", "2024-03-12T15:00:00Z"]


def test_orphan_override_is_a_meeting(tmp_path: Path) -> None:
    reading = read(
        tmp_path, calendar(event("DTSTART:20240312T150000Z", "RECURRENCE-ID:20240311T090000Z"))
    )
    [key] = reading.by_key
    assert key == "calendar:one@ours.example:2024-03-11T09:00:00Z"
    assert only(reading).recurring


def test_cancelled_override_takes_its_instance_out(tmp_path: Path) -> None:
    gone = event("DTSTART:20240311T090000Z", "RECURRENCE-ID:20240311T090000Z", "STATUS:CANCELLED")
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"), gone))
    assert starts(reading) == ["2024-03-04T09:00:00Z", "2024-03-18T09:00:00Z"]
    assert reading.account.ignored == {"cancelled": 1}


def test_excluded_dates_are_read_from_several_lines_and_lists(tmp_path: Path) -> None:
    master = event(
        *WEEKLY,
        "RRULE:FREQ=WEEKLY;COUNT=6",
        "EXDATE;TZID=Europe/Paris:20240311T100000",
        "EXDATE:20240318T090000Z,20240325T090000Z",
        "EXDATE;VALUE=DATE:20240401",
    )
    reading = read(tmp_path, calendar(master))
    assert starts(reading) == ["2024-03-04T09:00:00Z", "2024-04-08T08:00:00Z"]


def test_excluded_date_may_have_a_zone_of_its_own(tmp_path: Path) -> None:
    master = event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Asia/Tokyo:20240311T180000")
    assert starts(read(tmp_path, calendar(master))) == ["2024-03-04T09:00:00Z"]


def test_override_may_make_a_whole_day_of_an_instance(tmp_path: Path) -> None:
    changed = event("DTSTART;VALUE=DATE:20240310", "RECURRENCE-ID:20240311T090000Z")
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2"), changed))
    assert starts(reading) == ["2024-03-04T09:00:00Z", "2024-03-10"]
    assert kinds(reading) == set()


def test_override_takes_the_place_of_an_event_that_does_not_repeat(tmp_path: Path) -> None:
    for extra in ((), ("RRULE:FREQ=SOMETIMES",)):
        changed = event("DTSTART:20240305T090000Z", "RECURRENCE-ID:20240304T090000Z")
        reading = read(tmp_path, calendar(event(*WEEKLY, *extra), changed))
        assert starts(reading) == ["2024-03-05T09:00:00Z"]
        assert reading.account.ignored == {"no_instance": 1}


def test_one_unreadable_exception_does_not_void_the_others(tmp_path: Path) -> None:
    master = event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:soon,20240311T090000Z")
    reading = read(tmp_path, calendar(master))
    assert starts(reading) == ["2024-03-04T09:00:00Z", "2024-03-18T09:00:00Z"]
    assert kinds(reading) == {"recurrence_unreadable"}


def test_override_of_an_excluded_instance_is_ignored(tmp_path: Path) -> None:
    master = event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20240311T090000Z")
    moved = event("DTSTART:20240312T150000Z", "RECURRENCE-ID:20240311T090000Z")
    reading = read(tmp_path, calendar(master, moved))
    assert starts(reading) == ["2024-03-04T09:00:00Z"]
    assert reading.account.ignored == {"excluded": 1}


def test_added_dates_and_periods_are_instances(tmp_path: Path) -> None:
    master = event(
        *WEEKLY,
        "RDATE;TZID=Europe/Paris:20240306T100000",
        "RDATE;VALUE=PERIOD:20240308T090000Z/PT2H,20240309T090000Z/20240309T094500Z",
        "RDATE;VALUE=PERIOD:20240310T090000Z/20240311",
    )
    reading = read(tmp_path, calendar(master))
    assert [(head.start, head.end) for head in meetings(reading)] == [
        ("2024-03-04T09:00:00Z", "2024-03-04T09:30:00Z"),
        ("2024-03-06T09:00:00Z", "2024-03-06T09:30:00Z"),
        ("2024-03-08T09:00:00Z", "2024-03-08T11:00:00Z"),
        ("2024-03-09T09:00:00Z", "2024-03-09T09:45:00Z"),
        ("2024-03-10T09:00:00Z", "2024-03-10T09:30:00Z"),
    ]


def test_this_and_future_moves_the_rest_and_keeps_their_keys(tmp_path: Path) -> None:
    later = event(
        "DTSTART;TZID=Europe/Paris:20240311T140000",
        "DTEND;TZID=Europe/Paris:20240311T150000",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20240311T100000",
        "SUMMARY:Afternoons",
    )
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"), later))
    assert [
        (key[-20:], item.head.start, item.summary.title)  # type: ignore[union-attr]
        for key, item in reading.by_key.items()
    ] == [
        ("2024-03-04T09:00:00Z", "2024-03-04T09:00:00Z", "Weekly"),
        ("2024-03-11T09:00:00Z", "2024-03-11T13:00:00Z", "Afternoons"),
        ("2024-03-18T09:00:00Z", "2024-03-18T13:00:00Z", "Afternoons"),
    ]
    assert reading.account.accepted == 2
    assert reading.account.expanded == 1


def test_several_rules_are_united(tmp_path: Path) -> None:
    rules = ("RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=2")
    assert starts(read(tmp_path, calendar(event(*WEEKLY, *rules)))) == [
        "2024-03-04T09:00:00Z",
        "2024-03-05T09:00:00Z",
        "2024-03-11T09:00:00Z",
    ]


def test_until_of_another_type_than_the_start_is_understood(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20240312")))
    assert starts(reading) == ["2024-03-04T09:00:00Z", "2024-03-11T09:00:00Z"]
    days = event("DTSTART;VALUE=DATE:20240304", "RRULE:FREQ=DAILY;UNTIL=20240305T100000Z")
    assert starts(read(tmp_path, calendar(days))) == ["2024-03-04", "2024-03-05"]


def test_all_day_series_stays_days(tmp_path: Path) -> None:
    reading = read(
        tmp_path, calendar(event("DTSTART;VALUE=DATE:20240304", "RRULE:FREQ=WEEKLY;COUNT=2"))
    )
    assert [(h.start, h.end, h.all_day) for h in meetings(reading)] == [
        ("2024-03-04", "2024-03-05", True),
        ("2024-03-11", "2024-03-12", True),
    ]
    assert "calendar:one@ours.example:2024-03-11" in reading.by_key


def test_spaces_in_a_rule_do_not_void_it(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=DAILY;COUNT=3;BYDAY=MO, TU, FR;")))
    assert len(reading.items) == 3


def test_unreadable_rule_leaves_the_first_instance_and_the_overrides(tmp_path: Path) -> None:
    moved = event("DTSTART:20240312T150000Z", "RECURRENCE-ID:20240311T090000Z")
    other = event("DTSTART:20240501T100000Z", uid="two@ours.example")
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=SOMETIMES"), moved, other))
    assert starts(reading) == [
        "2024-03-04T09:00:00Z",
        "2024-03-12T15:00:00Z",
        "2024-05-01T10:00:00Z",
    ]
    [finding] = reading.by_key["calendar:one@ours.example:2024-03-04T09:00:00Z"].summary.findings
    assert finding.kind == "recurrence_unreadable"


def test_rule_for_every_second_is_not_expanded(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=SECONDLY")))
    assert starts(reading) == ["2024-03-04T09:00:00Z"]
    assert kinds(reading) == {"recurrence_unreadable"}


def test_series_without_any_instance_is_accounted_for(tmp_path: Path) -> None:
    master = event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=1", "EXDATE:20240304T090000Z")
    reading = settled(read(tmp_path, calendar(master)))
    assert reading.items == []
    assert reading.account.ignored == {"no_instance": 1}


@pytest.mark.parametrize(
    ("first", "start", "end"),
    [
        ("20240330T023000", "2024-03-31T01:30:00Z", "2024-03-31T02:00:00Z"),
        ("20241026T023000", "2024-10-27T00:30:00Z", "2024-10-27T01:00:00Z"),
    ],
)
def test_instance_in_an_hour_that_the_clock_skips_or_repeats_keeps_its_length(
    tmp_path: Path, first: str, start: str, end: str
) -> None:
    lines = (f"DTSTART;TZID=Europe/Paris:{first}", "DURATION:PT30M", "RRULE:FREQ=DAILY;COUNT=3")
    second = meetings(read(tmp_path, calendar(event(*lines))))[1]
    assert (second.start, second.end) == (start, end)


THIS_AND_FUTURE = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20240311T100000"


@pytest.mark.parametrize(
    "start", ["DTSTART;VALUE=DATE:20240311", "DTSTART:22040311T090000Z", "DTSTART:18040311T090000Z"]
)
def test_change_of_the_future_that_cannot_be_followed_changes_one_instance(
    tmp_path: Path, start: str
) -> None:
    odd = event(start, THIS_AND_FUTURE)
    stamp = "DTSTAMP:20240301T000000Z"
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3", stamp), odd))
    assert "2024-03-18T09:00:00Z" in starts(reading)
    assert len(reading.items) == 3
    assert kinds(reading) == {"recurrence_unreadable"}


def test_change_of_the_future_of_several_series_changes_one_instance(tmp_path: Path) -> None:
    later = event("DTSTART;TZID=Europe/Paris:20240311T140000", THIS_AND_FUTURE)
    masters = [
        event(f"DTSTART;TZID=Europe/Paris:20240304T1{hour}0000", "RRULE:FREQ=WEEKLY;COUNT=3")
        for hour in (0, 1)
    ]
    reading = read(tmp_path, calendar(*masters, later))
    assert "2024-03-18T09:00:00Z" in starts(reading)
    assert kinds(reading) == {"uid_shared", "recurrence_unreadable"}


def test_override_far_away_does_not_widen_the_expansion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    def counted(master: Vevent, changes: list[Vevent], first: date, last: date) -> list[Occasion]:
        given.append(len(changes))
        return occasions(master, changes, first, last)

    monkeypatch.setattr("sources.calendar.series.occasions", counted)
    moved = event("DTSTART:99900311T090000Z", "RECURRENCE-ID:20240311T090000Z")
    reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"), moved))
    assert len(reading.items) == 3
    assert given == [0]


def test_exceptions_by_a_rule_are_not_followed_and_it_is_said(tmp_path: Path) -> None:
    lines = ("RRULE:FREQ=WEEKLY;COUNT=3", "EXRULE:FREQ=WEEKLY;INTERVAL=2")
    reading = read(tmp_path, calendar(event(*WEEKLY, *lines)))
    assert len(reading.items) == 3
    assert kinds(reading) == {"recurrence_unreadable"}
    assert "decides" not in reading.items[0].summary.flags


def test_last_instances_that_are_moved_beyond_the_end_of_their_series_are_kept(
    tmp_path: Path,
) -> None:
    for start, moved in (("20240313T100000", 2), ("20240309T100000", -2)):
        later = event(f"DTSTART;TZID=Europe/Paris:{start}", THIS_AND_FUTURE)
        reading = read(tmp_path, calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=4"), later))
        assert starts(reading) == [
            f"2024-03-{day:02}T09:00:00Z" for day in (4, 11 + moved, 18 + moved, 25 + moved)
        ]
        assert kinds(reading) == set()


def test_window_is_that_of_the_starts_a_series_was_planned_with(tmp_path: Path) -> None:
    later = event("DTSTART;TZID=Europe/Paris:20240313T100000", THIS_AND_FUTURE)
    master = event(*WEEKLY, "RRULE:FREQ=WEEKLY")
    reading = read(
        tmp_path, calendar(master, later), calendar_from="2024-03-18", calendar_to="2024-03-25"
    )
    assert starts(reading) == [f"2024-03-{day}T09:00:00Z" for day in (13, 20, 27)]


def test_a_rule_ends_in_utc_whatever_the_machine_calls_its_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = "RRULE:FREQ=WEEKLY;UNTIL=20240318T090000Z"
    monkeypatch.setenv("TZ", "UTC-14")
    time.tzset()
    try:
        reading = read(tmp_path, calendar(event(*WEEKLY, rule)))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert starts(reading)[-1] == "2024-03-18T09:00:00Z"
