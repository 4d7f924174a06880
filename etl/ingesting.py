"""A handler's work: of the units a source found, read those that are new or changed, and
remember what they hold.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from etl.executors import Workers
from etl.privacy.withheld import Withheld
from etl.reading import Job, fingerprint
from etl.state import State, StoredUnit
from sources.protocol import ReaderOptions, Source, Unit

BATCH_BYTES = 4 * 2**20
"""A batch closes at this much input, whatever the number of its units."""

log = logging.getLogger("etl")


Pending = Sequence[tuple[Unit, str]]
"""Units to be read, each with its fingerprint."""


class Progress(Protocol):
    """Who wants to know how far a run is. Called from several threads."""

    def begin(self, source: str, units: int, size: int) -> None: ...
    def advance(self, source: str, units: int, size: int) -> None: ...
    def end(self, source: str) -> None: ...
    def warn(self, said: str) -> None:
        """What somebody may want to act on before the run ends; the log has it, too."""


class Silence:
    """Nobody wants to know."""

    def begin(self, source: str, units: int, size: int) -> None: ...
    def advance(self, source: str, units: int, size: int) -> None: ...
    def end(self, source: str) -> None: ...
    def warn(self, said: str) -> None: ...


@dataclass(kw_only=True)
class Ingested:
    """What a handler did."""

    source: str
    units: int = 0
    unchanged: int = 0
    """Units whose earlier reading still holds."""
    read: int = 0
    bytes_read: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    worker_peaks: dict[int, int] = field(default_factory=dict)
    failed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Handler:
    """One source with what it needs to be read."""

    source: Source
    options: ReaderOptions
    state: State
    workers: Workers
    batch_size: int
    spool_dir: str
    progress: Progress
    withheld: Withheld | None = None
    contents: Mapping[str, str] = field(default_factory=dict)
    """Hashes to remember the units by, in a run that makes them."""

    def ingest(self, found: int, pending: Pending) -> Ingested:
        """Read what changed of the units found; a batch is remembered whole, as it comes."""
        started = time.monotonic()
        done = Ingested(source=self.source.name, units=found, unchanged=found - len(pending))
        # The largest first: at the end, readers wait for one another only a little.
        units = sorted((unit for unit, _ in pending), key=lambda unit: -unit.size)
        marks = {unit.name: mark for unit, mark in pending}
        self.progress.begin(self.source.name, len(units), sum(unit.size for unit in units))
        for result in self.workers.map(self._jobs(units)):
            fingerprints = [marks[unit.name] for unit in result.job.units]
            self.state.commit(result, fingerprints, self.contents)
            size = sum(unit.size for unit in result.job.units)
            done.read += len(result.job.units)
            done.bytes_read += size
            done.cpu_seconds += result.cpu_seconds
            peak = done.worker_peaks.get(result.worker, 0)
            done.worker_peaks[result.worker] = max(peak, result.peak_bytes)
            self.progress.advance(self.source.name, len(result.job.units), size)
        self.progress.end(self.source.name)
        done.seconds = time.monotonic() - started
        return done

    def _jobs(self, units: Sequence[Unit]) -> Iterator[Job]:
        for batch in batches(units, self.batch_size):
            yield Job(
                source=self.source.name,
                options=self.options,
                units=tuple(batch),
                spool_dir=self.spool_dir,
                withheld=self.withheld,
            )


def batches(units: Sequence[Unit], most: int) -> Iterator[list[Unit]]:
    """Units in batches of at most `most`, closed early at `BATCH_BYTES`."""
    batch: list[Unit] = []
    size = 0
    for unit in units:
        batch.append(unit)
        size += unit.size
        if len(batch) >= most or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def changed(
    source: Source, units: Iterable[Unit], stored: Mapping[str, StoredUnit], oldest: str = ""
) -> list[tuple[Unit, str]]:
    """The units that must be read, each with the fingerprint to remember it by. Where nothing
    before a day is kept, those from which that day takes something more, or less.
    """
    marked = ((unit, fingerprint(source, unit)) for unit in units)
    return [
        (unit, mark)
        for unit, mark in marked
        if (known := stored.get(unit.name)) is None
        or known.fingerprint != mark
        or not known.report.holds(oldest)
    ]
