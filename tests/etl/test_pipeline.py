"""Which units count as vanished: those whose absence no reported trouble explains."""

from __future__ import annotations

import pytest

from etl.pipeline import _explained


@pytest.mark.parametrize(
    ("unit", "trouble", "explained"),
    [
        ("chats/chat_1", "chats/chat_1/messages.html", True),
        ("a.zip!general", "a.zip", True),
        ("export#C1", "export", True),
        ("same.csv", "same.csv", True),
        ("chats/chat_1", "chats/chat_10/messages.html", False),
        ("a.zip2!general", "a.zip", False),
        ("b.ics", "a.ics", False),
    ],
)
def test_trouble_explains_what_lies_in_it_or_round_it(
    unit: str, trouble: str, explained: bool
) -> None:
    assert _explained(unit, (trouble,)) is explained
