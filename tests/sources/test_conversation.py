"""The tally of a conversation."""

from __future__ import annotations

from sources._conversation import Tally
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
    assert (tally.regular, tally.service, tally.count) == (3, 2, 5)
    assert tally.authors == {"Ann Reyes", "Bo Lind"}
    assert tally.people == ("Ann Reyes", "Bo Lind", "Cy Ortiz", "Member")
    assert (tally.first, tally.last) == ("2024-05-02T10:00:00Z", "2024-05-10T10:00:00Z")


def test_an_empty_tally_has_no_times() -> None:
    tally = Tally()
    tally.add([message(1, service=True)])
    assert (tally.first, tally.last, tally.people) == (None, None, ("Ann Reyes",))
