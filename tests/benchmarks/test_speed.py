"""What a benchmark prints: ratios of what was measured, against what they should be."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import speed_report
from benchmarks.__main__ import _share
from benchmarks.account.writing import Account, account
from benchmarks.measuring import Cost, middle, run
from benchmarks.speed import Asked, Result

FIGURES = {"chats": 2, "pages": 3, "messages": 4, "separators": 5, "largest": 10**6}
FIGURES |= {"p10": 1500, "p50": 8700, "p90": 101_000}


def made(folder: Path, megabytes: int) -> Account:
    folder.mkdir()
    figures = json.dumps(FIGURES | {"bytes": megabytes * 10**6})
    (folder / "figures.json").write_text(figures, encoding="utf-8")
    return Account(folder)


@pytest.fixture
def result(tmp_path: Path) -> Result:
    names = {
        "parse, reference": 60.0,
        "parse, ours, same pages": 1.0,
        "parse, ours": 20.0,
        "run, reference": 80.0,
        "run, ours, same pages": 8.0,
        "run, ours, two processes": 40.0,
        "run, ours, serial": 60.0,
        "run, ours, nothing changed": 2.0,
    }
    return Result(
        asked=Asked(tmp_path, share=1, reference=10, rounds=1, cold_disk=False),
        large=made(tmp_path / "large", 200),
        small=made(tmp_path / "small", 20),
        costs={name: Cost(cpu, cpu / 2, 50.0) for name, cpu in names.items()},
        paths={"grammar": 3, "tree": 1},
        differing={"messages": 100, "missing": 1, "text": 3, "author": 1},
    )


def cells(report: str, row: str) -> list[str]:
    (line,) = (line for line in report.splitlines() if line.startswith(f"| {row} |"))
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_ratios_stand_beside_what_they_should_be(result: Result) -> None:
    report = speed_report.report(result)
    whole = "CPU, reference scaled by bytes"
    assert cells(report, "parse + extract, CPU, same pages") == ["60.0x", "40x", "70x"]
    assert cells(report, f"parse + extract, {whole}") == ["30.0x", "40x", "70x"]
    assert cells(report, f"whole run, two processes, {whole}") == ["20.0x", "30x", "50x"]
    assert cells(report, "two processes against serial, wall") == ["1.50x", "1.5x", "1.75x"]
    assert cells(report, "nothing changed against serial cold, wall") == ["30.0x", "12x", "25x"]
    assert cells(report, "fields that differ from the oracle") == ["4", "0", "0"]
    assert cells(report, "messages missing or too many") == ["1", "0", "0"]
    assert "grammar 3 (75.0 %), tree 1 (25.0 %)" in report


def test_speed_is_that_of_the_account_that_was_read(result: Result) -> None:
    report = speed_report.report(result)
    assert cells(report, "run, ours, serial")[:4] == ["200.0", "60.00", "30.00", "3.3"]
    assert cells(report, "run, reference")[:4] == ["20.0", "80.00", "40.00", "0.2"]


def test_machine_is_described_without_its_name(result: Result) -> None:
    report = speed_report.report(result)
    assert sys.version.split()[0] in report
    assert "processors" in report


def test_share_is_one_of_so_many() -> None:
    assert [_share("1/40"), _share("40"), _share("1")] == [40, 40, 1]
    for wrong in ("2/3", "0", "1/-1", "all"):
        with pytest.raises(ValueError, match=r".*"):
            _share(wrong)


@pytest.mark.skipif(sys.platform == "win32", reason="nothing there tells what children used")
def test_cost_includes_the_children_of_a_command() -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(1 << 28)'])"
    cost = run("-c", child)
    assert cost.peak_mb > 256
    assert cost.cpu > 0


def test_middle_cost_is_the_median() -> None:
    costs = [Cost(1.0, 9.0, 5.0), Cost(8.0, 2.0, 7.0), Cost(3.0, 3.0, 6.0)]
    assert middle(costs) == Cost(3.0, 3.0, 7.0)


def test_account_is_written_once(tmp_path: Path) -> None:
    first = account(tmp_path, 1000)
    (first.folder / "mark").touch()
    assert (account(tmp_path, 1000).folder / "mark").exists()
    (first.folder / "figures.json").unlink()  # as if it had been interrupted
    again = account(tmp_path, 1000)
    assert not (again.folder / "mark").exists()
    assert again.figures["chats"] == 4


def test_settings_for_other_runs_do_not_reach_what_is_measured_but_how_it_is_run_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "import os; print(sorted({'ETL_QUIET', 'ETL_INTERPRETED'} & {*os.environ}))"
    monkeypatch.setenv("ETL_QUIET", "1")
    monkeypatch.setenv("ETL_INTERPRETED", "1")
    assert run("-c", said).printed == "['ETL_INTERPRETED']\n"
