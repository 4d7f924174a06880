"""Items as a mapping from key to item; messages are read when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from etl.state import State
from sources.records import Kind, Message, Summary


@dataclass(frozen=True)
class StoredItem:
    """One conversation, meeting, deal, company or contact."""

    state: State
    id: int
    summary: Summary

    @property
    def record(self) -> dict[str, Any]:
        """Its fields as they stand in the output, messages left out."""
        record: dict[str, Any] = msgspec.json.decode(self.state.head(self.id))
        return record

    def messages(self) -> Iterator[Message]:
        """Its messages in order, one at a time."""
        return self.state.messages(self.id)


class Items(Mapping[str, StoredItem]):
    """The live items of some kinds. Holds nothing but a handle on the state."""

    def __init__(self, state: State, kinds: tuple[Kind, ...]) -> None:
        self._state = state
        self._kinds = msgspec.json.encode(kinds).decode()

    def __getitem__(self, key: str) -> StoredItem:
        for (item,) in self._state.query(
            "SELECT item FROM live JOIN items ON id = item"
            " WHERE live.key = ? AND kind IN (SELECT value FROM json_each(?))",
            key,
            self._kinds,
        ):
            return StoredItem(self._state, item, self._state.summary(item))
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        rows = self._state.query(
            "SELECT live.key FROM live JOIN items ON id = item"
            " WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY live.key",
            self._kinds,
        )
        # Listed at once: what is asked for meanwhile may settle the items anew.
        return iter([key for (key,) in rows])

    def __len__(self) -> int:
        ((count,),) = self._state.query(
            "SELECT count(*) FROM live JOIN items ON id = item"
            " WHERE kind IN (SELECT value FROM json_each(?))",
            self._kinds,
        )
        return int(count)
