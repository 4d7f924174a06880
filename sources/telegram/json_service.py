"""What a service message of ``result.json`` tells: its kind, and a sentence to read.

Kinds are those `service.py` reads out of the pages, and the sentences those that
tdesktop prints there (export_output_html.cpp), so that one chat exported both ways
reads alike. Names of actions are from export_output_json.cpp.
"""

from __future__ import annotations

from collections import defaultdict

from sources.telegram.json_fields import DELETED, Raw, array, integer, moment, name, string

_ACTIONS = {
    "create_group": ("created", "{actor} created group «{title}»{with_members}"),
    "create_channel": ("created", "{actor} created group «{title}»"),
    "edit_group_title": ("title_changed", "{actor} changed group title to «{title}»"),
    "edit_group_photo": ("photo_changed", "{actor} changed group photo"),
    "delete_group_photo": ("photo_removed", "{actor} removed group photo"),
    "invite_members": ("invited", "{actor} invited {members}"),
    "remove_members": ("removed", "{actor} removed {members}"),
    "join_group_by_link": ("joined_by_link", "{actor} joined group by link from {inviter}"),
    "join_group_by_request": ("joined_by_request", "{actor} joined group by request"),
    "migrate_to_supergroup": ("migrated", "{actor} converted this group to a supergroup"),
    "migrate_from_group": (
        "migrated",
        "{actor} converted a basic group to this supergroup «{title}»",
    ),
    "pin_message": ("pinned", "{actor} pinned this message"),
    "clear_history": ("history_cleared", "History cleared"),
    "score_in_game": ("game_score", "{actor} scored {score} in this game"),
    "send_payment": (
        "payment",
        "You have successfully transferred {amount} {currency} for this invoice",
    ),
    "refunded_payment": ("payment_refunded", "{actor} refunded back {amount} {currency}"),
    "take_screenshot": ("screenshot", "{actor} took a screenshot"),
    "allow_sending_messages": (
        "bot_allowed",
        "You allowed this bot to message you when you opened {reason_app_name}{reason_domain}",
    ),
    "attach_menu_bot_allowed": (
        "bot_allowed",
        "You allowed this bot to message you when you added it in the attachment menu.",
    ),
    "web_app_bot_allowed": (
        "bot_allowed",
        "You allowed this bot to message you in its web-app.",
    ),
    "send_passport_values": (
        "documents_sent",
        "You have sent the following documents: {values}",
    ),
    "joined_telegram": ("joined_telegram", "{actor} joined Telegram"),
    "proximity_reached": ("proximity", "{from} is now within {distance} m from {to}"),
    "requested_phone_number": ("phone_requested", "{actor} requested your phone number"),
    "group_call": ("voice_chat", "{actor} started voice chat{seconds}"),
    "invite_to_group_call": ("voice_chat_invited", "{actor} invited {members} to the voice chat"),
    "group_call_scheduled": (
        "voice_chat_scheduled",
        "{actor} scheduled a voice chat for {schedule_date}",
    ),
    "set_messages_ttl": ("auto_delete", "{actor} has set messages {ttl}"),
    "edit_chat_theme": ("theme_changed", "{actor} changed chat theme to {emoticon}"),
    "send_webview_data": (
        "web_app_data",
        "You have just successfully transferred data from the «{text}» button to the bot",
    ),
    "send_premium_gift": ("gift", "{actor} sent you a gift for {cost} ({months} months)"),
    "send_stars_gift": ("gift", "{actor} sent you a gift for {cost}"),
    "send_star_gift": ("gift", "{actor} sent you a gift"),
    "gift_code_prize": ("prize", "You won a prize in a giveaway ({months} months)"),
    "stars_prize": ("prize", "You won a prize in a giveaway ({stars} stars)"),
    "giveaway_launch": ("giveaway", "{actor} just started a giveaway"),
    "giveaway_results": (
        "giveaway_results",
        "{winners} of the giveaway was randomly selected by Telegram",
    ),
    "topic_created": ("topic_created", "{actor} created topic «{title}»"),
    "topic_edit": ("topic_changed", "{actor} changed topic {topic}"),
    "suggest_profile_photo": ("photo_suggested", "{actor} suggests to use this photo"),
    "requested_peer": ("peer_requested", "requested: {peers}{peer_id}"),
    "set_chat_wallpaper": (
        "background_changed",
        "{actor} set a new background for this chat",
    ),
    "set_same_chat_wallpaper": (
        "background_changed",
        "{actor} set the same background for this chat",
    ),
    "boost_apply": ("boosted", "{actor} boosted the group {boosts} times"),
    "paid_messages_refund": ("paid_messages_refunded", "{actor} refunded {stars} stars"),
    "paid_messages_price_change": (
        "paid_messages_price",
        "Price per message changed to {stars} stars",
    ),
    "todo_completions": ("todo_marked", "{actor} marked tasks as done in this todo list."),
    "todo_append_tasks": ("todo_added", "{actor} added tasks to this todo list."),
}
_CHANNEL = {
    "create_channel": "Channel «{title}» created",
    "edit_group_title": "Channel title changed to «{title}»",
    "edit_group_photo": "Channel photo changed",
    "delete_group_photo": "Channel photo removed",
    "group_call": "Voice chat{seconds}",
    "group_call_scheduled": "Voice chat scheduled for {schedule_date}",
    "set_messages_ttl": "New messages will {bare_ttl}",
}
_PERIODS = {86_400: "24 hours", 7 * 86_400: "7 days"}
_TARGETS = ("message_id", "game_message_id", "invoice_message_id", "reply_to_message_id")
UNSUPPORTED = (
    "This message is not supported by this version of Telegram Desktop. "
    "Please update the application."
)


def kind_of(raw: Raw, *, broadcast: bool) -> tuple[str, str]:
    """The subtype and a sentence. An action nobody knows keeps its name as subtype."""
    action = string(raw.get("action"))
    if action not in _ACTIONS:
        return action or "service", _unknown(raw, action)
    subtype, sentence = _ACTIONS[action]
    if broadcast:
        sentence = _CHANNEL.get(action, sentence)
    if action == "edit_chat_theme" and not raw.get("emoticon"):
        sentence = "{actor} disabled chat theme"
    if subtype == "removed" and _members(raw) == [name(raw, "actor")]:
        subtype = "left"
    return subtype, sentence.format_map(_words(raw)).strip()


def targets_of(raw: Raw) -> tuple[str, ...]:
    """The people named beside the actor; null stands for a deleted account."""
    people = _members(raw)
    if people == [name(raw, "actor")]:
        return ()  # who leaves is told to have removed himself
    if "inviter" in raw:
        people.append(name(raw, "inviter") or DELETED)
    if "to" in raw:
        people.append(name(raw, "to") or DELETED)
    return tuple(people)


def _members(raw: Raw) -> list[str]:
    return [string(member).strip() or DELETED for member in array(raw.get("members"))]


def reply_of(raw: Raw) -> int | None:
    """The message a service message speaks of."""
    return next((n for key in _TARGETS if (n := integer(raw.get(key))) is not None), None)


def _unknown(raw: Raw, action: str) -> str:
    """A sentence that was written out; else who did what must do."""
    if text := string(raw.get("information_text")):
        return text
    return " ".join(filter(None, (name(raw, "actor"), action.replace("_", " "))))


def _words(raw: Raw) -> defaultdict[str, str]:
    words: defaultdict[str, str] = defaultdict(str)
    for key, value in raw.items():
        if isinstance(value, str | int | float):
            words[key] = str(value)
    members = _members(raw)
    words["members"] = _listed(members)
    words["with_members"] = f" with members {_listed(members)}" if members else ""
    for key in ("actor", "inviter", "from", "to"):
        words[key] = name(raw, key) or DELETED
    words["values"] = ", ".join(map(string, array(raw.get("values"))))
    seconds = integer(raw.get("duration"))
    words["seconds"] = f" ({seconds} seconds)" if seconds else ""
    words["ttl"] = _ttl(integer(raw.get("period")))
    words["bare_ttl"] = words["ttl"].replace("to ", "", 1)
    words["schedule_date"] = moment(raw.get("schedule_date")) or "some time"
    words["topic"] = f"title to «{words['new_title']}»" if words["new_title"] else "icon"
    return words


def _ttl(period: int | None) -> str:
    if not period:
        return "not to auto-delete"
    return f"to auto-delete in {_PERIODS.get(period, f'{period} seconds')}"


def _listed(people: list[str]) -> str:
    """``X, Y and Z``, as tdesktop lists names."""
    if len(people) < 2:
        return "".join(people)
    return f"{', '.join(people[:-1])} and {people[-1]}"
