import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.records import Media, Message, Reaction
from sources.telegram.clock import Clock
from sources.telegram.json_message import MessageParser
from tests.sources.telegram.json_builder import Raw, message, service
from tests.sources.telegram.test_json_stream import VALUES


def parse(raw: object, chat_type: str = "private_supergroup") -> Message:
    return MessageParser(Clock(), chat_type, "user12").parse(raw)


def test_true_time_is_taken_whatever_the_local_one_says() -> None:
    raw = message(5, date="2024-10-27T02:30:00", date_unixtime="1729992600")
    assert parse(raw).timestamp == "2024-10-27T01:30:00Z"


def test_without_true_time_the_local_one_is_read_by_the_clock_and_that_is_said() -> None:
    raw = message(5)
    del raw["date_unixtime"]
    parser = MessageParser(clock := Clock(), "personal_chat", None)
    assert parser.parse(raw).timestamp == "2024-03-05T10:00:00Z"
    assert clock.notes == {"zone_assumed_utc": 1}


def test_time_that_is_none_is_said_to_be_unreadable() -> None:
    parser = MessageParser(clock := Clock(), "personal_chat", None)
    assert parser.parse({"id": 1, "type": "message", "from": "A"}).timestamp is None
    assert clock.notes == {"time_unreadable": 1}


def test_moment_zero_is_no_time() -> None:
    parser = MessageParser(Clock(), "personal_chat", None)
    got = parser.parse(
        message(1, date="1970-01-01T01:00:00", date_unixtime="0", edited_unixtime="0")
    )
    assert (got.timestamp, got.edited_at) == (None, None)
    assert parser.notes == {"time_unreadable": 1}


@pytest.mark.parametrize("zero", ["1970-01-01T03:00:00", "1969-12-31T16:00:00"])
def test_moment_zero_was_no_time_before_true_times_were_written(zero: str) -> None:
    raw = message(1, edited=zero)
    del raw["date_unixtime"]
    clock = Clock()
    parser = MessageParser(clock, "personal_chat", None)
    got = parser.parse(raw)
    assert (got.timestamp, got.edited_at) == ("2024-03-05T10:00:00Z", None)
    assert "time_unreadable" not in clock.notes
    assert parser.parse(raw | {"date": zero}).timestamp is None
    assert clock.notes["time_unreadable"] == 1


def test_note_to_self_tells_where_it_was_saved_from() -> None:
    assert parse(message(1, saved_from="Acme news")).forwarded_from == "Acme news"
    assert parse(message(1, saved_from="A", forwarded_from="B")).forwarded_from == "B"


@pytest.mark.parametrize(
    ("value", "peer"),
    [
        ("user5", "user5"),
        (5, "user5"),
        (2**32 + 7, "chat7"),
        (2**33 + 7, "channel7"),
        (6_100_000_000, "chat1805032704"),
        (None, None),
        (0, None),
    ],
)
def test_ids_of_before_2021_are_written_as_todays(value: object, peer: str | None) -> None:
    assert parse(message(1, from_id=value)).author_id == peer


def test_null_author_is_a_deleted_account_and_a_missing_one_is_unknown() -> None:
    assert parse(message(1, from_=None)).author == "Deleted Account"
    parser = MessageParser(Clock(), "private_group", None)
    assert parser.parse({"id": 1, "type": "message", "date_unixtime": "9"}).author is None
    assert parser.notes == {"author_unknown": 1}


def test_text_in_pieces_is_joined_as_it_is() -> None:
    parts = ["a", {"type": "bold", "text": "b"}, " ", {"type": "link", "text": "c"}, 3, None]
    assert parse(message(1, text=parts)).text == "ab c"


def test_links_and_mentions_come_from_entities_and_lead_somewhere() -> None:
    entities = [
        {"type": "link", "text": "https://acme.example"},
        {"type": "text_link", "text": "here", "href": "https://acme.example/b"},
        {"type": "text_link", "text": "js", "href": "javascript:x"},
        {"type": "email", "text": "a@acme.example"},
        {"type": "phone", "text": "+100"},
        {"type": "mention", "text": "@ada"},
        {"type": "mention_name", "text": "Bo", "user_id": 5},
        {"type": "hashtag", "text": "#x"},
        {"type": "custom_emoji", "text": "x", "document_id": "stickers/x.tgs"},
    ]
    expected = (
        ("https://acme.example", "https://acme.example/b", "mailto:a@acme.example", "tel:+100"),
        ("@ada", "Bo"),
    )
    for key, other in (("text_entities", "text"), ("text", "text_entities")):
        got = parse(message(1) | {key: entities, other: []})
        assert (got.links, got.mentions) == expected
        assert got.mention_ids == ("user5",)


def test_reply_in_another_chat_has_no_id() -> None:
    assert parse(message(1, reply_to_message_id=-999999943)).reply_to == "-999999943"
    got = parse(message(1, reply_to_message_id=3, reply_to_peer_id="channel5"))
    assert (got.reply_to, got.reply_elsewhere) == (None, True)


def test_everything_else_a_message_says_of_itself() -> None:
    raw = message(
        8,
        forwarded_from=None,
        author="Di Holm",
        via_bot="@helper_bot",
        edited="2024-03-05T10:30:00",
        edited_unixtime="1709634600",
        inline_bot_buttons=[
            [{"type": "url", "text": "Open", "data": "https://acme.example/x"}, {"text": "Later"}],
            [{"type": "callback", "text": "Do", "data": "https://callback.example"}],
            "noise",
        ],
        reactions=[
            {
                "type": "emoji",
                "emoji": "👍",
                "count": 4,
                "recent": [{"from": "Bo"}, {"from": None}],
            },
            {"type": "paid", "count": 2},
            {"type": "custom_emoji", "document_id": "x", "count": 1},
        ],
    )
    got = parse(raw)
    assert got.forwarded_from == "Deleted Account"
    assert (got.signature, got.via_bot, got.edited_at) == (
        "Di Holm",
        "helper_bot",
        "2024-03-05T10:30:00Z",
    )
    assert got.buttons == ("Open", "Later", "Do")
    assert got.links == ("https://acme.example/x",)
    assert got.reactions == (
        Reaction(emoji="👍", count=4, people=("Bo", "Deleted Account")),
        Reaction(emoji="⭐", count=2),
        Reaction(emoji="custom_emoji", count=1),
    )


def test_message_that_telegram_could_not_write_is_kept_without_time() -> None:
    got = parse({"id": 7, "type": "unsupported"})
    assert (got.message_id, got.subtype, got.is_service, got.timestamp) == (
        "7",
        "unsupported",
        True,
        None,
    )


@pytest.mark.parametrize("raw", [None, 3, "x", [], {}, {"id": None}, {"id": 2**70}, {"id": True}])
def test_what_has_no_id_is_no_message(raw: object) -> None:
    with pytest.raises(ValueError, match="no message id"):
        parse(raw)


def test_call_is_a_regular_message_as_on_the_pages() -> None:
    raw = service(3, "phone_call", actor_id="user12", duration_seconds=42, discard_reason="hangup")
    got = parse(raw, "personal_chat")
    assert (got.subtype, got.is_service, got.author) == ("call", False, "Ada Park")
    assert got.media == (Media(kind="call", status="Incoming (42 seconds)", duration_seconds=42),)
    statuses = [
        parse(service(3, "phone_call", actor_id=who, discard_reason=why)).media[0].status
        for who, why in (("user12", "missed"), ("user12", "busy"), ("user1", "missed"), ("", ""))
    ]
    assert statuses == ["Missed", "Declined", "Cancelled", "Outgoing"]


def test_call_among_several_is_a_call() -> None:
    raw = service(3, "conference_call", actor_id="user12", is_active=True, is_missed=False)
    got = parse(raw, "personal_chat")
    assert (got.subtype, got.is_service, got.media[0].status) == ("call", False, "Ongoing")
    missed = parse(raw | {"is_active": False, "is_missed": True}, "personal_chat")
    assert missed.media[0].status == "Missed"


def test_service_message_bears_who_did_it_whatever_the_word_for_that() -> None:
    raw: Raw = {"id": 3, "type": "service", "date": "2024-03-05T10:00:00"}
    near = {"action": "proximity_reached", "from": "Bo Reyes", "from_id": "user12", "to": "Ada"}
    got = parse(raw | near | {"distance": 50})
    assert (got.author, got.author_id, got.targets) == ("Bo Reyes", "user12", ("Ada",))
    launched = parse(raw | {"action": "giveaway_launch"})
    assert (launched.author, launched.subtype) == (None, "giveaway")


KEYS = st.sampled_from(sorted({*message(1), *service(1, "x"), "photo", "file", "poll", "members"}))
KEYS |= st.sampled_from(["reactions", "inline_bot_buttons", "invoice_information", "todo_list"])
KEYS |= st.sampled_from(["contact_information", "location_information", "giveaway_results"])
KEYS |= st.sampled_from(["edited", "edited_unixtime", "forwarded_from", "reply_to_message_id"])
ACTIONS = st.sampled_from(["create_group", "invite_members", "phone_call", "edit_chat_theme", "?"])


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES), st.none() | ACTIONS)
def test_any_values_make_a_message_that_can_be_written(raw: Raw, action: str | None) -> None:
    whole = message(1) if action is None else service(1, action)
    got = parse(whole | raw | {"id": 1})
    assert msgspec.json.decode(msgspec.json.encode(got), type=Message) == got


def test_whole_numbers_that_another_program_wrote_as_fractions_are_read() -> None:
    got = parse(message(1, date_unixtime=1709632800.0) | {"id": 7.0, "reply_to_message_id": 3.0})
    assert (got.message_id, got.reply_to, got.timestamp) == ("7", "3", "2024-03-05T10:00:00Z")
    for odd in (7.5, float("nan"), float("inf"), 1e300):
        with pytest.raises(ValueError, match="no message id"):
            parse(message(1) | {"id": odd})


@pytest.mark.parametrize("depth", [70, 900])
def test_text_of_a_rich_message_may_be_nested_to_any_depth(depth: int) -> None:
    text: object = "x"
    for _ in range(depth):
        text = [text]
    blocks = {"blocks": [{"type": "plain", "text": text}, {"type": "plain", "text": "y"}]}
    assert MessageParser(Clock(), "", None).parse(message(1) | {"rich_message": blocks}).text == "y"
