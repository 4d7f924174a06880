"""Speed against a straightforward BeautifulSoup pipeline, side by side in one sitting, each
measurement in a process of its own, rounds interleaved; and every field against the oracle.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import speed_report
from benchmarks.account.writing import Account, account
from benchmarks.measuring import PROJECT, Cost, forget, middle, remember, run


@dataclass(frozen=True)
class Asked:
    """What is to be measured: one of every ``share`` chats of the account, the reference
    on one of every ``reference`` chats.
    """

    cache: Path
    share: int
    reference: int
    rounds: int
    cold_disk: bool


@dataclass(frozen=True)
class Result:
    """What came of it. ``large`` is the account, ``small`` what the reference read of it."""

    asked: Asked
    large: Account
    small: Account
    costs: dict[str, Cost]
    paths: dict[str, int]
    differing: dict[str, int]


def main(asked: Asked) -> None:
    """Measure, and print the tables."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        result = measured(asked, Path(scratch))
    print(speed_report.report(result))


def measured(asked: Asked, scratch: Path) -> Result:
    """All figures. Writes the accounts first, where the cache does not hold them."""
    large, small = account(asked.cache, asked.share), account(asked.cache, asked.reference)
    for made in {large.folder: large, small.folder: small}.values():
        print(speed_report.sizes(made), flush=True)
    costs: dict[str, list[Cost]] = {}
    for number in range(asked.rounds):
        for name, measure in _measurements(large, small, scratch).items():
            prepare = forget if asked.cold_disk else remember
            prepare([*large.pages(), *small.pages()])
            costs.setdefault(name, []).append(measure())
            print(f"round {number + 1}: {name}: {costs[name][-1].cpu:.2f} CPU s", flush=True)
    output = str(scratch / "serial" / "o.json")
    return Result(
        asked=asked,
        large=large,
        small=small,
        costs={name: middle(rounds) for name, rounds in costs.items()},
        paths=json.loads(_task("paths", large).printed),
        differing=json.loads(_task("compare", large, output).printed),
    )


def _measurements(large: Account, small: Account, scratch: Path) -> dict[str, Callable[[], Cost]]:
    """In the order of a round; what is compared stands side by side."""
    written = str(scratch / "reference.json")
    measurements = {
        "parse, reference": lambda: _inner(_task("parse_reference", small)),
        "parse, ours, same pages": lambda: _inner(_task("parse_ours", small)),
        "parse, ours": lambda: _inner(_task("parse_ours", large)),
        "run, reference": lambda: _task("reference_run", small, written),
        "run, ours, same pages": lambda: _etl(small, scratch / "same"),
        "run, ours, two processes": lambda: _etl(large, scratch / "two"),
        "run, ours, serial": lambda: _etl(large, scratch / "serial", serial=True),
        "run, ours, nothing changed": lambda: _etl(large, scratch / "serial", again=True),
    }
    if small == large:
        measurements = {n: m for n, m in measurements.items() if not n.endswith("same pages")}
    return measurements


def _task(name: str, read: Account, *rest: str) -> Cost:
    return run("-m", "benchmarks", "task", name, read.folder, *rest)


def _inner(cost: Cost) -> Cost:
    """What a task timed itself: without the start, imports, reading files."""
    timed = json.loads(cost.printed)
    return Cost(timed["cpu"], timed["wall"], cost.peak_mb)


def _etl(read: Account, place: Path, *, serial: bool = False, again: bool = False) -> Cost:
    """A run of ours: cold, or once more in the same place."""
    if not again:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
    how = ("thread", "1") if serial or again else ("process", "2")
    return run(
        *(PROJECT / "run_etl.py", "--data-dir", read.data, "--mapping", read.mapping),
        *("--output", place / "o.json", "--db-path", place / "s.db"),
        *("--log-file", place / "l.log", "--quiet", "--include-unmatched"),
        *("--our-name", "Fernhollow", "--executor", how[0], "--max-workers", how[1]),
    )
