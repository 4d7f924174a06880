"""Whatever happens to a calendar, every VEVENT in it is accounted for."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sources.calendar.writing import PARIS, calendar, event, read

ALARM = "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Ring\nTRIGGER:-P0DT0H10M0S\nEND:VALARM"
TEXT = calendar(
    PARIS,
    event(
        "DTSTART;TZID=Europe/Paris:20240304T100000",
        "DTEND;TZID=Europe/Paris:20240304T103000",
        "RRULE:FREQ=WEEKLY;COUNT=5",
        "EXDATE;TZID=Europe/Paris:20240311T100000",
        "DTSTAMP:20240301T000000Z",
        "SEQUENCE:1",
        "SUMMARY:Weekly",
        ALARM,
    ),
    event(
        "DTSTART:20240319T100000Z",
        "DTEND:20240319T110000Z",
        "RECURRENCE-ID:20240318T090000Z",
        "SUMMARY:Moved",
    ),
    event("DTSTART:20240301T100000Z", "DESCRIPTION:folded", "  text", uid="single@ours.example"),
    event("DTSTART;VALUE=DATE:20240305", "STATUS:CANCELLED", uid="day@ours.example"),
    "BEGIN:VTODO\nUID:todo\nEND:VTODO",
    event("DTSTART:20240302T100000Z", "SUMMARY:No UID", ALARM, uid=None),
)
LINES = TEXT.splitlines()


@pytest.mark.parametrize("index", range(len(LINES)))
@pytest.mark.parametrize("times", [0, 2])
def test_any_line_dropped_or_doubled(tmp_path: Path, index: int, times: int) -> None:
    lines = [*LINES[:index], *[LINES[index]] * times, *LINES[index + 1 :]]
    reading = read(tmp_path, "\n".join(lines) + "\n")
    assert reading.account.found == sum(line == "BEGIN:VEVENT" for line in lines)
    assert reading.account.found >= 4


@pytest.mark.parametrize("size", range(100, len(TEXT), 37))
def test_any_cut(tmp_path: Path, size: int) -> None:
    reading = read(tmp_path, TEXT[:size])
    assert reading.account.found == TEXT[:size].count("BEGIN:VEVENT\n")
    assert reading.problems


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(
            [
                *LINES,
                "RRULE:FREQ=MONTHLY;BYDAY=2TU;UNTIL=20250101",
                "RDATE;VALUE=DATE:20240404",
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20240318T090000Z",
                "RECURRENCE-ID;VALUE=DATE:20240305",
                "DTSTART;VALUE=DATE:20240305",
                "DTEND;VALUE=DATE:20240301",
                "DURATION:-PT1H",
                'ATTENDEE;CN="x:mailto:a@b',
                "no line at all",
                "",
            ]
        ),
        max_size=60,
    )
)
def test_any_order_of_lines(tmp_path: Path, lines: list[str]) -> None:
    read(tmp_path, "\n".join(["BEGIN:VCALENDAR", *lines]))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300), st.integers(min_value=0, max_value=len(TEXT)))
def test_any_bytes_in_the_middle(tmp_path: Path, noise: bytes, at: int) -> None:
    data = TEXT.encode()
    read(tmp_path, b"BEGIN:VCALENDAR\n" + data[:at] + noise + data[at:])
