"""Slack, calendars and HubSpot against the straightforward loop over the vendor's library,
side by side, each measurement in a process of its own, rounds interleaved; and every field of
both against the oracle; and the memory of reading ten times as much.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.archives import report
from benchmarks.archives.parts import PARTS, Archive, Part, cached
from benchmarks.measuring import Cost, middle, run


@dataclass(frozen=True)
class Asked:
    """One of every ``share`` things; memory also at ``larger`` times as many, if not 1."""

    cache: Path
    share: int
    larger: int
    rounds: int


@dataclass(frozen=True)
class Result:
    """What came of one part."""

    archive: Archive
    ours: Cost
    loop: Cost
    finding: float
    ours_differ: dict[str, int]
    loop_differs: dict[str, int]
    larger_peak: float | None = None


def main(asked: Asked) -> None:
    """Measure, and print the tables."""
    results = [_measured(part, asked) for part in PARTS.values()]
    print(report.report(results, asked))


def _measured(part: Part, asked: Asked) -> Result:
    count = part.count // asked.share
    archive = cached(asked.cache, part, count)
    _task("write", archive, str(count))
    costs: dict[str, list[Cost]] = {"loop": [], "ours": []}
    finding: list[Cost] = []
    for number in range(asked.rounds):
        for side, taken in costs.items():
            done = _task(side, archive)
            timed = json.loads(done.printed)
            taken.append(Cost(timed["cpu"], timed["wall"], done.peak_mb))
            if "finding" in timed:
                finding.append(Cost(timed["finding"], 0))
            print(f"round {number + 1}: {part.name}, {side}: {timed['cpu']:.2f} CPU s", flush=True)
    return Result(
        archive=archive,
        ours=middle(costs["ours"]),
        loop=middle(costs["loop"]),
        finding=middle(finding).cpu,
        ours_differ=json.loads(_task("compare_ours", archive).printed),
        loop_differs=json.loads(_task("compare_loop", archive).printed),
        larger_peak=_peak(part, count * asked.larger, asked.cache) if asked.larger > 1 else None,
    )


def _peak(part: Part, count: int, cache: Path) -> float:
    """Megabytes that reading so many things takes; not kept in the cache, for its size."""
    with tempfile.TemporaryDirectory(dir=cache, prefix="larger-") as folder:
        archive = Archive(part, Path(folder) / part.name)
        _task("write", archive, str(count))
        done = _task("ours", archive)
    print(f"{part.name}, {count:,} {part.things}: {done.peak_mb:.0f} MB", flush=True)
    return done.peak_mb


def _task(name: str, archive: Archive, *rest: str) -> Cost:
    place = archive.folder
    return run("-m", "benchmarks.archives.task", name, archive.part.name, place, *rest)
