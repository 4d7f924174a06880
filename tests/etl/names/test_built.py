"""What was compiled of names and matching is used where it is of this very version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import etl
from etl.names import built

_CHECKOUT = Path(etl.__file__).parents[1]
_LOADED = (
    "from etl.names import normalise; from etl.matching import title;"
    " print(normalise.__file__.endswith('.py'), title.__file__.endswith('.py'))"
)
compiled = pytest.mark.skipif(
    not Path(built.folder()).is_dir(), reason="not compiled: `make native`"
)


def loaded(**environment: str) -> str:
    """What a process of its own loads: whether names are Python, and whether titles are."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED],
        cwd=_CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@compiled
def test_what_was_compiled_of_this_version_is_loaded() -> None:
    assert loaded() == "False False"


def test_all_is_python_where_that_is_asked_for() -> None:
    assert loaded(ETL_INTERPRETED="1") == "True True"


@pytest.mark.parametrize("told", ["etl/mapping", "etl/matching", "etl/names", "sources"])
def test_version_is_that_of_all_that_a_compiler_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    for folder in ("etl/mapping", "etl/matching", "etl/names", "sources"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "some.py").write_text("x = 1")
    monkeypatch.setattr(built, "_ETL", str(tmp_path / "etl"))
    before = built.folder.__wrapped__()
    (tmp_path / told / "some.py").write_text("x = 2")
    assert built.folder.__wrapped__() != before
