"""The time, for logs, metadata and durations; never for what is in a record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

PHASES = (
    "company_mapping",
    "slack_ingestion",
    "telegram_ingestion",
    "calendar_ingestion",
    "hubspot_ingestion",
    "data_matching",
    "statistics_generation",
    "output_writing",
)


def now() -> str:
    """This moment in UTC, RFC 3339, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day_before(days: int) -> str:
    """The day, in UTC, that is so many days before this one. Raises ``OverflowError``."""
    return (datetime.now(UTC).date() - timedelta(days)).isoformat()


class Stopwatch:
    """How long a run and its phases take, in seconds of a clock that never jumps."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._spent = dict.fromkeys(PHASES, 0.0)
        self._running: dict[str, float] = {}

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def phases(self) -> dict[str, float]:
        """Seconds spent in each phase, one that is going on included."""
        running, now = dict(self._running), time.monotonic()
        return {
            name: spent + (now - running[name] if name in running else 0.0)
            for name, spent in self._spent.items()
        }

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what happens inside towards that phase."""
        started = self._running[name] = time.monotonic()
        try:
            yield
        finally:
            del self._running[name]
            self._spent[name] += time.monotonic() - started
