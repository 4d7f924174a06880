"""The Nth thing a run does to its files fails, or is the last thing it does.

Every operation under a folder is counted in the order it happens, whichever thread does it:
opening for writing, each write and truncation, fsync, rename, unlink, mkdir, rmdir, and
each statement that changes a SQLite database there.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

FILES = ("open", "write", "truncate", "fsync", "rename", "unlink", "mkdir", "rmdir")
OPEN_FILES = ("write", "truncate", "fsync")
STATE = ("sql",)
KILL = "KILL"
_CHANGES = ("INSERT", "DELETE", "UPDATE", "BEGIN", "COMMIT", "CREATE", "DROP")
_SQLITE = {errno.ENOSPC: ("database or disk is full", 13), errno.EIO: ("disk I/O error", 10)}


@dataclass(frozen=True)
class Fault:
    """What goes wrong under ``root``: from 1 on, the operation that does."""

    root: str = ""
    at: int = 0
    how: str = KILL
    """``KILL``, or the name of an error: ``ENOSPC``."""
    operations: Sequence[str] = (*FILES, *STATE)
    within: str = ""
    """Count only where that is a part of the path."""
    ever_after: bool = False
    """Whether every later one fails, too, as on a full disk."""
    told: str = ""
    """A file that gets the name of each operation that went wrong."""


class Injector:
    """Counts operations, and makes one of them go wrong."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.counted = 0
        self.root = os.path.join(os.path.realpath(fault.root), "")
        self._lock = threading.RLock()

    def watches(self, path: object) -> bool:
        """Whether that path, or open file, is the root or lies below it."""
        name = os.path.join(_name(path), "")
        return name.startswith(self.root) and self.fault.within in name

    def meet(self, operation: str, path: object, halfway: Callable[[], object] = int) -> None:
        """An operation is about to happen. ``halfway`` does half of it."""
        fault = self.fault
        if operation not in fault.operations or not self.watches(path):
            return
        with self._lock:
            self.counted += 1
            if self.counted != fault.at and not (fault.ever_after and self.counted > fault.at):
                return
            self._tell(f"{self.counted} {operation} {_name(path)}\n")
            if fault.how == KILL:
                halfway()
                os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, fault.how)
        if operation in STATE:
            raise _sqlite_error(number)
        # Of an open file, the system does not say which it was.
        names = () if operation in OPEN_FILES else (_name(path),)
        raise OSError(number, os.strerror(number), *names)

    def _tell(self, line: str) -> None:
        descriptor = _open(self.fault.told, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(descriptor, line.encode())
        os.close(descriptor)


_open = os.open


def _name(path: object) -> str:
    """The whole path of a file, an open one, too."""
    if isinstance(path, int):
        with suppress(OSError):
            return os.readlink(f"/proc/self/fd/{path}")
        return ""
    return os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""


def install(fault: Fault) -> None:
    """From now on, in this process."""
    injector = Injector(fault)
    _watch_system_calls(injector)
    _watch_streams(injector)
    _watch_databases(injector)


def _watch_system_calls(injector: Injector) -> None:
    names = {
        "fsync": "fsync",
        "replace": "rename",
        "rename": "rename",
        "unlink": "unlink",
        "remove": "unlink",
        "mkdir": "mkdir",
        "rmdir": "rmdir",
        "ftruncate": "truncate",
    }
    for name, operation in names.items():
        setattr(os, name, _watched(injector, getattr(os, name), operation))

    real = os.write

    def written(descriptor: int, data: Any) -> int:
        half = memoryview(data)[: len(data) // 2]
        injector.meet("write", descriptor, lambda: real(descriptor, half))
        return real(descriptor, data)

    os.write = written

    def opened(path: Any, flags: int, *others: Any, **named: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            injector.meet("open", path)
        return _open(path, flags, *others, **named)

    os.open = opened


def _watched(injector: Injector, real: Callable[..., Any], operation: str) -> Callable[..., Any]:
    def call(path: Any, *others: Any, **named: Any) -> Any:
        folder = named.get("dir_fd")
        injector.meet(operation, path if folder is None else os.path.join(_name(folder), path))
        return real(path, *others, **named)

    return call


def _watch_streams(injector: Injector) -> None:
    real = io.open

    class Raw(io.FileIO):
        def write(self, data: Any) -> int:
            half = memoryview(data)[: len(data) // 2]
            injector.meet("write", self.name, lambda: io.FileIO.write(self, half))
            return super().write(data)

        def truncate(self, size: int | None = None) -> int:
            injector.meet("truncate", self.name)
            return super().truncate(size)

    def opened(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: Any = None,
        *others: Any,
        **named: Any,
    ) -> Any:
        if not set(mode) & set("wax+") or not injector.watches(file):
            return real(file, mode, buffering, encoding, *others, **named)
        if not isinstance(file, int):
            injector.meet("open", file)
        raw = Raw(file, mode.replace("b", "").replace("t", ""))
        size = io.DEFAULT_BUFFER_SIZE if buffering < 2 else buffering
        stream = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw, size)
        return stream if "b" in mode else io.TextIOWrapper(stream, encoding, *others, **named)

    io.open = builtins.open = opened


def _watch_databases(injector: Injector) -> None:
    real: Any = sqlite3.connect

    class Connection(sqlite3.Connection):
        path = ""

        def execute(self, sql: str, *others: Any) -> sqlite3.Cursor:
            self._meet(sql)
            return super().execute(sql, *others)

        def executemany(self, sql: str, *others: Any) -> sqlite3.Cursor:
            self._meet(sql)
            return super().executemany(sql, *others)

        def executescript(self, sql: str) -> sqlite3.Cursor:
            self._meet(sql)
            return super().executescript(sql)

        def _meet(self, sql: str) -> None:
            if sql.lstrip().upper().startswith(_CHANGES):
                injector.meet("sql", os.path.join(self.path, " ".join(sql.split())[:60]))

    def connect(path: Any, *others: Any, **named: Any) -> Any:
        if not injector.watches(path):
            return real(path, *others, **named)
        connection = real(path, *others, factory=Connection, **named)
        connection.path = os.fspath(path)
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]


def _sqlite_error(number: int) -> sqlite3.OperationalError:
    said, code = _SQLITE.get(number, _SQLITE[errno.EIO])
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return error
