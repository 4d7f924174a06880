"""One entry of a day file as a message; pure.

Subtypes are told apart by the lists below. What is on none of them is a message when it
has text, else an event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from sources.records import Media, Message, Reaction
from sources.slack.arrays import TOO_DEEP
from sources.slack.blocks import attachment_text, block_text, file_titles, files_of
from sources.slack.fields import mapping, number, objects, string, strings
from sources.slack.moment import utc
from sources.slack.mrkdwn import Words
from sources.slack.people import Names

Reason = Literal[
    "no_ts", "old_post", "no_author", "edit_log", "not_an_object", "too_deep", "bad_ts"
]

MALFORMED: frozenset[Reason] = frozenset({"not_an_object", "too_deep", "bad_ts"})
"""Reasons that mean damage; the others are forms known to be no messages."""

REGULAR = frozenset(
    {"", "file_share", "me_message", "thread_broadcast", "bot_message", "file_comment"}
)

SERVICE = frozenset(
    {
        "tombstone", "huddle_thread", "sh_room_created", "pinned_item", "unpinned_item",
        "bot_add", "bot_remove", "bot_enable", "bot_disable", "bot_invite", "reminder_add",
        "joiner_notification", "joiner_notification_for_inviter", "app_conversation_join",
        "app_conversation_leave", "tabbed_canvas_updated", "document_mention",
        "slackbot_response", "ekm_access_denied",
    }
)  # fmt: skip

SERVICE_PREFIXES = ("channel_", "group_")
"""Joins, leaves, topics, names ... of public channels, and their twins of private ones."""

# Only where the workspace keeps logs of them; the message itself stands beside.
_EDIT_LOG = frozenset({"message_changed", "message_deleted"})

_OLD_POST = "application/vnd.slack-docs"

_MISSING = {
    "tombstone": "deleted",
    "hidden_by_limit": "hidden by the limit of a free workspace",
}


def parse(raw: object, names: Names) -> Message | Reason:
    """The message an entry holds, or why it holds none."""
    if not isinstance(raw, dict):
        return "too_deep" if raw is TOO_DEEP else "not_an_object"
    subtype = string(raw.get("subtype"))
    reason = _no_message(raw, subtype)
    if reason:
        return reason
    ts = raw["ts"]
    timestamp = utc(ts)
    if timestamp is None:
        return "bad_ts"
    author = names.author(raw)
    text, words = _text(raw, subtype, names)
    service = subtype not in REGULAR and _is_service(subtype, text)
    if author is None and not service:
        return "no_author"
    thread_id = _thread(raw, ts)
    return Message(
        author=author[0] if author else None,
        author_id=author[1] or None if author else None,
        text=text,
        timestamp=timestamp,
        message_id=ts,
        message_type="service" if service else "regular",
        is_service=service,
        reply_to=thread_id if thread_id != ts else None,
        thread_id=thread_id,
        media=_media(raw) if "files" in raw or "file" in raw else (),
        reactions=_reactions(raw["reactions"], names) if "reactions" in raw else (),
        links=tuple(dict.fromkeys(words.links)) if words.links else (),
        mentions=tuple(dict.fromkeys(words.mentions)) if words.mentions else (),
        mention_ids=tuple(dict.fromkeys(words.mention_ids)) if words.mention_ids else (),
        edited_at=_edited(raw["edited"]) if "edited" in raw else None,
        deleted=subtype == "tombstone",
        subtype=subtype or None,
    )


def names_told(raw: object) -> Iterator[str]:
    """What the conversation was called before and after this entry renamed it, if it did."""
    entry = mapping(raw)
    if string(entry.get("subtype")) in {"channel_name", "group_name"}:
        yield string(entry.get("old_name"))
        yield string(entry.get("name"))


def _no_message(raw: Mapping[str, object], subtype: str) -> Reason | None:
    if raw.get("mimetype") == _OLD_POST:
        return "old_post"
    if raw.get("ts") in (None, ""):
        return "no_ts"
    return "edit_log" if subtype in _EDIT_LOG else None


def _is_service(subtype: str, text: str) -> bool:
    return subtype in SERVICE or subtype.startswith(SERVICE_PREFIXES) or not text


def _thread(raw: Mapping[str, object], ts: str) -> str | None:
    thread_ts = string(raw.get("thread_ts"))
    if thread_ts:
        return thread_ts
    # Parents of 2016 list their replies without naming the thread.
    return ts if raw.get("replies") or raw.get("reply_count") else None


def _text(raw: Mapping[str, object], subtype: str, names: Names) -> tuple[str, Words]:
    """The text, and what that text points to."""
    words = Words(names)
    source = string(raw.get("text"))
    if subtype == "file_comment":
        source = string(mapping(raw.get("comment")).get("comment")) or source
    text = words.text(source)
    blank = not text.strip()
    if not blank and not _is_bot(raw, subtype):
        return text, words
    shown = Words(names)
    longer = block_text(raw.get("blocks"), shown)
    if not blank and len(longer) <= len(text):
        return text, words
    if not longer.strip():
        longer = attachment_text(raw.get("attachments"), shown) or file_titles(raw)
    return (longer, shown) if longer else (text, words)


def _is_bot(raw: Mapping[str, object], subtype: str) -> bool:
    return subtype == "bot_message" or bool(raw.get("bot_id"))


def _edited(edited: object) -> str | None:
    return utc(mapping(edited).get("ts"))


def _reactions(reactions: object, names: Names) -> tuple[Reaction, ...]:
    result = []
    for reaction in objects(reactions):
        users = strings(reaction.get("users"))
        count = number(reaction.get("count"))
        result.append(
            Reaction(
                emoji=f":{string(reaction.get('name'))}:",
                count=len(users) if count is None else count,
                people=tuple(names.person(user) or user for user in users),
            )
        )
    return tuple(result)


def _media(raw: Mapping[str, object]) -> tuple[Media, ...]:
    return tuple(_file(file) for file in files_of(raw))


def _file(file: Mapping[str, object]) -> Media:
    mode = string(file.get("mode"))
    mime_type = string(file.get("mimetype"))
    url = string(file.get("url_private")) or string(file.get("permalink"))
    return Media(
        kind=_kind(mode, mime_type),
        title=string(file.get("title")) or string(file.get("name")) or None,
        # Whatever stands behind the question mark may be an access token.
        url=url.partition("?")[0].partition("#")[0] or None,
        mime_type=mime_type or None,
        size=number(file.get("size")),
        missing=_MISSING.get(mode),
    )


def _kind(mode: str, mime_type: str) -> str:
    if mode in {"snippet", "post", "canvas", "quip"}:
        return mode
    family = mime_type.partition("/")[0]
    return family if family in {"image", "video", "audio"} else "file"
