"""What a service message says, told from its sentence: the reference's own table."""

from __future__ import annotations

import re

_ACTS = {
    "created group «": "created",
    "changed group title to «": "title_changed",
    "changed group photo": "photo_changed",
    "removed group photo": "photo_removed",
    "invited ": "invited",
    "removed ": "removed",
    "joined group by link from ": "joined_by_link",
    "joined group by request": "joined_by_request",
    "converted this group to": "migrated",
    "converted a basic group to": "migrated",
    "pinned ": "pinned",
    "scored ": "game_score",
    "took a screenshot": "screenshot",
    "joined Telegram": "joined_telegram",
    "requested your phone number": "phone_requested",
    "started voice chat": "voice_chat",
    "scheduled a voice chat": "voice_chat_scheduled",
    "has set messages": "auto_delete",
    "changed chat theme to": "theme_changed",
    "disabled chat theme": "theme_changed",
    "set a new background": "background_changed",
    "created topic «": "topic_created",
    "changed topic title": "topic_changed",
    "boosted the group": "boosted",
    "just started a giveaway": "giveaway",
    "is now within ": "proximity",
    "marked ": "todo_marked",
    "added tasks: ": "todo_added",
}
_SENTENCES = {
    "Channel title changed": "title_changed",
    "Channel photo removed": "photo_removed",
    "Voice chat (": "voice_chat",
    "Voice chat scheduled": "voice_chat_scheduled",
    "New messages will auto-delete": "auto_delete",
    "History cleared": "history_cleared",
    "You have successfully transferred": "payment",
    "You allowed this bot": "bot_allowed",
    "This message is not supported": "unsupported",
}
_TO_CHAT = " to the voice chat"
_PATTERN = re.compile(rf"(.+?) ({'|'.join(map(re.escape, _ACTS))})", re.DOTALL)


def event(text: str) -> tuple[str | None, str, list[str]]:
    """Who did it, where the sentence says so, what it was, and to whom."""
    for start, subtype in _SENTENCES.items():
        if text.startswith(start):
            return None, subtype, []
    if text.startswith("Channel «") and text.endswith("» created"):
        return None, "created", []
    match = _PATTERN.match(text)
    if match is None:
        return None, "service", []
    actor, subtype, rest = match[1], _ACTS[match[2]], text[match.end() :]
    if subtype == "invited" and rest.endswith(_TO_CHAT):
        subtype, rest = "voice_chat_invited", rest.removesuffix(_TO_CHAT)
    if subtype == "removed" and rest == actor:
        return actor, "left", []
    if subtype == "created":
        rest = rest.partition("» with members ")[2]
    elif subtype == "proximity":
        rest = rest.partition(" from ")[2]
    elif subtype not in {"invited", "voice_chat_invited", "removed", "joined_by_link"}:
        rest = ""
    return actor, subtype, re.split(", | and ", rest) if rest else []
