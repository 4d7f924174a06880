"""``match --records``: a file in, lines out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.cli import main
from etl.exits import Malformed, NoInput

MAPPING = "base_company,variant_name,telegram_group,calendar_domain\nacme,,,acme.example\n"
RECORDS = [
    {"id": "a", "source": "telegram", "title": "Acme <> Ourco", "chat_type": "private_group"},
    {"id": "b", "source": "calendar", "title": "Weekly", "attendees": ["ann@acme.example"]},
    {"id": "c", "source": "slack", "name": "general", "is_ext_shared": False},
]


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "m.csv").write_text(MAPPING)
    lines = "\n".join(json.dumps(record) for record in RECORDS)
    (tmp_path / "r.jsonl").write_text(f"{lines}\n\n")
    given = {"records": "r.jsonl", "mapping": "m.csv"}
    places = [part for flag, name in given.items() for part in (f"--{flag}", str(tmp_path / name))]
    return ["match", *places, "--our-name", "Ourco", "--our-domain", "ourco.example"]


def test_every_record_has_a_line_in_the_files_order(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["id"], line["companies"], line["method"]) for line in said] == [
        ("a", ["acme"], "segment"),
        ("b", ["acme"], "domain"),
        ("c", [], None),
    ]


def test_a_line_that_is_no_record_is_named(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.jsonl").write_text('{"id": "a", "source": "fax"}\n')
    assert main(arguments) == Malformed.exit_status
    assert "r.jsonl, line 1: give an id" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["[1]", '{"id": "a"', "7", "null"])
def test_a_line_that_is_no_object_says_what_is_wanted(
    tmp_path: Path, arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.jsonl").write_text(f"\n{line}\n")
    assert main(arguments) == Malformed.exit_status == 65
    assert "r.jsonl, line 2: one JSON object per line is wanted (" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["r.jsonl", "m.csv"])
def test_a_file_that_is_not_there_is_said(
    tmp_path: Path, arguments: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).unlink()
    assert main(arguments) == NoInput.exit_status
    assert name in capsys.readouterr().err


def test_match_needs_records_and_no_other_command_takes_them() -> None:
    for arguments in (["match"], ["check", "--records", "r.jsonl"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
