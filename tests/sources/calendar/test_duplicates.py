from pathlib import Path

import pytest

from tests.sources.calendar.writing import (
    calendar,
    event,
    kinds,
    meetings,
    only,
    read,
    read_all,
    settled,
    starts,
)

AT_TEN = "DTSTART:20240701T100000Z"
AT_TWO = "DTSTART:20240701T140000Z"


def test_highest_sequence_wins_wherever_it_stands(tmp_path: Path) -> None:
    events = [event(AT_TEN, "SEQUENCE:1"), event(AT_TWO, "SEQUENCE:2"), event(AT_TEN)]
    for order in (events, events[::-1]):
        reading = read(tmp_path, calendar(*order))
        assert only(reading).start == "2024-07-01T14:00:00Z"
        assert reading.account.duplicate == 2


def test_of_equal_sequences_the_newest_stamp_wins(tmp_path: Path) -> None:
    old = event(AT_TEN, "SUMMARY:Old", "LAST-MODIFIED:20240101T000000Z")
    new = event(AT_TEN, "SUMMARY:New", "LAST-MODIFIED:20240301T000000Z")
    for order in ((old, new), (new, old)):
        reading = read(tmp_path, calendar(*order))
        assert only(reading).title == "New"
        assert reading.account.duplicate == 1


def test_highest_sequence_of_an_override_wins(tmp_path: Path) -> None:
    changed = [
        event(AT_TWO, "RECURRENCE-ID:20240701T100000Z", f"SEQUENCE:{n}", f"SUMMARY:v{n}")
        for n in (1, 3, 2)
    ]
    reading = read(tmp_path, calendar(event(AT_TEN, "RRULE:FREQ=DAILY;COUNT=2"), *changed))
    assert [head.title for head in meetings(reading)] == ["v3", ""]
    assert reading.account.duplicate == 2


def test_cancellation_with_a_higher_sequence_wins(tmp_path: Path) -> None:
    reading = settled(
        read(tmp_path, calendar(event(AT_TEN), event(AT_TEN, "SEQUENCE:1", "STATUS:CANCELLED")))
    )
    assert reading.items == []
    assert reading.account.duplicate == 1
    assert reading.account.ignored == {"cancelled": 1}


def test_cancelled_event_is_ignored_in_the_account(tmp_path: Path) -> None:
    reading = settled(read(tmp_path, calendar(event(AT_TEN, "STATUS:CANCELLED"))))
    assert reading.items == []
    assert reading.account.ignored == {"cancelled": 1}


def test_events_of_a_cancellation_are_cancelled(tmp_path: Path) -> None:
    reading = settled(read(tmp_path, calendar(event(AT_TEN), header="METHOD:CANCEL")))
    assert reading.account.ignored == {"cancelled": 1}


def test_invitation_is_read(tmp_path: Path) -> None:
    for method in ("REQUEST", "PUBLISH", "ADD", "DECLINECOUNTER", "WHATEVER"):
        reading = read(tmp_path, calendar(event(AT_TEN), header=f"METHOD:{method}"))
        assert only(reading).start == "2024-07-01T10:00:00Z"
        assert kinds(reading) == set()


def test_events_are_not_mixed_up_when_their_hashes_are_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.calendar.reader.hash", lambda _: 0, raising=False)
    reading = read(tmp_path, calendar(event(AT_TEN, uid="a"), event(AT_TEN, uid="b")))
    assert sorted(head.uid for head in meetings(reading)) == ["a", "b"]


def test_different_meetings_under_one_uid_are_all_kept_with_a_finding(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(AT_TEN), event(AT_TWO)))
    assert starts(reading) == ["2024-07-01T10:00:00Z", "2024-07-01T14:00:00Z"]
    assert kinds(reading) == {"uid_shared"}


def test_event_without_uid_has_a_key_of_its_content(tmp_path: Path) -> None:
    def key(*lines: str) -> str:
        [found] = read(tmp_path, calendar(event(*lines, uid=None))).by_key
        return found

    first = key(AT_TEN, "SUMMARY:Acme", "DTSTAMP:20240101T000000Z")
    assert first == key("SUMMARY:Acme", AT_TEN, "DTSTAMP:20240202T000000Z")
    assert first != key(AT_TEN, "SUMMARY:Globex")


def test_repeated_event_without_uid_is_a_duplicate(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(AT_TEN, uid=None), event(AT_TEN, uid=None)))
    assert (reading.account.accepted, reading.account.duplicate) == (1, 1)


ANSWER = event(
    AT_TEN,
    "SUMMARY:Accepted: Call",
    "SEQUENCE:3",
    "DTSTAMP:20240601T000000Z",
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@acme.example",
)


@pytest.mark.parametrize("method", ["REPLY", "reply", "COUNTER", "REFRESH"])
def test_answer_of_a_guest_does_not_replace_the_event(tmp_path: Path, method: str) -> None:
    answer = calendar(ANSWER, header=f"METHOD:{method}")
    guests = ("ATTENDEE:mailto:ann@acme.example", "ATTENDEE:mailto:ben@acme.example")
    whole = calendar(event(AT_TWO, "SUMMARY:Call", "DTSTAMP:20240101T000000Z", *guests))
    for text in (answer + whole, whole + answer):
        reading = read(tmp_path, text)
        assert len(only(reading).attendees) == 2
        assert (only(reading).title, only(reading).start) == ("Call", "2024-07-01T14:00:00Z")
        assert reading.account.duplicate == 1
    (tmp_path / "team.ics").unlink()
    for texts in ((answer, whole), (whole, answer)):
        assert only(read_all(tmp_path, *texts)).title == "Call"


def test_answer_about_an_event_that_is_not_here_is_a_meeting_and_says_so(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(ANSWER, header="METHOD:REPLY"))
    assert only(reading).attendees[0].email == "ann@acme.example"
    assert kinds(reading) == {"answer_only"}


def test_answer_about_an_instance_stands_until_that_instance_is_here(tmp_path: Path) -> None:
    instance = "RECURRENCE-ID:20240701T100000Z"
    answer = calendar(event(AT_TEN, instance, "SUMMARY:Yes"), header="METHOD:REPLY")
    other = calendar(event(AT_TWO, "RECURRENCE-ID:20240702T100000Z", "SUMMARY:Other"))
    same = calendar(event(AT_TWO, instance, "SUMMARY:Same"))
    assert sorted(h.title for h in meetings(read(tmp_path, answer + other))) == ["Other", "Yes"]
    assert only(read(tmp_path, answer + same)).title == "Same"


def test_sequence_larger_than_any_keeps_versions_in_order(tmp_path: Path) -> None:
    large, small = (event(AT_TEN, f"SEQUENCE:{n}", uid=f"{n}") for n in (10**11, 9 * 10**9))
    versions = [i.summary.version[0] for i in read(tmp_path, calendar(large, small)).items]
    assert versions == ["2147483647 ", "2147483647 "]
