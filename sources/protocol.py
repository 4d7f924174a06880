"""What a source is: something that finds units and reads them, one at a time.

A source knows nothing of threads, state, matching or output. ``discover`` looks at a
tree of files and says what is there; ``read`` turns one unit into records; ``merge``
makes one item of several readings of it. Checkpoints, caching, progress and
parallelism live outside, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from sources._archive import File, Locator, Tree
from sources.errors import ArchiveError
from sources.records import Item, Kind, Message, Record, Summary


class ReaderOptions(Record, frozen=True, kw_only=True, gc=False):
    """Every setting any reader depends on. ``None``: not given. ``hubspot_labels`` is the
    text of the file.
    """

    telegram_timezone: str | None = None
    hubspot_timezone: str | None = None
    hubspot_date_order: str | None = None
    hubspot_labels: str | None = None
    calendar_from: str | None = None
    calendar_to: str | None = None


class Unit(Record, frozen=True, kw_only=True, gc=False):
    """The smallest part of an archive that can be read alone.

    ``name`` is unique within a source and stable: the path under the data folder, with
    ``!`` after each zip. ``files`` are the unit's own, in reading order; ``context``
    are files outside it that the reader also reads. Both make the fingerprint.
    ``hints`` carries what discovery learnt and reading needs (strings only; it counts
    for the fingerprint too).
    """

    source: str
    name: str
    locator: Locator
    files: tuple[File, ...]
    context: tuple[File, ...] = ()
    hints: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes to be read, context not counted."""
        return sum(file.size for file in self.files)


class Problem(Record, frozen=True, kw_only=True, gc=False):
    """Something that could not be read: one entry of the quarantine.

    ``found`` counts the raw things (message tags, rows ...) known to be in it; ``retry``
    says that the same bytes may be readable next time.
    """

    path: str
    reason: str
    detail: str
    remedy: str
    found: int = 0
    retry: bool = False

    @classmethod
    def of(cls, error: ArchiveError) -> Problem:
        """The entry that an error about an archive makes."""
        return cls(
            path=error.path,
            reason=error.reason,
            detail=error.detail,
            remedy=error.remedy,
            retry=error.retry,
        )


class Ignored(Record, frozen=True, kw_only=True, gc=False):
    """A file (or, with a trailing slash, a folder) that is known and passed over."""

    path: str
    reason: str


class Account(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What became of the raw things in a unit: found = accepted + duplicate +
    ignored + quarantined. ``found`` is counted by code that shares nothing with the
    parser. ``expanded`` counts instances made from a recurrence, apart; ``notes`` what
    else a reader counts about how it read, for the log and ``run.json`` alone.
    """

    found: int = 0
    accepted: int = 0
    duplicate: int = 0
    ignored: dict[str, int] = msgspec.field(default_factory=dict)
    quarantined: int = 0
    expanded: int = 0
    notes: dict[str, int] = msgspec.field(default_factory=dict)

    def __add__(self, other: Account) -> Account:
        return Account(
            found=self.found + other.found,
            accepted=self.accepted + other.accepted,
            duplicate=self.duplicate + other.duplicate,
            ignored=_sum(self.ignored, other.ignored),
            quarantined=self.quarantined + other.quarantined,
            expanded=self.expanded + other.expanded,
            notes=_sum(self.notes, other.notes),
        )

    @property
    def balanced(self) -> bool:
        """Whether everything found is accounted for."""
        return self.found == (
            self.accepted + self.duplicate + sum(self.ignored.values()) + self.quarantined
        )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    total = dict(one)
    for key, count in other.items():
        total[key] = total.get(key, 0) + count
    return total if len(total) == len(one) else dict(sorted(total.items()))


Found = Unit | Problem | Ignored
"""What discovery yields."""

Yielded = list[Message] | Item | Problem | Account
"""What reading yields: runs of messages, then the item they belong to; problems and
accounts (added up) anywhere in between."""


class Part(Protocol):
    """One reading of an item that was met more than once."""

    @property
    def summary(self) -> Summary: ...
    @property
    def head(self) -> bytes:
        """The head as JSON."""

    @property
    def unit(self) -> str:
        """Name of the unit it was read from."""

    def messages(self) -> Iterator[Message]:
        """Its messages in order, decoded as they are asked for."""


class Kept(NamedTuple):
    """A reading that stands as it was, but for its summary: what its head and messages are
    nobody need know to keep them.
    """

    part: Part
    summary: Summary


class Source(Protocol):
    """Somewhere items can be read from, one independent unit at a time.

    ``version`` rises when the reader would read the same bytes differently: what was
    remembered of older versions is read again. ``settings`` are the options this
    source depends on, for the fingerprint.
    """

    name: str
    version: int
    kinds: tuple[Kind, ...]

    @property
    def settings(self) -> tuple[str | None, ...]: ...

    def discover(self, tree: Tree) -> Iterable[Found]:
        """Recognise by content, cheaply, and in the tree's order, what this source
        can read, what it knows to ignore, and what claims to be its own but is not.
        """

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        """Yield what one unit holds; a bad item is yielded as a problem, never hidden.

        Raises `ArchiveError` when the unit as a whole cannot be read.
        """

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded | Kept]:
        """Make one item (or several, when they only looked alike; or none, when the newest
        says that it is no more) of several readings, oldest first. A reading with an
        identity token that begins with ``!`` comes even alone. Accounts say only what
        changes (accepted less, duplicate more).
        """
