"""One message of its versions: what only one of them tells is not lost, and nothing is made
up of two that say different things.
"""

from __future__ import annotations

import pytest

from sources.records import Media, Message, Reaction
from sources.telegram.versions import Made, Version, made_of, united
from tests.sources.telegram.readings import ZONE, happened, reading, said
from tests.sources.telegram.readings import read as read_of

DAY, LATER = "ChatExport_2024-03-06", "ChatExport_2024-03-09"


def pages(message: Message, archive: str = DAY, *doubts: str) -> Version:
    return Version(message, reading(read_of([message], archive, findings=dict.fromkeys(doubts, 1))))


def json(message: Message, archive: str = DAY, *doubts: str) -> Version:
    return Version(
        message,
        reading(read_of([message], archive, chat="channel1", findings=dict.fromkeys(doubts, 1))),
    )


def made(*newest_first: Version) -> Message:
    return made_of(newest_first).message


KNOWN = [
    ("author_id", "user11"),
    ("reply_to", "7"),
    ("reply_elsewhere", True),
    ("forwarded_from", "Bo"),
    ("signature", "Di Holm"),
    ("via_bot", "helper"),
    ("subtype", "call"),
    ("targets", ("Cy",)),
    ("edited_at", "2024-03-05T11:00:00Z"),
    ("mention_ids", ("user12",)),
]


@pytest.mark.parametrize(("field", "value"), KNOWN)
@pytest.mark.parametrize("archive", [DAY, LATER])
def test_what_only_one_of_two_tells_is_kept(field: str, value: object, archive: str) -> None:
    telling, silent = said(8, **{field: value}), said(8)
    assert made(pages(silent, archive), json(telling)) == telling
    assert made(json(silent, archive), pages(telling)) == telling


def test_what_both_tell_is_told_as_in_the_newest() -> None:
    old = said(8, author_id="user1", via_bot="one", signature="A", reply_to="1")
    new = said(8, author_id="user2", via_bot="two", signature="B", reply_to="2")
    assert made(json(new, LATER), json(old)) == new


def test_answer_to_a_message_is_not_also_one_to_another_chat() -> None:
    answer, elsewhere = said(8, reply_to="2"), said(8, reply_elsewhere=True)
    assert made(json(answer, LATER), pages(elsewhere)) == answer
    assert made(json(elsewhere, LATER), pages(answer)) == elsewhere


def test_event_lends_nothing_to_what_somebody_wrote() -> None:
    event = happened(8, subtype="pinned", targets=("Cy",), reply_to="2")
    assert made(json(said(8), LATER), pages(event)) == said(8)


GONE = [
    ("links", ("https://acme.example",)),
    ("mentions", ("@bo",)),
    ("buttons", ("Go",)),
    ("reactions", (Reaction(emoji="👍", count=1),)),
    ("media", (Media(kind="photo", path="photos/p.jpg"),)),
]


@pytest.mark.parametrize(("field", "value"), GONE)
def test_what_is_missing_in_a_later_export_may_have_been_taken_away(
    field: str, value: object
) -> None:
    telling, silent = said(8, **{field: value}), said(8)
    assert made(json(silent), pages(telling)) == telling  # two forms of one export
    assert made(json(silent, LATER), pages(telling)) == silent


def test_edit_of_an_older_wording_is_not_that_of_a_newer() -> None:
    old = said(8, "one", edited_at="2024-03-05T11:00:00Z", mention_ids=("user12",))
    assert made(pages(said(8, "two"), LATER), json(old)) == said(8, "two")


def test_service_message_has_the_time_and_the_actor_that_json_knows() -> None:
    known = happened(8, timestamp="2024-03-05T10:08:00Z", date=None, author_id="user11")
    assert made(pages(happened(8), LATER), json(known)) == known
    assert made(json(known), pages(happened(8))) == known


def test_whom_an_event_names_is_as_json_tells_it_however_old() -> None:
    """A page's list of names can be read in several ways."""
    page = happened(8, targets=("Bo and Cy",))
    known = happened(8, timestamp="2024-03-05T10:08:00Z", date=None, targets=("Bo", "Cy"))
    assert made(pages(page, LATER), json(known)) == known


def test_time_of_a_service_message_is_no_message_of_a_day_too() -> None:
    known = happened(8, timestamp="2024-03-05T10:08:00Z", date=None)
    assert made(json(known, LATER), pages(happened(8))).date is None


def test_message_without_author_gets_the_one_another_page_prints() -> None:
    assert made(pages(said(8, author=None), LATER), json(said(8, author_id="user1"))) == said(
        8, author_id="user1"
    )


def test_who_has_left_since_keeps_the_name_an_older_export_knew() -> None:
    left = said(8, author="Deleted Account")
    assert made(json(left, LATER), pages(said(8))).author == "Ada"
    assert made(json(said(8), LATER), pages(left)).author == "Ada"


def test_renamed_author_keeps_the_id() -> None:
    renamed = made(pages(said(8, author="Ada Holm"), LATER), json(said(8, author_id="user1")))
    assert (renamed.author, renamed.author_id) == ("Ada Holm", "user1")


def test_first_author_of_a_saved_forward_gets_nobody_elses_id() -> None:
    """Pages print one's own notes as if their first author had written them there."""
    on_page = said(8, author="Cy")
    known = said(8, author="Ada", author_id="user11", forwarded_from="Cy")
    assert made(pages(on_page, LATER), json(known)) == on_page
    assert made(json(known, LATER), pages(on_page)) == known


def test_unsupported_message_gives_way_to_what_is_known_of_it() -> None:
    nothing = happened(8, "not supported", subtype="unsupported", date=None)
    assert made(json(nothing, LATER), pages(said(8))) == said(8)
    assert made(json(said(8), LATER), pages(nothing)) == said(8)
    assert made(json(nothing, LATER), pages(nothing)) == nothing


def test_original_is_moved_with_the_clock_that_printed_it() -> None:
    page = said(
        8, timestamp="2024-03-05T13:08:00Z", forwarded_from="B", forwarded_at="2024-03-04T12:00:00Z"
    )
    found = made_of([json(said(8, forwarded_from="B")), pages(page, DAY, ZONE)])
    assert found.message.forwarded_at == "2024-03-04T09:00:00Z"
    assert len(found.times) == 2  # and so the doubt about the page's clock stays
    assert not found.differ


def test_true_time_of_an_older_export_is_kept_under_the_newer_words() -> None:
    old = said(8, "old", timestamp="2024-03-05T10:08:00Z")
    new = said(
        8, "new", timestamp="2024-03-05T13:08:00Z", forwarded_at="2024-03-04T13:00:00Z",
        forwarded_from="B",
    )  # fmt: skip
    found = made_of([pages(new, LATER, ZONE), json(old)])
    assert found.message == said(
        8, "new", timestamp=old.timestamp, forwarded_at="2024-03-04T10:00:00Z", forwarded_from="B"
    )
    assert not found.differ


def test_of_two_clocks_in_doubt_the_newest_is_kept_and_it_is_said() -> None:
    old, new = said(8), said(8, timestamp="2024-03-05T13:08:00Z")
    found = made_of([pages(new, LATER, ZONE), pages(old, DAY, ZONE)])
    assert (found.message, found.differ) == (new, True)


def test_attachment_is_completed_where_it_is_the_same() -> None:
    page = Media(kind="location", status="1, 2", url="https://maps.example")
    known = Media(kind="location", status="1, 2", duration_seconds=60)
    whole = Media(kind="location", status="1, 2", url="https://maps.example", duration_seconds=60)
    for archive in (DAY, LATER):
        found = made(json(said(8, media=(known,)), archive), pages(said(8, media=(page,))))
        assert found.media == (whole,)


def test_attachment_put_in_place_of_another_takes_nothing_from_it() -> None:
    old = Media(kind="file", title="a.pdf", size=10, mime_type="application/pdf")
    new = Media(kind="file", title="b.txt", path="files/b.txt")
    assert made(pages(said(8, media=(new,)), LATER), json(said(8, media=(old,)))).media == (new,)
    other = Media(kind="photo", size=10)
    assert made(pages(said(8, media=(new,))), json(said(8, media=(other,)))).media == (new,)


def test_file_of_another_export_lies_elsewhere() -> None:
    exported = Media(kind="file", title="a.pdf", path="files/a.pdf")
    left_out = Media(kind="file", title="a.pdf", missing="File not included.")
    known = Media(kind="file", title="a.pdf")
    pair = pages(said(8, media=(left_out,)), LATER), json(said(8, media=(exported,)))
    assert made(*pair).media == (left_out,)
    assert made(json(said(8, media=(known,)), LATER), pair[1]).media == (known,)
    assert made(json(said(8, media=(known,))), pair[1]).media == (exported,)


def test_third_version_adds_what_two_do_not_tell() -> None:
    first, second = said(8, signature="Di"), said(8, via_bot="helper")
    found = made_of([json(said(8), LATER), pages(second), pages(first)])
    assert found.message == said(8, signature="Di", via_bot="helper")
    assert found.versions == 3


def ids(made: list[Made]) -> list[str]:
    return [one.message.message_id for one in made]


def test_messages_of_all_readings_come_once_and_in_the_order_of_their_ids() -> None:
    parts = [
        reading(read_of([said(1, "old"), said(3, "old"), said(11, "old")])),
        reading(read_of([said(2), said(3, "new")])),
        reading(read_of([])),
        reading(read_of([said(3, "newest")])),
    ]
    found = list(united(parts))
    assert ids(found) == ["1", "2", "3", "11"]
    assert [one.message.text for one in found] == ["old", "text 2", "newest", "old"]
    assert [one.versions for one in found] == [1, 1, 3, 1]
    assert [one.words for one in found] == [parts[0], parts[1], parts[3], parts[0]]


def test_reading_out_of_order_is_put_in_order() -> None:
    found = united([reading(read_of([said(5), said(2)])), reading(read_of([said(3)]))])
    assert ids(list(found)) == ["2", "3", "5"]


def test_nothing_makes_nothing() -> None:
    assert list(united([])) == list(united([reading(read_of([]))])) == []
