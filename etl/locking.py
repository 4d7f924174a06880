"""One run at a time on a state and on an output: an OS lock, freed even by a kill.

The lock file stays behind, as such files do; who holds it stands in a file beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from etl.exits import AlreadyRunning
from etl.files import create_private


class Holder(NamedTuple):
    """A run that holds, or held, a lock."""

    pid: int
    since: str


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


def in_use(path: Path) -> str | None:
    """Who holds the lock of that file; ``None`` when nobody does. Changes nothing, and is in
    nobody's way: it asks for a share of the lock, and gives it back at once.
    """
    lock = Path(f"{path}.lock")
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        return None
    try:
        return None if _can_be_shared(descriptor) else _holder(lock).partition(";")[0]
    finally:
        os.close(descriptor)


def last_holder(path: Path) -> Holder | None:
    """Who held it last, or holds it."""
    try:
        said = json.loads(_holder_file(Path(f"{path}.lock")).read_text(encoding="utf-8"))
        return Holder(int(said["pid"]), str(said["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _can_be_shared(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows locks bytes, so that they cannot be read
        try:
            os.read(descriptor, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _say_who(lock: Path, started_at: str) -> None:
    holder = _holder_file(lock)
    create_private(holder)
    holder.write_text(json.dumps({"pid": os.getpid(), "since": started_at}), encoding="utf-8")


def _holder(lock: Path) -> str:
    holder = last_holder(lock.with_suffix(""))
    if holder is None:
        return "another run; wait for it"
    if holder.pid == os.getpid():  # waiting would not help a notebook
        return "another DataETL of this process; close it"
    return f"a run with process id {holder.pid}, started {holder.since}; wait for it"


def _holder_file(lock: Path) -> Path:
    return lock.with_name(lock.name + ".holder")
