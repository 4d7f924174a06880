"""What is done in a process of its own: ``python -m benchmarks.archives.task WHAT PART FOLDER``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.archives import parts
from benchmarks.archives.parts import PARTS, Archive

Figures = dict[str, float]


def write(archive: Archive, count: str) -> Figures:
    """Write the archive, where it is not there already."""
    parts.write(archive, int(count))
    return {}


def ours(archive: Archive) -> Figures:
    """Find the units, read them; the two timed apart, imports before either."""
    from benchmarks.archives import reading

    for _ in reading.things(*reading.units(archive.part.source, archive.tiny)):
        pass
    cpu = time.process_time()
    found = reading.units(archive.part.source, archive.data)
    finding = time.process_time() - cpu
    figures = _timed(
        lambda: sum(
            len(thing) if isinstance(thing, list) else 1 for thing in reading.things(*found)
        )
    )
    return figures | {"finding": finding}


def loop(archive: Archive) -> Figures:
    """The straightforward loop."""
    read = import_module(f"benchmarks.archives.loops.{archive.part.source}").read
    for _ in read(archive.tiny):
        pass
    return _timed(lambda: sum(1 + len(messages) for _, messages in read(archive.data)))


def compare_ours(archive: Archive) -> Figures:
    """Everything ours reads against the oracle."""
    from benchmarks.archives import reading
    from benchmarks.archives.comparing import differences
    from benchmarks.archives.telling import told

    return dict(differences(reading.read(archive.part.source, archive.data), told(archive.oracle)))


def compare_loop(archive: Archive) -> Figures:
    """Everything the loop reads against the oracle."""
    from benchmarks.archives.comparing import differences
    from benchmarks.archives.telling import told

    read = import_module(f"benchmarks.archives.loops.{archive.part.source}").read
    return dict(differences(read(archive.data), told(archive.oracle)))


TASKS: dict[str, Callable[..., Figures]] = {
    task.__name__: task for task in (write, ours, loop, compare_ours, compare_loop)
}


def _timed(work: Callable[[], int]) -> Figures:
    wall, cpu = time.perf_counter(), time.process_time()
    things = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu": cpu, "wall": wall, "things": things}


if __name__ == "__main__":
    task, part, place, *rest = sys.argv[1:]
    print(json.dumps(TASKS[task](Archive(PARTS[part], Path(place)), *rest)))
