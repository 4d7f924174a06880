"""How far a run is: a bar per source on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import threading
import time
from typing import Any, TextIO

from etl.ingesting import Progress, Silence
from etl.logs import one_line

SECONDS_BETWEEN_LINES = 5.0


def progress_on(stream: TextIO, *, quiet: bool) -> Progress:
    """What suits that stream."""
    if quiet:
        return Silence()
    return Bars(stream) if stream.isatty() else Lines(stream)


class Bars:
    """A tqdm bar per source, counting bytes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bars: dict[str, Any] = {}
        self._lock = threading.Lock()

    def begin(self, source: str, units: int, size: int) -> None:
        from tqdm import tqdm

        if not units:
            return
        with self._lock:
            self._bars[source] = tqdm(
                total=size,
                desc=f"{source:<9}",
                unit="B",
                unit_scale=True,
                unit_divisor=1024,
                position=len(self._bars),
                file=self._stream,
                leave=False,
            )

    def advance(self, source: str, units: int, size: int) -> None:
        with self._lock:
            self._bars[source].update(size)

    def end(self, source: str) -> None:
        with self._lock:
            bar = self._bars.get(source)
            if bar is not None:
                bar.close()

    def warn(self, said: str) -> None:
        _warn(self._stream, said)


class Lines:
    """A line for a log file or a pipe, seldom enough to be read."""

    def __init__(self, stream: TextIO, every: float = SECONDS_BETWEEN_LINES) -> None:
        self._stream = stream
        self._every = every
        self._totals: dict[str, tuple[int, int]] = {}
        self._done: dict[str, list[int]] = {}
        self._last = time.monotonic()
        self._lock = threading.Lock()

    def begin(self, source: str, units: int, size: int) -> None:
        with self._lock:
            self._totals[source] = (units, size)
            self._done[source] = [0, 0]

    def advance(self, source: str, units: int, size: int) -> None:
        with self._lock:
            self._done[source][0] += units
            self._done[source][1] += size
            if time.monotonic() - self._last >= self._every:
                self._last = time.monotonic()
                print(self._line(), file=self._stream, flush=True)

    def end(self, source: str) -> None:
        """Nothing to say: the summary follows."""

    def warn(self, said: str) -> None:
        _warn(self._stream, said)

    def _line(self) -> str:
        parts = []
        for source, (units, size) in self._totals.items():
            done, done_size = self._done[source]
            if units:
                of = f"{done_size / 2**20:.0f} of {size / 2**20:.0f} MB"
                parts.append(f"{source} {done:,} of {units:,} units, {of}")
        return "reading: " + "; ".join(parts)


def _warn(stream: TextIO, said: str) -> None:
    print(f"run_etl: {one_line(said)}", file=stream, flush=True)
