"""What a conversation's key rests on, as far as one reading can tell by itself.

Slack's id is enough. A folder that no list names has none: what stays is the workspace,
what the folder is called, and how the conversation begins. Workspaces often have
channels of the same name, so a name alone makes nothing the same.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from sources._archive import printable
from sources.records import Message
from sources.slack.versions import wording

# Names of channels are in small letters. Somebody's own folder may be DOCUMENTS: ids have digits.
_ID = re.compile(r"[CDG](?=[A-Z]*[0-9])[A-Z0-9]{7,}").fullmatch
# What a key may not hold, since it reads like a place that passes: a path, a numbered folder.
_PASSING = re.compile(r"[/\\]|(?<=chat)_(?=\d)")


def id_in(folder: str) -> str:
    """The id that a folder is named after, as those of direct messages are, or nothing."""
    return folder if _ID(folder) else ""


def key_of(conversation_id: str) -> str:
    """The key of a conversation whose id is known."""
    return f"slack:{_lasting(conversation_id)}"


def unlisted_key(team: str, folder: str, first: Message | None) -> str:
    """The key of a conversation without an id; ``first`` is its first message."""
    return f"slack:{_lasting(team or 'unknown')}:{_lasting(folder)}:{_beginning(first)}"


def rekeyed(keys: set[str], first: Message | None) -> str:
    """The key of what several unlisted readings are together, from the readings' keys."""
    stems = {key.rpartition(":")[0] for key in keys}
    told = {stem for stem in stems if not stem.startswith("slack:unknown:")}
    return f"{min(told or stems)}:{_beginning(first)}"


def identity_of(folder: str) -> tuple[str, ...]:
    """Tokens under which other readings may be the same unlisted conversation."""
    return (f"slack:folder:{folder}",)


def _beginning(first: Message | None) -> str:
    if first is None:
        return _digest("")
    who = first.author_id or first.author or ""
    return _digest("\0".join((first.message_id, who, wording(first))))


def _lasting(name: str) -> str:
    name = printable(name)
    lasting = _PASSING.sub("-", name)
    return name if lasting == name else f"{lasting}~{_digest(name)}"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
