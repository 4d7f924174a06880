"""How tests read an archive: straight through a source, with nothing in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec

from sources import registry
from sources._archive import FolderTree, Tree
from sources._opening import open_tree
from sources.protocol import Account, Ignored, Kept, Problem, ReaderOptions, Source, Unit, Yielded
from sources.records import Head, Item, Message, Summary


@dataclass
class Read:
    """One item with its messages."""

    item: Item
    messages: list[Message]

    @property
    def summary(self) -> Summary:
        return self.item.summary

    @property
    def head(self) -> Head:
        return self.item.head


@dataclass
class Reading:
    """All that came out of an archive."""

    items: list[Read] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    account: Account = field(default_factory=Account)

    def take(self, stream: Iterator[Yielded | Kept]) -> None:
        messages: list[Message] = []
        for thing in stream:
            if isinstance(thing, list):
                messages.extend(thing)
            elif isinstance(thing, Item):
                self.items.append(Read(thing, messages))
                messages = []
            elif isinstance(thing, Kept):
                read = cast("ReadPart", thing.part).read
                self.items.append(Read(Item(summary=thing.summary, head=read.head), read.messages))
            elif isinstance(thing, Problem):
                self.problems.append(thing)
            else:
                self.account += thing
        assert not messages, "messages that no item closed"

    @property
    def by_key(self) -> dict[str, Read]:
        return {read.summary.key: read for read in self.items}


def source(name: str, **options: str) -> Source:
    return registry.load(name, ReaderOptions(**options))


def discover(reader: Source, tree: Tree) -> Reading:
    """What there is, unread."""
    reading = Reading()
    for found in reader.discover(tree):
        if isinstance(found, Unit):
            reading.units.append(found)
        elif isinstance(found, Problem):
            reading.problems.append(found)
        else:
            reading.ignored.append(found)
    return reading


def read_archive(reader: Source, path: Path) -> Reading:
    """Everything a folder, or a zip, holds for this source. Raises `ArchiveError`."""
    tree = FolderTree(path) if path.is_dir() else open_tree((str(path.parent), path.name))
    reading = discover(reader, tree)
    for unit in reading.units:
        reading.take(reader.read(unit, tree))
    return reading


@dataclass
class ReadPart:
    """A reading as `Source.merge` sees it."""

    read: Read
    unit: str = "unit"

    @property
    def summary(self) -> Summary:
        return self.read.summary

    @property
    def head(self) -> bytes:
        return msgspec.json.encode(self.read.head)

    def messages(self) -> Iterator[Message]:
        return iter(self.read.messages)


def merge(reader: Source, reads: Sequence[Read]) -> Reading:
    """These readings of one item, made one."""
    reading = Reading()
    reading.take(reader.merge([ReadPart(read, read.summary.archive) for read in reads]))
    return reading
