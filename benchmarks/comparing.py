"""An output against the oracle, field by field, every message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.account.writing import Account

Facts = dict[str, Any]

FIELDS = (
    *("author", "text", "timestamp", "message_id", "message_type", "is_service", "date"),
    *("subtype", "reply_to", "reply_elsewhere", "forwarded_from", "forwarded_at", "media"),
    *("targets", "reactions", "links", "mentions", "buttons", "signature", "via_bot"),
)
"""What the oracle knows of a message: a field that it leaves out must be absent."""

_PARTS = {
    "media": (
        *("kind", "title", "description", "status", "path", "url", "duration_seconds"),
        *("missing", "options", "votes"),
    ),
    "reactions": ("emoji", "count", "people"),
}


class _Arrays(msgspec.Struct):
    telegram_chats: list[msgspec.Raw]


class _Output(msgspec.Struct):
    companies: dict[str, _Arrays]
    review: _Arrays
    unmatched: _Arrays


class _Chat(msgspec.Struct):
    directory: str
    messages: list[Facts] = []


def differences(account: Account, output: Path) -> dict[str, int]:
    """Messages compared, and how often each field differs; nothing else when all is well.

    ``messages``, ``missing`` and ``extra`` count messages, all others are fields.
    """
    written = msgspec.json.decode(output.read_bytes(), type=_Output)
    found: dict[str, msgspec.Raw] = {}
    for arrays in (*written.companies.values(), written.review, written.unmatched):
        for raw in arrays.telegram_chats:
            found[_folder(msgspec.json.decode(raw, type=_Chat))] = raw
    counts: Counter[str] = Counter()
    for folder, told in groupby(account.told(), key=lambda line: line[0]):
        messages = _messages(found.pop(folder)) if folder in found else []
        counts += compared(messages, [facts for _, facts in told])
    counts["extra"] += sum(len(_messages(raw)) for raw in found.values())
    return {name: count for name, count in counts.items() if count}


def compared(messages: Iterable[Facts], told: Iterable[Facts]) -> Counter[str]:
    """The messages of one chat against the oracle's, in order."""
    counts: Counter[str] = Counter()
    for got, want in zip_longest(messages, told):
        counts["messages"] += 1
        if got is None or want is None:
            counts["missing" if got is None else "extra"] += 1
            continue
        for name in FIELDS:
            if _known(name, got.get(name)) != _known(name, want.get(name)):
                counts[name] += 1
    return counts


def _messages(raw: msgspec.Raw) -> list[Facts]:
    return msgspec.json.decode(raw, type=_Chat).messages


def _folder(chat: _Chat) -> str:
    return chat.directory.rpartition("/")[2]


def _known(name: str, value: object) -> object:
    """The value without parts that the oracle does not speak of."""
    parts = _PARTS.get(name)
    if parts is None or not isinstance(value, list):
        return value
    return [{part: entry[part] for part in parts if part in entry} for entry in value]
