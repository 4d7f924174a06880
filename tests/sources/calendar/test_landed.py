"""Calendars as the API told of them."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from sources.calendar import CalendarExport
from sources.protocol import Account, ReaderOptions
from sources.records import Person
from tests.reading import read_archive
from tests.sources.calendar.landing import (
    CALENDAR,
    ELEVEN,
    TEN,
    WEEKLY,
    called_off,
    land,
    listing,
    page,
    read_landed,
    resource,
    since,
)
from tests.sources.calendar.writing import calendar, event, kinds, meeting, meetings, only, starts
from tests.sources.calendar.writing import read as read_ics

LATER = {"dateTime": "2024-01-16T15:00:00+01:00", "timeZone": "Europe/Paris"}


def _read(folder: Path, *events: Any, **options: str) -> Any:
    return read_landed(folder, listing(page(*events)), **options)


# What an event says.


def test_event_says_the_same_as_in_an_export(tmp_path: Path) -> None:
    told = resource(
        "abc",
        summary="Acme \\ Fernhollow",
        description="<b>Agenda</b><br>costs &amp; dates",
        location="Room 1, Main St; left",
        organizer={"email": "Ann@ours.example", "displayName": "Ann, of us", "self": True},
        attendees=[
            {"email": "ann@ours.example", "responseStatus": "accepted", "self": True},
            {"email": "bo@acme.example", "displayName": "Bo", "responseStatus": "needsAction"},
            {"email": "c_1@resource.calendar.google.com", "resource": True},
            {"email": "room@ours.example", "resource": True, "responseStatus": "accepted"},
        ],
        conferenceData={
            "entryPoints": [
                {"entryPointType": "phone", "uri": "tel:+1-555-0100"},
                {"entryPointType": "video", "uri": "https://meet.google.com/abc-defg-hij"},
            ]
        },
        hangoutLink="https://meet.google.com/abc-defg-hij",
        visibility="private",
        sequence=3,
    )
    lines = (
        "DTSTART:20240102T100000Z",
        "DTEND:20240102T110000Z",
        "LAST-MODIFIED:20240101T000000Z",
        "SEQUENCE:3",
        "SUMMARY:Acme \\\\ Fernhollow",
        "DESCRIPTION:<b>Agenda</b><br>costs &amp\\; dates",
        "LOCATION:Room 1\\, Main St\\; left",
        'ORGANIZER;CN="Ann, of us":mailto:Ann@ours.example',
        "ATTENDEE;CN=ann@ours.example;PARTSTAT=ACCEPTED:mailto:ann@ours.example",
        "ATTENDEE;CN=Bo;PARTSTAT=NEEDS-ACTION:mailto:bo@acme.example",
        "ATTENDEE;CUTYPE=RESOURCE:mailto:c_1@resource.calendar.google.com",
        "ATTENDEE;CUTYPE=ROOM:mailto:room@ours.example",
        "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij",
        "CLASS:PRIVATE",
    )
    text = calendar(event(*lines, uid="abc@google.com"), header="X-WR-CALNAME:Team")
    (tmp_path / "ics").mkdir()
    (exported,) = read_ics(tmp_path / "ics", text).items
    (landed,) = _read(tmp_path / "live", told).items
    assert landed.head == exported.head
    same = ("key", "identity", "title", "emails", "flags", "texts", "findings")
    assert [getattr(landed.summary, name) for name in same] == [
        getattr(exported.summary, name) for name in same
    ]
    assert landed.summary.version[0] == exported.summary.version[0]
    assert meeting(landed).attendees[1] == Person(
        name="Bo", email="bo@acme.example", response="needs-action"
    )


def test_days_stay_days(tmp_path: Path) -> None:
    whole = resource(start={"date": "2024-01-02"}, end={"date": "2024-01-04"})
    head = only(_read(tmp_path, whole))
    assert (head.all_day, head.start, head.end) == (True, "2024-01-02", "2024-01-04")


def test_series_follows_the_clock_of_its_own_zone(tmp_path: Path) -> None:
    # The offset is that of whoever asked, not of the zone in which it was planned.
    start = {"dateTime": "2024-03-27T09:00:00Z", "timeZone": "Europe/Paris"}
    end = {"dateTime": "2024-03-27T10:00:00Z", "timeZone": "Europe/Paris"}
    told = resource(start=start, end=end, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    assert starts(_read(tmp_path, told)) == ["2024-03-27T09:00:00Z", "2024-04-03T08:00:00Z"]


def test_second_turn_of_a_repeated_hour_is_kept(tmp_path: Path) -> None:
    start = {"dateTime": "2024-10-27T02:30:00+01:00", "timeZone": "Europe/Paris"}
    end = {"dateTime": "2024-10-27T03:00:00+01:00", "timeZone": "Europe/Paris"}
    one = resource(start=start, end=end)
    two = one | {"id": "two", "iCalUID": "two", "recurringEventId": "x", "originalStartTime": start}
    told = [one, two]
    reading = _read(tmp_path, *told)
    assert starts(reading) == ["2024-10-27T01:30:00Z"] * 2
    assert all(key.endswith("2024-10-27T01:30:00Z") for key in reading.by_key)


@pytest.mark.parametrize(
    ("kind", "marks"),
    [
        ("default", ()),
        ("birthday", ("birthday",)),
        ("outOfOffice", ("out-of-office",)),
        ("focusTime", ("focus-time",)),
        ("workingLocation", ("working-location",)),
        ("somethingNew", ()),
    ],
)
def test_kind_of_event_is_a_mark(tmp_path: Path, kind: str, marks: tuple[str, ...]) -> None:
    assert only(_read(tmp_path, resource(eventType=kind))).marks == marks


def test_calendar_that_only_shows_when_says_so_and_stands_behind_one_that_tells(
    tmp_path: Path,
) -> None:
    bare = resource(summary=None, organizer=None, updated=None, sequence=None)
    shown = page(bare, accessRole="freeBusyReader")
    [item] = read_landed(tmp_path, listing(shown)).items
    assert meeting(item).title == ""
    assert [finding.kind for finding in item.summary.findings] == ["details_withheld"]
    assert item.summary.version[0].startswith("-")


def test_event_without_a_title_is_not_taken_for_withheld(tmp_path: Path) -> None:
    assert kinds(_read(tmp_path, resource(summary=None))) == set()


def test_guests_that_are_not_all_shown_are_said(tmp_path: Path) -> None:
    assert kinds(_read(tmp_path, resource(attendeesOmitted=True))) == {"guests_withheld"}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (resource(start=None), "they say no start"),
        (resource(start={"dateTime": "soon"}), "their start is no date"),
        (resource(start={"date": "2024-13-01"}), "their start is no date"),
        (resource(start={"dateTime": "0001-01-01T00:00:00+14:00"}), "their start is no date"),
        (resource(start=7), "they are no events"),
        ("no event", "they are no events"),
        ({"status": "confirmed"}, "they are no events"),
    ],
)
def test_event_that_cannot_be_used_is_one_entry(tmp_path: Path, broken: Any, reason: str) -> None:
    reading = _read(tmp_path, broken, resource("two"))
    assert [problem.detail for problem in reading.problems] == [
        f"1 event(s) cannot be used: {reason}"
    ]
    assert reading.account == Account(found=2, accepted=1, quarantined=1)


@pytest.mark.parametrize(
    ("end", "found"),
    [
        (None, set()),
        ({"dateTime": "2024-01-02T09:00:00Z"}, {"end_before_start"}),
        ({"date": "2024-01-03"}, {"end_unreadable"}),
        ({"dateTime": "later"}, {"end_unreadable"}),
    ],
)
def test_end_that_cannot_be_is_left_out(tmp_path: Path, end: Any, found: set[str]) -> None:
    reading = _read(tmp_path, resource(end=end))
    assert kinds(reading) == found
    assert only(reading).end == only(reading).start


def test_zone_that_nothing_explains_is_said_and_the_moment_kept(tmp_path: Path) -> None:
    start = {"dateTime": "2024-01-02T11:00:00+01:00", "timeZone": "Nowhere/Land"}
    reading = _read(tmp_path, resource(start=start, recurrence=WEEKLY))
    assert "zone_unknown" in kinds(reading)
    assert starts(reading)[0] == "2024-01-02T10:00:00Z"


# Series.


def test_changed_instance_takes_the_place_it_had(tmp_path: Path) -> None:
    moved = resource(
        "one_20240109T100000Z",
        iCalUID="one@google.com",
        recurringEventId="one",
        originalStartTime={"dateTime": "2024-01-09T11:00:00+01:00", "timeZone": "Europe/Paris"},
        start=LATER,
        end=None,
    )
    reading = _read(tmp_path, moved, resource(recurrence=WEEKLY))
    assert reading.account == Account(found=2, accepted=2, expanded=3)
    head = meeting(reading.by_key["calendar:one@google.com:2024-01-09T10:00:00Z"])
    assert (head.start, head.recurring) == ("2024-01-16T14:00:00Z", True)


def test_instance_called_off_is_none_whatever_little_is_said(tmp_path: Path) -> None:
    reading = _read(tmp_path, called_off(9), resource(recurrence=WEEKLY))
    assert len(reading.items) == 4
    assert "2024-01-09T10:00:00Z" not in starts(reading)
    assert reading.account == Account(found=2, accepted=1, expanded=3, ignored={"cancelled": 1})


def test_exclusions_of_the_series_itself_are_followed(tmp_path: Path) -> None:
    rules = [*WEEKLY, "EXDATE;TZID=Europe/Paris:20240109T110000", "RDATE:20240110T100000Z"]
    found = starts(_read(tmp_path, resource(recurrence=rules)))
    assert "2024-01-09T10:00:00Z" not in found
    assert "2024-01-10T10:00:00Z" in found


def test_instance_without_its_series_is_a_meeting(tmp_path: Path) -> None:
    alone = resource(
        "gone_20240109T100000Z",
        iCalUID="gone@google.com",
        recurringEventId="gone",
        originalStartTime={"dateTime": "2024-01-09T11:00:00+01:00"},
    )
    assert [*_read(tmp_path, alone).by_key] == ["calendar:gone@google.com:2024-01-09T10:00:00Z"]


def test_window_of_an_endless_series_is_that_of_an_export_of_the_same_moment(
    tmp_path: Path,
) -> None:
    (tmp_path / "ics").mkdir()
    start = "DTSTART;TZID=Europe/Paris:20240102T110000"
    text = calendar(event(start, "RRULE:FREQ=WEEKLY", "DTSTAMP:20240301T090000Z"))
    landed = starts(_read(tmp_path / "live", resource(recurrence=["RRULE:FREQ=WEEKLY"])))
    assert landed == starts(read_ics(tmp_path / "ics", text))
    assert landed[-1] == "2024-05-28T09:00:00Z"
    asked = _read(
        tmp_path / "more", resource(recurrence=["RRULE:FREQ=DAILY"]), calendar_to="2024-01-05"
    )
    assert len(asked.items) == 4


# One answer after the other.


def test_later_answer_about_an_event_stands(tmp_path: Path) -> None:
    changed = resource(summary="Acme monthly", start=LATER, sequence=1)
    reading = read_landed(tmp_path, listing(page(resource())), since(page(changed)))
    assert only(reading).title == "Acme monthly"
    assert reading.account == Account(found=2, accepted=1, duplicate=1)


def test_pages_that_overlap_or_are_empty_say_each_event_once(tmp_path: Path) -> None:
    one, two = resource("one"), resource("two")
    pages = [page(one, two, following="a"), page(following="b"), page(two)]
    reading = read_landed(tmp_path, listing(*pages))
    assert reading.account == Account(found=3, accepted=2, duplicate=1)
    assert kinds(reading) == set()


def test_deleted_event_is_no_meeting_and_counted_as_deleted(tmp_path: Path) -> None:
    tombstone = {"id": "one", "status": "cancelled"}
    reading = read_landed(tmp_path, listing(page(resource())), since(page(tombstone)))
    [item] = reading.items
    assert item.summary.flags[:2] == ("gone:deleted", "everywhere:2024-02-01T00:00:00Z")
    assert item.summary.identity[1] == "!calendar:one@google.com:2024-01-02T10:00:00Z"
    assert item.summary.title == "Acme weekly"


def test_deleted_before_anything_was_known_of_it_is_only_counted(tmp_path: Path) -> None:
    reading = _read(tmp_path, {"id": "one", "status": "cancelled"})
    assert reading.items == []
    assert reading.account == Account(found=1, ignored={"deleted": 1})


def test_deleted_and_planned_again_is_a_meeting(tmp_path: Path) -> None:
    tombstone = {"id": "one", "status": "cancelled"}
    told = listing(page(resource())), since(page(tombstone)), since(page(resource()))
    reading = read_landed(tmp_path, *told)
    assert only(reading).status == "confirmed"
    assert reading.account == Account(found=3, accepted=1, duplicate=2)


def test_series_that_is_deleted_takes_its_changed_instances_along(tmp_path: Path) -> None:
    changed = called_off(9) | {"status": "confirmed", "start": LATER}
    told = listing(page(resource(recurrence=WEEKLY), changed))
    reading = read_landed(tmp_path, told, since(page({"id": "one", "status": "cancelled"})))
    assert [item.summary.flags[0] for item in reading.items] == ["gone:deleted"]
    assert reading.account == Account(found=3, accepted=1, duplicate=1, ignored={"deleted": 1})


def test_instance_told_of_after_its_series_was_deleted_is_a_meeting(tmp_path: Path) -> None:
    changed = called_off(9) | {"status": "confirmed", "start": LATER}
    told = listing(page(resource(recurrence=WEEKLY)))
    gone = since(page({"id": "one", "status": "cancelled"}))
    assert only(read_landed(tmp_path, told, gone, since(page(changed)))).start == (
        "2024-01-16T14:00:00Z"
    )


def test_deleted_events_do_not_widen_the_window(tmp_path: Path) -> None:
    far = {"dateTime": "2030-01-01T00:00:00Z"}
    gone = resource("far", start=far, end=far, status="cancelled")
    reading = _read(tmp_path, resource(recurrence=["RRULE:FREQ=WEEKLY"]), gone)
    assert len(reading.items) == 23, "to the end of May, and the deleted one"


def test_what_a_new_listing_does_not_name_is_deleted(tmp_path: Path) -> None:
    old = listing(page(resource("one"), resource("two")))
    reading = read_landed(tmp_path, old, listing(page(resource("two"))))
    gone = [i.summary.key for i in reading.items if "gone:deleted" in i.summary.flags]
    assert gone == ["calendar:one@google.com:2024-01-02T10:00:00Z"]


def test_changed_instance_that_a_new_listing_does_not_name_is_as_its_series_again(
    tmp_path: Path,
) -> None:
    series = resource(recurrence=WEEKLY)
    reading = read_landed(tmp_path, listing(page(series, called_off(9))), listing(page(series)))
    assert len(reading.items) == 5
    assert reading.account.ignored == {"deleted": 1}


def test_listing_that_has_not_come_to_its_end_deletes_nothing_and_says_so(tmp_path: Path) -> None:
    whole, begun = listing(page(resource("one"))), listing(page(resource("two"), following="a"))
    first = read_landed(tmp_path / "first", begun)
    assert kinds(first) == {"fetch_unfinished"}
    later = read_landed(tmp_path / "later", whole, begun)
    assert len(later.items) == 2
    assert kinds(later) == set()


@pytest.mark.parametrize(
    "lose", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-9])]
)
def test_listing_of_which_a_page_is_lost_deletes_nothing(
    tmp_path: Path, lose: Callable[[Path], object]
) -> None:
    told = [resource(name) for name in ("one", "two", "three")]
    again = listing(page(told[0], following="a"), page(told[1], following="b"), page(told[2]))
    pieces = [[asked] for asked in again]
    paths = land(tmp_path, listing(page(*told)), *pieces)
    lose(paths[2])
    reading = read_landed(tmp_path)
    assert len(reading.items) == 3
    assert not any("gone:deleted" in item.summary.flags for item in reading.items)
    assert kinds(reading) == {"answers_lost"}
    assert kinds(read_landed(tmp_path, listing(page(*told)))) == set(), "all is known again"


def test_missing_segment_is_one_entry_until_all_is_listed_anew(tmp_path: Path) -> None:
    one, two, three = (page(resource(name)) for name in ("one", "two", "three"))
    paths = land(tmp_path, listing(one), since(two), since(three))
    paths[1].unlink()
    (problem,) = read_landed(tmp_path).problems
    assert (problem.path, problem.detail) == (
        paths[1].relative_to(tmp_path).as_posix(),
        "it is missing",
    )
    assert "--full" in problem.remedy
    assert read_landed(tmp_path, listing(one)).problems == []


def test_damaged_segment_is_one_entry_and_the_others_are_read(tmp_path: Path) -> None:
    paths = land(tmp_path, listing(page(resource("one"))), since(page(resource("two"))))
    paths[1].write_bytes(b"\0" * 100)
    reading = read_landed(tmp_path)
    assert [problem.path for problem in reading.problems] == [
        paths[1].relative_to(tmp_path).as_posix()
    ]
    assert "--full" in reading.problems[0].remedy
    assert only(reading).uid == "one@google.com"


def test_answer_that_is_no_list_of_events_costs_its_segment_only(tmp_path: Path) -> None:
    strange = page(resource("two")) | {"items": {"one": 1}}
    reading = read_landed(tmp_path / "a", listing(page(resource())), since(strange))
    assert [problem.detail for problem in reading.problems] == [
        "an answer in it is no list of events"
    ]
    assert len(reading.items) == 1
    half = since(page(resource("two")), {"items": [resource("three")], "updated": 7})
    reading = read_landed(tmp_path / "b", listing(page(resource())), half)
    assert reading.account == Account(found=3, accepted=1, quarantined=2)


# Finding them.


def test_each_calendar_is_a_unit_and_their_list_is_known(tmp_path: Path) -> None:
    for name in (CALENDAR, "c_1@group.calendar.google.com", "ümlaut/odd#x@ours.example"):
        land(tmp_path, listing(page(resource()), calendar=name))
    listed = tmp_path / "live" / "calendar" / "calendars"
    listed.mkdir()
    (listed / "00000001.jsonl.zst").write_bytes(b"")
    (listed / ".00000002.jsonl.zst.x.tmp").write_bytes(b"")
    reading = read_archive(CalendarExport(ReaderOptions()), tmp_path)
    assert len(reading.units) == 3
    assert all(unit.name.startswith("live/calendar/events-") for unit in reading.units)
    assert {ignored.path for ignored in reading.ignored} == {
        "live/calendar/calendars/",
        "live/calendar/calendars/.00000002.jsonl.zst.x.tmp",
    }
    assert [head.calendar for head in meetings(reading)] == ["Team"] * 3
    assert {item.summary.archive for item in reading.items} == {u.name for u in reading.units}


def test_calendar_without_a_title_is_called_by_its_address(tmp_path: Path) -> None:
    assert only(read_landed(tmp_path, listing(page(resource(), summary=None)))).calendar == CALENDAR


def test_times_of_an_answer_are_those_of_whole_seconds(tmp_path: Path) -> None:
    told = resource(start={**TEN, "dateTime": "2024-01-02T11:00:00.250+01:00"}, end=ELEVEN)
    assert only(_read(tmp_path, told)).start == "2024-01-02T10:00:00Z"


@pytest.mark.parametrize("says_its_size", [True, False])
def test_segment_that_expands_without_end_is_quarantined_unread(
    tmp_path: Path, says_its_size: bool
) -> None:
    (path,) = land(tmp_path, listing(page(resource())))
    bomb = zstandard.ZstdCompressor(write_content_size=says_its_size).compress(bytes(2**30))
    path.write_bytes(bomb)
    tracemalloc.start()
    try:
        reading = read_archive(CalendarExport(ReaderOptions()), tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
    (problem,) = reading.problems
    assert problem.reason == "damaged"
    assert not reading.items
