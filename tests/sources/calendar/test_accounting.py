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
                "METHOD:REPLY",
                "BEGIN:VCALENDAR",
                "END:VCALENDAR",
                "RRULE:FREQ=SECONDLY",
                "RRULE:FREQ=DAILY;INTERVAL=0",
                "RECURRENCE-ID;RANGE=THISANDFUTURE:99990318T090000Z",
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


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.integers(0, len(LINES) - 1),
        st.one_of(
            st.text(st.characters(codec="utf-8"), max_size=40),
            st.sampled_from([":", ";", '"', "\\", "\t", "T", "Z", "9" * 30, "é", "\0"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 40),
    st.booleans(),
)
def test_any_lines_garbled(
    tmp_path: Path, garbage: dict[int, str], place: int, instead: bool
) -> None:
    lines = [
        line[:place] + garbage[number] + line[place + instead :] if number in garbage else line
        for number, line in enumerate(LINES)
    ]
    read(tmp_path, "\n".join(lines) + "\n")


def _numbers(low: int, high: int) -> st.SearchStrategy[str]:
    return st.lists(st.integers(low, high), min_size=1, max_size=4).map(
        lambda found: ",".join(map(str, found))
    )


_DAYS = st.tuples(st.sampled_from(["", "1", "-1", "5", "54"]), st.sampled_from(["MO", "FR", "SU"]))
_PARTS = {
    "INTERVAL": st.integers(-1, 400).map(str),
    "COUNT": st.integers(-1, 10**6).map(str),
    "UNTIL": st.sampled_from(["20240601", "20240601T120000Z", "24240101T000000", "soon"]),
    "BYMONTH": _numbers(0, 13),
    "BYMONTHDAY": _numbers(-32, 32),
    "BYYEARDAY": _numbers(-367, 367),
    "BYWEEKNO": _numbers(-54, 54),
    "BYDAY": st.lists(_DAYS.map("".join), min_size=1, max_size=3).map(",".join),
    "BYHOUR": _numbers(0, 24),
    "BYMINUTE": _numbers(0, 60),
    "BYSECOND": _numbers(0, 60),
    "BYSETPOS": _numbers(-367, 367),
    "WKST": st.sampled_from(["MO", "SU", "XX"]),
}
_FREQUENCIES = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY", "NEVER"]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(_FREQUENCIES), st.fixed_dictionaries({}, optional=_PARTS), st.booleans())
def test_any_rule_ends(tmp_path: Path, freq: str, parts: dict[str, str], day: bool) -> None:
    rule = ";".join(["FREQ=" + freq, *(f"{name}={value}" for name, value in parts.items())])
    start = "DTSTART;VALUE=DATE:20200229" if day else "DTSTART;TZID=Europe/Paris:20200229T023000"
    stamp = "DTSTAMP:20240601T000000Z"
    reading = read(tmp_path, calendar(event(start, stamp, "DURATION:P1D", f"RRULE:{rule}")))
    assert len(reading.items) <= 10_000
    assert reading.account.found == 1
