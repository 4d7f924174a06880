"""A conversation in runs, and its tally."""

from __future__ import annotations

import pytest

from sources._conversation import RUN, Tally, in_runs
from sources.records import Message


def message(
    number: int, text: str = "", *, author: str | None = "Ann Reyes", service: bool = False
) -> Message:
    return Message(
        author=author,
        text=text,
        timestamp=None if service else f"2024-05-{number % 28 + 1:02}T10:00:00Z",
        message_id=str(number),
        message_type="service" if service else "regular",
        is_service=service,
    )


def test_a_tally_counts_both_kinds_and_knows_who_wrote_and_who_acted() -> None:
    tally = Tally()
    tally.participants.add("Member")
    tally.add([message(3), message(1, author="Bo Lind"), message(9, author=None)])
    tally.add([message(4, author="Cy Ortiz", service=True), message(5, author=None, service=True)])
    assert tally.fields() == {
        "message_count": 5,
        "regular_message_count": 3,
        "service_message_count": 2,
        "participants": ("Ann Reyes", "Bo Lind", "Cy Ortiz", "Member"),
        "participant_count": 4,
        "unique_authors": ("Ann Reyes", "Bo Lind"),
        "first_message_time": "2024-05-02T10:00:00Z",
        "last_message_time": "2024-05-10T10:00:00Z",
    }


def test_an_empty_tally_has_no_times() -> None:
    tally = Tally()
    tally.add([message(1, service=True)])
    assert (tally.first, tally.last) == (None, None)


@pytest.mark.parametrize("count", [0, 1, RUN, RUN + 1, 2 * RUN])
def test_messages_come_in_full_runs_and_a_last_one_with_the_rest(count: int) -> None:
    messages = [message(number) for number in range(count)]
    runs = list(in_runs(iter(messages)))
    assert [each for run in runs for each in run] == messages
    assert all(len(run) == RUN for run in runs[:-1])
    assert all(runs)
