"""How tests write a Slack export: lists and day files from plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sources._archive import Tree
from sources._zip import ZipTree
from sources.records import Message
from tests.reading import Read, Reading, discover, read_archive, source

ANN = {
    "id": "U0ANN",
    "team_id": "T0ACME",
    "name": "ann",
    "real_name": "Ann Archer",
    "profile": {"display_name": "Ann", "real_name": "Ann Archer", "email": "Ann@Acme.example"},
}
BOB = {
    "id": "U0BOB",
    "team_id": "T0ACME",
    "name": "bob",
    "real_name": "Bob Baker",
    "profile": {"display_name": "", "real_name": "Bob Baker"},
}
GENERAL = {"id": "C0GENERAL", "name": "general", "members": ["U0ANN", "U0BOB"]}


def say(ts: str, text: str = "hello", user: str | None = "U0ANN", **more: Any) -> dict[str, Any]:
    """An entry of a day file."""
    entry: dict[str, Any] = {"type": "message", "text": text, "ts": ts, **more}
    if user:
        entry["user"] = user
    return entry


def write_export(
    root: Path,
    days: Mapping[str, Any],
    *,
    users: Any = (ANN, BOB),
    channels: Any = (GENERAL,),
    **lists: Sequence[Any],
) -> Path:
    """An export with these day files (``general/2024-03-01.json``: entries, or bytes);
    ``users=None`` leaves the file out.
    """
    files: dict[str, Any] = {"users.json": users, "channels.json": channels}
    files |= {f"{name}.json": entries for name, entries in lists.items()}
    files |= days
    for path, value in files.items():
        if value is None:
            continue
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return root


def read_export(root: Path) -> Reading:
    """What the Slack reader makes of it; the account always balances."""
    if root.is_dir():
        reading = read_archive(source("slack"), root)
    else:
        with root.open("rb") as stream:
            reading = _read(ZipTree(stream, (str(root.parent), root.name), f"{root.name}!"))
    assert reading.account.balanced, reading.account
    return reading


def _read(tree: Tree) -> Reading:
    reader = source("slack")
    reading = discover(reader, tree)
    for unit in reading.units:
        reading.take(reader.read(unit, tree))
    return reading


def stems(reading: Reading) -> dict[str, Read]:
    """The conversations by their keys, without the marks of how unlisted ones begin."""
    return {re.sub(":[0-9a-f]{8}$", "", key): read for key, read in reading.by_key.items()}


def read_one(root: Path) -> Read:
    """The only conversation of an export."""
    (read,) = read_export(root).items
    return read


def read_messages(root: Path, *entries: Any, **lists: Any) -> list[Message]:
    """The messages a single day file in ``general`` gives."""
    return read_one(write_export(root, {"general/2024-03-01.json": entries}, **lists)).messages


def read_message(root: Path, entry: Any, **lists: Any) -> Message:
    """The one message an entry gives."""
    (message,) = read_messages(root, entry, **lists)
    return message
