"""``--max-age`` along the whole road: what is too old is in no output and in no state, a later
day costs what it takes away, and every day's output is that of a run from nothing.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl import frames
from etl.contract.validation import validate_file
from etl.data_etl import DataETL
from etl.report import RunReport
from etl.settings import Settings
from tests.running import Workplace
from tests.running import run as run_with


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path).with_sample()


def settings(workplace: Workplace) -> Settings:
    return workplace.settings(our_domains=("fernhollow.example",))


def run(workplace: Workplace, oldest: str, **more: Any) -> RunReport:
    return run_with(settings(workplace), oldest=oldest, **more)


def from_nothing(workplace: Workplace, oldest: str) -> RunReport:
    elsewhere = Workplace(workplace.root / "again")
    shutil.rmtree(elsewhere.root, ignore_errors=True)
    there = {"output": elsewhere.output, "db_path": elsewhere.state}
    return run_with(settings(workplace), oldest=oldest, **there)


def said(workplace: Workplace) -> list[dict[str, Any]]:
    result = workplace.result
    return [
        item
        for company in result["companies"].values()
        for kind in ("slack_channels", "telegram_chats")
        for item in company[kind]
    ]


def test_nothing_older_is_in_the_output_and_everything_is_accounted_for(
    workplace: Workplace,
) -> None:
    report = run(workplace, "2025-03-01")
    for item in said(workplace):
        assert item["message_count"] == len(item["messages"]) > 0
        for message in item["messages"]:
            assert (message["timestamp"] or message["date"])[:10] >= "2025-03-01"
    for source in report.sources.values():
        accounted = source.accepted + source.duplicate + source.quarantined
        assert source.found == accounted + sum(source.ignored.values())
    assert report.sources["telegram"].ignored["older_than_max_age"] > 0
    assert validate_file(workplace.output).ok
    assert workplace.result["metadata"]["nothing_before"] == "2025-03-01"


def test_days_go_by_and_each_output_is_that_of_a_run_from_nothing(workplace: Workplace) -> None:
    days = ["2025-01-01", "2025-01-20", "2025-01-21", "2025-02-14", "2025-02-10", "", "2027-01-01"]
    for day in days:
        assert run(workplace, day).content_sha256 == from_nothing(workplace, day).content_sha256


def test_day_that_takes_nothing_away_reads_nothing(workplace: Workplace) -> None:
    run(workplace, "2024-06-01")
    later = run(workplace, "2024-06-02")
    assert (later.status, later.performance.units_read) == ("complete", 0)
    assert later.output_left_alone
    assert run(workplace, "2024-06-02").status == "unchanged"


def test_only_units_that_a_day_takes_something_from_are_read_again(workplace: Workplace) -> None:
    run(workplace, "2025-03-01")
    later = run(workplace, "2025-03-08")
    assert 0 < later.performance.units_read < later.performance.units_unchanged


def test_what_grew_too_old_is_on_no_page_of_the_state(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_SMALL_BYTES", 2**30)  # nothing is compressed: grep sees all
    with DataETL(settings=settings(workplace)) as etl:
        etl.run_etl()
    texts = {
        msgspec.json.encode(message["text"])[1:-1]
        for item in said(workplace)
        for message in item["messages"]
        if (message["timestamp"] or message["date"]) < "2025-03-01" and len(message["text"]) > 12
    }
    run(workplace, "2025-03-01")
    kept = workplace.output.read_bytes()
    gone = {text for text in texts if text not in kept}
    assert len(gone) > 30
    for path in workplace.output.parent.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not [text for text in gone if text in data], path
    # It would have been there to be found.
    with DataETL(settings=settings(workplace)) as etl:
        etl.run_etl()
    data = workplace.state.read_bytes()
    assert sum(text in data for text in gone) > len(gone) / 2  # pages cut some in two


def test_command_line_counts_from_today(workplace: Workplace) -> None:
    today = datetime.now(UTC).date()
    days = (today - datetime(2025, 3, 1, tzinfo=UTC).date()).days
    done = workplace.run("--max-age", str(days))
    assert done.returncode == 0, done.stderr
    assert "older_than_max_age" in workplace.report["sources"]["slack"]["ignored"]
    told = workplace.result["metadata"]["nothing_before"]
    assert told in {"2025-03-01", "2025-03-02"}  # the latter when midnight came between
    workplace.run(ETL_MAX_AGE="30")
    told = workplace.result["metadata"]["nothing_before"]
    assert abs((today - timedelta(30)) - datetime.fromisoformat(told).date()) <= timedelta(1)
    wrong = workplace.run("--max-age", "a month")
    assert wrong.returncode == 2
    assert "--max-age is 'a month': give a whole number of at least 1" in wrong.stderr
    wrong = workplace.run("--max-age", "99999999")
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False)


def test_processes_leave_out_what_threads_do(workplace: Workplace) -> None:
    run(workplace, "2025-03-01", executor="process")
    assert workplace.content_sha256 == from_nothing(workplace, "2025-03-01").content_sha256


def test_audit_takes_what_was_left_out_for_left_out(workplace: Workplace) -> None:
    run(workplace, "2025-03-01")
    audited = workplace.run("audit")
    assert audited.returncode == 0, audited.stdout
