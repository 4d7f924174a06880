"""What stands when several calendars hold events with one UID."""

from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sources.calendar import CalendarExport
from sources.calendar.merge import _Groups, _Reading
from sources.protocol import Account, ReaderOptions
from sources.records import Item
from tests.reading import Read, Reading, ReadPart, merge
from tests.sources.calendar.writing import (
    calendar,
    event,
    kinds,
    meetings,
    only,
    read_all,
    starts,
)

OLD = "DTSTAMP:20240110T000000Z"
NEW = "DTSTAMP:20240210T000000Z"
TEN = "DTSTART:20240102T100000Z"
THREE = "DTSTART:20240102T150000Z"
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"
ANN = "ATTENDEE:mailto:ann@acme.example"
BEN = "ATTENDEE:mailto:ben@globex.example"


def _found(reading: Reading, kind: str) -> list[int]:
    findings = (f for item in reading.items for f in item.summary.findings)
    return [finding.count for finding in findings if finding.kind == kind]


def test_newest_reading_stands_and_nothing_is_filled_in(tmp_path: Path) -> None:
    new = event(TEN, NEW, "SUMMARY:New")
    old = event(TEN, OLD, "SUMMARY:Old", "LOCATION:Here")
    for files in permutations((calendar(old), calendar(new))):
        reading = read_all(tmp_path, *files)
        assert (only(reading).title, only(reading).location) == ("New", None)
        assert _found(reading, "merged") == [2]
        assert reading.account == Account(found=2, accepted=1, duplicate=1)


def test_three_readings_leave_two_duplicates(tmp_path: Path) -> None:
    reading = read_all(tmp_path, *(calendar(event(TEN)) for _ in range(3)))
    assert reading.account == Account(found=3, accepted=1, duplicate=2)
    assert _found(reading, "merged") == [3]


def test_expanded_instances_only_leave_the_count_of_expanded(tmp_path: Path) -> None:
    reading = read_all(tmp_path, *(calendar(event(TEN, WEEKLY)) for _ in range(2)))
    assert reading.account == Account(found=2, accepted=1, duplicate=1, expanded=4)
    assert kinds(reading) == {"merged"}


@pytest.mark.parametrize("rule", [(), (WEEKLY,)])
def test_meeting_moved_since_is_met_once(tmp_path: Path, rule: tuple[str, ...]) -> None:
    old, new = calendar(event(TEN, OLD, *rule)), calendar(event(THREE, NEW, *rule))
    for files in ((old, new), (new, old)):
        reading = read_all(tmp_path, *files)
        count = 5 if rule else 1
        assert len(reading.items) == count
        assert {str(head.start)[10:] for head in meetings(reading)} == {"T15:00:00Z"}
        assert reading.account == Account(found=2, accepted=1, duplicate=1, expanded=count - 1)
        assert _found(reading, "superseded") == [count]
        assert reading.items[0].summary.findings, "told with the first that stands"


def test_higher_sequence_stands_over_a_newer_stamp(tmp_path: Path) -> None:
    moved = calendar(event(THREE, OLD, "SEQUENCE:2"))
    stale = calendar(event(TEN, NEW, "SEQUENCE:1"))
    assert starts(read_all(tmp_path, moved, stale)) == ["2024-01-02T15:00:00Z"]


def test_with_equal_stamps_the_newer_file_stands(tmp_path: Path) -> None:
    changed = "LAST-MODIFIED:20240101T000000Z"
    new = calendar(event(THREE, changed), event(TEN, NEW, uid="other"))
    old = calendar(event(TEN, changed), event(TEN, OLD, uid="other"))
    assert "2024-01-02T15:00:00Z" in starts(read_all(tmp_path, new, old))


def test_change_of_one_instance_does_not_make_its_series_newer(tmp_path: Path) -> None:
    changed = event(TEN, "RECURRENCE-ID:20240102T100000Z", "SEQUENCE:7", OLD)
    old = calendar(event(TEN, OLD, WEEKLY), changed)
    new = calendar(event(THREE, NEW, WEEKLY, "SEQUENCE:1"))
    reading = read_all(tmp_path, new, old)
    assert {str(head.start)[10:] for head in meetings(reading)} == {"T15:00:00Z"}


def test_cancelled_since_is_no_meeting_any_more(tmp_path: Path) -> None:
    old, new = calendar(event(TEN, OLD)), calendar(event(TEN, NEW, "STATUS:CANCELLED"))
    for files in ((old, new), (new, old)):
        reading = read_all(tmp_path, *files)
        assert reading.items == []
        assert reading.account == Account(found=2, duplicate=1, ignored={"cancelled": 1})


def test_cancelled_before_and_planned_again_is_a_meeting(tmp_path: Path) -> None:
    old = calendar(event(TEN, OLD, "STATUS:CANCELLED"))
    for start in (TEN, THREE):
        reading = read_all(tmp_path, calendar(event(start, NEW)), old)
        assert only(reading).status == "confirmed"
        assert reading.account == Account(found=2, accepted=1, ignored={"cancelled": 1})
        assert "superseded" not in kinds(reading)


def test_series_cancelled_since_leaves_no_instance(tmp_path: Path) -> None:
    old = calendar(event(TEN, OLD, WEEKLY))
    new = calendar(event(TEN, NEW, WEEKLY, "STATUS:CANCELLED"))
    reading = read_all(tmp_path, old, new)
    assert reading.account == Account(found=2, duplicate=1, ignored={"cancelled": 1})


def test_series_emptied_since_leaves_no_instance(tmp_path: Path) -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=2"
    old = calendar(event(TEN, OLD, rule))
    new = calendar(event(TEN, NEW, rule, "EXDATE:20240102T100000Z,20240109T100000Z"))
    reading = read_all(tmp_path, old, new)
    assert reading.account == Account(found=2, duplicate=1, ignored={"no_instance": 1})


def test_instance_excluded_since_is_gone_and_its_series_says_so(tmp_path: Path) -> None:
    old = calendar(event(TEN, OLD, WEEKLY))
    new = calendar(event(TEN, NEW, WEEKLY, "EXDATE:20240109T100000Z"))
    reading = read_all(tmp_path, old, new)
    assert len(reading.items) == 4
    assert "2024-01-09T10:00:00Z" not in starts(reading)
    assert _found(reading, "superseded") == [1]


def test_invitation_to_one_instance_leaves_the_others(tmp_path: Path) -> None:
    series = calendar(event(TEN, OLD, WEEKLY))
    guest = calendar(event(THREE, NEW, "RECURRENCE-ID:20240102T100000Z"))
    for files in ((series, guest), (guest, series)):
        reading = read_all(tmp_path, *files)
        assert len(reading.items) == 5
        assert starts(reading)[0] == "2024-01-02T15:00:00Z"
        assert "superseded" not in kinds(reading)


def test_cancellation_of_one_instance_takes_that_one_out(tmp_path: Path) -> None:
    series = calendar(event(TEN, OLD, WEEKLY))
    off = calendar(event(TEN, NEW, "RECURRENCE-ID:20240109T100000Z"), header="METHOD:CANCEL")
    reading = read_all(tmp_path, series, off)
    assert len(reading.items) == 4
    assert "2024-01-09T10:00:00Z" not in starts(reading)
    assert _found(reading, "superseded") == [1]
    assert reading.account.ignored == {"cancelled": 1}


@pytest.mark.parametrize("lines", [("RRULE:FREQ=SOMETIMES",), ("RDATE:20240109,soon",)])
def test_series_that_is_not_wholly_understood_takes_nothing_out(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    old = calendar(event(TEN, OLD, WEEKLY))
    reading = read_all(tmp_path, old, calendar(event(TEN, NEW, *lines)))
    assert {str(head.start)[:10] for head in meetings(reading)} == {
        "2024-01-02",
        "2024-01-09",
        "2024-01-16",
        "2024-01-23",
        "2024-01-30",
    }


def test_series_that_begins_later_since_leaves_none_before(tmp_path: Path) -> None:
    old = calendar(event(TEN, OLD, WEEKLY))
    new = calendar(event("DTSTART:20240109T100000Z", NEW, "RRULE:FREQ=WEEKLY"))
    reading = read_all(tmp_path, old, new)
    assert starts(reading)[0] == "2024-01-09T10:00:00Z"
    assert _found(reading, "superseded") == [1]


def test_instances_beyond_the_window_of_the_newer_calendar_stay(tmp_path: Path) -> None:
    later = event("DTSTART:20240701T100000Z", OLD, uid="later")
    endless = "RRULE:FREQ=WEEKLY"
    old, new = event(TEN, OLD, endless), event(THREE, NEW, endless)
    both = starts(read_all(tmp_path, calendar(old, later), calendar(new)))
    moved, kept = both[: both.index("2024-05-07T15:00:00Z") + 1], both[19:]
    assert {str(start)[10:] for start in moved} == {"T15:00:00Z"}
    # 90 days after the newest stamp of the new calendar, 10 May, it knows nothing.
    assert kept[0] == "2024-05-14T10:00:00Z"
    assert len(both) == len(set(both))


def test_window_ends_with_the_day_of_the_series_not_of_utc(tmp_path: Path) -> None:
    new = event("DTSTART;TZID=Asia/Tokyo:20240102T060000", "SEQUENCE:1", NEW, "RRULE:FREQ=DAILY")
    old = event("DTSTART;TZID=Asia/Tokyo:20240102T050000", NEW, "RRULE:FREQ=DAILY;COUNT=200")
    later = event("DTSTART:20240301T100000Z", uid="later")
    found = starts(read_all(tmp_path, calendar(old, later), calendar(new)))
    assert found[found.index("2024-05-09T21:00:00Z") + 1] == "2024-05-10T20:00:00Z"


def test_window_that_was_asked_for_takes_nothing_out_beyond_it(tmp_path: Path) -> None:
    old = calendar(event(TEN, OLD))
    new = calendar(event(TEN, NEW, WEEKLY))
    reading = read_all(tmp_path, old, new, calendar_from="2024-01-05", calendar_to="2024-01-20")
    assert starts(reading) == [
        "2024-01-02T10:00:00Z",
        "2024-01-09T10:00:00Z",
        "2024-01-16T10:00:00Z",
    ]


def test_one_meeting_in_the_calendars_of_two_colleagues_is_one(tmp_path: Path) -> None:
    guests = (ANN, "ORGANIZER:mailto:me@ours.example")
    mine = calendar(event(TEN, NEW, "SUMMARY:Acme weekly", *guests, WEEKLY))
    hers = calendar(event(TEN, NEW, "SUMMARY:Busy", WEEKLY))
    reading = read_all(tmp_path, mine, hers)
    assert len(reading.items) == 5
    assert "uid_shared" not in kinds(reading)


def _unrelated(start: str) -> tuple[str, ...]:
    acme = calendar(event(TEN, OLD, "SUMMARY:Acme call", ANN, uid="1"))
    globex = calendar(event(start, NEW, "SUMMARY:Globex call", BEN, uid="1"))
    return acme, globex


@pytest.mark.parametrize("start", [TEN, THREE])
def test_events_with_nothing_in_common_but_the_uid_are_apart(tmp_path: Path, start: str) -> None:
    found = []
    for files in permutations(_unrelated(start)):
        reading = read_all(tmp_path, *files)
        assert sorted(head.title for head in meetings(reading)) == ["Acme call", "Globex call"]
        assert _found(reading, "uid_shared") == [1, 1]
        assert reading.account == Account(found=2, accepted=2)
        found.append({key: item.summary.title for key, item in reading.by_key.items()})
    assert found[0] == found[1]
    plain = {f"calendar:1:2024-01-02T{hour}:00:00Z" for hour in (10, 15)}
    assert (set(found[0]) == plain) == (start == THREE), "keys change only where they must"


def test_cancelling_one_of_them_leaves_the_other(tmp_path: Path) -> None:
    off = event(TEN, NEW, "SUMMARY:Acme call", "STATUS:CANCELLED", uid="1")
    reading = read_all(tmp_path, *_unrelated(TEN), calendar(off))
    assert only(reading).title == "Globex call"


@pytest.mark.parametrize("line", ["SUMMARY:acme  CALL", ANN, "ORGANIZER:mailto:ann@acme.example"])
def test_one_thing_in_common_makes_them_one(tmp_path: Path, line: str) -> None:
    lines = [line] if line.startswith("SUMMARY") else [line, "SUMMARY:Something else"]
    moved = event(THREE, NEW, *lines, BEN, uid="1")
    assert only(read_all(tmp_path, _unrelated(TEN)[0], calendar(moved))).attendees


def test_reading_in_common_makes_two_of_them_one(tmp_path: Path) -> None:
    between = event(THREE, NEW, "SUMMARY:Both", ANN, BEN, uid="1")
    for files in permutations((*_unrelated(TEN), calendar(between))):
        assert len(read_all(tmp_path, *files).items) == 1


def _titled(start: str, title: str, uid: str) -> str:
    return calendar(event(start, f"SUMMARY:{title}", uid=uid))


@pytest.mark.parametrize(
    "uid", ["1", "1@a-long-name-of-a-host-0123.example", "company-calendar-event-1"]
)
def test_events_without_guests_under_a_number_are_apart(tmp_path: Path, uid: str) -> None:
    files = (_titled(TEN, "Dentist", uid), _titled(THREE, "Lunch", uid))
    for order in permutations(files):
        reading = read_all(tmp_path, *order)
        assert sorted(head.title for head in meetings(reading)) == ["Dentist", "Lunch"]
        assert _found(reading, "uid_shared") == [1, 1]
        assert reading.account == Account(found=2, accepted=2)


@pytest.mark.parametrize(
    ("start", "title", "uid"),
    [
        (TEN, "Lunch", "1"),  # renamed
        (THREE, "Dentist", "1"),  # moved
        (THREE, "Lunch", "2h5qk0lmsc7o1d8u4vb9xa@google.com"),  # nobody counts like that
    ],
)
def test_event_without_guests_that_changed_since_is_one(
    tmp_path: Path, start: str, title: str, uid: str
) -> None:
    old = calendar(event(TEN, OLD, "SUMMARY:Dentist", uid=uid))
    new = calendar(event(start, NEW, f"SUMMARY:{title}", uid=uid))
    assert only(read_all(tmp_path, old, new)).title == title


def test_having_no_title_is_nothing_in_common(tmp_path: Path) -> None:
    acme, globex = (calendar(event(TEN, guest, uid="1")) for guest in (ANN, BEN))
    assert len(read_all(tmp_path, acme, globex).items) == 2


def test_event_without_guests_is_the_newest_of_those_with_its_starts(tmp_path: Path) -> None:
    old = calendar(event(TEN, OLD, "SUMMARY:Old", ANN, uid="1"))
    new = calendar(event(THREE, NEW, "SUMMARY:New", BEN, uid="1"))
    both = ("RDATE:20240102T150000Z", "SEQUENCE:1", "SUMMARY:Both")
    reading = read_all(tmp_path, old, new, calendar(event(TEN, *both, uid="1")))
    assert sorted(head.title for head in meetings(reading)) == ["Both", "Both", "Old"]


@pytest.mark.parametrize("guests", [True, False])
def test_thousands_of_readings_of_one_uid_are_each_looked_at_a_few_times(
    tmp_path: Path, guests: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Counter[str]()

    def looked(name: str) -> None:
        method = getattr(_Groups, name)

        def counting(*args: Any) -> Any:
            looks[name] += 1
            return method(*args)

        monkeypatch.setattr(_Groups, name, counting)

    looked("of")
    first = read_all(tmp_path, calendar(event(TEN, *([ANN] if guests else []), uid="1"))).items[0]
    readings = []
    for number in range(3000):
        summary = msgspec.structs.replace(
            first.summary,
            key=f"calendar:1:{number:04}-01-02T10:00:00Z",
            archive=f"{number}.ics",
            title=f"{number}",
            emails=(f"{number}@acme.example",) if guests else (),
        )
        readings.append(Read(Item(summary=summary, head=first.head), []))
    assert len(merge(CalendarExport(ReaderOptions()), readings).items) == 3000
    assert looks["of"] < 10 * 3000


def test_readings_of_single_instances_do_not_ask_about_all_others(tmp_path: Path) -> None:
    texts = [
        calendar(event(f"DTSTART:202401{day:02}T100000Z", f"RECURRENCE-ID:202401{day:02}T100000Z"))
        for day in range(1, 29)
    ]

    class Unasked(dict[str, Any]):
        def items(self) -> Any:
            raise AssertionError("asked about all others")

    reading = _Reading()
    [item] = read_all(tmp_path, texts[0]).items
    reading.add(ReadPart(item))
    assert reading.decided(Unasked()) == []
    assert len(read_all(tmp_path, *texts).items) == 28
