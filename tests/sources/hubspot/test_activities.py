"""Notes, meetings and calls, where they are exported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sources.hubspot.rich_text import plain
from sources.records import Activity
from tests.reading import Reading, merge, source

Read = Callable[..., Reading]

NOTES = (
    "Record ID,Activity type,Title,Body,Activity date,Activity assigned to,"
    "Associated Contact IDs,Associated Contact,Associated Company IDs,Associated Deal IDs\n"
    '301,Note,,"<div><p>They asked for<br>June.</p></div>",2024-05-08 12:00,Pat Example,'
    "8,Ann Test (Ann@acme.example),7,501;502\n"
)


def activity(reading: Reading, number: str = "301") -> Activity:
    head = reading.by_key[f"hubspot:activity:{number}"].head
    assert isinstance(head, Activity)
    return head


def test_note_has_all_its_fields(read_csv: Read) -> None:
    reading = read_csv(NOTES, "all-notes-2024-06-01.csv", hubspot_timezone="Europe/Madrid")
    assert activity(reading) == Activity(
        id="301",
        type="Note",
        title="",
        body="They asked for\nJune.",
        date="2024-05-08T10:00:00Z",
        owner="Pat Example",
        create_date=None,
        company_ids=("7",),
        contact_ids=("8",),
        deal_ids=("501", "502"),
        contact_names=("Ann Test (Ann@acme.example)",),
    )
    summary = reading.items[0].summary
    assert (summary.kind, summary.source) == ("hubspot_activities", "hubspot")
    assert (summary.company_ids, summary.contact_ids) == (("7",), ("8",))
    assert summary.deal_ids == ("501", "502")
    assert summary.emails == ("ann@acme.example",)
    assert summary.texts == ("They asked for\nJune.",)
    assert reading.account.found == reading.account.accepted == 1


def test_meeting_has_its_times_and_title(read_csv: Read) -> None:
    meeting = activity(
        read_csv(
            "Record ID,Meeting name,Meeting start time,Meeting end time,Meeting description,"
            "Associated Company IDs (Primary)\n"
            "301,Kick-off,2024-05-08 12:00,2024-05-08 13:00,Agenda,7\n"
        )
    )
    assert (meeting.title, meeting.body, meeting.company_ids) == ("Kick-off", "Agenda", ("7",))
    assert (meeting.date, meeting.end) == ("2024-05-08T12:00:00Z", "2024-05-08T13:00:00Z")


def test_internal_names_are_understood(read_csv: Read) -> None:
    note = activity(
        read_csv("hs_object_id,hs_note_body,hs_timestamp\n301,Hello,2024-05-08T12:00:00Z\n")
    )
    assert (note.body, note.date) == ("Hello", "2024-05-08T12:00:00Z")


def test_id_of_a_note_is_not_that_of_a_deal(read_csv: Read) -> None:
    read_csv("Record ID,Deal Name\n301,Harbour\n", "deals.csv")
    keys = [read.summary.key for read in read_csv(NOTES, "notes.csv").items]
    assert sorted(keys) == ["hubspot:activity:301", "hubspot:deal:301"]


def test_deal_with_a_column_of_activities_is_a_deal(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Deal Stage,Activity type\n1,One,Sent,Note\n")
    assert list(reading.by_key) == ["hubspot:deal:1"]


def test_training_log_of_somebody_else_is_left_alone(read_csv: Read) -> None:
    assert read_csv("Activity ID,Activity Date,Activity Type\n1,2024-01-01,Run\n") == Reading()


def test_note_without_text_title_and_date_names_what_is_missing(read_csv: Read) -> None:
    (problem,) = read_csv("Record ID,Activity type\n1,Note\n").problems
    assert problem.reason == "missing_columns"
    assert "'title' or 'body' or 'activity date'" in problem.detail


def test_note_of_two_exports_is_one(read_csv: Read) -> None:
    read_csv(NOTES, "notes-2024-05-09.csv")
    newer = NOTES.replace("June", "July")
    older, newest = read_csv(newer, "notes-2024-06-01.csv").items
    (item,) = merge(source("hubspot"), [older, newest]).items
    assert isinstance(item.head, Activity)
    assert item.head.body == "They asked for\nJuly."
    assert item.summary.deal_ids == ("501", "502")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain", "plain"),
        ("a < b and <ann@acme.example>", "a < b and <ann@acme.example>"),
        ("Q&A", "Q&A"),
        ("Fish &amp; Chips", "Fish & Chips"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("one<br/>two<BR>three", "one\ntwo\nthree"),
        ('<ul><li>a</li><li>b</li></ul><a href="https://x.example">c</a>', "a\n\nb\n\nc"),
        ("<div style='x'>  a&nbsp;b </div>", "a b"),
        ("<p", "<p"),
    ],
)
def test_markup_of_a_note_becomes_text(text: str, said: str) -> None:
    assert plain(text) == said
