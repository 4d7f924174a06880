"""How tests run the tool: as its users do, in a process of its own, on folders of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etl.data_etl import DataETL
from etl.report import RunReport
from etl.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
SAMPLE = PROJECT / "data" / "sample"
MAPPING = PROJECT / "data" / "company_mapping.csv"
OURS = ("--our-name", "Fernhollow", "--our-name", "Fernhollow Labs")
OUR_DOMAIN = ("--our-domain", "fernhollow.example")


@dataclass(frozen=True)
class Workplace:
    """A data folder, and a place for what a run writes."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def output(self) -> Path:
        return self.root / "out" / "etl_output.json"

    @property
    def state(self) -> Path:
        return self.root / "out" / "state.db"

    @property
    def log(self) -> Path:
        return self.root / "run.log"

    def with_sample(self) -> Workplace:
        """The sample's archives as somebody's own exports."""
        shutil.copytree(SAMPLE, self.data, ignore=shutil.ignore_patterns("settings.env"))
        return self

    def settings(self, **more: Any) -> Settings:
        """What a run in this process is given."""
        return Settings(
            data_dir=self.data,
            mapping=MAPPING,
            output=self.output,
            db_path=self.state,
            log_file=self.log,
            executor="thread",
            live=False,
            **more,
        )

    def command(self, *arguments: str) -> list[str]:
        return [
            *(sys.executable, str(PROJECT / "run_etl.py"), "--data-dir", str(self.data)),
            *("--mapping", str(MAPPING), "--output", str(self.output)),
            *("--db-path", str(self.state), "--log-file", str(self.log), *OURS, *OUR_DOMAIN),
            "--no-live",  # whatever somebody's .env opens
            *arguments,
        ]

    def run(
        self, *arguments: str, under: tuple[str, ...] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; ``under`` is a command that runs commands."""
        return subprocess.run(
            [*under, *self.command(*arguments)],
            env=environment(**variables),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def result(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self.output.read_bytes())
        return result

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.output.parent / "run.json").read_bytes())
        return report

    @property
    def content_sha256(self) -> str:
        return str(self.result["metadata"]["content_sha256"])


def run(settings: Settings, **changed: Any) -> RunReport:
    """A run in this process."""
    return DataETL(settings=replace(settings, **changed)).run_etl()


UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}
"""For what is sent a signal that it handles: measured, it may wait for ever for coverage's lock,
which nobody gives back when a handler raises in the middle of it.
"""


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without any setting of ours."""
    ours = (
        *("ETL_", "DATA_DIR", "COMPANY_MAPPING", "OUR_COMPANY", "TELEGRAM_"),
        *("HUBSPOT_", "SLACK_BOT_TOKEN", "GOOGLE_CALENDAR_"),
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | variables


def items_of(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every item of an output by key, without what matching says of it."""
    places = [*result["companies"].values(), result["review"], result["unmatched"]]
    said = ("match", "shared_with", "candidates", "settles", "nearest", "reason")
    return {
        item["key"]: {name: value for name, value in item.items() if name not in said}
        for place in places
        for name, array in place.items()
        if name != "company_info"
        for item in array
    }
