"""What is read against what must be: every difference is counted, by its kind."""

from __future__ import annotations

from typing import Any

from benchmarks.archives.comparing import differences

HEAD = {"key": "slack:C1", "name": "general", "topic": ""}
MESSAGE = {"message_id": "1.0", "text": "hello"}
TOLD = [("slack:C1", HEAD), ("slack:C1/1.0", MESSAGE)]


def compare(*messages: dict[str, Any], **head: Any) -> dict[str, int]:
    return dict(differences([(HEAD | head, list(messages))], TOLD))


def test_equal_records_are_only_compared() -> None:
    assert compare(MESSAGE) == {"compared": 2}


def test_changed_field_is_counted_by_its_name() -> None:
    assert compare(MESSAGE | {"text": "hallo"}, name="random") == {
        "compared": 2,
        "name": 1,
        "text": 1,
    }


def test_field_nobody_told_of_differs() -> None:
    assert compare(MESSAGE | {"subtype": "me_message"}) == {"compared": 2, "subtype": 1}


def test_field_that_is_left_out_differs_unless_it_is_empty() -> None:
    assert dict(differences([({"key": "slack:C1"}, [MESSAGE])], TOLD)) == {"compared": 2, "name": 1}


def test_message_that_was_not_read_is_missing() -> None:
    assert compare() == {"compared": 1, "missing": 1}


def test_message_read_twice_or_made_up_is_extra() -> None:
    made_up = MESSAGE | {"message_id": "2.0"}
    assert compare(MESSAGE, MESSAGE, made_up) == {"compared": 4, "extra": 2}
