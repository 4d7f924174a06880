"""JSON arrays as an export holds them: whole, or as much of them as is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

from sources.slack.fields import mapping

# The access token that native exports put into the query of file addresses. It also stands
# in texts, blocks and attachments, so it goes before anything is parsed.
_TOKEN = re.compile(
    rb"xox(?:(?<==xox)|(?<=%3[Dd]xox)|(?<=\\u003[Dd]xox))[a-z](?:\.xox[a-z])?-[A-Za-z0-9%._-]*"
)
INFO = "channel_info"
"""The member of a dump in which old scripts describe the conversation."""

TOO_DEEP = "nested too deep"
"""Stands for an entry that no decoder goes down into."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_one = json.JSONDecoder(parse_constant=lambda _: None).raw_decode
# An escape of half a character, which no text can hold. A pair, and a backslash that is
# itself escaped, are matched first so that they are left alone.
_HALF = re.compile(
    r"\\\\"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


class Array(NamedTuple):
    """``damage`` says what is wrong with the rest, ``None`` when this is all there was;
    ``cut`` that the end is missing; ``repaired`` that bytes which are no text were
    replaced by U+FFFD; ``info`` is what a dump says of its conversation.
    """

    entries: list[object]
    damage: str | None = None
    cut: bool = False
    repaired: bool = False
    info: Mapping[str, object] = {}


def without_tokens(data: bytes) -> bytes:
    """The same bytes with no access token in any address."""
    return _TOKEN.sub(b"", data)


def plain(data: bytes) -> bytes:
    """The same text as UTF-8 without a byte order mark, whatever an editor made of it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def decode(data: bytes) -> Array:
    """The entries of a plain JSON array, or of a dump, which is an object with such an
    array; of a broken one those before the break.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _repair(data)
    return _array(value)


def _array(value: object) -> Array:
    if isinstance(value, list):
        return Array(value)
    if isinstance(value, dict) and isinstance(messages := value.get("messages", ""), list | None):
        return Array([*unnested(messages)], info=told(value))
    return Array([], f"it holds {_kind(value)} where a list is expected")


def told(dump: Mapping[str, object]) -> Mapping[str, object]:
    """What a dump says of its conversation."""
    # Scripts of old put it all into one member; slackdump only tells the name.
    return mapping(dump.get(INFO)) or {"name": dump.get("name")}


def unnested(messages: list[object] | None) -> Iterator[object]:
    """The messages of a dump, each before the replies that stand inside it."""
    open_lists = [iter(messages or ())]
    while open_lists:
        for message in open_lists[-1]:
            yield message
            replies = mapping(message).get("slackdump_thread_replies")
            if isinstance(replies, list):
                open_lists.append(iter(replies))
                break
        else:
            open_lists.pop()


def _repair(data: bytes) -> Array:
    text = data.decode("utf-8", "replace")
    fixed = _HALF.sub(lambda match: r"\ufffd" if match[1] else match[0], text)
    repaired = fixed != text or text.encode() != data
    try:
        value = orjson.loads(fixed)
    except orjson.JSONDecodeError:
        return _salvage(fixed)._replace(repaired=repaired)
    return _array(value)._replace(repaired=repaired)


def _salvage(text: str) -> Array:
    position = _after_space(text, 0)
    info: Mapping[str, object] | None = None
    if text[position : position + 1] == "{":
        position, members = _before_messages(text, position)
        info = told(members)
    if text[position : position + 1] != "[":
        return Array([], "it is empty" if position == len(text) else "it is not JSON")
    entries: list[object] = []
    position = _after_space(text, position + 1)
    while True:
        try:
            entry, position = _one(text, position)
        except ValueError:
            return _broken(text, position, entries, info)
        except RecursionError:
            entry, position = TOO_DEEP, _behind(text, position)
            if position == len(text):
                return _broken(text, position, entries, info)
        entries.append(entry)
        position = _after_space(text, position)
        if text[position : position + 1] != ",":
            return _broken(text, position, entries, info)
        position = _after_space(text, position + 1)


def _behind(text: str, position: int) -> int:
    """Where a value ends, however deep; the end of the text when it does not."""
    depth = 0
    for match in _BRACKETS.finditer(text, position):
        bracket = match[0]
        if bracket in "[{":
            depth += 1
        elif bracket in "]}":
            depth -= 1
            if depth <= 0:
                return match.end()
    return len(text)


def _before_messages(text: str, start: int) -> tuple[int, dict[str, object]]:
    """Where the value of a dump's ``messages`` begins, and the members before it; the
    start again when there is none.
    """
    position, members = start, dict[str, object]()
    try:
        while text[position : position + 1] in ("{", ","):
            name, position = _one(text, _after_space(text, position + 1))
            position = _after_space(text, position)
            if text[position : position + 1] != ":":
                break
            position = _after_space(text, position + 1)
            if name == "messages":
                return position, members
            members[str(name)], position = _one(text, position)
            position = _after_space(text, position)
    except (ValueError, RecursionError):
        pass
    return start, {}


def _broken(
    text: str, position: int, entries: list[object], info: Mapping[str, object] | None
) -> Array:
    if info is not None:
        cut = not text.rstrip().endswith("}")
        why = "its end is missing" if cut else f"it is no JSON from character {position} on"
        return Array([*unnested(entries)], why, cut=cut, info=info)
    if text[position : position + 1] == "]":
        rest = text[position + 1 :].strip()
        return Array(entries, "something follows the end of the list" if rest else None)
    # A cut leaves no closing bracket at the very end.
    cut = not text.rstrip().endswith("]")
    why = "its end is missing" if cut else f"it is no JSON from character {position} on"
    return Array(entries, why, cut=cut)


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _kind(value: object) -> str:
    return {dict: "an object", str: "a text", type(None): "null"}.get(type(value), "one value")
