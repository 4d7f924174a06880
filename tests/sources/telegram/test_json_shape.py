import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.telegram.json_shape import peer_of, shape_of, title_of
from tests.sources.telegram.json_builder import account, chat, message, text_of
from tests.sources.telegram.test_json_stream import VALUES


def head(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)[: 16 * 1024]


def test_single_chat_and_account_are_known_by_what_they_hold() -> None:
    assert shape_of(head(text_of(chat([message(1)])))) == "chat"
    assert shape_of(head(text_of(account([chat([message(1)])])))) == "account"


@pytest.mark.parametrize("indent", [None, 4])
def test_order_of_names_and_indentation_do_not_matter(indent: int | None) -> None:
    for export, shape in ((chat([message(1)]), "chat"), (account([chat([])]), "account")):
        assert shape_of(head(json.dumps(export, sort_keys=True, indent=indent))) == shape


def test_head_that_ends_in_the_first_message_is_enough() -> None:
    assert shape_of(head(text_of(chat([message(1, text="x" * 20_000)])))) == "chat"
    pictures = [{"photo": "p" * 50}] * 1000
    whole = account([chat([message(1)])])
    whole = {"about": whole["about"], "profile_pictures": pictures} | whole
    assert shape_of(head(text_of(whole))) == "account"


def test_chat_and_account_without_messages_are_known() -> None:
    assert shape_of(head(text_of(chat([])))) == "chat"
    assert shape_of(head(text_of(account([])))) == "account"
    assert shape_of(b'{"messages": [{"id": 1, "type": "unsupported"}]}') == "chat"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[{}]",
        "{",
        "noise",
        '{"messages": [{"type": "message", "ts": "1.2", "text": "of another product"}]}',
        '{"ok": true, "messages": [], "type": "im"}',
        '{"name": "Acme", "type": "private_group", "id": 1}',
        '{"about": "a company", "contacts": []}',
        '{"chats": {"list": [{"name": "x", "messages": []}]}}',
        '{"results": [], "total": 3}',
    ],
)
def test_other_files_are_not_taken_for_telegrams(text: str) -> None:
    assert shape_of(text.encode()) is None


KEYS = st.sampled_from(["type", "about", "messages", "chats", "list", "id", "date", "text"])


@settings(deadline=None)
@given(
    st.recursive(
        VALUES,
        lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
        max_leaves=8,
    )
)
def test_any_json_is_looked_at_without_a_crash(value: object) -> None:
    for export in (value, {"messages": [value], "type": value}, account([value, {"type": value}])):
        shape_of(json.dumps(export).encode())


def test_account_whose_names_are_in_order_is_known_before_its_first_chat_says_its_type() -> None:
    whole = account([chat([message(n) for n in range(1, 999)])])
    assert shape_of(head(json.dumps(whole, sort_keys=True))) == "account"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_export_is_known_in_whatever_encoding(encoding: str) -> None:
    assert shape_of(head(text_of(chat([message(1)])), encoding)) == "chat"
    assert shape_of("{}".encode(encoding)) is None


@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("Acme ", "private_group", "Acme"),
        (None, "personal_chat", "Deleted Account"),
        (None, "private_supergroup", "Deleted Group"),
        ("", "public_channel", "Deleted Channel"),
        (None, "saved_messages", "Saved messages"),
        (None, "replies", "Replies"),
        (None, "verification_codes", "Verification Codes"),
        (7, "personal_chat", "Deleted Account"),
    ],
)
def test_chats_without_a_name_get_telegrams_own(name: object, kind: str, title: str) -> None:
    assert title_of(name, kind) == title


@pytest.mark.parametrize(
    ("number", "kind", "peer"),
    [
        (7, "personal_chat", "user7"),
        (7, "private_group", "chat7"),
        ("7", "public_channel", "channel7"),
        (7, "private_supergroup", "channel7"),
        (None, "personal_chat", None),
    ],
)
def test_id_of_a_chat_says_of_what_kind_it_is(number: object, kind: str, peer: str | None) -> None:
    assert peer_of(number, kind) == peer
