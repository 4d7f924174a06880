"""The examples of docs/output.md run, in their order, on a small output."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.etl.contract import small_output

PAGE = Path(__file__).parents[1] / "docs" / "output.md"
BLOCK = re.compile(r"^```(python|sql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed: examples not run")
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: examples not run")
    small_output.write(tmp_path / "output" / "etl_output.json")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with duckdb.connect() as database:
        for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            if language == "python":
                exec(code, names)
            else:
                database.execute(code)
        deals = database.execute("FROM deals").fetchall()
        texts = database.execute("SELECT text FROM messages WHERE company = 'Globex'").fetchall()
    assert (len(names["messages"]), len(names["distinct"])) == (8, 5)
    assert [(deal[0], str(deal[2])) for deal in deals] == [("Acme", "1200.50")]
    assert ("Thank you",) in texts
