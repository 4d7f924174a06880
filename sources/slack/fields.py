"""Values of unknown JSON as what they ought to be, or as nothing."""

from __future__ import annotations

from collections.abc import Mapping

_NOTHING: Mapping[str, object] = {}


def string(value: object) -> str:
    """The value when it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Mapping[str, object]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def objects(value: object) -> list[Mapping[str, object]]:
    """The objects of a list; nothing when it is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def strings(value: object) -> list[str]:
    """The texts of a list; nothing when it is no list."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def number(value: object) -> int | None:
    """The value when it is a whole number that fits 63 bits."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        return None
    return value
