import pytest

from sources.telegram.service import understood

CASES = [
    ("Ada created group «Acme» with members Bel, Cy and Di", "created", "Ada"),
    ("Ada changed group title to «X invited Y»", "title_changed", "Ada"),
    ("Ada fchanged group title to «Acme»", "title_changed", "Ada"),
    ("Ada Moss changed group photo", "photo_changed", "Ada Moss"),
    ("Ada removed group photo", "photo_removed", "Ada"),
    ("Ada invited Bel and Cy", "invited", "Ada"),
    ("Ada invited Bel to the voice chat", "voice_chat_invited", "Ada"),
    ("Ada removed Bel", "removed", "Ada"),
    ("Ada removed Ada", "left", "Ada"),
    ("Bel joined group by link from Ada", "joined_by_link", "Bel"),
    ("Bel joined group by request", "joined_by_request", "Bel"),
    ("Ada converted this group to a supergroup", "migrated", "Ada"),
    ("Acme converted a basic group to this supergroup «Acme»", "migrated", "Acme"),
    ("Ada pinned this message", "pinned", "Ada"),
    ("Ada scored 7 in this game", "game_score", "Ada"),
    ("History cleared", "history_cleared", None),
    ("Ada took a screenshot", "screenshot", "Ada"),
    ("Bel joined Telegram", "joined_telegram", "Bel"),
    ("Ada started voice chat (12 seconds)", "voice_chat", "Ada"),
    ("Ada scheduled a voice chat for 05.03.2024 10:00:00", "voice_chat_scheduled", "Ada"),
    ("Ada has set messages to auto-delete in 7 days", "auto_delete", "Ada"),
    ("Ada has set messages not to auto-delete", "auto_delete", "Ada"),
    ("Ada changed chat theme to 🐥", "theme_changed", "Ada"),
    ("Ada created topic «Bugs»", "topic_created", "Ada"),
    ("Ada changed topic title to «Bugs»,icon to «1»", "topic_changed", "Ada"),
    ("Ada boosted the group 2 times", "boosted", "Ada"),
    ("Ada sent you a gift of 3 months", "gift", "Ada"),
    ("Ada is now within 1.5 km from Bel", "proximity", "Ada"),
    ("Channel «Acme created» created", "created", None),
    ("Channel title changed to «Acme»", "title_changed", None),
    ("Channel photo changed", "photo_changed", None),
    ("Voice chat (35 seconds)", "voice_chat", None),
    ("You have successfully transferred $5 for this invoice", "payment", None),
    ("This message is not supported by this version of Telegram Desktop.", "unsupported", None),
    ("Something no release has said so far", "service", None),
    ("", "service", None),
]


@pytest.mark.parametrize(("text", "subtype", "actor"), CASES, ids=[case[0] for case in CASES])
def test_sentence_is_understood(text: str, subtype: str, actor: str | None) -> None:
    assert understood(text) == (subtype, actor)


def test_name_that_holds_such_a_phrase_leaves_the_actor_unknown() -> None:
    assert understood("Ada invited Bel removed Cy") == ("invited", None)
