import pytest

from sources.telegram.json_service import (
    _ACTIONS,
    _CHANNEL,
    actor_of,
    kind_of,
    reply_of,
    targets_of,
)
from sources.telegram.service import understood
from tests.sources.telegram.json_builder import service

EVERYTHING: dict[str, object] = {
    "title": "New",
    "new_title": "New",
    "members": ["Bo Reyes", "Cy Vale"],
    "inviter": "Bo Reyes",
    "emoticon": "🐸",
    "duration": 60,
    "period": 86400,
    "from": "Ada Park",
    "to": "Bo Reyes",
    "distance": 5,
    "stars": 3,
    "winners": 3,
    "values": ["passport"],
    "schedule_date": 1709632800,
    "amount": 5,
    "currency": "USD",
    "peer_name": "Bo Reyes",
    "boost_peer_name": "Bo Reyes",
    "new_creator": "Bo Reyes",
    "bot": "Bo Reyes",
    "items": [{"text": "x"}],
    "option": "yes",
}


@pytest.mark.parametrize("broadcast", [False, True])
@pytest.mark.parametrize("action", sorted(_ACTIONS))
def test_kind_is_the_one_that_pages_are_read_into(action: str, *, broadcast: bool) -> None:
    subtype, sentence = kind_of(service(1, action) | EVERYTHING, broadcast=broadcast)
    assert understood(sentence).subtype == subtype


def test_channels_drop_the_actor() -> None:
    assert _CHANNEL.keys() <= _ACTIONS.keys()
    got = kind_of(service(1, "edit_group_title", title="New"), broadcast=True)
    assert got == ("title_changed", "Channel title changed to «New»")


@pytest.mark.parametrize(
    ("action", "fields", "rest"),
    [
        ("invite_members", {"members": ["A", None, "C"]}, "invited A, Deleted Account and C"),
        ("create_group", {"title": "T", "members": []}, "created group «T»"),
        ("join_group_by_link", {"inviter": None}, "joined group by link from Deleted Account"),
        ("set_messages_ttl", {"period": 604800}, "has set messages to auto-delete in 7 days"),
        ("set_messages_ttl", {"period": 0}, "has set messages not to auto-delete"),
        ("edit_chat_theme", {}, "disabled chat theme"),
        ("group_call", {}, "started voice chat"),
        ("edit_group_title", {"title": "{x}"}, "changed group title to «{x}»"),
        (
            "group_call_scheduled",
            {"schedule_date": 1709632800},
            "scheduled a voice chat for 2024-03-05T10:00:00Z",
        ),
        (
            "paid_messages_refund",
            {"messages_count": 3, "stars_count": 30},
            "refunded 30 Stars for 3 messages",
        ),
        (
            "todo_append_tasks",
            {"items": [{"text": "Call Bo", "id": 1}, {"text": ["Send ", {"text": "it"}]}]},
            'added tasks: "Call Bo", "Send it"',
        ),
        (
            "todo_completions",
            {"completed": [1, 2, 3], "incompleted": [4]},
            "marked 1, 2 and 3 as done and 4 as not done yet in this todo list.",
        ),
        ("poll_append_answer", {"option": "Maybe"}, 'added "Maybe" to the poll.'),
        ("send_star_gift", {"stars": 25}, "sent you a gift of 25 Telegram Stars"),
        (
            "send_star_gift",
            {"stars": 25, "gift_text": ["For ", {"type": "bold", "text": "you"}]},
            "sent you a gift of 25 Telegram Stars, with the words: For you",
        ),
        (
            "send_premium_gift",
            {"cost": "$5", "days": 30},
            "sent you a gift for $5: Telegram Premium for 30 days",
        ),
        ("send_premium_gift", {}, "sent you a gift"),
        (
            "send_ton_gift",
            {"cost": "$5", "amount_whole": 2, "amount_nano": 500_000_000},
            "sent you a gift for $5: 2.5 TON",
        ),
        (
            "process_suggested_post",
            {
                "price_amount_whole": "5",
                "price_amount_nano": "0",
                "price_currency": "Stars",
                "scheduled_date": 1705053605,
            },
            "approved your suggested post, for 5 Stars.",
        ),
        (
            "process_suggested_post",
            {"rejected": True, "comment": "Too long"},
            'rejected your suggested post, with comment: "Too long"',
        ),
        (
            "suggest_birthday",
            {"day": 31, "month": 12},
            "suggests to add a date of birth: --12-31",
        ),
        ("no_forwards_toggle", {"new_value": True}, "disabled sharing in this chat"),
        ("no_forwards_toggle", {"new_value": False}, "enabled sharing in this chat"),
        (
            "change_creator",
            {"new_creator": None},
            "made Deleted Account the new main admin of the group",
        ),
    ],
)
def test_sentences(action: str, fields: dict[str, object], rest: str) -> None:
    sentence = kind_of(service(1, action) | fields, broadcast=False)[1]
    assert sentence == f"Ada Park {rest}"


@pytest.mark.parametrize(
    ("action", "fields", "told"),
    [
        (
            "refunded_payment",
            {"amount": 5, "currency": "USD", "peer_name": "Bo Reyes"},
            ("payment_refunded", "Bo Reyes refunded back 5 USD"),
        ),
        (
            "giveaway_launch",
            {},
            (
                "giveaway",
                "just started a giveaway of Telegram Premium subscriptions to its followers",
            ),
        ),
        (
            "new_creator_pending",
            {"new_creator": "Bo Reyes", "actor": "Ada Park"},
            (
                "creator_pending",
                "Bo Reyes will become the new main admin in 7 days if Ada Park does not return",
            ),
        ),
        (
            "gift_code_prize",
            {"days": 1, "unclaimed": False, "via_giveaway": False},
            ("gift", "You've received a Telegram Premium for 1 day gift from a channel."),
        ),
        (
            "gift_code_prize",
            {"months": 3, "unclaimed": True, "via_giveaway": True},
            (
                "prize",
                (
                    "This is an unclaimed Telegram Premium for 3 months prize in a giveaway of a "
                    "channel."
                ),
            ),
        ),
        (
            "giveaway_results",
            {"winners": 0, "unclaimed": 1},
            ("giveaway_results", "No winners of the giveaway could be selected."),
        ),
        (
            "giveaway_results",
            {"winners": 2, "unclaimed": 1},
            (
                "giveaway_results",
                "Some winners of the giveaway were randomly selected by Telegram.",
            ),
        ),
        (
            "send_payment",
            {"amount": 5, "currency": "USD", "recurring": "used"},
            ("payment", "You were charged 5 USD via recurring payment"),
        ),
        (
            "requested_peer",
            {"button_id": 3, "peers": "[\n    5,\n    562949953421321\n   ]"},
            ("peer_requested", "requested: 5, 562949953421321"),
        ),
        ("requested_peer", {"peer_id": 7}, ("peer_requested", "requested: 7")),
        (
            "allow_sending_messages",
            {"reason_domain": "acme.example"},
            (
                "bot_allowed",
                "You allowed this bot to message you when you logged in on acme.example",
            ),
        ),
        ("pin_message", {"message_id": 5}, ("pinned", "pinned this message")),
    ],
)
def test_whom_nobody_names_is_not_said_to_be_deleted(
    action: str, fields: dict[str, object], told: tuple[str, str]
) -> None:
    raw = {"id": 1, "type": "service", "action": action} | fields
    assert kind_of(raw, broadcast=False) == told


def test_direct_messages_to_a_channel_may_have_a_price() -> None:
    raw = service(1, "paid_messages_price_change", price_stars=10)
    assert kind_of(raw, broadcast=False)[1] == "Price per message changed to 10 Telegram Stars"
    allowed, not_allowed = (raw | {"is_broadcast_messages_allowed": v} for v in (True, False))
    assert (
        kind_of(allowed, broadcast=True)[1]
        == "Price per direct message changed to 10 Telegram Stars."
    )
    assert kind_of(not_allowed, broadcast=True)[1] == "Direct messages were disabled."


def test_who_did_it_has_another_name_in_some_actions() -> None:
    near = {"action": "proximity_reached", "from": "Ada", "from_id": "user1", "to": "Bo"}
    assert (actor_of(near), targets_of(near)) == (("Ada", "user1"), ("Bo",))
    refund = {"action": "refunded_payment", "peer_name": None, "peer_id": "user7"}
    assert actor_of(refund) == ("Deleted Account", "user7")
    assert actor_of({"action": "giveaway_launch"}) == (None, None)
    assert targets_of(service(1, "change_creator", new_creator="Bo")) == ("Bo",)
    assert targets_of(service(1, "managed_bot_created", bot="Bo Bot")) == ("Bo Bot",)


def test_who_removes_himself_leaves() -> None:
    raw = service(1, "remove_members", members=["Ada Park"])
    assert kind_of(raw, broadcast=False)[0] == "left"
    assert targets_of(raw) == ()
    assert targets_of(service(1, "remove_members", members=["Bo", None])) == (
        "Bo",
        "Deleted Account",
    )


def test_action_nobody_knows_keeps_its_name() -> None:
    assert kind_of(service(1, "fly_to_moon"), broadcast=False) == (
        "fly_to_moon",
        "Ada Park fly to moon",
    )
    custom = {"id": 1, "type": "service", "information_text": "Something happened"}
    assert kind_of(custom, broadcast=False) == ("service", "Something happened")


def test_message_spoken_of_is_replied_to() -> None:
    for key in ("message_id", "game_message_id", "invoice_message_id", "reply_to_message_id"):
        assert reply_of({key: 5}) == 5
    assert reply_of({}) is None
