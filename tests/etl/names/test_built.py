"""What was compiled of names and matching is used where it is of this very version."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.names import built
from tests.compiled import printed

_LOADED = (
    "from etl.names import normalise; from etl.matching import title;"
    " print(normalise.__file__.endswith('.py'), title.__file__.endswith('.py'))"
)
compiled = pytest.mark.skipif(
    not Path(built.folder()).is_dir(), reason="not compiled: `make native`"
)


@compiled
def test_what_was_compiled_of_this_version_is_loaded() -> None:
    assert printed(_LOADED) == "False False"


def test_all_is_python_where_that_is_asked_for() -> None:
    assert printed(_LOADED, ETL_INTERPRETED="1") == "True True"


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
