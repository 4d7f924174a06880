from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.records import Media, Reaction
from sources.slack.parse import parse
from sources.slack.people import Names, People
from tests.sources.slack.writing import (
    ANN,
    BOB,
    read_export,
    read_message,
    read_messages,
    say,
    write_export,
)

T = "1709283600.000100"


@pytest.fixture
def names() -> Names:
    return Names(People([ANN, BOB]), {})


def test_plain_message_is_regular_and_keeps_its_ts(tmp_path: Path) -> None:
    message = read_message(tmp_path, say(T, "a &amp; b"))
    assert message.message_id == T
    assert message.timestamp == "2024-03-01T09:00:00.000100Z"
    assert (message.author, message.author_id, message.text) == ("Ann", "U0ANN", "a & b")
    assert message.message_type == "regular"
    assert not message.is_service
    assert message.subtype is None
    assert message.thread_id is None


@pytest.mark.parametrize(
    "subtype", ["file_share", "me_message", "thread_broadcast", "bot_message", "file_comment"]
)
@pytest.mark.parametrize("text", ["words", ""])
def test_what_somebody_said_is_regular_whatever_its_subtype(
    names: Names, subtype: str, text: str
) -> None:
    message = parse(say(T, text, subtype=subtype), names)
    assert not isinstance(message, str)
    assert (message.message_type, message.subtype) == ("regular", subtype)


@pytest.mark.parametrize(
    "subtype",
    [
        "tombstone", "huddle_thread", "sh_room_created", "channel_join", "channel_leave",
        "channel_topic", "channel_purpose", "channel_name", "channel_archive", "channel_unarchive",
        "channel_convert_to_private", "channel_posting_permissions", "channel_canvas_updated",
        "group_join", "group_name", "pinned_item", "unpinned_item", "bot_add", "bot_remove",
        "bot_enable", "bot_disable", "bot_invite", "reminder_add", "joiner_notification",
        "joiner_notification_for_inviter", "app_conversation_join", "app_conversation_leave",
        "tabbed_canvas_updated", "document_mention", "slackbot_response", "ekm_access_denied",
    ],
)  # fmt: skip
def test_what_slack_said_is_service_even_with_text(names: Names, subtype: str) -> None:
    message = parse(say(T, subtype=subtype), names)
    assert not isinstance(message, str)
    assert (message.message_type, message.is_service, message.subtype) == ("service", True, subtype)


def test_unknown_subtype_is_regular_with_text_and_service_without(names: Names) -> None:
    spoken = parse(say(T, "words", subtype="of_next_year"), names)
    silent = parse(say(T, "", subtype="of_next_year"), names)
    assert not isinstance(spoken, str)
    assert not isinstance(silent, str)
    assert (spoken.is_service, silent.is_service) == (False, True)


def test_tombstone_is_a_deleted_placeholder(names: Names) -> None:
    message = parse(say(T, "This message was deleted.", "USLACKBOT", subtype="tombstone"), names)
    assert not isinstance(message, str)
    assert message.deleted


def test_event_without_an_actor_is_kept(names: Names) -> None:
    message = parse(say(T, "", None, subtype="channel_archive"), names)
    assert not isinstance(message, str)
    assert message.author is None


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"type": "message", "text": "x", "user": "U0ANN"}, "no_ts"),
        (say(T, mimetype="application/vnd.slack-docs"), "old_post"),
        (say(T, user=None), "no_author"),
        (say(T, "", None, subtype="message_changed", message=say("1.0")), "edit_log"),
        (say(T, "", None, subtype="message_deleted", previous_message=say("1.0")), "edit_log"),
    ],
)
def test_entry_that_is_no_message_is_counted_under_its_reason(
    tmp_path: Path, entry: dict[str, Any], reason: str
) -> None:
    write_export(tmp_path, {"general/2024-03-01.json": [say("1709283599.000100"), entry]})
    reading = read_export(tmp_path)
    assert (reading.account.accepted, reading.account.ignored) == (1, {reason: 1})
    assert reading.problems == []


@pytest.mark.parametrize(
    "entry", [3, None, "x", [], say("soon"), say("1.2.3"), {**say(T), "ts": 1.5}]
)
def test_malformed_entry_is_quarantined_with_the_place_and_the_rest_goes_on(
    tmp_path: Path, entry: Any
) -> None:
    write_export(tmp_path, {"general/2024-03-01.json": [entry, say(T)]})
    reading = read_export(tmp_path)
    assert (reading.account.accepted, reading.account.quarantined) == (1, 1)
    (problem,) = reading.problems
    assert (problem.path, problem.reason, problem.found) == (
        "general/2024-03-01.json",
        "malformed",
        1,
    )


def test_edit_log_never_doubles_a_message(tmp_path: Path) -> None:
    messages = read_messages(
        tmp_path,
        say(T, "new text", edited={"user": "U0ANN", "ts": "1709283700.000000"}),
        say("1709283700.000100", "", None, subtype="message_changed", message=say(T, "new text")),
    )
    assert [message.text for message in messages] == ["new text"]
    assert messages[0].edited_at == "2024-03-01T09:01:40.000000Z"


def test_thread_joins_parent_replies_and_broadcast(tmp_path: Path) -> None:
    reply, broadcast, orphan = "1709283601.000100", "1709283602.000100", "1709283603.000100"
    parent = say(T, thread_ts=T, reply_count=2, replies=[{"user": "U0BOB", "ts": reply}])
    messages = read_messages(
        tmp_path,
        parent,
        say(reply, thread_ts=T, parent_user_id="U0ANN"),
        say(broadcast, subtype="thread_broadcast", thread_ts=T, root=parent),
        say(orphan, thread_ts="1709000000.000100"),
    )
    assert [(m.message_id, m.thread_id, m.reply_to) for m in messages] == [
        (T, T, None),
        (reply, T, T),
        (broadcast, T, T),
        (orphan, "1709000000.000100", "1709000000.000100"),
    ]


def test_parent_of_2016_is_known_by_its_replies(names: Names) -> None:
    message = parse(say(T, replies=[{"user": "U0BOB", "ts": "1709283601.0"}]), names)
    assert not isinstance(message, str)
    assert message.thread_id == T


def test_file_comment_takes_author_and_text_from_inside(tmp_path: Path) -> None:
    entry = say(
        T, "<@U0BOB> commented on a file", None, subtype="file_comment",
        comment={"user": "U0BOB", "comment": "nice &amp; tidy"}, file={"id": "F1", "title": "Plan"},
    )  # fmt: skip
    message = read_message(tmp_path, entry)
    assert (message.author, message.text) == ("Bob Baker", "nice & tidy")
    assert [media.title for media in message.media] == ["Plan"]


def test_reactions_name_people(tmp_path: Path) -> None:
    reactions = [{"name": "tada", "users": ["U0ANN", "U0GONE"], "count": 3}, {"name": "eyes"}]
    message = read_message(tmp_path, say(T, reactions=reactions))
    assert message.reactions == (
        Reaction(emoji=":tada:", count=3, people=("Ann", "U0GONE")),
        Reaction(emoji=":eyes:", count=0),
    )


def test_file_becomes_media_without_its_token(tmp_path: Path) -> None:
    files = [
        {
            "id": "F1", "name": "plan.png", "title": "Plan", "mimetype": "image/png", "size": 12,
            "mode": "hosted", "url_private": "https://files.slack.example/plan.png?t=xoxe-1-a#x",
        },
        {"id": "F2", "name": "notes.txt", "mimetype": "text/plain", "mode": "snippet"},
        {"id": "F3", "mode": "tombstone"},
        {"id": "F4", "mode": "hidden_by_limit"},
    ]  # fmt: skip
    message = read_message(tmp_path, say(T, files=files))
    assert message.media == (
        Media(
            kind="image",
            title="Plan",
            url="https://files.slack.example/plan.png",
            mime_type="image/png",
            size=12,
        ),
        Media(kind="snippet", title="notes.txt", mime_type="text/plain"),
        Media(kind="file", missing="deleted"),
        Media(kind="file", missing="hidden by the limit of a free workspace"),
    )


def test_no_token_reaches_the_output_from_anywhere(tmp_path: Path) -> None:
    url = "https://files.slack.example/a.png?t=xoxe-77-secret"
    messages = read_messages(
        tmp_path,
        say("1.1", f"<@U0ANN> uploaded: <{url}|a.png> and <{url}>"),
        say("2.1", "", attachments=[{"title": "a", "title_link": url, "text": url}]),
        say("3.1", "", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": url}}]),
        say("4.1", files=[{"url_private": url, "permalink": url}]),
        say("5.1", f"log in at https://slack.example/?redir=%2Ff%3Ft%3Dxoxe-77-secret and {url}"),
    )
    assert len(messages) == 5
    assert "secret" not in repr(messages)


def test_blank_text_is_taken_from_blocks_then_attachments_then_files(tmp_path: Path) -> None:
    blocks = [{"type": "markdown", "text": "from blocks <@U0BOB>"}]
    attachments = [{"text": "from <https://acme.example|attachment>"}]
    files = [{"title": "from file"}]
    messages = read_messages(
        tmp_path,
        say("1.1", " ", blocks=blocks, attachments=attachments, files=files),
        say("2.1", "", blocks=None, attachments=attachments, files=files),
        say("3.1", "", blocks=[], attachments=[], files=files),
        say("4.1", "own text", blocks=blocks, attachments=attachments, files=files),
    )
    assert [message.text for message in messages] == [
        "from blocks @Bob Baker",
        "from attachment",
        "from file",
        "own text",
    ]
    assert messages[0].mentions == ("Bob Baker",)
    assert messages[1].links == ("https://acme.example",)


def test_bot_is_quoted_from_its_blocks_when_they_say_more(tmp_path: Path) -> None:
    short, long = ([{"type": "markdown", "text": text}] for text in ("no", "a long report"))
    messages = read_messages(
        tmp_path,
        say("1.1", "report", bot_id="B1", blocks=long),
        say("2.1", "report", bot_id="B1", blocks=short),
        say("3.1", "report", bot_id=None, blocks=long),
    )
    assert [message.text for message in messages] == ["a long report", "report", "report"]


def test_null_and_zero_keys_of_other_writers_do_no_harm(tmp_path: Path) -> None:
    entry = say(
        T, blocks=None, files=None, reactions=None, edited=None, thread_ts="", replies=None,
        bot_profile=None, user_profile=None, metadata={"event_type": ""}, attachments=None,
        reply_count=0, replace_original=False,
    )  # fmt: skip
    message = read_message(tmp_path, entry)
    assert (message.text, message.thread_id, message.media) == ("hello", None, ())
