import pytest

from sources.telegram.json_service import _ACTIONS, _CHANNEL, kind_of, reply_of, targets_of
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
}
# Their sentences on pages differ from release to release; these are our own short ones.
OUR_OWN = {"paid_messages_refund", "todo_append_tasks"}


@pytest.mark.parametrize("broadcast", [False, True])
@pytest.mark.parametrize("action", sorted(_ACTIONS.keys() - OUR_OWN))
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
    ],
)
def test_sentences(action: str, fields: dict[str, object], rest: str) -> None:
    sentence = kind_of(service(1, action) | fields, broadcast=False)[1]
    assert sentence == f"Ada Park {rest}"


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
