"""Reads a JSON file piece by piece: the caller walks, one value at a time is in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import ijson

BUFFER = 1 << 16


class Fault(NamedTuple):
    """Something that is not as it should be: where (a JSON path) and what."""

    path: str
    message: str


class Faults:
    """All faults are counted, the first ``limit`` are kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kept: list[Fault] = []
        self.count = 0

    def add(self, path: str, message: str) -> None:
        """Take note of one."""
        self.count += 1
        if len(self.kept) < self.limit:
            self.kept.append(Fault(path, message))


def member(path: str, key: str) -> str:
    """The path of a member of an object."""
    if key.isidentifier() and key.isascii():
        return f"{path}.{key}"
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"


class JsonWalk:
    """Walks a document in its order. Every value that is come upon must be taken:
    entered and walked to its end, or read with `value`.

    Raises `ijson.JSONError` where the file stops being JSON; ``at`` says where that is.
    """

    def __init__(self, file: IO[bytes], faults: Faults) -> None:
        self._events: Iterator[tuple[str, Any]] = ijson.basic_parse(
            file, use_float=True, buf_size=BUFFER
        )
        self._ahead: tuple[str, Any] | None = None
        self._faults = faults
        self.at = "$"

    def enter(self, path: str, kind: str) -> bool:
        """Whether an object (``map``) or an ``array`` comes next; anything else is a
        fault and is passed over.
        """
        self.at = path
        event, data = self._take()
        if event == f"start_{kind}":
            return True
        self._faults.add(path, f"must be {'an object' if kind == 'map' else 'an array'}")
        self._ahead = (event, data)
        self.value(path)
        return False

    def members(self, path: str) -> Iterator[str]:
        """The keys of the object just entered; one that comes again is a fault."""
        seen: set[str] = set()
        for event, key in self._events:
            if event == "end_map":
                return
            self._once(path, key, seen)
            seen.add(key)
            yield key

    def elements(self, path: str) -> Iterator[str]:
        """The paths of the elements of the array just entered."""
        for index, (event, data) in enumerate(self._events):
            if event == "end_array":
                return
            self._ahead = (event, data)
            self.at = f"{path}[{index}]"
            yield self.at

    def value(self, path: str) -> Any:
        """The whole value that comes next."""
        event, data = self._take()
        if not event.startswith("start_"):
            return data
        root: dict[str, Any] | list[Any] = {} if event == "start_map" else []
        containers, keys = [root], [""]
        for event, data in self._events:
            top = containers[-1]
            if event == "map_key":
                self._once(path, data, top)
                keys[-1] = data
                continue
            if event in ("end_map", "end_array"):
                containers.pop()
                keys.pop()
                if not containers:
                    break
                continue
            new = {} if event == "start_map" else [] if event == "start_array" else data
            if isinstance(top, list):
                top.append(new)
            else:
                top[keys[-1]] = new
            if event.startswith("start_"):
                containers.append(new)
                keys.append("")
        return root

    def finish(self) -> None:
        """Read to the end of the file, where nothing may follow."""
        for _ in self._events:
            pass

    def _once(self, path: str, key: str, seen: Any) -> None:
        if key in seen:
            self._faults.add(path, f"has the key {json.dumps(key, ensure_ascii=False)} twice")

    def _take(self) -> tuple[str, Any]:
        ahead, self._ahead = self._ahead, None
        return ahead if ahead is not None else next(self._events)
