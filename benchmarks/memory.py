"""Peak memory against the size of the input: ten times as many units, each ten times as
long, should cost next to nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import exports

UNITS = {"telegram": 40, "slack": 20, "calendar": 4, "hubspot": 4}
LENGTH = {"telegram": 300, "slack": 300, "calendar": 100, "hubspot": 500}


def main(scale: int) -> None:
    """Print peak memory at 1x and at that scale, in units and in length."""
    with tempfile.TemporaryDirectory() as folder:
        small = _measured(Path(folder) / "small", 1)
        large = _measured(Path(folder) / "large", scale)
    _print({"1x": small, f"{scale}x units, {scale}x long": large})
    peaks = [run["performance"]["peak_memory_mb"] for run in (small, large)]
    print(f"\nratio {peaks[1] / peaks[0]:.2f}")


def one_chat(messages: int) -> None:
    """Print what a single chat of that many messages takes: 1,800,000 make a gigabyte."""
    with tempfile.TemporaryDirectory() as folder:
        exports.write_telegram(Path(folder) / "data", 1, messages)
        _print({f"one chat, {messages:,} messages": _run(Path(folder))})


def _print(runs: dict[str, dict[str, Any]]) -> None:
    print("| input | units | MB read | seconds | peak MB, parent and workers |")
    print("|---|---:|---:|---:|---:|")
    for name, run in runs.items():
        figures = run["performance"]
        seconds = figures["total_duration_seconds"]
        print(
            f"| {name} | {figures['units_read']:,} |"
            f" {figures['megabytes_per_minute'] * seconds / 60:,.1f} | {seconds:.1f} |"
            f" {figures['peak_memory_mb']:,.1f} |"
        )


def _measured(folder: Path, scale: int) -> dict[str, Any]:
    data = folder / "data"
    units = {name: count * scale for name, count in UNITS.items()}
    length = {name: count * scale for name, count in LENGTH.items()}
    exports.write_telegram(data / "telegram", units["telegram"], length["telegram"])
    exports.write_slack(data / "slack", units["slack"], length["slack"])
    exports.write_calendars(data / "calendar", units["calendar"], length["calendar"])
    exports.write_deals(data / "hubspot", units["hubspot"], length["hubspot"])
    return _run(folder)


def _run(folder: Path) -> dict[str, Any]:
    """The report of a run over the folder's ``data``."""
    exports.write_mapping(folder / "mapping.csv")
    run_etl = Path(__file__).resolve().parents[1] / "run_etl.py"
    places = ("--data-dir", folder / "data", "--mapping", folder / "mapping.csv")
    written = ("--output", folder / "o.json", "--db-path", folder / "s.db")
    how = ("--log-file", folder / "l.log", "--executor", "process", "--max-workers", "2")
    command = [sys.executable, run_etl, *places, *written, *how, "--quiet"]
    subprocess.run([*map(str, command), "--our-name", "Fernhollow"], check=True)
    report: dict[str, Any] = json.loads((folder / "run.json").read_bytes())
    return report
