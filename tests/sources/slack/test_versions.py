from __future__ import annotations

import pytest

from sources.records import Message
from sources.slack.versions import wording


def said(text: str, *mentions: str) -> Message:
    return Message(
        author="Ann",
        text=text,
        timestamp=None,
        message_id="1.1",
        message_type="regular",
        is_service=False,
        mentions=mentions,
    )


@pytest.mark.parametrize(
    ("text", "mentions", "words"),
    [
        ("hi @Ann, see #general", ("Ann",), "hi @, see #"),
        ("@Ann B and @Ann", ("Ann", "Ann B"), "@ and @"),
        ("mail ann@acme.example @Ann", ("Ann",), "mail ann@acme.example @"),
        ("@a@b! @c", ("a@b",), "@! @c"),
        ("@here", (), "@here"),
    ],
)
def test_wording_is_the_text_without_names(
    text: str, mentions: tuple[str, ...], words: str
) -> None:
    assert wording(said(text, *mentions)) == words
