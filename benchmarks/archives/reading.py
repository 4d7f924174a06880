"""What ours reads of a folder: found first, then read unit by unit, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.archives.settings import WINDOW, ZONE
from sources import registry
from sources._archive import Tree
from sources._opening import open_tree
from sources.protocol import Account, Problem, ReaderOptions, Source, Unit
from sources.records import Item, Message, Summary

Facts = dict[str, Any]
Read = tuple[Facts, list[Facts]]

EVIDENCE = ("aliases", "texts", "emails", "domains", "mentioned")
"""Of what matching needs, that which does not stand in the head."""


class TroubleError(Exception):
    """The generated archive was not read whole; the message says why."""


def units(name: str, folder: Path) -> tuple[Source, Tree, list[Unit]]:
    """The source, and what it finds to read. Raises `TroubleError`."""
    first, last = WINDOW
    options = ReaderOptions(
        hubspot_timezone=ZONE, calendar_from=first.isoformat(), calendar_to=last.isoformat()
    )
    source = registry.load(name, options)
    tree = open_tree((str(folder),))
    found = list(source.discover(tree))
    if trouble := [thing for thing in found if isinstance(thing, Problem)]:
        raise TroubleError(str(trouble[0]))
    return source, tree, [thing for thing in found if isinstance(thing, Unit)]


def things(source: Source, tree: Tree, found: list[Unit]) -> Iterator[list[Message] | Item]:
    """Everything in the units, as `etl.reading` is given it. Raises `TroubleError`."""
    for unit in found:
        for thing in source.read(unit, tree):
            if isinstance(thing, Problem):
                raise TroubleError(str(thing))
            if not isinstance(thing, Account):
                yield thing


def read(name: str, folder: Path) -> Iterator[Read]:
    """Every item with its messages, as the output would hold them."""
    messages: list[Facts] = []
    for thing in things(*units(name, folder)):
        if isinstance(thing, list):
            messages += msgspec.json.decode(msgspec.json.encode(thing))
        else:
            head = msgspec.json.decode(msgspec.json.encode(thing.head))
            yield head | _evidence(thing.summary), messages
            messages = []


def _evidence(summary: Summary) -> Facts:
    told = msgspec.json.decode(msgspec.json.encode(summary))
    return {"key": summary.key} | {name: told[name] for name in EVIDENCE if name in told}
