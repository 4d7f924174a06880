"""Telling a ``result.json`` of Telegram's by its first bytes, and what its chats are called.

A single chat is ``{name, type, id, messages}``, an account ``{about, ..., chats: {list}}``
(export_output_json.cpp). Neither the file's name nor the order of the names matters.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from sources.telegram.json_blocks import Utf8Blocks
from sources.telegram.json_fields import DELETED, integer, string
from sources.telegram.json_stream import Cut, JsonText, text_blocks

Shape = Literal["chat", "account"]

PERSONAL = frozenset(
    ("saved_messages", "replies", "verification_codes", "personal_chat", "bot_chat")
)
PUBLIC = frozenset(("public_supergroup", "public_channel"))
BROADCAST = frozenset(("private_channel", "public_channel"))
TYPES = PERSONAL | PUBLIC | BROADCAST | {"private_group", "private_supergroup"}

_OWN_NAMES = {  # as lists/chats.html spells them
    "saved_messages": "Saved messages",
    "replies": "Replies",
    "verification_codes": "Verification Codes",
}
_SECTIONS = frozenset(
    (
        *("personal_information", "profile_pictures", "stories", "contacts"),
        *("frequent_contacts", "sessions", "web_sessions", "other_data"),
    )
)


def shape_of(head: bytes) -> Shape | None:
    """What the file is whose first bytes these are."""
    head = b"".join(Utf8Blocks([head]))
    if not head.lstrip().startswith(b"{"):
        return None
    seen = _Seen(JsonText(text_blocks([head])))
    try:
        seen.look()
    except Cut:
        seen.cut = True
    return seen.verdict


class _Seen:
    """What has been seen of a file so far."""

    def __init__(self, text: JsonText) -> None:
        self.cut = False
        self._text = text
        self._about = ""
        self._sections = 0
        self._is_typed = False
        self._has_messages = False
        self._shape: Shape | None = None

    @property
    def verdict(self) -> Shape | None:
        if self._shape is not None:
            return self._shape
        if self._has_messages:
            return "chat" if self._is_typed else None
        is_told = "Telegram" in self._about and self._sections > 0
        return "account" if is_told or self._sections > 1 else None

    def look(self) -> None:
        for name in self._text.members():
            if name == "messages" and self._text.peek() == "[":
                self._has_messages = True
                self._messages("chat")
            elif name in {"chats", "left_chats"} and self._text.peek() == "{":
                self._list()
            elif name in {"about", "type"}:
                value = string(self._text.value())
                self._is_typed |= name == "type" and value in TYPES
                self._about = value if name == "about" else self._about
            else:
                self._sections += name in _SECTIONS
                self._text.skip()

    def _messages(self, shape: Shape) -> None:
        for _ in self._text.items():
            if self._shape is None and _is_message(self._text.value()):
                self._shape = shape
            elif self._shape is not None:
                self._text.skip()

    def _list(self) -> None:
        for name in self._text.members():
            if name == "list" and self._text.peek() == "[":
                for _ in self._text.items():
                    self._chat()
            else:
                self._text.skip()

    def _chat(self) -> None:
        for name in self._text.members():
            if name == "type" and string(self._text.value()) in TYPES:
                self._shape = "account"
            elif name == "messages" and self._text.peek() == "[":
                self._messages("account")
            elif name != "type":
                self._text.skip()


def _is_message(value: object) -> bool:
    """Whether it could only be one of Telegram's: its type is a word of theirs."""
    if not isinstance(value, dict) or integer(value.get("id")) is None:
        return False
    kind = string(value.get("type"))
    dated = isinstance(value.get("date"), str) and ("text" in value or "action" in value)
    return kind == "unsupported" or (kind in {"message", "service"} and dated)


def title_of(name: object, chat_type: str) -> str:
    """A chat's name; Telegram writes none for its own, null for deleted ones."""
    if isinstance(name, str) and name.strip():
        return unicodedata.normalize("NFC", name.strip())
    if chat_type in _OWN_NAMES:
        return _OWN_NAMES[chat_type]
    if chat_type in BROADCAST:
        return "Deleted Channel"
    return "Deleted Group" if chat_type.endswith("group") else DELETED


def peer_of(chat_id: object, chat_type: str) -> str | None:
    """The chat's id in the spelling messages use for theirs."""
    number = integer(chat_id)
    if number is None or number <= 0:
        return None
    if chat_type in PERSONAL:
        return f"user{number}"
    return f"{'chat' if chat_type == 'private_group' else 'channel'}{number}"
