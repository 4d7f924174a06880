"""Whose account was exported, and by which names their messages are known in a chat.

Pages hold no ids, only names, and two people may be called Ann. So a name counts only where
it can be nobody else's; else nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sources.records import Message

if TYPE_CHECKING:
    from sources.telegram.kinship import Reading
    from sources.telegram.lists import Entry


def in_pages(owner: str, entry: Entry, authors: set[str], title: str) -> Iterator[str]:
    """The owner's name in a chat, by its pages and what the list of chats says of it.

    Where only outgoing messages were exported, whoever wrote them is the owner; who is called
    like a group is its nameless admin. In a chat of two the other one is its title.
    """
    if entry.is_half and entry.chat_type == "group" and len(authors) == 1:
        yield from authors - {title}
    elif owner in authors and owner != title:
        alone = entry.chat_type in {"private", "bot"}
        # first and last name are not shared so easily
        if alone or len(owner.split()) > 1:
            yield owner


class Writer(NamedTuple):
    """Who wrote a message of the JSON."""

    name: str | None
    id: str | None


def in_json(owner: str | None, peer: str | None, writers: set[Writer]) -> tuple[str, ...]:
    """The owner's names in a chat. ``peer`` is the other one of a chat of two, where whoever
    else writes is the owner.
    """
    if owner is None and peer is not None:
        others = {writer.id for writer in writers} - {peer}
        owner = others.pop() if len(others) == 1 else None
    if owner is None:
        return ()
    names = {writer.name for writer in writers if writer.id == owner}
    shared = {writer.name for writer in writers if writer.id != owner}
    return tuple(sorted(name for name in names - shared if name))


class Owners:
    """Whose accounts the readings of one chat are of."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        names = {name for reading in readings for name in reading.summary.owners}
        self._ids: dict[str, set[str]] = {
            name: set() for name in names if len(name.split()) > 1 or _is_sure(name, readings)
        }

    def take(self, message: Message) -> None:
        """Take note of who bears a name."""
        if message.author in self._ids and message.author_id:
            self._ids[message.author].add(message.author_id)

    def names(self) -> tuple[str, ...]:
        """Their names, but for those that turned out to be of several."""
        return tuple(sorted(name for name, ids in self._ids.items() if len(ids) < 2))


def _is_sure(name: str, readings: Sequence[Reading]) -> bool:
    """Whether wherever this name writes it is an owner's."""
    return all(name in r.summary.owners for r in readings if name in r.authors)
