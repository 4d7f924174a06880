"""One run at a time on a state and on an output: an OS lock, freed even by a kill.

The lock file stays behind, as such files do; who holds it stands in a file beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from etl.exits import AlreadyRunning
from etl.files import create_private


@contextmanager
def exclusive(paths: list[Path], started_at: str) -> Iterator[None]:
    """Hold the locks of all these files. Raises `AlreadyRunning`, ``OSError``."""
    with ExitStack() as held:
        for path in sorted(set(paths)):
            lock = Path(f"{path}.lock")
            create_private(lock)
            try:
                held.enter_context(FileLock(lock, timeout=0, mode=0o600))
            except Timeout as error:
                raise AlreadyRunning(f"{path}: in use by {_holder(lock)}") from error
            _say_who(lock, started_at)
        yield


def _say_who(lock: Path, started_at: str) -> None:
    holder = _holder_file(lock)
    create_private(holder)
    holder.write_text(json.dumps({"pid": os.getpid(), "since": started_at}), encoding="utf-8")


def _holder(lock: Path) -> str:
    try:
        said = json.loads(_holder_file(lock).read_text(encoding="utf-8"))
        if int(said["pid"]) == os.getpid():  # waiting would not help a notebook
            return "another DataETL of this process; close it"
        return f"a run with process id {int(said['pid'])}, started {said['since']}; wait for it"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run; wait for it"


def _holder_file(lock: Path) -> Path:
    return lock.with_name(lock.name + ".holder")
