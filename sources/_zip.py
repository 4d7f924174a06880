"""A zip, and a zip in a zip, read in place.

Its headers are not believed: what condemns a zip is told in `sources._hostile`, no more is
unpacked of a member than it says it has, and never much of it at once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, BinaryIO

from sources._archive import (
    WHOLE_BYTES,
    Claims,
    File,
    Locator,
    Tree,
    is_debris,
    printable,
    unreadable,
    why,
)
from sources._hostile import PACKED, refuse_hostile, refuse_large_directory
from sources._regular import regular
from sources.errors import ArchiveError, ChangedWhileRead, Damaged

Stamp = tuple[int, int]
"""Size and time of the outermost zip when it was opened."""

_BAD_DATA = (zipfile.BadZipFile, zlib.error, EOFError)
_NOT_OPENED = (*_BAD_DATA, NotImplementedError, RuntimeError, ValueError, OverflowError)
"""What `zipfile` raises before the first byte, of a whole archive or of a member."""
_SPOOL_BYTES = 2 * 2**20


class ZipTree(Tree):
    """The members of a zip, by their names in UTF-8 (Slack's lack the flag that says so)."""

    def __init__(
        self, stream: IO[bytes], locator: Locator, label: str, stamp: Stamp | None = None
    ) -> None:
        self.locator = locator
        self.label = label
        self.stamp = stamp
        self._zip = _open_zip(stream, label)
        # Trees without what is claimed share it: the last one closes the file.
        weakref.finalize(self._zip, stream.close)
        refuse_hostile(self._zip.infolist(), label.removesuffix("!"))
        self._members = {info.filename: info for info in self._zip.infolist() if _is_file(info)}
        self._files = tuple(
            File(path=name, size=info.file_size, stamp=info.CRC)
            for name, info in sorted(self._members.items())
        )

    @property
    def files(self) -> tuple[File, ...]:
        return self._files

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        if path not in self._members:
            raise ChangedWhileRead(self.display(path), "vanished since it was listed")
        if self._members[path].compress_type not in PACKED:
            remedy = "Unpack the zip by hand, and put the folder here instead."
            raise Damaged(self.display(path), "packed by a method that no export uses", remedy)
        try:
            stream = self._zip.open(self._members[path])
        except (*_NOT_OPENED, OSError) as error:
            raise self._broken(path, error) from error
        try:
            with stream:
                yield stream  # type: ignore[misc]
        except (*_BAD_DATA, OSError) as error:
            raise self._broken(path, error) from error

    def read(self, path: str, most: int = WHOLE_BYTES) -> bytes:
        with self.open(path) as stream:
            size = self._members[path].file_size
            self._must_fit(path, size, most)
            # Without a number, all that is packed would be unpacked before any is counted; with
            # none to read, its checksum would not be looked at.
            return stream.read(max(size, 1))

    def _now(self, file: File) -> File:
        info = self._members.get(file.path)
        if info is None:
            raise ChangedWhileRead(self.display(file.path), "the zip was written anew")
        return File(path=file.path, size=info.file_size, stamp=info.CRC)

    def without(self, claimed: Claims) -> ZipTree:
        rest = object.__new__(ZipTree)
        rest.__dict__.update(self.__dict__)
        rest._files = tuple(file for file in self.files if file.path not in claimed)
        return rest

    def _broken(self, path: str, error: Exception) -> ArchiveError:
        if self._was_written_anew():
            return ChangedWhileRead(self.display(path), "the zip was written to meanwhile")
        if isinstance(error, OSError):
            return unreadable(self.display(path), error)
        return Damaged(self.display(path), f"cannot be unpacked ({why(error)})")

    def _was_written_anew(self) -> bool:
        try:
            return self.stamp is not None and self.stamp != _stamp_of(self.locator)
        except OSError:
            return True


def open_zip(locator: Locator) -> ZipTree:
    """The zip a locator names; it stays open for its next unit. Raises `ArchiveError`."""
    try:
        return _cached(locator, _stamp_of(locator))
    except OSError as error:
        raise unreadable(printable(locator[1]), error) from error


def _stamp_of(locator: Locator) -> Stamp:
    info = os.stat(os.path.join(*locator[:2]))
    return info.st_size, info.st_mtime_ns


@lru_cache(maxsize=4)
def _cached(locator: Locator, stamp: Stamp) -> ZipTree:
    label = "".join(printable(part) + "!" for part in locator[1:])
    if len(locator) == 2:
        outer = open(os.path.join(*locator), "rb", opener=regular)  # noqa: SIM115
        return ZipTree(outer, locator, label, stamp)
    parent = open_zip(locator[:-1])
    inner = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115
    try:
        with parent.open(locator[-1]) as stream:
            shutil.copyfileobj(stream, inner, 2**20)
        inner.seek(0)
        return ZipTree(inner, locator, label)
    except BaseException:
        inner.close()
        raise


def _open_zip(stream: IO[bytes], label: str) -> zipfile.ZipFile:
    try:
        refuse_large_directory(stream, label.removesuffix("!"))
        try:
            return zipfile.ZipFile(stream, metadata_encoding="utf-8")
        except UnicodeDecodeError:
            stream.seek(0)
            return zipfile.ZipFile(stream)
    except ArchiveError:
        stream.close()
        raise
    except (*_NOT_OPENED, OSError) as error:
        stream.close()
        raise Damaged(label.removesuffix("!"), f"not a whole zip ({why(error)})") from error


def _is_file(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir() and not is_debris(info.filename)
