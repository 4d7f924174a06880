"""What is said of a chat that several exports make is true of that chat."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sources.records import Message
from tests.reading import Read, merge, source
from tests.sources.telegram.readings import ZONE, happened, read, said

OLD, NEW = "ChatExport_2024-03-06", "ChatExport_2024-03-09"


def told(*reads: Read) -> dict[str, int]:
    """The findings of the one chat that these make, in their counts."""
    (item,) = merge(source("telegram"), reads).items
    return {finding.kind: finding.count for finding in item.summary.findings}


def some(numbers: Iterable[int]) -> list[Message]:
    return [said(number) for number in numbers]


def test_message_in_doubt_counts_once_however_many_exports_hold_it() -> None:
    reads = [
        read(some(range(1, 11)), OLD, findings={ZONE: 10}),
        read(some(range(6, 16)), NEW, findings={ZONE: 10}),
    ]
    assert told(*reads)[ZONE] == 15


def test_doubt_about_times_that_another_export_knows_is_none() -> None:
    page = read(some(range(1, 11)), OLD, findings={ZONE: 10})
    assert ZONE not in told(page, read(some(range(1, 11)), OLD, chat="channel1"))
    assert told(page, read(some(range(4, 11)), OLD, chat="channel1"))[ZONE] == 3


def test_time_that_only_a_page_tells_keeps_its_doubt() -> None:
    forward = said(1, forwarded_from="Bo", forwarded_at="2024-03-04T10:00:00Z")
    page = read([forward, *some(range(2, 6))], OLD, findings={ZONE: 5})
    known = read([said(1, forwarded_from="Bo"), *some(range(2, 6))], OLD, chat="channel1")
    assert told(page, known)[ZONE] == 1


def test_author_that_another_export_names_is_known() -> None:
    nameless = [said(1, author=None), said(2), said(3, author=None)]
    old = read(nameless, OLD, findings={"author_unknown": 2})
    assert "author_unknown" not in told(old, read(some(range(1, 4)), NEW))
    assert told(old, read([said(1), said(2)], NEW))["author_unknown"] == 1


def test_service_message_without_actor_or_time_is_no_unknown_one() -> None:
    unclear = happened(2, author=None, date=None)
    doubts = {"author_unknown": 1, "time_unreadable": 1}
    old = read([said(1, author=None, timestamp=None), unclear, said(3)], OLD, findings=doubts)
    found = told(old, read([said(1), said(3)], NEW))
    assert found.keys() == {"merged"}


@pytest.mark.parametrize("kind", ["truncated_page", "missing_page", "uneven_page", "id_conflict"])
def test_trouble_with_pages_of_which_nothing_was_needed_is_not_the_chats(kind: str) -> None:
    hurt = read(some(range(1, 5)), OLD, findings={kind: 2})
    assert kind not in told(hurt, read(some(range(1, 9)), NEW))
    assert told(hurt, read(some(range(3, 9)), NEW))[kind] == 2
    assert told(hurt, read(some(range(3, 9)), NEW, findings={kind: 1}))[kind] == 3


def test_trouble_with_messages_counts_no_more_than_were_kept() -> None:
    hurt = read(some(range(1, 9)), OLD, findings={"escapes_repaired": 8})
    assert told(hurt, read(some(range(4, 9)), NEW))["escapes_repaired"] == 3
    assert "escapes_repaired" not in told(hurt, read(some(range(1, 9)), NEW))


def test_what_is_true_of_a_chat_is_no_truer_for_being_said_twice() -> None:
    kinds = {"saved_messages": 1, "not_listed": 1, "mixed_folder": 1, "half_conversation": 1}
    reads = [read(some(n), name, findings=kinds) for n, name in (((1, 2), OLD), ((2, 3), NEW))]
    found = told(*reads)
    assert {kind: found[kind] for kind in kinds} == kinds


def test_half_stays_half_when_nothing_shows_the_other() -> None:
    half = read(some(range(2, 9, 2)), OLD, findings={"half_conversation": 1})
    same_export = read(some(range(2, 9, 2)), OLD, chat="channel1")
    assert told(half, same_export)["half_conversation"] == 1
    other_half = read(some(range(2, 9, 2)), NEW, findings={"half_conversation": 1})
    assert told(half, other_half)["half_conversation"] == 1


def test_half_is_whole_when_another_export_holds_the_other_half_of_all_of_it() -> None:
    half = read(some(range(2, 9, 2)), OLD, findings={"half_conversation": 1})
    assert "half_conversation" not in told(half, read(some(range(1, 10)), NEW))
    assert told(half, read(some(range(3, 10)), NEW))["half_conversation"] == 1
    assert told(half, read(some(range(1, 8)), NEW))["half_conversation"] == 1
    still_half = read(some(range(1, 10)), NEW, findings={"half_conversation": 1})
    assert told(half, still_half)["half_conversation"] == 1


def test_what_is_known_to_be_half_is_not_perhaps_half() -> None:
    half = read(some((1, 2)), OLD, findings={"half_conversation": 1})
    perhaps = read(some((1, 2)), OLD, chat="channel1", findings={"perhaps_half": 1})
    assert "perhaps_half" not in told(half, perhaps)


def test_other_titles_are_counted_as_many_as_there_are() -> None:
    one = read(some((1, 2)), OLD, title="Acme", findings={"titles_differ": 1})
    two = read(some((2, 3)), NEW, title="Acme beta", findings={"titles_differ": 1})
    assert told(one, two)["titles_differ"] == 1


def test_merge_says_how_many_messages_stood_in_several_exports() -> None:
    reads = [read(some((1, 2, 3)), f"ChatExport_2024-03-0{n}") for n in (6, 7, 8)]
    (item,) = merge(source("telegram"), reads).items
    (finding,) = (f for f in item.summary.findings if f.kind == "merged")
    assert finding.count == 3
    assert "3 exports; 3 messages" in finding.detail


def test_times_that_differ_and_are_all_in_doubt_are_counted() -> None:
    later = [said(n, timestamp=f"2024-03-05T13:{n:02}:00Z") for n in range(2, 8)]
    old = read(some(range(1, 7)), OLD, findings={ZONE: 6})
    assert told(old, read(later, NEW, findings={ZONE: 6}))["zones_differ"] == 5
    found = told(old, read(later, NEW, chat="channel1"))
    assert "zones_differ" not in found
    assert found[ZONE] == 1  # the message that JSON does not hold
