from pathlib import Path

import pytest

from tests.sources.calendar.writing import PARIS, calendar, event, kinds, only, read

PLACE = "Made Up/Place"
OWN_ZONE = (
    "BEGIN:VTIMEZONE\nTZID:{}\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
    "TZOFFSETFROM:{}\nTZOFFSETTO:{}\nEND:STANDARD\nEND:VTIMEZONE"
)


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("DTSTART:20240701T100000Z", "2024-07-01T10:00:00Z"),
        ("DTSTART;TZID=Europe/Berlin:20240701T100000", "2024-07-01T08:00:00Z"),
        ("DTSTART;TZID=europe/BERLIN:20240701T100000", "2024-07-01T08:00:00Z"),
        ('DTSTART;TZID="Romance Standard Time":20240701T100000', "2024-07-01T08:00:00Z"),
        ("DTSTART;TZID=romance standard time:20240701T100000", "2024-07-01T08:00:00Z"),
        (
            "DTSTART;TZID=/mozilla.org/20070129_1/America/Argentina/Buenos_Aires:20240701T100000",
            "2024-07-01T13:00:00Z",
        ),
        (
            "DTSTART;TZID=/freeassociation.example/Tzfile/Europe/Berlin:20240701T100000",
            "2024-07-01T08:00:00Z",
        ),
        ("DTSTART;TZID=tzone://Microsoft/Utc:20240701T100000", "2024-07-01T10:00:00Z"),
        ("DTSTART;TZID=GMT+02:00:20240701T100000", "2024-07-01T08:00:00Z"),
        ("DTSTART;TZID=UTC-0330:20240701T100000", "2024-07-01T13:30:00Z"),
        ("DTSTART;TZID=GMT+2:20240701T100000", "2024-07-01T08:00:00Z"),
        ("DTSTART;TZID=Z:20240701T100000", "2024-07-01T10:00:00Z"),
        # the signs of these are the other way round
        ("DTSTART;TZID=Etc/GMT+2:20240701T100000", "2024-07-01T12:00:00Z"),
        # TZID must not be applied to a time in UTC (RFC 5545 section 3.2.19)
        ("DTSTART;TZID=Europe/Berlin:20240701T100000Z", "2024-07-01T10:00:00Z"),
        ("DTSTART:20240701T100060Z", "2024-07-01T10:00:59Z"),
        ("DTSTART:20240701T100000", "2024-07-01T08:00:00Z"),
    ],
)
def test_times_are_given_in_utc(tmp_path: Path, line: str, start: str) -> None:
    reading = read(tmp_path, calendar(event(line)))
    assert only(reading).start == start
    assert kinds(reading) == set()


@pytest.mark.parametrize("header", ["X-WR-CALNAME:Team", "X-WR-TIMEZONE:Nowhere/Land"])
def test_floating_time_without_a_zone_is_utc_with_a_finding(tmp_path: Path, header: str) -> None:
    reading = read(tmp_path, calendar(event("DTSTART:20240701T100000"), header=header))
    assert only(reading).start == "2024-07-01T10:00:00Z"
    assert kinds(reading) == {"zone_assumed_utc"}


@pytest.mark.parametrize("zone", ["Nowhere/Land", "(UTC+01:00) Nowhere", "GMT+99", "Nowhere:Land"])
def test_unknown_zone_is_read_as_floating_with_a_finding(tmp_path: Path, zone: str) -> None:
    reading = read(tmp_path, calendar(event(f"DTSTART;TZID={zone}:20240701T100000")))
    assert only(reading).start == "2024-07-01T08:00:00Z"
    assert kinds(reading) == {"zone_unknown"}


def test_zone_defined_by_the_file_wins_over_a_guess(tmp_path: Path) -> None:
    zone = OWN_ZONE.format("/vendor.example/Europe/Berlin", "+0500", "+0500")
    line = "DTSTART;TZID=/vendor.example/Europe/Berlin:20240701T100000"
    assert only(read(tmp_path, calendar(zone, event(line)))).start == "2024-07-01T05:00:00Z"


def test_zone_defined_after_the_event_is_used(tmp_path: Path) -> None:
    zone = OWN_ZONE.format(PLACE, "+0500", "+0500")
    reading = read(tmp_path, calendar(event(f"DTSTART;TZID={PLACE}:20240701T100000"), zone))
    assert only(reading).start == "2024-07-01T05:00:00Z"


def test_zone_of_one_calendar_is_not_used_for_the_next(tmp_path: Path) -> None:
    line = f"DTSTART;TZID={PLACE}:20240701T100000"
    parts = [
        calendar(OWN_ZONE.format(PLACE, "+0500", "+0500"), event(line, uid="a@ours.example")),
        calendar(OWN_ZONE.format(PLACE, "+0300", "+0300"), event(line, uid="b@ours.example")),
        calendar(event(line, uid="c@ours.example")),
    ]
    heads = read(tmp_path, "".join(parts)).by_key
    assert list(heads) == [
        "calendar:a@ours.example:2024-07-01T05:00:00Z",
        "calendar:b@ours.example:2024-07-01T07:00:00Z",
        "calendar:c@ours.example:2024-07-01T08:00:00Z",
    ]


def test_broken_zone_definition_costs_only_itself(tmp_path: Path) -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Broken\nBEGIN:STANDARD\nDTSTART:x\nEND:STANDARD\nEND:VTIMEZONE"
    reading = read(tmp_path, calendar(zone, event("DTSTART;TZID=Broken:20240701T100000")))
    assert only(reading).start == "2024-07-01T08:00:00Z"
    assert kinds(reading) == {"zone_unknown"}


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (("DTSTART:20240701T100000Z", "DURATION:PT1H30M"), "2024-07-01T11:30:00Z"),
        (("DTSTART:20240701T100000Z",), "2024-07-01T10:00:00Z"),
        (("DTSTART;VALUE=DATE:20240701",), "2024-07-02"),
        (("DTSTART;VALUE=DATE:20240701", "DURATION:P3D"), "2024-07-04"),
        (("DTSTART;VALUE=DATE:20240701", "DTEND;VALUE=DATE:20240703"), "2024-07-03"),
        (("DTSTART:20240701", "DTEND:20240702"), "2024-07-02"),
        (("DTSTART;VALUE=DATE:20240701", "DTEND:20240703T100000Z"), "2024-07-03"),
        (("DTSTART:20240701T100000Z", "DTEND;VALUE=DATE:20240702"), "2024-07-02T00:00:00Z"),
        (("DTSTART:20240701T100000Z", "DTEND:", "DURATION:PT1H"), "2024-07-01T11:00:00Z"),
    ],
)
def test_end_comes_from_what_is_there(tmp_path: Path, lines: tuple[str, ...], end: str) -> None:
    reading = read(tmp_path, calendar(event(*lines)))
    assert only(reading).end == end
    assert only(reading).all_day == ("T" not in end)
    assert kinds(reading) == set()


def test_all_day_event_with_a_zone_stays_a_day(tmp_path: Path) -> None:
    head = only(read(tmp_path, calendar(event("DTSTART;TZID=Asia/Tokyo;VALUE=DATE:20240701"))))
    assert (head.start, head.end, head.all_day) == ("2024-07-01", "2024-07-02", True)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("DTEND:20240630T100000Z", "end_before_start"),
        ("DTEND:later", "end_unreadable"),
        ("DURATION:a while", "end_unreadable"),
        ("DURATION:P9999999D", "end_unreadable"),
    ],
)
def test_end_that_cannot_be_used_is_the_start_with_a_finding(
    tmp_path: Path, line: str, kind: str
) -> None:
    reading = read(tmp_path, calendar(event("DTSTART:20240701T100000Z", line)))
    assert only(reading).end == "2024-07-01T10:00:00Z"
    assert kinds(reading) == {kind}


@pytest.mark.parametrize("value", ["soon", "20241301T100000Z", "00000101", "20240701T250000Z"])
def test_event_without_a_readable_start_is_quarantined(tmp_path: Path, value: str) -> None:
    good = event("DTSTART:20240702T100000Z", uid="two@ours.example")
    reading = read(tmp_path, calendar(event(f"DTSTART:{value}"), good))
    assert only(reading).uid == "two@ours.example"
    [problem] = reading.problems
    assert (problem.reason, problem.found) == ("damaged", 1)
    assert "line 5" in problem.detail


@pytest.mark.parametrize("value", ["00010101T000000", "99991231T235959"])
def test_moments_at_the_ends_of_time_break_nothing(tmp_path: Path, value: str) -> None:
    for zone in ("Asia/Tokyo", "America/New_York"):
        line = f"DTSTART;TZID={zone}:{value}"
        for name in ("RDATE", "EXDATE", "RECURRENCE-ID"):
            near = event(f"DTSTART;TZID={zone}:20240101T000000", f"{name}:{value}")
            read(tmp_path, calendar(near))
        long = event(f"DTSTART;TZID={zone}:99971231T200000", "DURATION:P365D", "RRULE:FREQ=YEARLY")
        far = event("DTSTART;VALUE=DATE:99981231", uid="far@ours.example")
        read(tmp_path, calendar(long, far))
        read(tmp_path, calendar(event(f"DTSTART;TZID={zone}:99991231T103000", "DURATION:PT10H")))
        more = ("RRULE:FREQ=DAILY", f"RECURRENCE-ID;TZID={zone}:{value}", "DURATION:P1D")
        floating = f"RECURRENCE-ID:{value}"
        for extra in ((), more[:1], more, ("DURATION:PT10H",), ("RRULE:FREQ=DAILY", floating)):
            read(tmp_path, calendar(event(line, *extra)))


def test_hours_of_a_duration_are_hours_and_its_days_are_days(tmp_path: Path) -> None:
    line = "DTSTART;TZID=Europe/Paris:20240330T200000"  # the night the clock goes forward
    for duration, end in (("PT12H", "2024-03-31T07:00:00Z"), ("P1DT1H", "2024-03-31T19:00:00Z")):
        assert only(read(tmp_path, calendar(event(line, f"DURATION:{duration}")))).end == end


def test_end_before_start_is_seen_where_the_clock_hides_it(tmp_path: Path) -> None:
    lines = ("DTSTART;TZID=Europe/Paris:20240331T023000", "DTEND;TZID=Europe/Paris:20240331T030000")
    reading = read(tmp_path, calendar(event(*lines)))
    assert (only(reading).start, only(reading).end) == (
        "2024-03-31T01:30:00Z",
        "2024-03-31T01:30:00Z",
    )
    assert kinds(reading) == {"end_before_start"}


def test_name_that_everybody_knows_wins_over_what_the_file_says_of_it(tmp_path: Path) -> None:
    zone = OWN_ZONE.format("Europe/Berlin", "+0500", "+0500")
    reading = read(tmp_path, calendar(zone, event("DTSTART;TZID=Europe/Berlin:20240701T100000")))
    assert only(reading).start == "2024-07-01T08:00:00Z"


@pytest.mark.parametrize("end", ["\n", "\r"])
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_zone_whose_clock_changes_without_end_is_not_used(
    tmp_path: Path, rule: str, end: str
) -> None:
    daylight = OWN_ZONE.format(PLACE, "+0500", "+0600").replace("STANDARD", "DAYLIGHT")
    standard = OWN_ZONE.format(PLACE, "+0600", "+0500").replace("END:S", f"RRULE:{rule}\nEND:S")
    zone = daylight.partition("END:VTIMEZONE")[0] + standard.partition(f"{PLACE}\n")[2]
    text = calendar(zone, event(f"DTSTART;TZID={PLACE}:20240701T100000"))
    reading = read(tmp_path, text.replace("\n", end).encode())
    assert only(reading).start == "2024-07-01T08:00:00Z"
    assert kinds(reading) == {"zone_unknown"}


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_zone_whose_clock_changes_by_the_year_is_used(tmp_path: Path, end: str) -> None:
    zone = PARIS.replace("Europe/Paris", PLACE)
    line = f"DTSTART;TZID={PLACE}:20240701T100000"
    text = calendar(zone, event(line), header="X-WR-CALNAME:x")
    reading = read(tmp_path, text.replace("\n", end).encode())
    assert only(reading).start == "2024-07-01T08:00:00Z"
    assert kinds(reading) == set()
