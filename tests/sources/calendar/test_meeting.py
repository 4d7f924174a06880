from pathlib import Path

import pytest

from sources.records import Person
from tests.sources.calendar.writing import calendar, event, only, read

START = "DTSTART:20240701T100000Z"


def test_plain_event_gets_the_defaults(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(START)))
    head = only(reading)
    assert (head.title, head.description, head.status, head.recurring) == (
        "",
        "",
        "confirmed",
        False,
    )
    assert (head.organizer, head.attendees, head.location, head.link) == (None, (), None, None)
    summary = reading.items[0].summary
    assert summary.key == "calendar:one@ours.example:2024-07-01T10:00:00Z"
    assert (summary.kind, summary.source, summary.archive) == (
        "calendar_meetings",
        "calendar",
        "team.ics",
    )
    assert (summary.records, summary.emails, summary.texts) == (1, (), ())
    assert summary.identity == ("calendar-uid:one@ours.example",)
    assert summary.version == ("0000000000 ", "")


def test_texts_are_unescaped(tmp_path: Path) -> None:
    head = only(
        read(
            tmp_path,
            calendar(
                event(
                    START,
                    "SUMMARY;LANGUAGE=en:Acme\\, Globex\\; \\\\new: y",
                    "LOCATION:Room 1\\NFirst floor",
                    "STATUS:TENTATIVE",
                )
            ),
        )
    )
    assert head.title == "Acme, Globex; \\new: y"
    assert head.location == "Room 1\nFirst floor"
    assert head.status == "tentative"


def test_line_break_written_as_it_is_stays_in_the_text(tmp_path: Path) -> None:
    head = only(read(tmp_path, calendar(event(START, "DESCRIPTION:one", "two lines", "SUMMARY:x"))))
    assert head.description == "one\ntwo lines"


def test_calendar_name_is_its_own_or_the_file_name(tmp_path: Path) -> None:
    named = calendar(event(START), header="X-WR-CALNAME:Sales\\, North")
    assert only(read(tmp_path, named)).calendar == "Sales, North"
    assert only(read(tmp_path, calendar(event(START)))).calendar == "team"


@pytest.mark.parametrize(
    ("name", "owners"),
    [("Ann@Ours.example", ("ann@ours.example",)), ("Ann", ()), ("cy@ours.example", ())],
)
def test_a_calendar_called_like_an_address_is_its_owners(
    tmp_path: Path, name: str, owners: tuple[str, ...]
) -> None:
    guests = ("ATTENDEE:mailto:ann@ours.example", "ATTENDEE:mailto:bo@acme.example")
    named = calendar(event(START, *guests), header=f"X-WR-CALNAME:{name}")
    assert read(tmp_path, named).items[0].summary.owners == owners


def test_sequence_and_newest_change_and_newest_of_the_file_are_the_version(tmp_path: Path) -> None:
    stamp = ("DTSTAMP:20240630T120000Z",)
    other = event(START, "DTSTAMP:20240701T000000Z", uid="other")
    for lines, version in (
        (stamp, "0000000000 2024-06-30T12:00:00Z"),
        ((*stamp, "LAST-MODIFIED:20240601T080000Z"), "0000000000 2024-06-01T08:00:00Z"),
        ((*stamp, "SEQUENCE:12"), "0000000012 2024-06-30T12:00:00Z"),
    ):
        item = read(tmp_path, calendar(event(START, *lines), other)).items[0]
        assert item.summary.version == (version, "2024-07-01T00:00:00Z")


def test_people_are_read_from_every_spelling(tmp_path: Path) -> None:
    lines = (
        'ORGANIZER;CN="Doe, Bob":mailto:Bob@Ours.example',
        "ATTENDEE;CN=ann@acme.example;PARTSTAT=NEEDS-ACTION;X-NUM-GUESTS=0:mailto:ann@acme.example",
        'ATTENDEE;PARTSTAT=ACCEPTED;CN="Doe, Bob":MAILTO:bob@ours.example',
        "ATTENDEE;PARTSTAT=DECLINED;CN=Cleo:cleo@globex.example",
        "ATTENDEE;PARTSTAT=TENTATIVE;EMAIL=dan@globex.example:urn:uuid:1",
        "ATTENDEE;CUTYPE=GROUP;PARTSTAT=DELEGATED:mailto:all@acme.example",
        "ATTENDEE;CN=Again:mailto:ANN@acme.example",
        "ATTENDEE;CN=Only a name:invalid:nomail",
    )
    reading = read(tmp_path, calendar(event(START, *lines)))
    head = only(reading)
    assert head.organizer == Person(name="Doe, Bob", email="bob@ours.example", response=None)
    assert head.attendees == (
        Person(name=None, email="ann@acme.example", response="needs-action"),
        Person(name="Doe, Bob", email="bob@ours.example", response="accepted"),
        Person(name="Cleo", email="cleo@globex.example", response="declined"),
        Person(name=None, email="dan@globex.example", response="tentative"),
        Person(name=None, email="all@acme.example", response=None),
        Person(name="Only a name", email=None, response=None),
    )
    assert reading.items[0].summary.emails == (
        "all@acme.example",
        "ann@acme.example",
        "bob@ours.example",
        "cleo@globex.example",
        "dan@globex.example",
    )


@pytest.mark.parametrize(
    "line",
    [
        "ATTENDEE;CUTYPE=ROOM;CN=Room 1:mailto:room1@ours.example",
        "ATTENDEE;CUTYPE=RESOURCE;CN=Projector:mailto:p@ours.example",
        "ATTENDEE;CN=Room 2:mailto:c_1@resource.calendar.google.com",
        "ATTENDEE;CN=Nobody:mailto:ann@virtual",
    ],
)
def test_rooms_and_pseudo_addresses_are_no_attendees(tmp_path: Path, line: str) -> None:
    reading = read(tmp_path, calendar(event(START, line)))
    assert only(reading).attendees == ()
    assert reading.items[0].summary.emails == ()


def test_calendar_that_organises_is_no_evidence(tmp_path: Path) -> None:
    line = "ORGANIZER;CN=Team:mailto:c_9@group.calendar.google.com"
    reading = read(tmp_path, calendar(event(START, line)))
    organizer = only(reading).organizer
    assert organizer is not None
    assert organizer.name == "Team"
    assert reading.items[0].summary.emails == ()


MEET = "https://meet.google.com/abc-defg-hij"


@pytest.mark.parametrize(
    ("lines", "link"),
    [
        ((f"X-GOOGLE-CONFERENCE:{MEET}", "LOCATION:https://zoom.us/j/1"), MEET),
        (
            ("LOCATION:Room 1\\, https://acme.zoom.us/j/1", f"DESCRIPTION:{MEET}"),
            "https://acme.zoom.us/j/1",
        ),
        ((f"DESCRIPTION:Agenda https://docs.acme.example/a\\nJoin: {MEET}.",), MEET),
        ((f'DESCRIPTION:<a href="{MEET}?x=1&amp\\;y=2">Join</a>',), f"{MEET}?x=1&y=2"),
        (("DESCRIPTION:https://docs.acme.example/a",), None),
        (("LOCATION:https://maps.example/hq", f"DESCRIPTION:{MEET}"), "https://maps.example/hq"),
        ((f"LOCATION:https://maps.example/hq or {MEET}",), MEET),
        (("LOCATION:meet.google.com/abc-defg-hij",), MEET),
        (("DESCRIPTION:Join (acme.zoom.us/j/1).",), "https://acme.zoom.us/j/1"),
        (("DESCRIPTION:ann@zoom.us/x https://acme.example/zoom.us/j/1 notzoom.us/j/1",), None),
        (
            ("DESCRIPTION:https://www.google.com/url?q=https://acme.zoom.us/j/1%3Fpwd%3Dx&sa=D",),
            "https://acme.zoom.us/j/1?pwd=x",
        ),
        ((f"URL:{MEET}", "DESCRIPTION:https://acme.zoom.us/j/1"), MEET),
        (("URL:https://acme.example/events/1",), None),
        (
            ("CONFERENCE;FEATURE=PHONE:tel:+1-555-0100", f"CONFERENCE;FEATURE=VIDEO:{MEET}"),
            MEET,
        ),
        ((f"X-GOOGLE-HANGOUT:{MEET}",), MEET),
        ((f"X-MICROSOFT-SKYPETEAMSMEETINGURL:{MEET}",), MEET),
        ((f"X-MICROSOFT-ONLINEMEETINGEXTERNALLINK:{MEET}",), MEET),
        (("DESCRIPTION:https://meet.google.com.evil.example/a",), None),
        (
            ("CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://video.acme.example/1",),
            "https://video.acme.example/1",
        ),
    ],
)
def test_link_comes_from_the_first_place_that_has_one(
    tmp_path: Path, lines: tuple[str, ...], link: str | None
) -> None:
    assert only(read(tmp_path, calendar(event(START, *lines)))).link == link


def test_location_is_evidence(tmp_path: Path) -> None:
    item = read(tmp_path, calendar(event(START, "LOCATION:Acme HQ"))).items[0]
    assert item.summary.texts == ("Acme HQ",)


@pytest.mark.parametrize(
    ("lines", "uid", "marks"),
    [
        (("CLASS:PRIVATE",), "a", ("private",)),
        (("CLASS:PUBLIC",), "a", ()),
        (("CLASS:confidential",), "a", ("private",)),
        (("SUMMARY:Out of office",), "a", ("out-of-office",)),
        (("SUMMARY:OOO: Ann",), "a", ("out-of-office",)),
        (("SUMMARY:Out of office hours with Acme",), "a", ()),
        (("X-MICROSOFT-CDO-BUSYSTATUS:OOF",), "a", ("out-of-office",)),
        ((), "BIRTHDAY_1_2@google.com", ("birthday",)),
        (("X-GOOGLE-CALENDAR-CONTENT-DISPLAY:CHIP",), "a", ("birthday",)),
    ],
)
def test_events_that_are_no_company_matter_are_marked(
    tmp_path: Path, lines: tuple[str, ...], uid: str, marks: tuple[str, ...]
) -> None:
    reading = read(tmp_path, calendar(event(START, *lines, uid=uid)))
    assert only(reading).marks == marks
    assert reading.items[0].summary.flags == (*marks, "decides")


def test_names_of_lines_are_read_in_any_case(tmp_path: Path) -> None:
    text = "begin:vevent\nuid:a\ndtstart;tzid=Asia/Tokyo:20240701T100000\nsummary:Low\nend:vevent"
    head = only(read(tmp_path, calendar(text)))
    assert (head.uid, head.title, head.start) == ("a", "Low", "2024-07-01T01:00:00Z")
