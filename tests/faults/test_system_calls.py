"""The Nth system call of a kind is a run's last, or fails: those of SQLite, too.

One thread does everything, so that N is always the same call.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.faults.stage import FINE, KILLED, REFUSED, Stage, ended
from tests.faults.tally import FULL, Tally, number

WRITES = ("write", "pwrite64")
OTHERS = ("fsync", "fdatasync", "rename", "unlink", "ftruncate", "mkdir", "rmdir")
SHARES = 8
KILLED_AT = [*WRITES, *OTHERS] if FULL else ["rename"]
REFUSED_AT = [
    (call, error, ever_after)
    for call in (*WRITES, "fsync", "fdatasync", "rename", "ftruncate")
    for error in ("ENOSPC", "EIO")
    for ever_after in ("", "+")
    if FULL or (call, error, ever_after) == ("fdatasync", "ENOSPC", "")
]
"""A plus: and every later one, too."""


@pytest.fixture(scope="module", autouse=True)
def _strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace: apt-get install strace")
    done = subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"strace may not trace here: {done.stderr.decode().strip()}")


@pytest.mark.parametrize("share", range(number(1, SHARES)))
@pytest.mark.parametrize("call", KILLED_AT)
def test_killed_at_every_system_call(
    stage: Stage, tally: Tally, tmp_path: Path, call: str, share: int
) -> None:
    for at in itertools.count(1 + share, number(1, SHARES)):
        broken = _trial(stage, tmp_path / "trace", call, f"signal=KILL:when={at}", (KILLED,))
        if broken is None:
            break
        tally.count("K2 killed at a system call", broken)
    assert at > 1, "a run makes no such call"


@pytest.mark.parametrize("share", range(number(1, SHARES)))
@pytest.mark.parametrize(("call", "error", "ever_after"), REFUSED_AT)
def test_refused_at_every_system_call(
    stage: Stage, tally: Tally, tmp_path: Path, call: str, error: str, ever_after: str, share: int
) -> None:
    name = f"D1 {error} at a system call{' and ever after' if ever_after else ''}"
    every = 4 if call in WRITES else 1
    for at in itertools.count(1 + share, number(4, every * SHARES)):
        how = f"error={error}:when={at}{ever_after}"
        broken = _trial(stage, tmp_path / "trace", call, how, (*FINE, *REFUSED))
        if broken is None:
            break
        tally.count(name, broken)
    assert at > 1, "a run makes no such call"


def _trial(
    stage: Stage, trace: Path, call: str, how: str, statuses: tuple[int, ...]
) -> list[str] | None:
    """What is not as promised; nothing when the run had no such call."""
    stage.reset()
    under = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace=?{call}"]
    # A kill put in is lost where strace filters in the kernel.
    under += [] if how.startswith("signal") else ["--seccomp-bpf"]
    under += ["-e", f"inject=?{call}:{how}"]
    end = ended(stage.start("--executor", "thread", sabotage=["one_thread"], under=under))
    if not any(mark in trace.read_text() for mark in ("INJECTED", "killed by SIGKILL")):
        return None
    broken = [f"{said} ({call}, {how})" for said in stage.broken(end, statuses)]
    # Where no write is possible any more, nothing can be said; the status tells.
    mute = call == "write" and how.endswith("+")
    return [said for said in broken if not (mute and "not one line:  (" in said)]
