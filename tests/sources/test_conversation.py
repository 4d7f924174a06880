"""The tally of a conversation, and the union of its readings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sources._conversation import RUN, Tally, merged
from sources.records import Message, Summary


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


@dataclass
class Reading:
    """A part that holds these messages."""

    kept: Sequence[Message]
    head: bytes = b"{}"
    unit: str = "unit"

    @property
    def summary(self) -> Summary:
        return Summary(key="k", kind="telegram_chats", source="s", archive="a", title="t")

    def messages(self) -> Iterator[Message]:
        return iter(self.kept)


def union(*parts: Sequence[Message]) -> tuple[list[Message], int]:
    kept: list[Message] = []
    dropped = 0
    for run, duplicates in merged(list(map(Reading, parts)), lambda m: (int(m.message_id),)):
        assert len(run) <= RUN
        kept += run
        dropped += duplicates
    return kept, dropped


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


def test_readings_become_one_in_order() -> None:
    kept, dropped = union([message(1), message(4)], [message(2), message(3), message(7)])
    assert [m.message_id for m in kept] == ["1", "2", "3", "4", "7"]
    assert dropped == 0


def test_the_newest_reading_of_a_message_is_kept() -> None:
    old = [message(1, "old"), message(2, "old"), message(3, "old")]
    middle = [message(2, "middle"), message(3, "middle")]
    new = [message(3, "new"), message(4, "new")]
    kept, dropped = union(old, middle, new)
    assert [(m.message_id, m.text) for m in kept] == [
        ("1", "old"),
        ("2", "middle"),
        ("3", "new"),
        ("4", "new"),
    ]
    assert dropped == 3


def test_long_readings_come_in_runs_and_every_duplicate_is_counted_once() -> None:
    numbers = range(2 * RUN + 10)
    kept, dropped = union([message(n) for n in numbers], [message(n) for n in numbers if n % 2])
    assert [int(m.message_id) for m in kept] == list(numbers)
    assert dropped == RUN + 5


def test_empty_readings_make_an_empty_union() -> None:
    assert union([], []) == ([], 0)
