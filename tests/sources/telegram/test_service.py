import pytest

from sources.telegram.service import Event, understood

ADA = "Ada Moss"

ACTED = [
    ("Ada Moss created group «Acme»", "created", ()),
    ("Ada Moss created group «Acme» with members Bel, Cy and Di", "created", ("Bel", "Cy", "Di")),
    ("Ada Moss created group «» with members Bel» with members Cy", "created", ()),
    ("Ada Moss changed group title to «X invited Y»", "title_changed", ()),
    ("Ada Moss fchanged group title to «Acme»", "title_changed", ()),
    ("Ada Moss changed group photo", "photo_changed", ()),
    ("Ada Moss removed group photo", "photo_removed", ()),
    ("Ada Moss invited Bel", "invited", ("Bel",)),
    ("Ada Moss invited Bel and Cy", "invited", ("Bel", "Cy")),
    ("Ada Moss invited Bel, Cy and Di", "invited", ("Bel", "Cy", "Di")),
    ("Ada Moss invited Bel and Ad and Co", "invited", ("Bel and Ad and Co",)),
    ("Ada Moss invited Low, Bel", "invited", ("Low, Bel",)),
    ("Ada Moss invited Bel and Low, Cy", "invited", ("Bel and Low, Cy",)),
    ("Ada Moss invited Ada Moss", "invited", ("Ada Moss",)),
    ("Ada Moss removed Bel Ruiz", "removed", ("Bel Ruiz",)),
    ("Ada Moss removed Fish and Sons", "removed", ("Fish and Sons",)),
    ('Ada Moss removed "Bo"', "removed", ('"Bo"',)),
    ("Ada Moss removed Ada Moss", "left", ()),
    ("Ada Moss joined group by link from Bel", "joined_by_link", ("Bel",)),
    ("Ada Moss joined group by request", "joined_by_request", ()),
    ("Ada Moss joined group via a community", "joined_by_community", ()),
    ("Ada Moss converted this group to a supergroup", "migrated", ()),
    ("Ada Moss converted a basic group to this supergroup «Acme»", "migrated", ()),
    ("Ada Moss pinned this message", "pinned", ()),
    ("Ada Moss scored 7 in this game", "game_score", ()),
    ("Ada Moss took a screenshot", "screenshot", ()),
    ("Ada Moss joined Telegram", "joined_telegram", ()),
    ("Ada Moss requested your phone number", "phone_requested", ()),
    ("Ada Moss started voice chat", "voice_chat", ()),
    ("Ada Moss started voice chat (12 seconds)", "voice_chat", ()),
    ("Ada Moss invited Bel and Cy to the voice chat", "voice_chat_invited", ("Bel", "Cy")),
    ("Ada Moss scheduled a voice chat for 05.03.2024 10:00:00", "voice_chat_scheduled", ()),
    ("Ada Moss has set messages to auto-delete in 7 days", "auto_delete", ()),
    ("Ada Moss has set messages to auto-delete in", "auto_delete", ()),
    ("Ada Moss has set messages not to auto-delete", "auto_delete", ()),
    ("Ada Moss changed chat theme to 🐥", "theme_changed", ()),
    ("Ada Moss disabled chat theme", "theme_changed", ()),
    ("Ada Moss set a new background for this chat", "background_changed", ()),
    ("Ada Moss set the same background for this chat", "background_changed", ()),
    ("Ada Moss created topic «1 May 2020»", "topic_created", ()),
    ("Ada Moss changed topic title to «X removed Y»,icon to «1»", "topic_changed", ()),
    ("Ada Moss changed topic icon to «1»", "topic_changed", ()),
    ("Ada Moss boosted the group 2 times", "boosted", ()),
    ("Ada Moss sent you a gift.", "gift", ()),
    ("Ada Moss sent you a gift for $5: Telegram Premium for 3 months.", "gift", ()),
    ("Ada Moss sent you a gift of 25 Telegram Stars.", "gift", ()),
    (
        "Ada Moss just started a giveaway of Telegram Premium subscriptions to its followers.",
        "giveaway",
        (),
    ),
    ("Ada Moss is now within 1.5 km from Bel", "proximity", ("Bel",)),
    ("Ada Moss is now within 200 meters from you", "proximity", ()),
    ("Ada Moss marked 1, 2 and 3 as done in this todo list.", "todo_marked", ()),
    ("Ada Moss marked 1 as done and 2 as not done yet in this todo list.", "todo_marked", ()),
    ('Ada Moss added tasks: "Bel invited Cy", "z"', "todo_added", ()),
    ('Ada Moss added "Bel invited Cy" to the poll.', "poll_option_added", ()),
    ('Ada Moss removed "Bel invited Cy" from the poll.', "poll_option_removed", ()),
    ("Ada Moss refunded back $1.50", "payment_refunded", ()),
    ("Ada Moss refunded 30 Stars for 3 messages to you", "paid_messages_refunded", ()),
    ("Ada Moss approved your suggested post, for 1.5 TON.", "suggested_post", ()),
    (
        'Ada Moss rejected your suggested post, with comment: "Bel invited Cy"',
        "suggested_post",
        (),
    ),
    ("Ada Moss suggests to use this photo", "photo_suggested", ()),
    ("Ada Moss suggests to add a date of birth: 31 December 2000", "birthday_suggested", ()),
    ("Ada Moss disabled sharing in this chat", "sharing_changed", ()),
    ("Ada Moss enabled sharing in this chat", "sharing_changed", ()),
    ("Ada Moss requested to enable sharing in this chat", "sharing_requested", ()),
    ("Ada Moss made Bel Ruiz the new main admin of the group", "creator_changed", ("Bel Ruiz",)),
    (
        "Bel Ruiz will become the new main admin in 7 days if Ada Moss does not return",
        "creator_pending",
        ("Bel Ruiz",),
    ),
    ("Ada Moss created a bot Helper", "bot_created", ("Helper",)),
]

NOBODY = [
    ("Channel «Bel invited Cy» created", "created", ()),
    ("Channel title changed to «Bel invited Cy»", "title_changed", ()),
    ("Channel photo changed", "photo_changed", ()),
    ("Channel photo removed", "photo_removed", ()),
    ("Channel theme was disabled", "theme_changed", ()),
    ("Channel theme was changed to 🐥", "theme_changed", ()),
    ("Voice chat", "voice_chat", ()),
    ("Voice chat (35 seconds)", "voice_chat", ()),
    ("Voice chat scheduled for 05.03.2024 10:00:00", "voice_chat_scheduled", ()),
    ("New messages will auto-delete in 24 hours", "auto_delete", ()),
    ("New messages will not auto-delete", "auto_delete", ()),
    ("History cleared", "history_cleared", ()),
    (
        "You won a Telegram Premium for 3 days prize in a giveaway organized by a channel.",
        "prize",
        (),
    ),
    (
        "You won a prize in a giveaway organized by Acme.\n Your prize is 9 Telegram Stars.",
        "prize",
        (),
    ),
    ("This is an unclaimed Telegram Premium for 3 days prize in a giveaway.", "prize", ()),
    ("You've received a Telegram Premium for 1 day gift from a channel.", "gift", ()),
    ("No winners of the giveaway could be selected.", "giveaway_results", ()),
    (
        "Some winners of the giveaway were randomly selected by Telegram and received their prize.",
        "giveaway_results",
        (),
    ),
    (
        "12 of the giveaway was randomly selected by Telegram and received their prize.",
        "giveaway_results",
        (),
    ),
    ("You have successfully transferred $5 for this invoice", "payment", ()),
    ("You were charged $5 via recurring payment", "payment", ()),
    (
        "You have just successfully transferred data from the «Bel invited Cy» button to the bot",
        "web_app_data",
        (),
    ),
    ("You allowed this bot to message you when you logged in on b.example", "bot_allowed", ()),
    ("You have sent the following documents: Passport and Email", "documents_sent", ()),
    ("Price per message changed to 10 Telegram Stars.", "paid_messages_price", ()),
    ("Price per direct message changed to 10 Telegram Stars.", "paid_messages_price", ()),
    ("Direct messages were disabled.", "paid_messages_price", ()),
    (
        "The paid post was shown for 24 hours and 3 stars were transferred to the channel.",
        "suggested_post",
        (),
    ),
    ("The user refunded the payment, post was deleted.", "suggested_post", ()),
    ("The admin deleted the post early, the payment was refunded.", "suggested_post", ()),
    ("requested:", "peer_requested", ()),
    ("This message is not supported by this version of Telegram Desktop.", "unsupported", ()),
    ("You are now within 200 meters from Bel", "proximity", ("Bel",)),
    ("You refunded 20 Stars for 2 messages to Bel", "paid_messages_refunded", ("Bel",)),
    ("Something no release has said so far", "service", ()),
    ("", "service", ()),
]


@pytest.mark.parametrize(("text", "subtype", "targets"), ACTED, ids=[case[0] for case in ACTED])
def test_sentence_with_an_actor(text: str, subtype: str, targets: tuple[str, ...]) -> None:
    assert understood(text) == Event(subtype, ADA, targets)


@pytest.mark.parametrize(("text", "subtype", "targets"), NOBODY, ids=[case[0] for case in NOBODY])
def test_sentence_that_names_no_actor(text: str, subtype: str, targets: tuple[str, ...]) -> None:
    assert understood(text) == Event(subtype, None, targets)


@pytest.mark.parametrize(
    ("text", "subtype"),
    [
        ("Ada invited Bel removed Cy", "invited"),
        ("Ada removed Bel invited Cy to the voice chat", "voice_chat_invited"),
        ("Ada removed removed Cy", "removed"),
        ("Ada invited Bel made Cy the new main admin of the group", "creator_changed"),
    ],
)
def test_name_that_holds_such_a_phrase_leaves_open_who_and_whom(text: str, subtype: str) -> None:
    assert understood(text) == Event(subtype)


@pytest.mark.parametrize("name", ["Ada «A» Moss", '"Ada"', "Ada & Bel and Co", "You"])
def test_odd_names_of_actors(name: str) -> None:
    assert understood(f"{name} invited Cy") == Event("invited", name, ("Cy",))


def test_long_sentence_is_read_in_linear_time() -> None:
    names = ", ".join(f"Name {number}" for number in range(100_000))
    assert len(understood(f"Ada invited {names} and Bel").targets) == 100_001
    assert understood(" invited " * 200_000).actor is None
