from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from etl import credentials
from etl.given import SettingsError, read_env_file, resolve, unread
from etl.settings import HOME, Settings, Tolerance
from sources.registry import SOURCES


def given(**arguments: Any) -> Settings:
    return resolve(arguments, {})


def test_defaults_stand_beside_the_program_wherever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = resolve({}, {})
    assert settings == Settings()
    assert (HOME / "run_etl.py").is_file()
    assert settings.data_dir == HOME / "data"
    assert settings.mapping == HOME / "data" / "company_mapping.csv"
    assert settings.output == HOME / "output" / "etl_output.json"
    assert settings.db_path == HOME / "output" / "etl_state.db"
    assert settings.log_file == HOME / "etl_ingestion.log"
    assert (settings.max_workers, settings.batch_size, settings.executor) == (4, 100, "auto")
    assert settings.data_dir_is_default
    assert settings.source_names == tuple(SOURCES)


VARIABLES = {
    "DATA_DIR": "/env/data",
    "COMPANY_MAPPING": "/env/mapping.csv",
    "ETL_OUTPUT": "/env/out.json",
    "ETL_DB_PATH": "/env/state.db",
    "ETL_LOG_FILE": "/env/log",
    "ETL_MAX_WORKERS": "7",
    "ETL_FETCH_MINUTES": "9",
    "ETL_BATCH_SIZE": "8",
    "ETL_MAX_AGE": "365",
    "ETL_KEEP": "6",
    "OUR_COMPANY_NAMES": "Env, Env GmbH ,",
    "OUR_COMPANY_DOMAINS": "env.example",
    "TELEGRAM_TIMEZONE": "Europe/Berlin",
    "HUBSPOT_TIMEZONE": "Asia/Tokyo",
    "HUBSPOT_DATE_ORDER": "mdy",
    "HUBSPOT_LABELS": str(HOME / "tests" / "data" / "hubspot_labels.toml"),
}
ARGUMENTS: dict[str, Any] = {
    "data_dir": "/cli/data",
    "mapping": "/cli/mapping.csv",
    "output": "/cli/out.json",
    "db_path": "/cli/state.db",
    "log_file": "/cli/log",
    "max_workers": "2",
    "batch_size": "3",
    "max_age": "30",
    "keep": "0",
    "our_name": ["Cli", "With, comma"],
    "our_domain": ["cli.example"],
    "telegram_timezone": "UTC",
    "hubspot_timezone": "America/Lima",
    "hubspot_date_order": "dmy",
}


def test_the_environment_goes_before_the_defaults() -> None:
    settings = resolve(dict.fromkeys(ARGUMENTS), VARIABLES)
    assert settings.data_dir == Path("/env/data")
    assert settings.mapping == Path("/env/mapping.csv")
    assert settings.output == Path("/env/out.json")
    assert settings.db_path == Path("/env/state.db")
    assert settings.log_file == Path("/env/log")
    assert (settings.max_workers, settings.batch_size, settings.keep) == (7, 8, 6)
    assert settings.our_names == ("Env", "Env GmbH")
    assert settings.our_domains == ("env.example",)
    assert settings.readers.telegram_timezone == "Europe/Berlin"
    assert settings.readers.hubspot_timezone == "Asia/Tokyo"
    assert settings.readers.hubspot_date_order == "mdy"
    assert "Datensatz-ID" in (settings.readers.hubspot_labels or "")
    assert not settings.data_dir_is_default


def test_the_command_line_goes_before_the_environment() -> None:
    settings = resolve(ARGUMENTS, VARIABLES)
    assert settings.data_dir == Path("/cli/data")
    assert settings.mapping == Path("/cli/mapping.csv")
    assert settings.output == Path("/cli/out.json")
    assert settings.db_path == Path("/cli/state.db")
    assert settings.log_file == Path("/cli/log")
    assert (settings.max_workers, settings.batch_size, settings.keep) == (2, 3, 0)
    assert settings.our_names == ("Cli", "With, comma")
    assert settings.our_domains == ("cli.example",)
    assert settings.readers.telegram_timezone == "UTC"
    assert settings.readers.hubspot_timezone == "America/Lima"
    assert settings.readers.hubspot_date_order == "dmy"


def test_an_empty_variable_is_none() -> None:
    assert resolve({}, dict.fromkeys(VARIABLES, " ")) == Settings()


def test_a_given_path_is_against_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    settings = resolve({"output": "out/x.json", "log_file": "~/etl.log"}, {"DATA_DIR": "exports"})
    assert settings.output == tmp_path / "out" / "x.json"
    assert settings.data_dir == tmp_path / "exports"
    assert settings.log_file == tmp_path / "home" / "etl.log"


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", ""])
def test_a_number_must_be_one(number: str) -> None:
    for name in ("max_workers", "batch_size", "limit"):
        with pytest.raises(SettingsError, match=f"--{name.replace('_', '-')} is '{number}'"):
            given(**{name: number})
    if number:
        with pytest.raises(SettingsError, match=f"ETL_BATCH_SIZE is '{number}': give a whole"):
            resolve({}, {"ETL_BATCH_SIZE": number})


@pytest.mark.parametrize("name", ["our_name", "our_domain"])
def test_an_empty_name_of_ours_is_refused(name: str) -> None:
    said = f"--{name.replace('_', '-')} is empty"
    with pytest.raises(SettingsError, match=said):
        resolve({name: ["ours.example", " "]}, VARIABLES)


@pytest.mark.parametrize("domain", ["ours", "not a domain", "127.0.0.1", "GMail.com"])
def test_a_domain_of_ours_must_be_one(domain: str) -> None:
    with pytest.raises(SettingsError, match=f"'{domain}' is "):
        given(our_domain=["ours.example", domain])
    with pytest.raises(SettingsError, match=f"'{domain}' is "):
        resolve({}, {"OUR_COMPANY_DOMAINS": f"ours.example,{domain}"})


def test_a_domain_of_ours_may_be_written_as_people_do() -> None:
    written = ("@ours.example", "https://www.ours.example/", "Ours.Example")
    assert given(our_domain=list(written)).our_domains == written


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", ""])
def test_a_zone_must_be_one(zone: str) -> None:
    with pytest.raises(SettingsError, match="is no time zone"):
        given(telegram_timezone=zone)
    if zone:
        with pytest.raises(SettingsError, match="is no time zone"):
            resolve({}, {"HUBSPOT_TIMEZONE": zone})


def test_order_of_day_and_month_is_one_of_two() -> None:
    assert resolve({}, {"HUBSPOT_DATE_ORDER": "DMY"}).readers.hubspot_date_order == "dmy"
    for order in ("ymd", "7"):
        with pytest.raises(SettingsError, match="give dmy or mdy"):
            given(hubspot_date_order=order)


def test_labels_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "labels.toml"
    file.write_text('[deals]\nid = "Datensatz-ID"\n', encoding="utf-8-sig")
    settings = resolve({}, {"HUBSPOT_LABELS": str(file)})
    assert settings.readers.hubspot_labels == '[deals]\nid = "Datensatz-ID"\n'


@pytest.mark.parametrize("content", [None, b"[deals", b"[deals]\nnmae = 'x'", b"\xff"])
def test_labels_that_cannot_be_used_are_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "labels.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"labels\.toml: cannot be used as labels of HubSpot"):
        given(hubspot_labels=str(file))


@pytest.mark.parametrize("day", ["2024-02-30", "tomorrow", "01.02.2024", ""])
def test_a_date_must_be_one(day: str) -> None:
    with pytest.raises(SettingsError, match="is no date: give YYYY-MM-DD"):
        given(calendar_from=day)


def test_dates_are_kept() -> None:
    readers = given(calendar_from="2024-02-29", calendar_to="2025-01-01").readers
    assert (readers.calendar_from, readers.calendar_to) == ("2024-02-29", "2025-01-01")


@pytest.mark.parametrize("name", ["data_dir", "output", "mapping", "db_path", "log_file"])
def test_an_empty_path_is_not_taken_for_the_default(name: str) -> None:
    # what a shell makes of a variable that is not set
    with pytest.raises(SettingsError, match=f"--{name.replace('_', '-')} is empty"):
        given(**{name: ""})


def test_a_home_of_nobody_is_refused() -> None:
    with pytest.raises(SettingsError, match="nobody-at-all"):
        given(output="~nobody-at-all/x.json")


@pytest.mark.parametrize(
    ("text", "tolerance"),
    [("10%", Tolerance(10, True)), ("0", Tolerance(0, False)), ("2.5%", Tolerance(2.5, True))],
)
def test_a_tolerance_is_a_number_or_a_share(text: str, tolerance: Tolerance) -> None:
    assert given(max_errors=text).max_errors == tolerance
    assert str(tolerance) == text


@pytest.mark.parametrize("text", ["", "%", "-1", "many", "nan", "inf", "5%%"])
def test_another_tolerance_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="--max-errors is"):
        given(max_errors=text)


def test_named_sources_stand_in_our_order_once() -> None:
    settings = given(source=["hubspot", "slack", "slack"])
    assert settings.source_names == ("slack", "hubspot")


def test_switches_are_off_until_they_are_given() -> None:
    settings = given(fresh=None, include_unmatched=True, allow_shrink=False)
    assert (settings.fresh, settings.include_unmatched, settings.allow_shrink) == (
        False,
        True,
        False,
    )


def test_switches_have_no_variables() -> None:
    variables = {"ETL_FRESH": "1", "ETL_LIMIT": "1", "LIMIT": "1", "ETL_SOURCE": "slack"}
    assert resolve({}, variables) == Settings()


def test_an_env_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATA_DIR=exports\n", encoding="utf-8-sig")
    assert read_env_file(tmp_path / ".env") == {"DATA_DIR": "exports"}


def test_an_env_file_that_cannot_be_understood_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('DATA_DIR=exports\nOUR_COMPANY_NAMES="A, B\n')
    with pytest.raises(SettingsError, match="line 2: cannot be understood; write NAME=value"):
        read_env_file(tmp_path / ".env")


def test_a_variable_that_is_no_setting_is_told() -> None:
    assert unread(VARIABLES) == []
    assert unread({**VARIABLES, "OUR_COMPANY_NAME": "A"}) == ["OUR_COMPANY_NAME"]


def test_an_env_file_is_read_when_there_is_one(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}
    (tmp_path / ".env").write_text("# ours\nDATA_DIR=exports\nOUR_COMPANY_NAMES='A, B'\nODD\n")
    assert read_env_file(tmp_path / ".env") == {
        "DATA_DIR": "exports",
        "OUR_COMPANY_NAMES": "A, B",
    }


def test_the_example_names_only_settings_that_exist() -> None:
    lines = (HOME / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.removeprefix("# ").partition("=")[0] for line in lines if "=" in line}
    secret = {*credentials.VARIABLES.values(), credentials.SUBJECT}
    assert named == {*VARIABLES, *secret, *(f"{name}_FILE" for name in secret)} - {
        f"{credentials.SUBJECT}_FILE"
    }


@pytest.mark.parametrize("given", ["-0.1", "1.1", "much", "nan"])
def test_a_least_score_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="--min-score"):
        resolve({"min_score": given}, {})
    assert resolve({"min_score": "0.8"}, {}).min_score == 0.8
