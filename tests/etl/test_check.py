"""What a run would do, before it does it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from etl import check
from etl.settings import Settings
from sources.live.scope import Credential


def test_a_misspelt_variable_of_the_env_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "HOME", tmp_path)
    settings = Settings(data_dir=tmp_path, mapping=tmp_path / "m.csv", db_path=tmp_path / "s.db")
    assert "no setting" not in check.check(settings)[0]
    (tmp_path / ".env").write_text("OUR_COMPANY_NAME=Secret\nDATA_DIR=x\n")
    said = check.check(settings)[0]
    assert "  no setting, in .env: OUR_COMPANY_NAME\n" in said
    assert "Secret" not in said


def test_nothing_landed_yet_is_no_trouble_where_a_run_would_fetch(tmp_path: Path) -> None:
    mapping = tmp_path / "m.csv"
    mapping.write_text("base_company\nAcme\n")
    settings = Settings(data_dir=tmp_path, mapping=mapping, db_path=tmp_path / "s.db")
    said, status = check.check(settings)
    assert "no export found" in said
    assert "a run would write" not in said
    assert status == 66
    asking = replace(settings, credentials={"slack": Credential("xoxb-1")})
    said, status = check.check(asking)
    assert "no export found" not in said
    assert "a run would write" in said
    assert status == 0


@pytest.mark.parametrize(
    ("mapping", "status"), [(None, 66), ("a folder", 78), ("company;domain\nAcme;x\n", 78)]
)
def test_check_ends_as_a_run_without_a_usable_mapping_would(
    tmp_path: Path, mapping: str | None, status: int
) -> None:
    path = tmp_path / "m.csv"
    if mapping == "a folder":
        path.mkdir()
    elif mapping is not None:
        path.write_text(mapping)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "c.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    settings = Settings(data_dir=tmp_path / "data", mapping=path, db_path=tmp_path / "s.db")
    assert check.check(settings)[1] == status
