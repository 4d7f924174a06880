"""The file of a state: one SQLite database of ours, of this version, opened to be written by
one writer or left as it is.
"""

from __future__ import annotations

import errno
import glob
import os
import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from etl.files import create_private

SCHEMA_VERSION = 4
"""Rises with every change of ``state.sql``."""

_SCHEMA = Path(__file__).with_name("state.sql")
_APPLICATION_ID = 0x45544C31
_CACHE_KIB = 2 * 1024
_TEMPORARY_KIB = 256
"""Of tables that hold little more than numbers, and are gone with the run."""
_BUSY_SECONDS = 5.0
_DISK = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
}


def connect(path: Path) -> sqlite3.Connection:
    """The state at that path, made when there is none. Raises ``sqlite3.DatabaseError`` for
    what is no state of this version.
    """
    create_private(path)
    db = sqlite3.connect(path, _BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and not _is_ours(db):
        raise sqlite3.DatabaseError("written by another program or another version")
    # Chunks are inserted before the item they belong to: keys are checked at the commit.
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA temp_store = FILE")
    db.execute(f"PRAGMA temp.cache_size = -{_TEMPORARY_KIB}")
    if not tables:
        script = _SCHEMA.read_text(encoding="utf-8")
        db.executescript(
            f"BEGIN; {script}; PRAGMA application_id = {_APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )


def is_in_the_file(error: sqlite3.OperationalError, path: Path) -> bool:
    """Whether what a file holds is at fault, and not that it is locked, that there is no
    room, or no permission.
    """
    # Of text that is no UTF-8, there is no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code == sqlite3.SQLITE_READONLY:  # as a damaged header says of itself
        return os.access(path, os.W_OK)
    return bool(code == sqlite3.SQLITE_ERROR)


def disk_trouble(error: sqlite3.OperationalError, path: Path) -> OSError:
    """What the system would say of what SQLite stumbled over."""
    number = _DISK.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, errno.EIO)
    return OSError(number, str(error), os.fspath(path))


def _is_ours(db: sqlite3.Connection) -> bool:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return (application, version) == (_APPLICATION_ID, SCHEMA_VERSION)


def moved_aside(path: Path) -> list[Path]:
    """What was put out of the way of that state."""
    return sorted(path.parent.glob(f"{glob.escape(path.name)}.corrupt-*"))


def move_aside(path: Path) -> Path:
    """Put an unusable state out of the way. Returns where it is now."""
    number = 1
    while (target := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    path.replace(target)
    for suffix in ("-wal", "-shm"):
        Path(f"{os.fspath(path)}{suffix}").unlink(missing_ok=True)
    return target


def read_only(path: Path) -> sqlite3.Connection:
    """The state at that path, or an empty one where there is none of ours."""
    if path.is_file():
        with suppress(sqlite3.DatabaseError), ExitStack() as opened:
            db = _opened(path)
            opened.callback(db.close)
            if _is_ours(db):
                db.execute("BEGIN")  # what is written meanwhile is not seen
                opened.pop_all()
                return db
    db = sqlite3.connect(":memory:", isolation_level=None)
    _prepare(db)
    return db


def _opened(path: Path) -> sqlite3.Connection:
    """To be read. Even a reader leaves files beside a database in WAL mode, unless it takes it
    for one that nobody writes to; without a journal, nobody does.
    """
    how = "mode=ro" if Path(f"{os.fspath(path)}-wal").exists() else "immutable=1"
    uri = f"{path.absolute().as_uri()}?{how}"
    return sqlite3.connect(uri, isolation_level=None, uri=True)


def condition(path: Path) -> str | None:
    """What is wrong with the file at that path, as far as can be told at a glance; ``None``
    for a state of this version. Changes nothing.
    """
    if not path.exists():
        return "there is none"
    if not path.is_file():
        return "is no file"
    try:
        with closing(_opened(path)) as db:
            (application,) = db.execute("PRAGMA application_id").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        return str(error)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return "is damaged"
    if application != _APPLICATION_ID:
        return "is empty" if not path.stat().st_size else "is another program's"
    if version != SCHEMA_VERSION:
        return f"is of another version: {version}, and this program writes {SCHEMA_VERSION}"
    return None
