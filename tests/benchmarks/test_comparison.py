"""What the benchmark of the sources prints: what was measured, against what it must be."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.archives.comparison import Asked, Result, main
from benchmarks.archives.parts import PARTS, Archive
from benchmarks.archives.report import report
from benchmarks.measuring import Cost


def result(folder: Path, *, larger_peak: float | None = 60.0) -> Result:
    folder.mkdir(exist_ok=True)
    figures = {"count": 100_000, "told": 100_060, "files": 5, "bytes": 170_000_000}
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    return Result(
        archive=Archive(PARTS["slack"], folder),
        ours=Cost(3.0, 3.1, 40.0),
        loop=Cost(2.0, 2.1, 90.0),
        finding=0.25,
        ours_differ={"compared": 100_060, "text": 3, "missing": 1},
        loop_differs={"compared": 100_060},
        larger_peak=larger_peak,
    )


def cells(printed: str, row: str) -> list[list[str]]:
    lines = (line for line in printed.splitlines() if line.startswith(f"| {row} |"))
    return [[cell.strip() for cell in line.split("|")[2:-1]] for line in lines]


def test_ratio_stands_beside_what_it_must_be(tmp_path: Path) -> None:
    printed = report([result(tmp_path)], Asked(tmp_path, share=1, larger=10, rounds=3))
    speed, memory = cells(printed, "Slack")
    assert speed[:2] == ["100,000 messages, 100,060 records", "170.0"]
    assert speed[2:] == ["2.00", "3.00", "1.50x", "1.5x", "0.25", "4", "0"]
    assert memory == ["90", "40", "60", "1.50x"]
    assert "100,060 a side" in printed
    assert "medians of 3 interleaved rounds" in printed
    assert sys.version.split()[0] in printed


def test_memory_is_left_out_where_it_was_not_measured(tmp_path: Path) -> None:
    asked = Asked(tmp_path, share=10, larger=1, rounds=1)
    printed = report([result(tmp_path, larger_peak=None)], asked)
    assert len(cells(printed, "Slack")) == 1
    assert "one of every 10 things; one round" in printed


@pytest.mark.skipif(sys.platform == "win32", reason="nothing there tells what children used")
def test_whole_benchmark_runs_at_a_small_scale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(Asked(tmp_path, share=1000, larger=2, rounds=1))
    printed = capsys.readouterr().out
    for name in ("Slack", "calendars", "HubSpot, CSV", "HubSpot, XLSX"):
        speed, memory = cells(printed, name)
        assert speed[-2:] == ["0", "0"]
        assert float(memory[2]) > 1
    assert sorted(path.name.partition("-")[0] for path in tmp_path.iterdir()) == [
        *("calendar", "hubspot", "hubspot", "slack")
    ]
