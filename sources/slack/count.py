"""How many entries a day file holds and from when to when, found out by a decoder of its
own: what reading accounts for is checked against this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
import orjson

from sources.slack.moment import Moment, moment

_TOKENS = re.compile(rb'"(?:[^"\\\n]|\\.)*"?|[\[\]{},]|[^\s"\[\]{},]+', re.DOTALL)


class _Entry(msgspec.Struct):
    ts: Any = None
    user: Any = None
    thread_ts: Any = None
    user_profile: msgspec.Raw = msgspec.Raw()


_usual = re.compile(r"(?:[0-9]{10}\.[0-9]{6}\n)+").fullmatch


class _Nesting(_Entry):
    slackdump_thread_replies: list[_Nesting] | None = None


class _Dump(msgspec.Struct):
    messages: list[_Nesting] | None


_whole = msgspec.json.Decoder(list[_Entry]).decode
_whole_dump = msgspec.json.Decoder(_Dump).decode


class Survey(NamedTuple):
    """``profiles`` are what people's own messages call them, or describe them as, by id;
    ``threads`` the first messages of the threads that are replied to.
    """

    found: int
    first: Moment | None = None
    last: Moment | None = None
    profiles: Mapping[str, str | msgspec.Raw] = {}
    threads: frozenset[str] = frozenset()


def survey(data: bytes) -> Survey | None:
    """What a whole file of messages holds; ``None`` when it is not one."""
    entries: list[_Entry] = []
    try:
        if data.lstrip()[:1] == b"{":
            _unnest(_whole_dump(data).messages, entries)
        else:
            entries = _whole(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    moments = _moments([entry.ts for entry in entries])
    return Survey(
        len(entries),
        min(moments, default=None),
        max(moments, default=None),
        profiles={
            entry.user: entry.user_profile
            for entry in entries
            if entry.user_profile and isinstance(entry.user, str)
        },
        threads=threads((entry.ts, entry.thread_ts) for entry in entries if entry.thread_ts),
    )


def listed(answer: bytes) -> int:
    """How many messages an answer of the API lists."""
    value = orjson.loads(answer)
    return len(value.get("messages") or ())


def threads(pairs: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    """What replies belong to, of pairs of ``ts`` and ``thread_ts``."""
    return frozenset(
        thread for ts, thread in pairs if thread != ts and isinstance(thread, str) and thread
    )


def _unnest(messages: list[_Nesting] | None, entries: list[_Entry]) -> None:
    for message in messages or ():
        entries.append(message)
        _unnest(message.slackdump_thread_replies, entries)


def _moments(stamps: list[Any]) -> list[Moment]:
    """The first and the last moment, among others perhaps."""
    # All but the oldest and the odd ones have ten digits and six, and sort as they are.
    try:
        if stamps and _usual("\n".join(stamps) + "\n"):
            stamps = [min(stamps), max(stamps)]
    except TypeError:
        pass
    return [when for when in map(moment, stamps) if when]


def scan(data: bytes) -> int:
    """Entries begun in an array, or in a dump, whole or broken."""
    return _scan_dump(data) if data.lstrip()[:1] == b"{" else _scan_array(data)


def _scan_dump(data: bytes) -> int:
    """What begins in the lists of messages and of their replies, by a stack of what is
    open: such a list, something in one (or the dump itself), anything else.
    """
    found = 0
    opened: list[str] = []
    name = last = b""
    due = False
    for match in _TOKENS.finditer(data):
        token = match[0]
        if token[:1] == b":":
            name = last
            continue
        if token in b"]}":
            del opened[-1:]
            due = False
            continue
        inside = opened[-1] if opened else "dump"
        if token == b",":
            due = inside == "list"
            continue
        found += due
        if token == b"{":
            entry = due or not opened
            opened.append("entry" if entry else "other")
        elif token == b"[":
            messages = b'"messages"' if len(opened) == 1 else b'"slackdump_thread_replies"'
            opened.append("list" if inside == "entry" and name == messages else "other")
        due = opened[-1:] == ["list"] and token == b"["
        last = token
    return found


def _scan_array(data: bytes) -> int:
    """What stands between the commas of an array."""
    found = depth = 0
    inside = False
    for match in _TOKENS.finditer(data):
        token = match[0]
        if depth == 0:
            if token != b"[":
                return 0
            depth = 1
        elif depth == 1 and token in b",]":
            found += inside
            inside = False
            if token == b"]":
                return found
        else:
            inside = True
            # A stray closing bracket closes nothing.
            depth = max(depth + (token in (b"[", b"{")) - (token in (b"]", b"}")), 1)
    return found + inside
