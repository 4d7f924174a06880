"""The state: one SQLite file that remembers what was read, written by one writer.

It is a cache. A file that is not ours, is damaged, or was written by another version is
moved aside and a new one begun: that costs time, never data.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import zstandard

from etl.frames import Chunk, Frames, ItemFrame, UnitEnd, expanded
from etl.reading import Result, UnitReport
from etl.seals import chained, seal
from etl.state_file import connect, disk_trouble, is_in_the_file, move_aside, read_only
from sources._durable import make_folder
from sources.protocol import Account, Unit
from sources.records import Message, Summary

_NO_CONTENTS: Mapping[str, str] = MappingProxyType({})
_msgpack = msgspec.msgpack.Encoder()
_summaries = msgspec.msgpack.Decoder(Summary)
_messages = msgspec.json.Decoder(list[Message])
_reports = msgspec.msgpack.Decoder(UnitReport)
_accounts = msgspec.msgpack.Decoder(Account)


DAMAGE = (
    *(sqlite3.DatabaseError, UnicodeDecodeError),  # the latter for a damaged schema
    *(zstandard.ZstdError, msgspec.DecodeError),
)
"""What reading a damaged state may raise. ``sqlite3.OperationalError`` is one of them, but
means trouble with the disk, not with what is on it.
"""


class StoredUnit(NamedTuple):
    """A unit as the state knows it. ``content`` is the hash of its bytes, where a run made it."""

    id: int
    fingerprint: str
    content: str | None
    report: UnitReport


class State:
    """What was read, until now. Safe to use from several threads."""

    def __init__(self, connection: sqlite3.Connection, path: Path, moved: Path | None) -> None:
        self._db = connection
        self._lock = threading.RLock()
        self.path = path
        self.moved_aside = moved
        """Where an unusable earlier file went."""

    @classmethod
    def open(cls, path: Path) -> State:
        """The state at that path, made when there is none. Raises ``OSError``."""
        make_folder(path.parent)
        moved = None
        try:
            return cls(connect(path), path, moved)
        except sqlite3.OperationalError as error:
            if not is_in_the_file(error, path):
                raise disk_trouble(error, path) from error
            moved = move_aside(path)
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            moved = move_aside(path)
        return cls(connect(path), path, moved)

    @classmethod
    @contextmanager
    def as_left(cls, path: Path) -> Iterator[State]:
        """The state at that path, which may be in use; an empty one where there is none of
        ours. What lasts of it cannot be changed.
        """
        with closing(cls(read_only(path), path, None)) as state:
            yield state

    def close(self) -> None:
        """Leave the file in order."""
        with self._lock:
            self._db.close()

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for statement in ("DELETE FROM units", "DELETE FROM merges", "DELETE FROM meta"):
                self._db.execute(statement)

    def leave_no_trace(self) -> None:
        """Write the file anew, so that what was removed stands on no page of it. Overwriting it
        where it stood (``secure_delete``) is not enough: pages keep copies of what was moved.
        """
        with self._lock:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                [*self.query(statement)]

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what happens inside, or nothing of it."""
        with self._lock, self._damage_told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        """Our statements are sound: what they stumble over is damaged, not out of room."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if not is_in_the_file(error, self.path):
                raise
            raise sqlite3.DatabaseError(f"{self.path}: {error}") from error

    def query(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows, as they are asked for."""
        with self._damage_told():
            # Chained, for whoever stops asking would close a cursor that may be closed.
            yield from chain(self._db.execute(sql, values))

    def _row(self, sql: str, *values: Any) -> tuple[Any, ...]:
        """The one row that must be there."""
        with self._damage_told():
            row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        if row is None:
            raise self.damaged(f"no row for {values}")
        return row

    def damaged(self, said: str) -> sqlite3.DatabaseError:
        """The error that says so."""
        return sqlite3.DatabaseError(f"{self.path}: damaged ({said})")

    def execute(self, sql: str, rows: Iterable[Sequence[Any]] = ((),)) -> None:
        """Run a statement once per row of values."""
        with self._lock, self._damage_told():
            self._db.executemany(sql, rows)

    def get(self, name: str) -> bytes | None:
        """A remembered value."""
        for value, sealed in self.query("SELECT value, seal FROM meta WHERE name = ?", name):
            if not isinstance(value, bytes) or seal((name,), value) != sealed:
                raise self.damaged(f"what it remembers as {name}")
            return value
        return None

    def put(self, name: str, value: bytes) -> None:
        """Remember a value."""
        self.execute(
            "INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", [(name, value, seal((name,), value))]
        )

    def units(self, source: str) -> dict[str, StoredUnit]:
        """Every unit of a source that was read, by name."""
        rows = self.query(
            "SELECT name, id, fingerprint, content, report FROM units WHERE source = ?", source
        )
        return {n: StoredUnit(i, f, c, _reports.decode(r)) for n, i, f, c, r in rows}

    def commit(
        self,
        result: Result,
        fingerprints: Sequence[str],
        contents: Mapping[str, str] = _NO_CONTENTS,
    ) -> None:
        """Remember what a batch held, all of it at once; ``contents`` are the hashes of its
        units by name, where they were made. A failed unit is remembered without a
        fingerprint, so that it is read again.
        """
        with self.transaction() as db:
            ids = _replace_units(db, result, fingerprints, contents)
            _insert(db, result.frames, units=ids)
        result.frames.discard()

    def commit_merge(self, source: str, parts: str, account: Account, frames: Frames) -> int:
        """Remember what a merge made. Returns its id."""
        with self.transaction() as db:
            packed = _msgpack.encode(account)
            cursor = db.execute(
                "INSERT INTO merges (source, parts, account, items, seal) VALUES (?, ?, ?, 0, 0)",
                (source, parts, packed),
            )
            merge = cursor.lastrowid or 0
            items = _insert(db, frames, merge=merge)
            sealed = seal((merge, source, parts, items), packed)
            db.execute("UPDATE merges SET items = ?, seal = ? WHERE id = ?", (items, sealed, merge))
        frames.discard()
        return merge

    def merge_account(self, merge: int) -> Account:
        """How a merge changed the account of its source."""
        (account,) = self._row("SELECT account FROM merges WHERE id = ?", merge)
        return _accounts.decode(account)

    def evict(self, unit_ids: Iterable[int]) -> None:
        """Forget these units and their items."""
        with self.transaction() as db:
            db.executemany("DELETE FROM units WHERE id = ?", ((i,) for i in unit_ids))

    def summary(self, item: int) -> Summary:
        """The summary of an item."""
        (summary,) = self._row("SELECT summary FROM items WHERE id = ?", item)
        return _summaries.decode(summary)

    def head(self, item: int) -> bytes:
        """The head of an item, as JSON."""
        return expanded(self.packed_head(item))

    def packed_head(self, item: int) -> bytes:
        """The same as a reader packed it."""
        (head,) = self._row("SELECT head FROM items WHERE id = ?", item)
        return bytes(head)

    def chunks(self, item: int) -> Iterator[bytes]:
        """An item's messages as runs of JSON without brackets, in order. At the end, all of
        them are known to be those that were written.
        """
        return map(expanded, self.packed_chunks(item))

    def packed_chunks(self, item: int) -> Iterator[bytes]:
        """The same as a reader packed them."""
        (expected,) = self._row("SELECT chunks FROM items WHERE id = ?", item)
        met = 0
        for (data,) in self.query("SELECT data FROM chunks WHERE item = ? ORDER BY id", item):
            if not isinstance(data, bytes):
                raise self.damaged(f"the messages of item {item}")
            met = chained(data, met)
            yield data
        if met != expected:
            raise self.damaged(f"the messages of item {item}")

    def messages(self, item: int) -> Iterator[Message]:
        """An item's messages in order, decoded as they are asked for."""
        for chunk in self.chunks(item):
            yield from _messages.decode(b"[" + chunk + b"]")


def _replace_units(
    db: sqlite3.Connection,
    result: Result,
    fingerprints: Sequence[str],
    contents: Mapping[str, str],
) -> range:
    """Make rows for the units of a batch, instead of those there were. Returns their ids."""
    units, reports = result.job.units, result.reports
    db.executemany(
        "DELETE FROM units WHERE source = ? AND name = ?", ((u.source, u.name) for u in units)
    )
    (last,) = db.execute("SELECT ifnull(max(id), 0) FROM units").fetchone()
    ids = range(last + 1, last + 1 + len(units))
    db.executemany(
        "INSERT INTO units (id, source, name, fingerprint, content, report, seal)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            _unit_row(id_, unit, "" if report.failed else mark, contents.get(unit.name), report)
            for id_, unit, report, mark in zip(ids, units, reports, fingerprints, strict=True)
        ),
    )
    return ids


def _unit_row(
    id_: int, unit: Unit, mark: str, content: str | None, report: UnitReport
) -> tuple[Any, ...]:
    columns = (id_, unit.source, unit.name, mark, content)
    packed = _msgpack.encode(report)
    return *columns, packed, seal(columns, packed)


def _insert(
    db: sqlite3.Connection,
    frames: Frames,
    *,
    units: Sequence[int] = (),
    merge: int | None = None,
) -> int:
    """Write frames as rows. A unit's end comes after its items, so the index of the
    unit under way is the number of ends seen. Returns how many items there were.
    """
    ended = chunks = 0
    first = item = _next_id(db)
    for frame in frames:
        if isinstance(frame, UnitEnd):
            ended = frame.index + 1
        elif isinstance(frame, Chunk):
            db.execute("INSERT INTO chunks (item, data) VALUES (?, ?)", (item, frame.data))
            chunks = chained(frame.data, chunks)
        else:
            unit = units[ended] if units else None
            _insert_item(db, (item, unit, merge), chunks, frame)
            item += 1
            chunks = 0
    return item - first


def _insert_item(
    db: sqlite3.Connection,
    ids: tuple[int, int | None, int | None],
    chunks: int,
    frame: ItemFrame,
) -> None:
    # A NUL would end the token there.
    tokens = msgspec.json.encode(frame.identity).replace(rb"\u0000", rb"\ufffd").decode()
    columns = (*ids, frame.kind, frame.key, tokens, frame.records, chunks)
    db.execute(
        "INSERT INTO items"
        " (id, unit, merge, kind, key, identity, records, chunks, summary, head, seal)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*columns, frame.summary, frame.head, seal(columns, frame.summary, frame.head)),
    )


def _next_id(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'items'").fetchone()
    return (row[0] if row else 0) + 1


def known_fingerprints(path: Path, source: str, oldest: str | None = None) -> dict[str, str]:
    """The fingerprints of a source's units in that file, by name; of those only whose reading
    is still right, where the oldest day kept is given. Changes nothing.
    """
    rows = _peek(path, "SELECT name, fingerprint, report FROM units WHERE source = ?", source)
    return {
        name: mark
        for name, mark, report in rows
        if oldest is None or _reports.decode(report).holds(oldest)
    }


def _peek(path: Path, sql: str, *values: str) -> list[Any]:
    """The rows of a state that may be in use, or none of ours."""
    try:
        with closing(read_only(path)) as db:
            return db.execute(sql, values).fetchall()
    except sqlite3.DatabaseError:
        return []
