"""What a fetcher is: something that asks one service, and lands what it says.

A fetcher knows its vendor's SDK and the order in which to ask; nothing of threads, of
retries, of what becomes of the answers. Readers take it from the segments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sources.live.calling import Caller, Trouble
from sources.live.landing import Landing
from sources.live.scope import Scope
from sources.records import Record


class Identity(Record, frozen=True, kw_only=True, gc=False):
    """Whom a service takes us for; ``missing`` are the scopes it says we lack."""

    name: str
    id: str
    missing: tuple[str, ...] = ()


@dataclass
class Course:
    """How far a fetch is: streams done, of how many when that is known; and what was passed
    over, names by reason.
    """

    done: int = 0
    total: int | None = None
    passed_over: dict[str, list[str]] = field(default_factory=dict)

    def pass_over(self, name: str, reason: str) -> None:
        """Note that something is not fetched, and why."""
        self.passed_over.setdefault(reason, []).append(name)


class Fetcher(Protocol):
    """Asks one service. Made of a `Credential`, and of a ``base_url`` where the service is
    not the vendor's own.
    """

    service: str

    def judge(self, error: Exception) -> Trouble | None:
        """What an error of the SDK means; ``None`` when it is none of its own."""

    def identity(self, caller: Caller) -> Identity:
        """Whom the service takes us for. Raises `CallError`."""

    def fetch(self, landing: Landing, caller: Caller, scope: Scope, course: Course) -> None:
        """Bring what was landed up to date. Raises `CallError`: then what was landed until
        then is whole, and the next fetch goes on from there.
        """

    def plan(self, landing: Landing, scope: Scope) -> Iterator[str]:
        """What a fetch would ask, in sentences, without asking anything."""
