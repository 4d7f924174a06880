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
_PATTERN = re.compile(rf"(.+?) ({'|'.join(map(re.escape, _ACTS))})", re.DOTALL)


def actor_and_subtype(text: str) -> tuple[str | None, str]:
    """Who did it, where the sentence says so, and what it was."""
    for start, subtype in _SENTENCES.items():
        if text.startswith(start):
            return None, subtype
    if text.startswith("Channel «") and text.endswith("» created"):
        return None, "created"
    match = _PATTERN.match(text)
    if match is None:
        return None, "service"
    actor, subtype = match[1], _ACTS[match[2]]
    if text.endswith(" to the voice chat"):
        subtype = "voice_chat_invited"
    if text == f"{actor} removed {actor}":
        subtype = "left"
    return actor, subtype
