"""What a result says there is: our output of any version, or somebody else's JSON, JSON lines
or CSV, whose columns are named or go by names that speak for themselves. Read as a stream.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple

import ijson

from etl.exits import Malformed

NAMES = {
    "id": "messageid msgid id ts uid recordid hsobjectid messagenumber",
    "time": "timestamp datetime sentat createdat messagetime date time start ts when",
    "author": "author authorname sender sendername from fromname user username",
    "author_id": "authorid senderid fromid userid user",
    "chat": "chatname chat channelname channel chattitle conversation groupname group room",
    "title": "title name",
    "vendor": "channelid conversationid",
    "directory": "directory",
    "count": "messagecount messagescount nummessages count",
    "source": "source platform",
}
"""What a column may be called, the best first, without case, blanks and signs. A ``title`` is a
chat's where it stands beside a list of messages.
"""

SOURCES = ("slack", "telegram", "calendar", "hubspot")
_OF_CHATS = frozenset(("chat", "title", "vendor", "count", "directory", "source"))
_PLAIN_KEYS = frozenset(
    ("messages", "items", "data", "rows", "results", "records", "history", "list", "chats", "posts")
)
_ARRAYS_OF_ROWS = frozenset(
    (
        "calendar_meetings",
        "hubspot_deals",
        "hubspot_companies",
        "hubspot_contacts",
        "hubspot_activities",
    )
)


class Row(NamedTuple):
    """A message, a meeting or a record of a result; ``item`` is the number of its `Item`. One
    that stands under several companies has a ``key``, the same in all places.
    """

    item: int
    id: str
    wall: int | None
    utc: int | None
    precise: int
    author: str | None
    author_id: str | None
    key: str = ""


class Item(NamedTuple):
    """A chat, or one of the arrays of a company. ``said`` is how many messages it claims;
    ``listed``: it has a list of them, if an empty one; ``unnamed``: how many it says itself to
    have no author of.
    """

    number: int
    source: str
    title: str
    key: str = ""
    directory: str = ""
    archive: str = ""
    vendor: str = ""
    said: int | None = None
    place: str = ""
    listed: bool = True
    unnamed: int = 0


class Columns:
    """Which column holds what: as given, else by name. ``used`` tells it afterwards, and
    ``absent`` which of those given were never met.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.absent = {*given.values()}
        self._known: dict[tuple[str, ...], dict[str, str]] = {}
        self.used: dict[str, dict[str, None]] = {}

    def of(self, names: Iterable[str]) -> dict[str, str]:
        """The columns of a row with these."""
        key = tuple(names)
        if key not in self._known:
            self.absent.difference_update(key)
            plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(key)}
            found = {}
            for what, words in NAMES.items():
                if what in self._given:
                    if self._given[what] in key:
                        found[what] = self._given[what]
                elif name := next((plain[word] for word in words.split() if word in plain), ""):
                    found[what] = name
            self._known[key] = found
        return self._known[key]

    def use(self, columns: Mapping[str, str]) -> None:
        """Remember what was read of rows like this."""
        for what, name in columns.items():
            self.used.setdefault(what, {}).setdefault(name)


class Said(NamedTuple):
    """What stands beside the rows of an output, which is ours if it is what ours is."""

    metadata: Any
    statistics: Any


def read(path: Path, columns: Columns) -> Iterator[Row | Item | Said]:
    """Rows, each before the `Item` it belongs to. Raises `Malformed`."""
    with open(path, "rb") as stream:
        start = stream.read(4096).lstrip(b"\xef\xbb\xbf").lstrip()
        stream.seek(0)
        try:
            if path.suffix.lower() in (".csv", ".tsv"):
                yield from _flat(_csv_rows(path), columns)
            elif path.suffix.lower() in (".jsonl", ".ndjson") or _is_lines(start):
                yield from _flat((json.loads(line) for line in stream if line.strip()), columns)
            else:
                yield from _Walk(columns).read(stream)
        except (ijson.JSONError, ValueError) as error:
            raise Malformed(f"{path}: not a result as JSON, JSON lines or CSV") from error


def _is_lines(start: bytes) -> bool:
    first, line, second = start.partition(b"\n")
    return bool(line) and first.rstrip().endswith(b"}") and second.startswith(b"{")


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(2**31 - 1)  # all that every system takes
    with open(path, "rb") as stream:
        wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if wide else "utf-8-sig"
    with open(path, encoding=encoding, errors="replace", newline="") as text:
        first = text.readline()
        text.seek(0)
        for row in csv.DictReader(text, delimiter=max(",;\t", key=first.count)):
            yield {name: value for name, value in row.items() if isinstance(name, str)}


class _Named:
    """The chats that rows name themselves."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers
        self._items: dict[tuple[str, str, str], Item] = {}

    def of(self, row: Mapping[str, Any], at: Mapping[str, str], source: str = "") -> int:
        """The number of its chat."""
        given, chat, vendor = (
            str(row.get(at.get(what, "")) or "") for what in ("source", "chat", "vendor")
        )
        source = given.lower() if given.lower() in SOURCES else source
        name = source, chat, vendor
        if name not in self._items:
            self._items[name] = Item(next(self._numbers), source, chat, vendor=vendor)
        return self._items[name].number

    def items(self) -> Iterable[Item]:
        """All of them."""
        return self._items.values()


def _flat(lines: Iterable[Any], columns: Columns) -> Iterator[Row | Item]:
    """Of a table: a row for each line, an item for each chat that it names."""
    named = _Named(itertools.count())
    for line in lines:
        if not isinstance(line, dict):
            raise ValueError("a line is no object")  # noqa: TRY004 - the file's fault
        at = columns.of(line)
        columns.use({what: at[what] for what in at if what != "title"})
        yield _row(named.of(line, at), line, at)
    yield from named.items()


def _row(item: int, values: Mapping[str, Any], at: Mapping[str, str]) -> Row:
    time = values.get(at.get("time", ""))
    if time in (None, "") and values.get("date"):
        time = values["date"]
    elif isinstance(time, str) and re.fullmatch(r"\d\d?:\d\d(:\d\d)?", time.strip()):
        time = f"{values.get('date', '')} {time}"
    wall, utc, precise = moment(time)
    author = str(values.get(at["author"]) or "").strip() if "author" in at else None
    author_id = values.get(at.get("author_id", ""))
    known_as = bare_id(values.get(at.get("id", "")))
    said_id = None if author_id is None else str(author_id)
    key = str(values.get("key") or "")
    return Row(item, known_as, wall, utc, precise, author, said_id, key)


def bare_id(value: Any) -> str:
    """An id without what programs put around it."""
    text = "" if value is None else str(value).strip()
    if text.startswith("message"):
        text = text.removeprefix("message").lstrip("_ ")
    if re.fullmatch(r"\d{10}\.\d{1,6}", text):
        return text.ljust(17, "0")
    return text.removesuffix(".0")


_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?"
)
_DOTTED = re.compile(
    r"(\d\d?)\.(\d\d?)\.(\d{4})(?: (\d\d?):(\d\d)(?::(\d\d))?)?\s*(?:(?:UTC|GMT)?([+-]\d\d:?\d\d))?"
)


def moment(value: Any) -> tuple[int | None, int | None, int]:
    """A time as seconds: on the wall, or in UTC; and how many seconds it may mean."""
    if isinstance(value, bool) or value in (None, ""):
        return None, None, 1
    text = str(value).strip()
    if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        seconds = float(text)
        return None, int(seconds / 1000 if seconds > 1e11 else seconds), 1
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()[:3]
    elif found := _DOTTED.fullmatch(text):
        day, month, year = found.groups()[:3]
    else:
        return None, None, 1
    start = _midnight(int(year), int(month), int(day))
    if start is None:
        return None, None, 1
    hour, minute, second, zone = found.groups()[3:]
    wall = start + int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)
    precise = 86400 if hour is None else 60 if second is None else 1
    if not zone:
        return wall, None, precise
    if zone in ("Z", "UTC"):
        return None, wall, precise
    digits = zone.replace(":", "")
    away = int(digits[1:3]) * 3600 + int(digits[3:]) * 60
    return None, wall - (away if zone[0] == "+" else -away), precise


@lru_cache(maxsize=4096)
def _midnight(year: int, month: int, day: int) -> int | None:
    try:
        return int((datetime(year, month, day, tzinfo=UTC) - _EPOCH) / timedelta(seconds=1))
    except ValueError:
        return None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Open:
    """An object or an array that is being walked; ``name`` is its key in the one around it."""

    __slots__ = ("is_array", "item", "key", "listed", "name", "values")

    def __init__(self, name: str, is_array: bool) -> None:
        self.name = name
        self.is_array = is_array
        self.values: dict[str, Any] = {}
        self.key = ""
        self.item: int | None = None
        self.listed = False


class _Walk:
    """Any JSON: what looks like a message is one, what holds some is their chat."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._numbers = itertools.count()
        self._named = _Named(self._numbers)
        self._open: list[_Open] = []

    def read(self, stream: IO[bytes]) -> Iterator[Row | Item | Said]:
        """Everything, in order."""
        opened = self._open
        metadata: Any = None
        events = ijson.basic_parse(stream, use_float=True)
        for event, value in events:
            if event == "map_key":
                opened[-1].key = value
                if len(opened) == 1 and value in ("metadata", "statistics"):
                    whole = _whole(events)
                    if value == "metadata":
                        metadata = whole
                    else:
                        yield Said(metadata, whole)
            elif event in ("start_map", "start_array"):
                around = opened[-1] if opened else None
                name = "" if around is None else around.name if around.is_array else around.key
                opened.append(_Open(name, event == "start_array"))
            elif event in ("end_map", "end_array"):
                yield from self._closed(opened.pop())
            elif opened and not opened[-1].is_array:
                opened[-1].values[opened[-1].key] = value
        yield from self._named.items()

    def _closed(self, one: _Open) -> Iterator[Row | Item]:
        around = self._open[-1] if self._open else None
        if one.is_array:
            if around and _is_plain(one.name):
                around.listed = True
            if one.item is None:
                return
            if around and not around.is_array and around.item is None and _is_plain(one.name):
                around.item = one.item  # the chat is the object around its list
            else:
                yield self._item(one.item, {}, one.name)
            return
        at = self._columns.of(one.values)
        if one.item is not None:
            self._columns.use({what: at[what] for what in at if what in _OF_CHATS})
            yield self._item(one.item, one.values, one.name, listed=one.listed)
        elif around and around.is_array and _is_row(around.name, at, one.values):
            yield self._row(around, one.values, at)
        elif "count" in at and not at.keys().isdisjoint(("chat", "title", "directory")):
            yield self._item(next(self._numbers), one.values, one.name, listed=one.listed)
        elif around and one.name == "findings" and one.values.get("kind") == "author_unknown":
            self._open[-2:][0].values["unnamed"] = one.values.get("count", 1)

    def _row(self, around: _Open, values: Mapping[str, Any], at: Mapping[str, str]) -> Row:
        self._columns.use({what: at[what] for what in at if what not in ("title", "count")})
        if around.name not in _ARRAYS_OF_ROWS and not at.keys().isdisjoint(("chat", "vendor")):
            return _row(self._named.of(values, at), values, at)
        if around.item is None:
            around.item = next(self._numbers)
        return _row(around.item, values, at)

    def _item(
        self, number: int, values: Mapping[str, Any], name: str, *, listed: bool = True
    ) -> Item:
        at = self._columns.of(values)
        text = {what: str(values.get(at[what]) or "") for what in at}
        arrays = [*(one.name for one in self._open), name]
        source = next((s for a in reversed(arrays) for s in SOURCES if a.startswith(s)), "")
        keys = [one.key for one in self._open if not one.is_array]
        place = keys[1] if len(keys) > 1 and keys[0] == "companies" else "".join(keys[:1])
        said, unnamed = values.get(at.get("count", "")), values.get("unnamed")
        return Item(
            number,
            text["source"].lower() if text.get("source", "").lower() in SOURCES else source,
            text.get("chat") or text.get("title") or ("" if _is_plain(name) else name),
            str(values.get("key") or ""),
            text.get("directory", ""),
            str(values.get("archive") or ""),
            text.get("vendor", ""),
            said if isinstance(said, int) else None,
            place,
            listed,
            unnamed if isinstance(unnamed, int) else 0,
        )


def _is_plain(name: str) -> bool:
    return name.lower() in _PLAIN_KEYS


def _is_row(array: str, at: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """Whether an object of that array is a message or a record, and no person, no reaction."""
    if array in _ARRAYS_OF_ROWS:
        return True
    if "count" in at or at.keys().isdisjoint(("id", "time")):
        return False
    return sum(what in at for what in ("id", "time", "author")) + ("text" in values) > 1


def _whole(events: Iterator[tuple[str, Any]]) -> Any:
    """The value that comes next."""
    event, value = next(events)
    if event == "start_map":
        made: dict[str, Any] = {}
        for event, key in events:
            if event == "end_map":
                break
            made[key] = _whole(events)
        return made
    if event == "start_array":
        listed: list[Any] = []
        for following in events:
            if following[0] == "end_array":
                break
            listed.append(_whole(itertools.chain([following], events)))
        return listed
    return value
