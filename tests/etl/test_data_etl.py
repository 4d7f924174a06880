"""`DataETL` as a library: its steps one by one, as a notebook takes them."""

from __future__ import annotations

import inspect
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from etl import executors, pipeline
from etl.data_etl import DataETL
from etl.exits import CannotCreate, Misconfigured, NoInput
from etl.given import resolve
from etl.parent import Child
from etl.settings import SUGGESTIONS, Settings
from tests.running import MAPPING, Workplace
from tests.sample_places import EXPECTED


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    data = Workplace(tmp_path).with_sample().data
    ours = EXPECTED["settings"]
    return resolve(
        {
            "data_dir": str(data),
            "mapping": str(MAPPING),
            "output": str(tmp_path / "out" / "etl_output.json"),
            "db_path": str(tmp_path / "out" / "state.db"),
            "log_file": str(tmp_path / "run.log"),
            "our_name": ours["OUR_COMPANY_NAMES"],
            "our_domain": ours["OUR_COMPANY_DOMAINS"],
        },
        {},
    )


def test_constructor_takes_what_it_promises() -> None:
    parameters = list(inspect.signature(DataETL).parameters.values())
    assert [(p.name, p.default) for p in parameters] == [
        ("max_workers", 4),
        ("batch_size", 100),
        ("settings", None),
    ]
    assert [p.kind is p.KEYWORD_ONLY for p in parameters] == [False, False, True]


def test_missing_mapping_is_file_not_found(settings: Settings, tmp_path: Path) -> None:
    nowhere = resolve({"mapping": str(tmp_path / "none.csv"), "data_dir": str(tmp_path)}, {})
    with DataETL(settings=nowhere) as etl, pytest.raises(FileNotFoundError, match=r"none\.csv"):
        etl.load_company_mapping()


@pytest.mark.parametrize(
    "name",
    [
        *("etl_output.json", "run.json", "quarantine.jsonl", SUGGESTIONS),
        *("state.db", "state.db.forgotten", "etl_output.fallback.json"),
    ],
)
def test_mapping_in_a_place_that_is_written_to_is_refused_and_left_as_it_is(
    settings: Settings, name: str
) -> None:
    settings = replace(settings, mapping=settings.output.with_name(name))
    settings.mapping.parent.mkdir()
    shutil.copy(MAPPING, settings.mapping)
    with pytest.raises(Misconfigured, match=f"{name}: is both --mapping and "):
        DataETL(settings=settings).run_etl()
    assert settings.mapping.read_bytes() == MAPPING.read_bytes()


def test_file_of_somebody_else_is_neither_output_nor_report(settings: Settings) -> None:
    settings.output.parent.mkdir()
    for path in (settings.output, settings.run_json):
        path.write_text("mine")
    with pytest.raises(CannotCreate, match="exists and is no output"):
        DataETL(settings=settings).run_etl()
    settings.output.unlink()
    with pytest.raises(CannotCreate, match=r"run\.json: exists and is no report of a run; give"):
        DataETL(settings=settings).run_etl()
    assert settings.run_json.read_text() == "mine"


def test_ingested_items_are_mappings_whose_messages_are_read_on_demand(
    settings: Settings,
) -> None:
    with DataETL(settings=settings) as etl:
        chats, channels = etl.ingest_telegram_data(), etl.ingest_slack_data()
        meetings, crm = etl.ingest_calendar_data(), etl.ingest_hubspot_data()
        accepted = {kind: counts["accepted"] for kind, counts in EXPECTED["items"].items()}
        assert len(chats) == accepted["telegram_chats"]
        assert len(channels) == accepted["slack_channels"]
        assert len(meetings) == accepted["calendar_meetings"]
        assert len(crm) == sum(n for kind, n in accepted.items() if kind.startswith("hubspot"))
        for items in (chats, channels, meetings, crm):
            assert isinstance(items, Mapping)
            assert list(items) == sorted(items)
            assert {items[key].summary.key for key in items} == set(items)
        general = channels["slack:C0GENERAL"]
        assert general.record["name"] == "general"
        assert len(list(general.messages())) == general.record["message_count"] == 5
        assert "nobody" not in channels


def test_steps_give_the_statistics_of_a_whole_run(settings: Settings, tmp_path: Path) -> None:
    with DataETL(settings=settings) as etl:
        assert sorted(etl.load_company_mapping().companies) == EXPECTED["mapping"]["companies"]
        etl.ingest_hubspot_data()
        etl.ingest_slack_data()
        etl.ingest_calendar_data()
        etl.ingest_telegram_data()
        statistics = etl.generate_summary_stats(etl.match_data_to_companies())
    shutil.rmtree(tmp_path / "out")
    report = DataETL(2, 1, settings=settings).run_etl()
    assert report.exit_status == 0
    written = json.loads(settings.output.read_bytes())["statistics"]
    assert json.loads(json.dumps(statistics)) == written
    assert written["items"] == EXPECTED["items"]


def test_a_step_taken_again_gives_the_same(settings: Settings) -> None:
    with DataETL(settings=settings) as etl:
        first = etl.generate_summary_stats(etl.match_data_to_companies())
        again = etl.generate_summary_stats(etl.match_data_to_companies())
    assert first == again
    assert first["items"] == EXPECTED["items"]


def test_another_source_may_be_ingested_while_items_are_looked_at(settings: Settings) -> None:
    with DataETL(settings=settings) as etl:
        for _ in etl.ingest_slack_data():
            etl.ingest_calendar_data()


def test_steps_refuse_input_that_is_suddenly_gone(settings: Settings) -> None:
    DataETL(settings=settings).run_etl()
    shutil.rmtree(settings.data_dir / "telegram")
    with DataETL(settings=settings) as etl, pytest.raises(NoInput, match="allow-shrink"):
        etl.ingest_telegram_data()


def test_arguments_other_than_the_defaults_go_before_settings(settings: Settings) -> None:
    given = DataETL(9, 7, settings=settings).settings
    assert (given.max_workers, given.batch_size) == (9, 7)
    assert DataETL(settings=replace(settings, max_workers=2)).settings.max_workers == 2


def test_what_is_proposed_as_our_domain_is_not_suggested_as_a_customer(settings: Settings) -> None:
    settings = replace(settings, our_names=(), our_domains=())
    report = DataETL(settings=settings).run_etl()
    assert report.advice.our_domain == "fernhollow.example"
    suggested = (settings.output.parent / SUGGESTIONS).read_text(encoding="utf-8")
    assert suggested.startswith("base_company")
    assert "fernhollow.example" not in suggested


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started to read."""
    processes: list[subprocess.Popen[bytes]] = []
    start = Child.start

    def noted(child: Child) -> None:
        start(child)
        assert child._process is not None
        processes.append(child._process)

    monkeypatch.setattr(Child, "start", noted)
    return processes


def test_readers_of_a_first_run_start_once_and_end_with_it(
    settings: Settings, started: list[subprocess.Popen[bytes]]
) -> None:
    run = replace(settings, executor="process", max_workers=2)
    report = DataETL(settings=run).run_etl()
    assert report.executor == "process"
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_readers_that_started_for_nothing_end_with_the_run(
    settings: Settings, started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    data = tmp_path / "nothing"
    data.mkdir()
    (data / "notes.html").write_text("<p>none of ours</p>")
    run = replace(settings, executor="process", max_workers=2, data_dir=data)
    with pytest.raises(NoInput):
        DataETL(settings=run).run_etl()
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_folder_whose_names_tell_nothing_is_read_by_processes_all_the_same(
    settings: Settings, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_READABLE", ())
    monkeypatch.setattr(executors, "PROCESS_BYTES", 1)
    report = DataETL(settings=replace(settings, max_workers=2)).run_etl()
    assert report.executor == "process"
    assert len(started) == 2
