"""Writes tiny ``result.json`` files as Telegram Desktop lays them out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

Raw = dict[str, object]


def message(number: int, time: str = "2024-03-05T10:00:00", **fields: object) -> Raw:
    """A message of that local time, in UTC. ``from_`` stands for ``from``."""
    moment = int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp())
    raw: Raw = {"id": number, "type": "message", "date": time, "date_unixtime": str(moment)}
    raw |= {"from": fields.pop("from_", "Ada Park"), "from_id": "user11"}
    raw |= {"text": "", "text_entities": []}
    return raw | fields


def service(number: int, action: str, time: str = "2024-03-05T10:00:00", **fields: object) -> Raw:
    raw = message(number, time)
    del raw["from"], raw["from_id"]
    raw |= {"type": "service", "actor": "Ada Park", "actor_id": "user11", "action": action}
    return raw | fields


def chat(
    messages: Sequence[object], *, name: str | None = "Acme", **fields: object
) -> dict[str, object]:
    raw = {"name": name, "type": "private_supergroup", "id": 77} | fields
    return {key: value for key, value in raw.items() if value != ""} | {"messages": messages}


def account(chats: Sequence[object], left: Sequence[object] = ()) -> Raw:
    return {
        "about": "Here is the data you requested. Remember: Telegram is ad free.",
        "personal_information": {"user_id": 11, "first_name": "Ada"},
        "contacts": {"about": "", "list": [{"user_id": 12, "first_name": "Bo"}]},
        "chats": {"about": "", "list": chats},
        "left_chats": {"about": "", "list": left},
    }


def text_of(export: Mapping[str, object]) -> str:
    return json.dumps(export, ensure_ascii=False, indent=1)


def write(folder: Path, export: Mapping[str, object] | str, name: str = "result.json") -> Path:
    """The export in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    text = export if isinstance(export, str) else text_of(export)
    (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder
