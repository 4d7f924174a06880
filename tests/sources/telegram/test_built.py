"""What was compiled is used where it is of this very version and can be loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources._compiled import INTERPRETED
from sources.telegram import built
from tests.compiled import printed

_LOADED = (
    "from sources.telegram import blocks, fast;"
    " print(blocks.__file__.endswith('.py'), fast.cut is fast.cut_by_pattern)"
)
compiled = pytest.mark.skipif(built.loops() is None, reason="not compiled: `make native`")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this version is looked for."""
    monkeypatch.setattr(built, "_PACKAGE", str(tmp_path))
    monkeypatch.setattr(built, "fingerprint", lambda: "0badc0de")
    monkeypatch.delenv(INTERPRETED, raising=False)
    return tmp_path / "_compiled" / "0badc0de"


@compiled
def test_what_was_compiled_of_this_version_is_loaded() -> None:
    assert Path(built.folder()).is_dir()
    assert printed(_LOADED) == "False False"


def test_all_is_python_where_that_is_asked_for() -> None:
    assert printed(_LOADED, ETL_INTERPRETED="1") == "True True"


def test_of_another_version_nothing_is_looked_at(folder: Path) -> None:
    other = folder.with_name("00000000")
    other.mkdir(parents=True)
    path = ["the package"]
    built.prefer_compiled(path)
    assert path == ["the package"]


def test_what_cannot_be_loaded_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(parents=True)
    monkeypatch.setattr(built, "_LOOPS", "sources.telegram.no_loops")
    path = ["the package"]
    built.prefer_compiled(path)
    assert path == ["the package"]
    assert built.loops() is None


def _edit(name: str, text: str) -> Callable[[Path], None]:
    def edit(package: Path) -> None:
        (package / name).write_text(text)

    return edit


@pytest.mark.parametrize(
    ("edit", "is_another"),
    [
        (_edit("../records.py", "x = 2"), True),
        (_edit("blocks.py", "x = 2"), True),
        (_edit("native/cut.c", "int x = 2;"), True),
        (_edit("native/told.h", "int x;"), True),
        (_edit("native/notes.txt", "x"), False),
        (_edit("../slack/parse.py", "x = 2"), False),
    ],
)
def test_version_is_that_of_all_that_a_compiler_was_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    edit: Callable[[Path], None],
    *,
    is_another: bool,
) -> None:
    package = tmp_path / "telegram"
    (package / "native").mkdir(parents=True)
    (tmp_path / "slack").mkdir()
    for name in ("../records.py", "blocks.py", "native/cut.c", "../slack/parse.py"):
        (package / name).write_text("x = 1")
    monkeypatch.setattr(built, "_PACKAGE", str(package))
    before = built.fingerprint()
    edit(package)
    assert (built.fingerprint() != before) is is_another
