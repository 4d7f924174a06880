from pathlib import Path

from tests.sources.calendar.writing import calendar, event, kinds, read, starts

DAILY = ("DTSTART:20240101T090000Z", "DTEND:20240101T093000Z", "RRULE:FREQ=DAILY")
SERIES = "series@ours.example"


def test_endless_series_runs_90_days_beyond_the_newest_single_event(tmp_path: Path) -> None:
    single = event("DTSTART:20240201T100000Z")
    reading = read(tmp_path, calendar(event(*DAILY, uid=SERIES), single))
    of_series = [key for key in reading.by_key if SERIES in key]
    assert max(of_series).endswith("2024-05-01T09:00:00Z")
    assert len(of_series) == 122


def test_newest_override_counts_for_the_window(tmp_path: Path) -> None:
    moved = event("DTSTART:20240301T100000Z", "RECURRENCE-ID:20240102T090000Z", uid=SERIES)
    single = event("DTSTART:20240105T100000Z")
    reading = read(tmp_path, calendar(event(*DAILY, uid=SERIES), moved, single))
    assert max(map(str, starts(reading))) == "2024-05-30T09:00:00Z"


def test_stamps_count_for_the_window(tmp_path: Path) -> None:
    stamps = ("DTSTAMP:20240110T000000Z", "LAST-MODIFIED:20240115T000000Z")
    reading = read(tmp_path, calendar(event(*DAILY, *stamps)))
    assert max(map(str, starts(reading))) == "2024-04-14T09:00:00Z"


def test_cut_series_says_so_once_with_its_window(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(*DAILY)))
    said = [finding for item in reading.items for finding in item.summary.findings]
    assert [finding.kind for finding in said] == ["series_cut_by_window"]
    assert said[0].detail == "Only instances from 2024-01-01 to 2024-03-31 are given."


def test_series_that_ends_inside_the_window_is_not_cut(tmp_path: Path) -> None:
    for end in (";COUNT=10", ";UNTIL=20240110T090000Z"):
        master = event(DAILY[0], DAILY[1], DAILY[2] + end)
        reading = read(tmp_path, calendar(master))
        assert len(reading.items) == 10
        assert kinds(reading) == set()


def test_counted_series_that_goes_on_is_cut(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(DAILY[0], DAILY[1], DAILY[2] + ";COUNT=200")))
    assert len(reading.items) == 91
    assert kinds(reading) == {"series_cut_by_window"}


def test_given_window_replaces_both_ends(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        calendar(event(*DAILY)),
        calendar_from="2024-02-01",
        calendar_to="2024-02-03",
    )
    assert starts(reading) == [f"2024-02-0{day}T09:00:00Z" for day in (1, 2, 3)]
    assert kinds(reading) == {"series_cut_by_window"}


def test_series_of_long_events_starts_where_the_window_starts(tmp_path: Path) -> None:
    master = event("DTSTART;VALUE=DATE:20240101", "DURATION:P3D", "RRULE:FREQ=DAILY;COUNT=6")
    reading = read(tmp_path, calendar(master), calendar_from="2024-01-05")
    assert starts(reading) == ["2024-01-05", "2024-01-06"]
    assert kinds(reading) == {"series_cut_by_window"}


def test_series_that_starts_after_everything_else_has_its_first_meeting(tmp_path: Path) -> None:
    later = event("DTSTART:20250101T090000Z", "RRULE:FREQ=DAILY", uid="later@ours.example")
    reading = read(tmp_path, calendar(event("DTSTART:20240101T090000Z"), later))
    assert starts(reading) == ["2024-01-01T09:00:00Z", "2025-01-01T09:00:00Z"]


def test_start_of_a_series_does_not_count_as_a_single_event(tmp_path: Path) -> None:
    later = event("DTSTART:20240301T090000Z", "RRULE:FREQ=DAILY", uid="later@ours.example")
    reading = read(tmp_path, calendar(event("DTSTART:20240101T090000Z"), later))
    assert max(map(str, starts(reading))) == "2024-03-31T09:00:00Z"


def test_given_window_leaves_single_events_and_overrides_alone(tmp_path: Path) -> None:
    moved = event("DTSTART:20240105T100000Z", "RECURRENCE-ID:20240102T090000Z", uid=SERIES)
    single = event("DTSTART:20230101T100000Z")
    reading = read(
        tmp_path,
        calendar(event(*DAILY, uid=SERIES), moved, single),
        calendar_from="2024-02-01",
        calendar_to="2024-02-01",
    )
    assert starts(reading) == [
        "2023-01-01T10:00:00Z",
        "2024-01-05T10:00:00Z",
        "2024-02-01T09:00:00Z",
    ]


def test_series_outside_the_given_window_is_accounted_for(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(*DAILY)), calendar_to="2023-12-31")
    assert reading.items == []
    assert reading.account.ignored == {"outside_window": 1}


def test_of_a_long_series_the_ten_years_up_to_the_stamps_are_kept(tmp_path: Path) -> None:
    master = event("DTSTART:20000103T090000Z", "RRULE:FREQ=WEEKLY", "DTSTAMP:20240601T000000Z")
    far = event("DTSTART:20990101T090000Z", uid="far@ours.example")
    found = [s for s in map(str, starts(read(tmp_path, calendar(master, far)))) if s < "2099"]
    assert found[0] > "2014-08-29"
    assert found[0] < "2014-09-10"
    assert found[-1] == "2024-08-26T09:00:00Z"


def test_without_stamps_the_first_ten_years_are_kept(tmp_path: Path) -> None:
    far = event("DTSTART:20990101T090000Z", uid="far@ours.example")
    master = event("DTSTART:20000103T090000Z", "RRULE:FREQ=YEARLY")
    assert [s[:4] for s in map(str, starts(read(tmp_path, calendar(master, far))))] == [
        *map(str, range(2000, 2010)),
        "2099",
    ]


def test_old_series_that_ended_is_kept_whole_under_a_new_stamp(tmp_path: Path) -> None:
    master = event(
        "DTSTART:20000103T090000Z", "RRULE:FREQ=WEEKLY;COUNT=3", "DTSTAMP:20240601T000000Z"
    )
    assert len(read(tmp_path, calendar(master)).items) == 3


def test_stamps_of_alarms_and_zones_do_not_count(tmp_path: Path) -> None:
    alarm = "BEGIN:VALARM\nLAST-MODIFIED:20300101T000000Z\nEND:VALARM"
    reading = read(tmp_path, calendar(event(*DAILY, alarm)))
    assert max(map(str, starts(reading))) == "2024-03-31T09:00:00Z"


def test_dates_at_the_end_of_time_do_not_break_the_window(tmp_path: Path) -> None:
    single = event("DTSTART;VALUE=DATE:99991231", uid="far@ours.example")
    reading = read(tmp_path, calendar(event(*DAILY), single))
    assert len(reading.items) == 3652 + 1 + 1


def test_window_that_begins_when_it_was_told_to_is_not_cut_to_ten_years(tmp_path: Path) -> None:
    master = event("DTSTART:20000103T090000Z", "RRULE:FREQ=YEARLY")
    reading = read(tmp_path, calendar(master), calendar_from="2001-01-01", calendar_to="2030-12-31")
    assert [s[:4] for s in map(str, starts(reading))] == [*map(str, range(2001, 2031))]


def test_window_of_many_centuries_is_cut_to_one(tmp_path: Path) -> None:
    master = event("DTSTART:19000103T090000Z", "RRULE:FREQ=YEARLY")
    reading = read(tmp_path, calendar(master), calendar_from="0001-01-01", calendar_to="2999-12-31")
    assert len(reading.items) == 100
    assert kinds(reading) == {"series_cut_by_window"}
