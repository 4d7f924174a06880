"""What is left of what a reader yields, and how it is accounted for."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from etl import frames
from etl.frames import FrameWriter
from etl.privacy.rules import Rules
from etl.privacy.withholding import Withholder
from etl.reading import UnitReport
from sources.protocol import Account, Problem
from sources.records import Activity, Item, Message, Participant, Summary
from tests.etl.privacy.records import chat, meeting, message, written

Taken = tuple[Withholder, FrameWriter]


@pytest.fixture
def taker(tmp_path: Path) -> Callable[[Rules], Taken]:
    def begin(rules: Rules) -> Taken:
        writer = FrameWriter(str(tmp_path))
        return Withholder(rules, writer, str(tmp_path)), writer

    return begin


def give(less: Withholder, item: Item, messages: list[Message] | None = None) -> None:
    less.messages(messages or [])
    less.item(item)


def report(less: Withholder, found: int, expanded: int = 0) -> UnitReport:
    """What becomes of a report in which all that was found is accepted."""
    account = Account(found=found, accepted=found, expanded=expanded)
    told = less.report(UnitReport(account=account, items=9))
    assert told.account.balanced
    return told


def test_of_a_unit_that_failed_nothing_is_left(
    taker: Callable[[Rules], Taken], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "SPOOL_BYTES", 0)
    monkeypatch.setattr(frames, "CHUNK_BYTES", 0)
    old, new = [message(1, "Ada"), message(9, "Bo")], [message(10, "Cy")]
    less, writer = taker(Rules(oldest="2025-01-09"))
    mark = less.mark()
    give(less, chat("Acorn", old), old)
    less.messages(new)
    less.messages(new)
    assert less.dangling
    less.rewind(mark)
    assert not less.dangling
    assert len([*tmp_path.iterdir()]) == 1
    give(less, chat("Birch", new), new)
    assert report(less, 1).account.ignored == {}
    assert [summary.title for summary, _, _ in written(writer)] == ["Birch"]
    before = {*tmp_path.iterdir()}
    less, _ = taker(Rules(oldest="2025-01-09"))
    give(less, chat("Acorn", old), old)
    less.messages(new)
    less.messages(new)
    assert {*tmp_path.iterdir()} > before
    less.discard()
    assert {*tmp_path.iterdir()} == before


def test_older_messages_are_left_out_and_the_head_says_so(taker: Callable[[Rules], Taken]) -> None:
    messages = [
        message(1, "Ada"),
        message(2, "Bo", service=True, timestamp=None, date="2025-01-02"),
        message(9, "Cy"),
        message(10, "Ada"),
        message(11, None, timestamp=None),
    ]
    less, writer = taker(Rules(oldest="2025-01-09"))
    give(less, chat("Acorn", messages), messages)
    ((summary, head, kept),) = written(writer)
    assert [one.message_id for one in kept] == ["9", "10", "11"]
    assert (summary.records, head["message_count"], head["service_message_count"]) == (3, 3, 0)
    assert head["participants"] == ["Ada", "Cy"]
    assert head["first_message_time"] == "2025-01-09T10:00:00Z"
    told = report(less, 5)
    assert told.account.ignored == {"older_than_max_age": 2}
    assert (told.account.found, told.account.accepted, told.items) == (5, 3, 9)


def test_people_of_a_channel_stay_though_they_wrote_long_ago(
    taker: Callable[[Rules], Taken],
) -> None:
    messages = [message(1, "Ada"), message(9, "Cy")]
    people = (Participant(id="U1", name="Ada", kind="member"),)
    less, writer = taker(Rules(oldest="2025-01-09"))
    give(less, chat("Acorn", messages, people=people), messages)
    ((_, head, _),) = written(writer)
    assert (head["participants"], head["unique_authors"]) == (["Ada", "Cy"], ["Cy"])


def test_conversation_of_which_nothing_is_left_vanishes_an_empty_one_stays(
    taker: Callable[[Rules], Taken],
) -> None:
    messages = [message(1, "Ada"), message(2, "Ada")]
    less, writer = taker(Rules(oldest="2026-01-01"))
    give(less, chat("Empty", []))
    give(less, chat("Acorn", messages), messages)
    give(less, chat("Birch", [message(3, "Bo")]), [message(3, "Bo")])
    assert [summary.title for summary, _, _ in written(writer)] == ["Empty"]
    told = report(less, 3)
    assert (told.account.ignored, told.items) == ({"older_than_max_age": 3}, 7)


def test_meeting_grows_old_by_its_end_and_by_when_it_was_to_begin(
    taker: Callable[[Rules], Taken],
) -> None:
    less, writer = taker(Rules(oldest="2025-02-01"))
    give(less, meeting("2025-01-01T10:00:00Z"))
    give(less, meeting("2025-01-31T23:00:00Z", end="2025-02-01T01:00:00Z"))
    give(less, meeting("2025-01-01T10:00:00Z", original="2025-06-01T10:00:00Z"))
    give(less, meeting("2025-01-08T10:00:00Z", expanded=True))
    give(less, meeting("2025-01-01", all_day=True, end="2025-02-02"))
    keys = [summary.key for summary, _, _ in written(writer)]
    assert keys == [
        "calendar:u1:2025-01-31T23:00:00Z",
        "calendar:u1:2025-06-01T10:00:00Z",
        "calendar:u1:2025-01-01",
    ]
    told = report(less, 4, expanded=1)
    assert (told.account.accepted, told.account.expanded) == (3, 0)
    assert told.account.ignored == {"older_than_max_age": 1}


def test_what_the_crm_says_today_does_not_grow_old_what_was_noted_does(
    taker: Callable[[Rules], Taken],
) -> None:
    def note(date: str | None) -> Item:
        head = Activity(
            id="1",
            type="note",
            title="",
            body="b",
            date=date,
            owner=None,
            create_date=None,
            company_ids=(),
            contact_ids=(),
            deal_ids=(),
        )
        summary = Summary(
            key="k", kind="hubspot_activities", source="hubspot", archive="a", title=""
        )
        return Item(summary=summary, head=head)

    less, writer = taker(Rules(oldest="2025-01-02"))
    for date in ("2025-01-01T10:00:00Z", "2025-01-02", None):
        give(less, note(date))
    assert len(written(writer)) == 2
    assert report(less, 3).account.ignored == {"older_than_max_age": 1}


@pytest.mark.parametrize(
    ("oldest", "holds", "does_not"),
    [
        ("2025-01-02", ["2025-01-02"], ["", "2025-01-01", "2025-01-03"]),
        ("2024-06-01", ["", "2000-01-01", "2024-12-31", "2025-01-01"], ["2025-01-02"]),
        ("2026-01-01", ["2026-01-01", "2027-05-05"], ["", "2025-12-31"]),
        ("", [""], ["2024-01-01"]),
    ],
)
def test_reading_holds_for_every_day_that_leaves_out_the_same(
    taker: Callable[[Rules], Taken], oldest: str, holds: list[str], does_not: list[str]
) -> None:
    messages = [message(1, "Ada"), message(2, "Ada")]
    less, _ = taker(Rules(oldest=oldest))
    give(less, chat("Acorn", messages), messages)
    told = report(less, 2)
    assert [day for day in (*holds, *does_not) if told.holds(day)] == holds


def test_unit_that_breaks_takes_its_count_with_it(taker: Callable[[Rules], Taken]) -> None:
    less, writer = taker(Rules(oldest="2026-01-01"))
    mark = writer.mark()
    give(less, chat("Acorn", [message(1, "Ada")]), [message(1, "Ada")])
    less.messages([message(2, "Ada")])
    assert less.dangling
    less.rewind(mark)
    assert not less.dangling
    broken = Problem(path="a", reason="r", detail="d", remedy="m")
    told = less.report(UnitReport(problems=(broken,)))
    assert (told.account, told.problems) == (Account(), (broken,))


def test_long_conversation_passes_chunk_by_chunk(
    taker: Callable[[Rules], Taken], tmp_path: Path
) -> None:
    chance = random.Random(7)
    texts = (chance.randbytes(5_000).hex() for _ in range(800))
    messages = [message(1 + n % 28, "Ada", text) for n, text in enumerate(texts)]
    less, writer = taker(Rules(oldest="2025-01-15"))
    for start in range(0, 800, 50):
        less.messages(messages[start : start + 50])
    assert len([*tmp_path.iterdir()]) == 1  # what is held until the item tells whose it is
    less.item(chat("Acorn", messages))
    assert len([*tmp_path.iterdir()]) == 1  # what is left, for the state
    ((summary, _, kept),) = written(writer)
    assert summary.records == len(kept) == sum(1 + n % 28 >= 15 for n in range(800))
