"""What we write is for its owner only, whatever the mask says."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import PROJECT, Workplace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no modes")


@pytest.fixture(autouse=True)
def _everybody_may_read() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def written(workplace: Workplace) -> dict[Path, int]:
    """All there is but the archives, with its mode."""
    return {
        path.relative_to(workplace.root): stat.S_IMODE(path.stat().st_mode)
        for path in workplace.root.rglob("*")
        if not path.is_relative_to(workplace.data)
    }


@pytest.mark.parametrize(
    "commands",
    [
        [("run",), ("run",)],
        [("run", "--source", "slack")],
        [("run",), ("match", "--sample", "5")],
        [("run", "--executor", "process", "--verbose")],
        [("check",)],
        [("run",), ("audit",), ("status",), ("quarantine", "list")],
        [("run",), ("run", "--keep", "2", "--include-unmatched"), ("run", "--verify")],
        [("run",), ("forget", "--person", "Mika"), ("forget", "--undo")],
    ],
    ids=lambda commands: " then ".join(map(" ".join, commands)),
)
def test_every_file_is_0600_and_every_folder_0700(
    tmp_path: Path, commands: list[tuple[str, ...]]
) -> None:
    workplace = Workplace(tmp_path / "a" / "b").with_sample()
    for folder in (workplace.data, workplace.root, workplace.root.parent):
        folder.chmod(0o755)
    for command in commands:
        assert workplace.run(*command).returncode == 0
    for path, mode in written(workplace).items():
        expected = 0o700 if (workplace.root / path).is_dir() else 0o600
        assert mode == expected, f"{path} is {mode:o}"


def test_what_a_killed_run_leaves_is_private_too(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path).with_sample()
    spool = Path(f"{workplace.state}.spool")
    at_the_output = "import os,sys,runpy,signal; from etl import output\n"
    at_the_output += "output._item = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
    at_the_output += "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    python, *rest = workplace.command()
    done = subprocess.run(
        [python, "-c", at_the_output, *rest], cwd=PROJECT, capture_output=True, check=False
    )
    assert done.returncode == -9, done.stderr
    assert spool.is_dir()
    assert any(path.name.endswith(".tmp") for path in written(workplace))
    for path, mode in written(workplace).items():
        assert mode in (0o600, 0o700), f"{path} is {mode:o}"
