"""What a service message of ``result.json`` tells: its kind, and a sentence to read.

Kinds are those `service.py` reads out of the pages, and the sentences those that
tdesktop prints there (export_output_html.cpp), so that one chat exported both ways
reads alike. Names of actions are from export_output_json.cpp.
"""

from __future__ import annotations

from sources.telegram.json_fields import DELETED, Raw, integer, name, peer, string
from sources.telegram.json_words import Words, members_of

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
    "join_group_via_community": (
        "joined_by_community",
        "{actor} joined group via a community",
    ),
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
    "refunded_payment": (
        "payment_refunded",
        "{peer_name} refunded back {amount} {currency}",
    ),
    "take_screenshot": ("screenshot", "{actor} took a screenshot"),
    "allow_sending_messages": (
        "bot_allowed",
        "You allowed this bot to message you when you {allowed}",
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
        "You have just successfully transferred data {from_button}to the bot",
    ),
    "send_premium_gift": ("gift", "{actor} sent you a gift{of_what}"),
    "send_stars_gift": ("gift", "{actor} sent you a gift{of_what}"),
    "send_ton_gift": ("gift", "{actor} sent you a gift{of_what}"),
    "send_star_gift": ("gift", "{actor} sent you a gift{of_what}"),
    "gift_code_prize": (
        "prize",
        "You won a Telegram Premium{span} prize in a giveaway organized by a channel",
    ),
    "stars_prize": (
        "prize",
        "You won a prize in a giveaway organized by {boost_peer_name}: {stars} Telegram Stars",
    ),
    "giveaway_launch": (
        "giveaway",
        "{actor} just started a giveaway of Telegram Premium subscriptions to its followers",
    ),
    "giveaway_results": ("giveaway_results", "{drawn}"),
    "topic_created": ("topic_created", "{actor} created topic «{title}»"),
    "topic_edit": ("topic_changed", "{actor} changed topic {topic}"),
    "suggest_profile_photo": ("photo_suggested", "{actor} suggests to use this photo"),
    "requested_peer": ("peer_requested", "requested: {peers}"),
    "set_chat_wallpaper": (
        "background_changed",
        "{actor} set a new background for this chat",
    ),
    "set_same_chat_wallpaper": (
        "background_changed",
        "{actor} set the same background for this chat",
    ),
    "boost_apply": ("boosted", "{actor} boosted the group {boosts} times"),
    "paid_messages_refund": (
        "paid_messages_refunded",
        "{actor} refunded {stars_count} Stars for {messages_count} messages",
    ),
    "paid_messages_price_change": (
        "paid_messages_price",
        "Price per message changed to {price_stars} Telegram Stars",
    ),
    "todo_completions": ("todo_marked", "{actor} marked {marked} in this todo list."),
    "todo_append_tasks": ("todo_added", "{actor} added tasks: {tasks}"),
    "poll_append_answer": ("poll_option_added", '{actor} added "{option}" to the poll.'),
    "poll_delete_answer": ("poll_option_removed", '{actor} removed "{option}" from the poll.'),
    "process_suggested_post": (
        "suggested_post",
        "{actor} approved your suggested post{price}{comment}",
    ),
    "suggested_post_success": (
        "suggested_post",
        "The paid post was shown for 24 hours and its price{price} was transferred to the channel.",
    ),
    "suggested_post_refund": (
        "suggested_post",
        "The admin deleted the post early, the payment was refunded.",
    ),
    "suggest_birthday": (
        "birthday_suggested",
        "{actor} suggests to add a date of birth: {birthday}",
    ),
    "no_forwards_toggle": ("sharing_changed", "{actor} enabled sharing in this chat"),
    "no_forwards_request": (
        "sharing_requested",
        "{actor} requested to enable sharing in this chat",
    ),
    "new_creator_pending": (
        "creator_pending",
        "{new_creator} will become the new main admin in 7 days if {actor} does not return",
    ),
    "change_creator": (
        "creator_changed",
        "{actor} made {new_creator} the new main admin of the group",
    ),
    "managed_bot_created": ("bot_created", "{actor} created a bot {bot}"),
}
_CHANNEL = {
    "create_channel": "Channel «{title}» created",
    "edit_group_title": "Channel title changed to «{title}»",
    "edit_group_photo": "Channel photo changed",
    "delete_group_photo": "Channel photo removed",
    "group_call": "Voice chat{seconds}",
    "group_call_scheduled": "Voice chat scheduled for {schedule_date}",
    "set_messages_ttl": "New messages will {bare_ttl}",
    "paid_messages_price_change": "{direct_messages}",
}
_WAYS: dict[tuple[str, str, object], tuple[str, str]] = {
    ("edit_chat_theme", "emoticon", None): ("theme_changed", "{actor} disabled chat theme"),
    ("send_payment", "recurring", "used"): (
        "payment",
        "You were charged {amount} {currency} via recurring payment",
    ),
    ("gift_code_prize", "via_giveaway", False): (
        "gift",
        "You've received a Telegram Premium{span} gift from a channel.",
    ),
    ("gift_code_prize", "unclaimed", True): (
        "prize",
        "This is an unclaimed Telegram Premium{span} prize in a giveaway of a channel.",
    ),
    ("process_suggested_post", "rejected", True): (
        "suggested_post",
        "{actor} rejected your suggested post{comment}",
    ),
    ("suggested_post_refund", "user_initiated", True): (
        "suggested_post",
        "The user refunded the payment, post was deleted.",
    ),
    ("no_forwards_toggle", "new_value", True): (
        "sharing_changed",
        "{actor} disabled sharing in this chat",
    ),
}
"""What actions are when a field has a value, and how they are told then; the last one holds."""

_NAMED = ("inviter", "to", "new_creator", "bot")
"""Who else than the members is meant."""

_ACTORS = (("actor", "actor_id"), ("from", "from_id"), ("peer_name", "peer_id"))
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
    for (told_of, key, value), told in _WAYS.items():
        if told_of == action and raw.get(key) == value:
            subtype, sentence = told
    if subtype == "removed" and members_of(raw) == [name(raw, "actor")]:
        subtype = "left"
    return subtype, sentence.format_map(Words(raw)).strip()


def targets_of(raw: Raw) -> tuple[str, ...]:
    """The people named beside the actor; null stands for a deleted account."""
    people = members_of(raw)
    if people == [name(raw, "actor")]:
        return ()  # who leaves is told to have removed himself
    people.extend(name(raw, key) or DELETED for key in _NAMED if key in raw)
    return tuple(people)


def actor_of(raw: Raw) -> tuple[str | None, str | None]:
    """Who did it, and their id; some actions have another word for them."""
    for key, key_of_id in _ACTORS:
        if key in raw:
            return name(raw, key), peer(raw.get(key_of_id))
    return None, None


def reply_of(raw: Raw) -> int | None:
    """The message a service message speaks of."""
    return next((n for key in _TARGETS if (n := integer(raw.get(key))) is not None), None)


def _unknown(raw: Raw, action: str) -> str:
    """A sentence that was written out; else who did what must do."""
    if text := string(raw.get("information_text")):
        return text
    return " ".join(filter(None, (name(raw, "actor"), action.replace("_", " "))))
