"""What lies in the data folder, and when there is nothing to look at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl.exits import NoInput
from etl.session import data_tree
from etl.settings import Settings


def test_a_data_folder_that_may_not_be_read_is_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    assert data_tree(settings)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    with pytest.raises(NoInput, match=f"{tmp_path}: cannot be read; make it readable"):
        data_tree(settings)


def test_a_data_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match="no such folder"):
        data_tree(Settings(data_dir=tmp_path / "none"))
