"""What a run would do, before it does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import check
from etl.settings import Settings


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
