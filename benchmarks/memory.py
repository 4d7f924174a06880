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
    print("| input | units | MB read | seconds | peak MB, parent and workers |")
    print("|---|---:|---:|---:|---:|")
    for name, run in (("1x", small), (f"{scale}x units, {scale}x long", large)):
        figures = run["performance"]
        seconds = figures["total_duration_seconds"]
        print(
            f"| {name} | {figures['units_read']:,} |"
            f" {figures['megabytes_per_minute'] * seconds / 60:,.1f} | {seconds:.1f} |"
            f" {figures['peak_memory_mb']:,.1f} |"
        )
    peaks = [run["performance"]["peak_memory_mb"] for run in (small, large)]
    print(f"\nratio {peaks[1] / peaks[0]:.2f}")


def _measured(folder: Path, scale: int) -> dict[str, Any]:
    data = folder / "data"
    units = {name: count * scale for name, count in UNITS.items()}
    length = {name: count * scale for name, count in LENGTH.items()}
    exports.write_telegram(data / "telegram", units["telegram"], length["telegram"])
    exports.write_slack(data / "slack", units["slack"], length["slack"])
    exports.write_calendars(data / "calendar", units["calendar"], length["calendar"])
    exports.write_deals(data / "hubspot", units["hubspot"], length["hubspot"])
    exports.write_mapping(folder / "mapping.csv")
    run_etl = Path(__file__).resolve().parents[1] / "run_etl.py"
    places = ("--data-dir", data, "--mapping", folder / "mapping.csv")
    written = ("--output", folder / "o.json", "--db-path", folder / "s.db")
    how = ("--log-file", folder / "l.log", "--executor", "process", "--max-workers", "2")
    command = [sys.executable, run_etl, *places, *written, *how, "--quiet"]
    subprocess.run([*map(str, command), "--our-name", "Fernhollow"], check=True)
    report: dict[str, Any] = json.loads((folder / "run.json").read_bytes())
    return report
