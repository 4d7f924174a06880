from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etl.exits import AlreadyRunning
from etl.locking import Holder, exclusive, in_use, last_holder

ROOT = Path(__file__).parents[2]

HOLD = """
import sys
from pathlib import Path
from etl.locking import exclusive
with exclusive([Path(sys.argv[1])], "2024-05-01T10:00:00Z"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of that file, until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


def test_a_second_run_is_refused_and_told_who_runs_until_that_one_is_killed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state.db"
    with held(path) as holder:
        with (
            pytest.raises(AlreadyRunning) as caught,
            exclusive([tmp_path / "other", path], "2024-05-01T11:00:00Z"),
        ):
            raise AssertionError
        assert str(caught.value) == (
            f"{path}: in use by a run with process id {holder.pid},"
            " started 2024-05-01T10:00:00Z; wait for it"
        )
        assert caught.value.exit_status == 75
        holder.kill()
        holder.wait()
        with exclusive([path, tmp_path / "other"], "2024-05-01T12:00:00Z"):
            said = json.loads((tmp_path / "state.db.lock.holder").read_text())
            assert said["since"] == "2024-05-01T12:00:00Z"


def test_who_asks_learns_who_holds_it_and_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert in_use(path) is None
    assert last_holder(path) is None
    assert list(tmp_path.iterdir()) == []
    with held(path) as holder:
        said = f"a run with process id {holder.pid}, started 2024-05-01T10:00:00Z"
        assert in_use(path) == said
        with pytest.raises(AlreadyRunning), exclusive([path], "later"):
            raise AssertionError
        holder.kill()
        holder.wait()
        assert in_use(path) is None
        assert last_holder(path) == Holder(holder.pid, "2024-05-01T10:00:00Z")
    with exclusive([path], "later"):
        pass


def test_one_process_cannot_hold_it_twice_but_after_one_another(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "a", tmp_path / "b"]
    with exclusive(paths, "now"):
        said = f"{tmp_path / 'b'}: in use by another DataETL of this process; close it"
        with pytest.raises(AlreadyRunning, match=said), exclusive([tmp_path / "b"], "later"):
            raise AssertionError
        with exclusive([tmp_path / "c"], "later"):
            pass
    with exclusive(paths, "later"):
        pass


def test_a_lock_that_is_refused_frees_those_taken_before(tmp_path: Path) -> None:
    with exclusive([tmp_path / "b"], "now"):
        with pytest.raises(AlreadyRunning), exclusive([tmp_path / "a", tmp_path / "b"], "x"):
            raise AssertionError
        with exclusive([tmp_path / "a"], "later"):
            pass


@pytest.mark.parametrize("said", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_holder_that_cannot_be_read_is_another_run(tmp_path: Path, said: str) -> None:
    with exclusive([tmp_path / "a"], "now"):
        (tmp_path / "a.lock.holder").write_text(said)
        with (
            pytest.raises(AlreadyRunning, match="in use by another run; wait for it"),
            exclusive([tmp_path / "a"], "x"),
        ):
            raise AssertionError


def test_lock_files_are_for_their_owner_only(tmp_path: Path) -> None:
    with exclusive([tmp_path / "a"], "now"):
        files = sorted(tmp_path.iterdir())
        assert [file.name for file in files] == ["a.lock", "a.lock.holder"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
