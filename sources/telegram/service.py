"""Service messages: what happened, and who did it, read from the English sentence.

The sentences are tdesktop's own (export_output_html.cpp) and never translated. They are
all there is: no time, no id of the actor.
"""

from __future__ import annotations

import re

# What follows the actor's name, and what that makes of the message.
_ACTS = {
    " created group «": "created",
    " changed group title to «": "title_changed",
    " fchanged group title to «": "title_changed",  # a release of February 2021
    " changed group photo": "photo_changed",
    " removed group photo": "photo_removed",
    " invited ": "invited",
    " removed ": "removed",
    " joined group by link from ": "joined_by_link",
    " joined group by request": "joined_by_request",
    " converted this group to a supergroup": "migrated",
    " converted a basic group to this supergroup «": "migrated",
    " pinned ": "pinned",
    " scored ": "game_score",
    " took a screenshot": "screenshot",
    " joined Telegram": "joined_telegram",
    " requested your phone number": "phone_requested",
    " started voice chat": "voice_chat",
    " scheduled a voice chat for ": "voice_chat_scheduled",
    " has set messages to auto-delete": "auto_delete",
    " has set messages not to auto-delete": "auto_delete",
    " changed chat theme to ": "theme_changed",
    " disabled chat theme": "theme_changed",
    " set a new background": "background_changed",
    " created topic «": "topic_created",
    " changed topic ": "topic_changed",
    " boosted the group": "boosted",
    " sent you a gift": "gift",
    " just started a giveaway": "giveaway",
    " is now within ": "proximity",
    " marked ": "todo_marked",
    " added tasks: ": "todo_added",
}
# Sentences without an actor.
_PLAIN = (
    (re.compile(r"Channel «.*» created", re.DOTALL), "created"),
    (re.compile(r"Channel title changed to «.*", re.DOTALL), "title_changed"),
    (re.compile(r"Channel photo changed"), "photo_changed"),
    (re.compile(r"Channel photo removed"), "photo_removed"),
    (re.compile(r"Voice chat \(.*"), "voice_chat"),
    (re.compile(r"Voice chat scheduled for .*"), "voice_chat_scheduled"),
    (re.compile(r"(New messages will|Messages will no longer) .*"), "auto_delete"),
    (re.compile(r"History cleared"), "history_cleared"),
    (re.compile(r"You won .*", re.DOTALL), "prize"),
    (re.compile(r"You have successfully transferred .*", re.DOTALL), "payment"),
    (re.compile(r"You allowed this bot to message you.*", re.DOTALL), "bot_allowed"),
    (re.compile(r"You have sent the following documents: .*", re.DOTALL), "documents_sent"),
    (re.compile(r"This message is not supported by .*", re.DOTALL), "unsupported"),
)
_PHRASE = re.compile("|".join(re.escape(act) for act in sorted(_ACTS, key=len, reverse=True)))


def understood(text: str) -> tuple[str, str | None]:
    """The subtype of a service message, and its actor where the sentence leaves no doubt.

    Names are free text: one that holds such a phrase itself makes the actor unknown.
    Titles stand in « » and are not looked into.
    """
    for pattern, subtype in _PLAIN:
        if pattern.fullmatch(text):
            return subtype, None
    quote = text.find("«")
    acts = list(_PHRASE.finditer(text, 0, quote + 1 if quote >= 0 else len(text)))
    if not acts:
        return "service", None
    subtype = _ACTS[acts[0][0]]
    actor = text[: acts[0].start()].strip() if len(acts) == 1 else None
    if subtype == "invited" and text.endswith(" to the voice chat"):
        subtype = "voice_chat_invited"
    if subtype == "removed" and actor is not None and text == f"{actor} removed {actor}":
        subtype = "left"
    return subtype, actor or None
