"""Any JSON, walked as a stream: ours of any version, or somebody else's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import IO, Any, NamedTuple

import ijson

from etl.audit.columns import Columns
from etl.audit.rows import SOURCES, Item, Named, Row, row_of

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


class Preamble(NamedTuple):
    """What stands beside the rows of an output, which is ours if it is what ours is."""

    metadata: Any
    statistics: Any


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


class Walk:
    """Any JSON: what looks like a message is one, what holds some is their chat."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._numbers = itertools.count()
        self._named = Named(self._numbers)
        self._open: list[_Open] = []

    def read(self, stream: IO[bytes]) -> Iterator[Row | Item | Preamble]:
        """Everything, in order: rows, each before the `Item` it belongs to."""
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
                        yield Preamble(metadata, whole)
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
            return row_of(self._named.of(values, at), values, at)
        if around.item is None:
            around.item = next(self._numbers)
        return row_of(around.item, values, at)

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
