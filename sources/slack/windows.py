"""How a conversation's history is divided into windows that can be compared again.

A window reaches from ``lower`` up to the window above it; they tile all of time, newest
first. Of each the cursor keeps how many messages it held and a sum over them. So asking
again tells whether anything changed, however old it is, and where: many windows fit into
one page, and only those that differ are landed. What was never listed has no sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec
import orjson

from sources.slack.moment import Moment, moment

BEGINNING = "0"
PAGE = 999
"""Messages asked for at once: the most there is."""
MESSAGES = "messages-"
"""What the streams of conversations are called, before the id."""

# What differs between two answers though nobody wrote, changed or deleted anything.
_VOLATILE = frozenset({"last_read", "subscribed", "unread_count", "num_members", "updated"})
_VOLATILE_PROFILE = ("status_", "image_", "avatar_", "huddle_")
_MODULUS = 2**53
_OF_PEOPLE = ("profile", "user_profile")

SIZE = 100
"""Messages in a window: what one edit lands again, at most."""


class Window(msgspec.Struct, array_like=True):
    """The time from ``lower`` on; ``mark`` is ``None`` until it was listed."""

    lower: str
    count: int = 0
    mark: int | None = None


class Cursor(msgspec.Struct, omit_defaults=True):
    """Where a conversation's stream goes on. ``threads`` keeps by first message what was
    said of the replies, and the sum of them; ``pending`` the threads to be asked for, with
    what was said, and the page to go on with. ``newest`` is the last message of
    the history, ``anew`` the segment with which all was last asked for from the beginning.
    """

    windows: list[Window]
    threads: dict[str, tuple[str, int]] = {}
    pending: dict[str, tuple[str, str]] = {}
    newest: str = ""
    anew: int = 1


def unfinished(cursor: Mapping[str, Any]) -> bool:
    """Whether a landed cursor says that there is more to be asked for."""
    lists = cursor.get("windows", [])
    return bool(cursor.get("pending")) or any(window[2] is None for window in lists)


def mark(messages: Iterable[Mapping[str, Any]]) -> int:
    """A sum over what these say; that of two lists together is the sum of theirs."""
    return sum(map(_mark, messages)) % _MODULUS


def _mark(message: Mapping[str, Any]) -> int:
    lasting = {key: value for key, value in message.items() if key not in _VOLATILE}
    for key in _OF_PEOPLE:
        profile = lasting.get(key)
        if isinstance(profile, dict):
            kept = {k: v for k, v in profile.items() if not k.startswith(_VOLATILE_PROFILE)}
            lasting[key] = kept
    packed = orjson.dumps(lasting, option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(blake2b(packed, digest_size=8).digest())


def divided(messages: Mapping[str, Mapping[str, Any]], lower: str) -> list[Window]:
    """Windows for these messages, by ``ts``, and for all the time from ``lower`` on. The
    newest one holds what is left over, and goes on growing.
    """
    order = sorted(messages, key=moment_of)
    windows = [Window(lower, 0, 0)]
    for start in range(0, len(order), SIZE):
        part = order[start : start + SIZE]
        told = Window(part[0], len(part), mark(messages[ts] for ts in part))
        if start:
            windows.insert(0, told)
        else:
            windows[0] = msgspec.structs.replace(told, lower=lower)
    return windows


def moment_of(ts: str) -> Moment:
    """When a message was written, to compare it by."""
    return moment(ts) or (0, 0)


def before(ts: str) -> str:
    """The ``ts`` that comes before."""
    seconds, micros = moment_of(ts)
    micros += seconds * 10**6 - 1
    return f"{micros // 10**6}.{micros % 10**6:06d}"
