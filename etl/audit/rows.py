"""What a result says there is: messages, meetings and records, and the chats they are of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from etl.audit.moments import moment

SOURCES = ("slack", "telegram", "calendar", "hubspot")


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


class Named:
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


def row_of(item: int, values: Mapping[str, Any], at: Mapping[str, str]) -> Row:
    """What a line or an object says, by the columns it was found to have."""
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
