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
        "latest_reply", "user_team", "source_team", "team", "root", "message", "rows", "url",
    ]
)  # fmt: skip
words = st.sampled_from(
    [
        "message", "bot_message", "channel_name", "tombstone", "message_changed", "file_comment",
        "U0ANN", "1709283600.000100", "1709283600", "<@U0ANN> &lt;", "<!date^1>", "<|>",
        "rich_text", "rich_text_list", "mrkdwn", "\ud83d", "application/vnd.slack-docs",
        "99999999999.9", "100000000000.1", "<https://[::1]/|x>", "<mailto:@>", "U0BOB", "T0ACME",
    ]
)  # fmt: skip
values = st.recursive(
    json_values | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=10,
)
messages = st.dictionaries(keys, values, max_size=8).map(lambda entry: {"ts": "1.1", **entry})
day_files = st.lists(messages | values, max_size=6) | values

list_keys = st.sampled_from(
    [
        "id", "name", "members", "user", "topic", "purpose", "value", "last_set", "updated",
        "previous_names", "is_ext_shared", "is_shared", "is_org_shared", "is_private", "is_im",
        "is_mpim", "profile", "display_name", "real_name", "email", "bot_id", "team_id",
        "is_bot", "deleted", "is_stranger", "is_restricted", "enterprise_user", "enterprise_id",
    ]
)  # fmt: skip
list_words = st.sampled_from(["C0GENERAL", "general", "U0ANN", "T0ACME", "D0DM", "", "../x", "1"])
list_values = st.recursive(
    json_values | list_words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(list_keys, inner, max_size=5),
    max_leaves=10,
)
lists = st.lists(st.dictionaries(list_keys, list_values, max_size=8) | list_values, max_size=4)

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
@given(lists | list_values, lists | list_values, lists)
def test_any_json_in_the_lists(users: Any, channels: Any, dms: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        days = {"general/2024-03-01.json": [say("1709000000.000100", user_team="T0EAST")]}
        files = {"users": users, "channels": channels, "dms": dms}
        written = {name: json.dumps(value).encode() for name, value in files.items()}
        reading = read_export(write_export(Path(folder), days, **written))
    assert (reading.account.found, reading.account.accepted) == (1, 1)
    msgspec.json.encode([read.item for read in reading.items])
