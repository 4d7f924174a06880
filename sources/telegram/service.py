"""Service messages: what happened, who did it and to whom, read from the English sentence.

The sentences are tdesktop's own (export_output_html.cpp) and never translated. They are
all there is: no time, no id of the actor.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Event(NamedTuple):
    """What a sentence says. ``targets`` are the people it names beside the actor."""

    subtype: str
    actor: str | None = None
    targets: tuple[str, ...] = ()


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
    " joined group via a community": "joined_by_community",
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
    " set the same background for this chat": "background_changed",
    " created topic «": "topic_created",
    " changed topic ": "topic_changed",
    " boosted the group": "boosted",
    " sent you a gift": "gift",
    " just started a giveaway": "giveaway",
    " is now within ": "proximity",
    " are now within ": "proximity",
    " marked ": "todo_marked",
    ' added tasks: "': "todo_added",
    " refunded back ": "payment_refunded",
    " refunded ": "paid_messages_refunded",
    " approved your suggested post": "suggested_post",
    " rejected your suggested post": "suggested_post",
    " suggests to use this photo": "photo_suggested",
    " suggests to add a date of birth: ": "birthday_suggested",
    " disabled sharing in this chat": "sharing_changed",
    " enabled sharing in this chat": "sharing_changed",
    " requested to enable sharing in this chat": "sharing_requested",
    " created a bot ": "bot_created",
}
# What sentences without an actor begin with.
_PLAIN = (
    ("Channel title changed to «", "title_changed"),
    ("Channel photo changed", "photo_changed"),
    ("Channel photo removed", "photo_removed"),
    ("Channel theme was ", "theme_changed"),
    ("Voice chat (", "voice_chat"),
    ("Voice chat scheduled for ", "voice_chat_scheduled"),
    ("New messages will ", "auto_delete"),
    ("Messages will no longer ", "auto_delete"),
    ("This is an unclaimed Telegram Premium ", "prize"),
    ("You won a ", "prize"),
    ("You've received a Telegram Premium ", "gift"),
    ("No winners of the giveaway could be selected", "giveaway_results"),
    ("Some winners of the giveaway were ", "giveaway_results"),
    ("You have successfully transferred ", "payment"),
    ("You were charged ", "payment"),
    ("You have just successfully transferred data ", "web_app_data"),
    ("You allowed this bot to message you ", "bot_allowed"),
    ("You have sent the following documents: ", "documents_sent"),
    ("Price per message changed to ", "paid_messages_price"),
    ("Price per direct message changed to ", "paid_messages_price"),
    ("Direct messages were disabled", "paid_messages_price"),
    ("The paid post was shown for ", "suggested_post"),
    ("The user refunded the payment", "suggested_post"),
    ("The admin deleted the post early", "suggested_post"),
    ("requested:", "peer_requested"),
    ("This message is not supported by ", "unsupported"),
)
_BEGINNINGS = tuple(beginning for beginning, _ in _PLAIN)
_WHOLE = {"History cleared": "history_cleared", "Voice chat": "voice_chat"}
_RESULTS = re.compile(r"\d{1,9} of the giveaway was randomly selected", re.ASCII)
# What stands round the second half of a sentence.
_FRAMES = (
    (" invited ", " to the voice chat", "voice_chat_invited"),
    (' added "', '" to the poll.', "poll_option_added"),
    (' removed "', '" from the poll.', "poll_option_removed"),
    (" made ", " the new main admin of the group", "creator_changed"),
    (" will become the new main admin in 7 days if ", " does not return", "creator_pending"),
)
_PHRASE = re.compile("|".join(re.escape(act) for act in sorted(_ACTS, key=len, reverse=True)))
_MEMBERS = "» with members "
_LISTED = frozenset(("invited", "voice_chat_invited"))
_ONE = frozenset(("removed", "joined_by_link", "bot_created", "creator_changed"))
# After these comes free text, which may hold any phrase.
_FREE = frozenset(
    (
        *("created", "title_changed", "migrated", "theme_changed", "topic_created"),
        *("topic_changed", "todo_added", "poll_option_added", "poll_option_removed"),
        "suggested_post",
    )
)


def understood(text: str) -> Event:
    """What a service message tells.

    Names are free text: one that holds such a phrase itself leaves open who did what to
    whom. Titles, tasks, options and comments are not looked into.
    """
    if subtype := _without_actor(text):
        return Event(subtype)
    for middle, ending, subtype in _FRAMES:
        before, found, rest = text.partition(middle)
        if found and rest.endswith(ending):
            return _event(subtype, before, rest.removesuffix(ending))
    match = _PHRASE.search(text)
    if match is None:
        return Event("service")
    return _event(_ACTS[match[0]], text[: match.start()], text[match.end() :])


def _without_actor(text: str) -> str | None:
    if text in _WHOLE:
        return _WHOLE[text]
    if text.startswith(_BEGINNINGS):
        return next(subtype for beginning, subtype in _PLAIN if text.startswith(beginning))
    if text.startswith("Channel «") and text.endswith("» created"):
        return "created"
    return "giveaway_results" if _RESULTS.match(text) else None


def _event(subtype: str, before: str, rest: str) -> Event:
    actor, others = before.strip(), _others(subtype, rest)
    if _PHRASE.search(before) or (subtype not in _FREE and _PHRASE.search(f" {rest}")):
        return Event(subtype)
    if subtype == "creator_pending":
        return Event(subtype, rest, (actor,))
    if subtype == "removed" and others == (actor,):
        return Event("left", actor)
    if actor == "You" and subtype in {"proximity", "paid_messages_refunded"}:
        actor = ""  # the exporting user, who is not named
    return Event(subtype, actor or None, others)


def _others(subtype: str, rest: str) -> tuple[str, ...]:
    """The people named after the phrase."""
    if subtype in _LISTED:
        return _names(rest)
    if subtype == "created" and rest.count(_MEMBERS) == 1:
        return _names(rest.partition(_MEMBERS)[2])
    if subtype in _ONE:
        return (rest,)
    between = {"proximity": " from ", "paid_messages_refunded": " messages to "}.get(subtype)
    name = rest.partition(between)[2] if between else ""
    return (name,) if name and name != "you" else ()


def _names(listed: str) -> tuple[str, ...]:
    """The names of ``Bel, Cy and Di``; what can be read in several ways stays whole.

    Even so a name that holds an "and" of its own may be taken for two.
    """
    heads, found, last = listed.partition(" and ")
    if not found or ", " in last or " and " in last:
        return (listed,)
    return (*heads.split(", "), last)
