"""Whatever JSON, or near-JSON, a day file holds: no crash, and a balanced account."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading import Reading
from tests.sources.slack.writing import read_export, say, write_export

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
keys = st.sampled_from(
    [
        "type", "subtype", "user", "text", "ts", "thread_ts", "edited", "reactions", "files",
        "file", "blocks", "attachments", "user_profile", "bot_profile", "bot_id", "username",
        "comment", "replies", "reply_count", "mimetype", "old_name", "elements", "fields",
    ]
)  # fmt: skip
words = st.sampled_from(
    [
        "message", "bot_message", "channel_name", "tombstone", "message_changed", "file_comment",
        "U0ANN", "1709283600.000100", "1709283600", "<@U0ANN> &lt;", "<!date^1>", "<|>",
        "rich_text", "rich_text_list", "mrkdwn", "\ud83d", "application/vnd.slack-docs",
    ]
)  # fmt: skip
values = st.recursive(
    json_values | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=10,
)
messages = st.dictionaries(keys, values, max_size=8).map(lambda entry: {"ts": "1.1", **entry})
day_files = st.lists(messages | values, max_size=6) | values

calm = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_days(*days: bytes) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, Any] = {
            f"general/2024-03-{number + 2:02d}.json": day for number, day in enumerate(days)
        }
        files["general/2024-03-01.json"] = [say("1709000000.000100", "first")]
        reading = read_export(write_export(Path(folder), files))
    (read,) = reading.items
    msgspec.json.encode([read.item, read.messages])
    assert len(read.messages) == reading.account.accepted >= 1
    stamps = [message.timestamp or "" for message in read.messages]
    assert stamps == sorted(stamps)
    return reading


@calm
@given(st.lists(day_files, max_size=2))
def test_any_json_in_a_day_file(days: list[Any]) -> None:
    reading = read_days(*(json.dumps(day).encode() for day in days))
    found = sum(len(day) for day in days if isinstance(day, list))
    assert reading.account.found == found + 1


@calm
@given(st.lists(messages, min_size=1, max_size=4), st.data())
def test_any_damage_to_a_day_file(entries: list[Any], data: st.DataObject) -> None:
    raw = json.dumps(entries).encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    read_days(raw[:start] + data.draw(st.binary(max_size=12)) + raw[end:])


@calm
@given(st.binary(max_size=200))
def test_any_bytes_in_a_day_file(raw: bytes) -> None:
    read_days(raw)


@calm
@given(day_files, day_files)
def test_any_json_in_the_lists(users: Any, channels: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        days = {"general/2024-03-01.json": [say("1709000000.000100")]}
        lists = {"users": json.dumps(users).encode(), "channels": json.dumps(channels).encode()}
        reading = read_export(write_export(Path(folder), days, **lists))
    assert reading.account.accepted == 1
