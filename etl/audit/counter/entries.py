"""Lists of messages in JSON: Telegram's result.json; Slack's days, dumps and scripts."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from etl.audit.counter.met import Found, Met, Opener, Untold, codec_of, text_of, wall_time

_LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_OPENS = re.compile(
    r'"(name|type|id|channel_id)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+|null)|"messages"\s*:\s*\[|\A\s*\['
)
_BEHIND = re.compile(r'(?:\s*,\s*"\w+"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[-\w.]+))*')
_is_day = re.compile(r"\d{4}-\d\d-\d\d\.json").fullmatch
_is_dump = re.compile(r"[CDG](?=[A-Z]*\d)[A-Z0-9]{7,}(?:-\d+\.\d+)?\.json").fullmatch
_BLANK = re.compile(r"[\s,]*")
_INDENT = re.compile(r"\n( +)\Z")
_TORN = re.compile(r"\}\s*,\s*(?=\{)")
_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\x[0-9A-Fa-f]{2}")
_BLOCK_SIZE = 1 << 20
_LONGEST_NAME = 4096
_decode = json.JSONDecoder(strict=False).raw_decode


def json_file(shown: str, path: str, opened: Opener, lists: SlackLists, label: str) -> Found:
    """Entries of every list called messages, or of the whole file, as whose they show to be."""
    folder, _, name = path.rpartition("/")
    if name in (*_LISTS, "users.json", "org_users.json"):
        return
    with opened() as stream:
        start = text_of(stream.read(1 << 16))
    if start.lstrip()[:1] == "[":
        if _is_day(name):
            yield from _day(shown, label + folder, folder, opened, lists, start)
        return
    if name != "result.json" and ('"messages"' not in start or lists.covers(folder)):
        return
    stem = name.removesuffix(".json")
    is_empty, is_slack = True, '"ts"' in start
    if is_slack and not _is_dump(name) and not _says(b'"channel_info"', opened):
        yield Untold(shown, "messages of Slack's in a file that says of no conversation")
        return
    for head, entry in _entries(opened):
        if is_slack:
            channel = str(head.get("channel_id") or head.get("id") or stem.partition("-")[0])
            yield from slack(shown, label + path, str(head.get("name") or stem), channel, entry)
        elif name == "result.json" or "type" in head or "type" in (entry or ()):
            chat = f"{shown.rpartition('/')[0] or '.'}#{head['list']}"
            yield _telegram(shown, chat, head, entry)
        is_empty = False
    if is_empty and name == "result.json":
        yield Untold(shown, "no list of messages in it")


def _day(
    shown: str, chat: str, folder: str, opened: Opener, lists: SlackLists, start: str
) -> Found:
    if start.strip("[] \r\n") and '"ts"' not in start and not _says(b'"ts"', opened):
        yield Untold(shown, "called like a day of Slack's, and holds no message")
    elif not lists.holds(folder):
        yield Untold(shown, "a day of no conversation: in no folder of its own")
    else:
        for _, entry in _entries(opened):
            yield from slack(shown, chat, *lists.of(folder), entry)


def _says(name: bytes, opened: Opener) -> bool:
    with opened() as stream:
        return name in stream.read()


def _entries(opened: Opener) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every entry, with the name, type and id that stand before its list, and at the end of a
    list ``None`` with those that stand behind it; a text stands for an entry that is no JSON.
    """
    head: dict[str, Any] = {"list": 0}
    with opened() as stream:
        window = _Window(stream)
        while _comes_to_a_list(window, head):
            head["list"] += 1
            yield from _of_list(window, head)
            head = {"list": head["list"]}


class _Window:
    """The part of a file that is held: from ``at`` on, some megabytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        start = stream.read(_BLOCK_SIZE)
        self._read = codecs.getincrementaldecoder(codec_of(start))("replace").decode
        self.text = self._read(start)
        self.at = 0
        self.ended = not start

    def grow(self) -> bool:
        """Whether there was more: at least as much as is held."""
        if self.ended:
            return False
        more = self._stream.read(max(_BLOCK_SIZE, len(self.text) - self.at))
        self.ended = not more
        self.text, self.at = self.text[self.at :] + self._read(more, self.ended), 0
        return True


def _comes_to_a_list(window: _Window, head: dict[str, Any]) -> bool:
    while True:
        found = _OPENS.search(window.text, window.at)
        if found and (found.end() < len(window.text) or window.ended):
            window.at = found.end()
            if found[1] is None:
                return True
            head[found[1]] = json.loads(found[2], strict=False)
        else:
            window.at = max(window.at, len(window.text) - _LONGEST_NAME)
            if not window.grow():
                return False


def _of_list(window: _Window, head: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    following = _TORN
    while True:
        blank = _BLANK.match(window.text, window.at)
        window.at = blank.end() if blank else window.at
        if following is _TORN and blank and (indent := _INDENT.search(blank[0])):
            # Entries of a list begin in one column, and what ends it stands before that.
            ends = rf"\n {{0,{len(indent[1]) - 1}}}(?=[\]}}])"
            following = re.compile(rf"{indent[0]}(?=\{{)|{ends}")
        if window.text.startswith(("]", "}"), window.at):
            behind = _BEHIND.match(window.text, window.at + 1)
            for known in _OPENS.finditer(behind[0]) if behind else ():
                head[known[1]] = json.loads(known[2], strict=False)
            window.at = behind.end() if behind else window.at + 1
            yield head, None
            return
        try:
            entry, end = _decode(window.text, window.at)
        except (ValueError, RecursionError) as error:
            end = 0
            # Telegram writes control characters in a way that is not JSON.
            if "escape" in str(error) and _ESCAPE.search(window.text, window.at):
                rest = _ESCAPE.sub(r"\1?", window.text[window.at :])
                window.text = window.text[: window.at] + rest
                continue
        if end and (end < len(window.text) or window.ended):
            yield head, "null" if entry is None else entry
            window.at = end
        elif not window.grow():
            if window.text[window.at :].strip():
                yield head, "torn"
            if (after := following.search(window.text, window.at)) is None:
                return
            window.at = after.end()


def _telegram(shown: str, chat: str, head: dict[str, Any], entry: Any) -> Met:
    """A message; of the end of its list the chat, whose name may stand there."""
    own = str(head.get("type") or "")
    title = str(head.get("name") or (own if "name" not in head else ""))
    vendor = f"{own}:{head['id']}" if head.get("id") else ""
    if entry is None:
        return Met("telegram", shown, chat, title, "", "end of a list", vendor=vendor)
    number = entry.get("id") if isinstance(entry, dict) else None
    if not isinstance(number, int):
        return Met("telegram", shown, chat, title, "", "broken", vendor=vendor)
    is_call = entry.get("action") == "phone_call"
    kind = "message" if entry.get("type") == "message" or is_call else "service"
    moment = re.match(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)", str(entry.get("date")))
    wall = wall_time(*map(int, moment.groups())) if moment else None
    stamp = str(entry.get("date_unixtime") or "")
    utc = int(stamp) if stamp.isdigit() else None
    author = entry.get("from", entry.get("actor"))
    said = str(author).strip() if author and kind == "message" else None
    return Met("telegram", shown, chat, title, str(number), kind, wall, utc, None, said, vendor)


def slack(shown: str, chat: str, title: str, vendor: str, entry: Any) -> Found:
    """A message and, in a dump, the replies in it."""
    if entry is None:
        return
    if not isinstance(entry, dict):
        yield Met("slack", shown, chat, title, "", "broken", vendor=vendor)
        return
    ts, subtype = str(entry.get("ts") or ""), str(entry.get("subtype") or "")
    stamp = re.fullmatch(r"(\d{1,11})\.(\d{1,6})", ts)
    author = entry.get("user") or entry.get("bot_id") or entry.get("username")
    inner = entry.get("comment") or entry.get("file")
    if not author and isinstance(inner, dict):
        author = inner.get("user")
    kind = "message" if stamp else "no time"
    if subtype in ("message_changed", "message_deleted"):
        kind = "log of an edit"
    elif entry.get("mimetype") == "application/vnd.slack-docs":
        kind = "post of the old kind"
    elif not author and stamp:
        kind = "no author"
    utc = int(stamp[1]) if stamp else None
    said = str(author).strip() if author else None
    yield Met("slack", shown, chat, title, ts, kind, utc, utc, None, said, vendor)
    for reply in entry.get("slackdump_thread_replies") or ():
        yield from slack(shown, chat, title, vendor, reply)


class SlackLists:
    """The ids of conversations by the names of their folders, from the lists beside them."""

    def __init__(self, files: dict[str, Opener]) -> None:
        self._files = files
        self._known: dict[str, dict[str, str]] = {}
        lists = (*_LISTS, "users.json")
        self._days = {p.rpartition("/")[0] for p in files if _is_day(p.rpartition("/")[2])}
        self._roots = {p.rpartition("/")[0] for p in files if p.rpartition("/")[2] in lists}

    def holds(self, folder: str) -> bool:
        """Whether a conversation may lie in that folder: right beside lists, or where there are
        none around it.
        """
        if folder and folder.rpartition("/")[0] in self._roots:
            return True
        return not any(f"{folder}/".startswith(f"{root}/" if root else "") for root in self._roots)

    def covers(self, folder: str) -> bool:
        """Whether that folder is one of a conversation's days."""
        return folder in self._days and folder.rpartition("/")[0] in self._roots

    def of(self, folder: str) -> tuple[str, str]:
        """Name and id of the conversation whose days lie in that folder."""
        root, _, name = folder.rpartition("/")
        if root not in self._known:
            known: dict[str, str] = {}
            self._known[root] = known
            for one in _LISTS:
                opened = self._files.get(f"{root}/{one}" if root else one)
                with suppress(OSError, ValueError, TypeError, AttributeError):
                    with opened() if opened else io.BytesIO(b"[]") as stream:
                        entries = json.loads(text_of(stream.read()))
                    for entry in entries:
                        # A name that two conversations claim is nobody's.
                        held = known.setdefault(entry.get("name") or entry["id"], entry["id"])
                        if held != entry["id"]:
                            known[entry["name"]] = ""
        direct = name if re.fullmatch(r"[CDG](?=[A-Z]*\d)[A-Z0-9]{7,}", name) else ""
        return name, self._known[root].get(name, direct)
