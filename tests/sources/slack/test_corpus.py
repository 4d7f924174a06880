"""A real native export, where it is at hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.sources.slack.writing import read_export

ARCHIVE = (
    Path(__file__).parents[3].parent / "shared/corpus/slack/slack-export-viewer/testarchive.zip"
)


@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"no {ARCHIVE.name} in ../shared/corpus/slack")
def test_real_export_gives_its_published_counts() -> None:
    reading = read_export(ARCHIVE)
    assert reading.problems == []
    assert (reading.account.found, reading.account.accepted) == (158, 158)
    assert {read.summary.title: len(read.messages) for read in reading.items} == {
        "enrique": 102,
        "traveling-sailor": 56,
    }
    messages = [message for read in reading.items for message in read.messages]
    assert Counter(message.subtype for message in messages) == {
        None: 49,
        "bot_message": 94,
        "channel_join": 8,
        "bot_add": 3,
        "file_share": 3,
        "file_comment": 1,
    }
    times = sorted(message.timestamp or "" for message in messages)
    assert times[0] == "2016-01-15T05:55:18.000002Z"
    assert times[-1] == "2016-03-29T12:33:06.000027Z"
    assert [message.message_id for message in messages if not message.text] == []
