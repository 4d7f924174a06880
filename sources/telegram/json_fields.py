"""Values of unknown JSON as what they ought to be, or as nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

Raw = Mapping[str, object]

DELETED = "Deleted Account"

_NOTHING: Raw = {}
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
# Until 2.7.2 (April 2021) a peer was a number: users as they are, groups and channels
# with a mark in the bits above 32.
_PEERS = ("user", "chat", "channel")
_PEER_BITS = 32


def string(value: object) -> str:
    """The value when it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Raw:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def array(value: object) -> list[object]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def integer(value: object) -> int | None:
    """A whole number of at most 64 bits, its sign included, written as a number or, as
    often, as a text; ``3.0`` is what other programs make of 3.
    """
    if isinstance(value, str):
        value = int(value) if _WHOLE.fullmatch(value) else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        return None
    return value


def name(raw: Raw, key: str) -> str | None:
    """Somebody's name; null stands for a deleted account; none when it is not told."""
    if key not in raw:
        return None
    return string(raw[key]).strip() or DELETED


def peer(value: object) -> str | None:
    """The id of a person, group or channel, in today's spelling: ``user123``."""
    number = integer(value)
    if number is None or number < 0:
        return string(value) or None
    kind = number >> _PEER_BITS if number >> _PEER_BITS < len(_PEERS) else 0
    bits = number & (2**_PEER_BITS - 1) if kind else number
    return f"{_PEERS[kind]}{bits}" if number else None


def moment(value: object) -> str | None:
    """A moment in UTC, from seconds since 1970; zero stands for none."""
    seconds = integer(value)
    if seconds is None or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + "Z"
    except (ValueError, OverflowError, OSError):
        return None


def plain(value: object) -> str:
    """A text that is a string, or a list of strings and of objects with a text."""
    if isinstance(value, str):
        return value
    parts = (p if isinstance(p, str) else string(mapping(p).get("text")) for p in array(value))
    return "".join(parts)
