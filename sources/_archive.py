"""A folder and a zip, read the same way, in place, and safe against hostile input.

Nothing is ever extracted. Symbolic links are not followed; devices, sockets and pipes
are never opened; what condemns a zip is told in `sources._hostile`. Headers are not believed:
no more is unpacked of a member than it says it has, and never much of it at once.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import weakref
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import IO, BinaryIO

from sources._hostile import PACKED, refuse_hostile, refuse_large_directory
from sources._regular import REPLACED, is_replaced, regular
from sources.errors import ArchiveError, ChangedWhileRead, Damaged, TooLarge, Unreadable
from sources.records import Record

Locator = tuple[str, ...]
"""Where a tree is: a folder, then a zip in it, then a zip in that zip."""

Stamp = tuple[int, int]
"""Size and time of the outermost zip when it was opened."""

WHOLE_BYTES = 256 * 2**20
"""No file of an export that must be read in one piece is as large: some twenty times as much
memory it may take to understand.
"""

_BAD_DATA = (zipfile.BadZipFile, zlib.error, EOFError)
_NOT_OPENED = (*_BAD_DATA, NotImplementedError, RuntimeError, ValueError, OverflowError)
"""What `zipfile` raises before the first byte, of a whole archive or of a member."""
LINK = "symbolic link"
_SPOOL_BYTES = 2 * 2**20
_DEBRIS = {".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep"}


class File(Record, frozen=True, kw_only=True, gc=False):
    """A file of a tree. ``path`` is relative to the tree, with ``/``; ``stamp`` is the
    modification time in nanoseconds, in a zip the member's CRC-32.
    """

    path: str
    size: int
    stamp: int


class Claims:
    """Paths and whole folders (with a trailing slash) that already belong to somebody, by
    their names on disk or as shown.
    """

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def add(self, path: str) -> None:
        (self._folders if path.endswith("/") else self._files).add(printable(path))

    def __contains__(self, path: str) -> bool:
        path = printable(path)
        if path in self._files:
            return True
        if not self._folders:
            return False
        end = path.rfind("/")
        while end >= 0:
            if path[: end + 1] in self._folders:
                return True
            end = path.rfind("/", 0, end)
        return False


class Tree(ABC):
    """Files under one root, to be read in place."""

    locator: Locator
    label: str
    """What stands before a member's path when people see it: the zip it is in."""

    @property
    @abstractmethod
    def files(self) -> tuple[File, ...]:
        """All of them, sorted by path."""

    @abstractmethod
    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """A file to be read, piece by piece. Raises `ArchiveError`, while it is read, too."""

    def unchanged(self, files: Iterable[File]) -> None:
        """Raise `ChangedWhileRead` when one of these is no longer as it was listed."""
        for file in files:
            if self._now(file) != file:
                raise ChangedWhileRead(self.display(file.path), "was written to while being read")

    def as_now(self, files: Iterable[File]) -> tuple[File, ...]:
        """The same files as they are now. Raises `ChangedWhileRead` for one that is gone."""
        return tuple(map(self._now, files))

    @abstractmethod
    def _now(self, file: File) -> File: ...

    @abstractmethod
    def without(self, claimed: Claims) -> Tree:
        """The same tree without the files that somebody already claimed."""

    def display(self, path: str) -> str:
        """The path as people and output see it: under the data folder, valid UTF-8."""
        return self.label + printable(path)

    @abstractmethod
    def read(self, path: str, most: int = WHOLE_BYTES) -> bytes:
        """The whole file. Raises `ArchiveError`, also where it has more than so many bytes."""

    def head(self, path: str, size: int = 4096) -> bytes:
        """Its first bytes. Raises `ArchiveError`."""
        with self.open(path) as stream:
            return stream.read(size)

    def _must_fit(self, path: str, size: int, most: int) -> None:
        if size > most:
            raise TooLarge(self.display(path), f"{size} bytes that must be read in one piece")


class FolderTree(Tree):
    """The regular files below a folder; links and special files are set apart.

    ``only`` names the one file of the folder that is meant.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        exclude: Iterable[Path] = (),
        only: str | None = None,
    ) -> None:
        self.root = os.fspath(root)
        self._below = os.path.join(self.root, "")
        self._only = only
        self.locator = (self.root,)
        self.label = ""
        self._exclude = {os.fspath(path) for path in exclude}
        self.errors: list[ArchiveError] = []
        self.passed_over: list[tuple[str, str]] = []

    @cached_property
    def files(self) -> tuple[File, ...]:
        """Listed once, when first asked for."""
        found: list[File] = []
        pending = [""]
        while pending:
            pending.extend(self._scan(pending.pop(), found))
        found.sort(key=lambda file: file.path)
        self.passed_over.sort()
        return tuple(found)

    def _scan(self, folder: str, found: list[File]) -> Iterator[str]:
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                for entry in entries:
                    if self._only in {None, entry.name}:
                        yield from self._sort(entry, folder + entry.name, found)
        except OSError as error:
            self.errors.append(_unreadable(self.display(folder) or ".", error))

    def _sort(self, entry: os.DirEntry[str], path: str, found: list[File]) -> Iterator[str]:
        if self._exclude and entry.path in self._exclude:
            return
        if entry.is_symlink():
            self.passed_over.append((path, LINK))
        elif entry.is_dir(follow_symlinks=False):
            if entry.name != "__MACOSX":
                yield path + "/"
        elif not entry.is_file(follow_symlinks=False):
            self.passed_over.append((path, "not a regular file"))
        elif not is_debris(path):
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError as error:
                if not isinstance(error, FileNotFoundError):  # or it is no more
                    self.errors.append(_unreadable(self.display(path), error))
                return
            found.append(File(path=path, size=info.st_size, stamp=info.st_mtime_ns))

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        try:
            with open(self._below + path, "rb", opener=regular) as stream:
                yield stream
        except OSError as error:
            raise self._said(path, error) from error

    def read(self, path: str, most: int = WHOLE_BYTES) -> bytes:
        try:
            with open(self._below + path, "rb", buffering=0, opener=regular) as stream:
                self._must_fit(path, os.fstat(stream.fileno()).st_size, most)
                return stream.readall()
        except OSError as error:
            raise self._said(path, error) from error

    def _said(self, path: str, error: OSError) -> ArchiveError:
        """What the system says of a file, as what its reader says."""
        if isinstance(error, FileNotFoundError):
            return ChangedWhileRead(self.display(path), "vanished since it was listed")
        if is_replaced(error):
            return ChangedWhileRead(self.display(path), REPLACED)
        return _unreadable(self.display(path), error)

    def _now(self, file: File) -> File:
        try:
            info = os.stat(self._below + file.path, follow_symlinks=False)
        except OSError as error:
            raise ChangedWhileRead(self.display(file.path), _why(error)) from error
        if not stat.S_ISREG(info.st_mode):
            raise ChangedWhileRead(self.display(file.path), REPLACED)
        return File(path=file.path, size=info.st_size, stamp=info.st_mtime_ns)

    def without(self, claimed: Claims) -> FolderTree:
        rest = FolderTree(self.root)
        rest.__dict__["files"] = tuple(f for f in self.files if f.path not in claimed)
        return rest


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
            return Unreadable(self.display(path), _why(error))
        return Damaged(self.display(path), f"cannot be unpacked ({_why(error)})")

    def _was_written_anew(self) -> bool:
        try:
            return self.stamp is not None and self.stamp != _stamp_of(self.locator)
        except OSError:
            return True


def open_tree(locator: Locator) -> FolderTree | ZipTree:
    """The tree a locator names; a zip stays open for the next unit of it.

    Raises `ArchiveError`.
    """
    if len(locator) == 1:
        return FolderTree(locator[0])
    try:
        return _cached_zip(locator, _stamp_of(locator))
    except OSError as error:
        raise Unreadable(printable(locator[1]), _why(error)) from error


def _stamp_of(locator: Locator) -> Stamp:
    info = os.stat(os.path.join(*locator[:2]))
    return info.st_size, info.st_mtime_ns


@lru_cache(maxsize=4)
def _cached_zip(locator: Locator, stamp: Stamp) -> ZipTree:
    label = "".join(printable(part) + "!" for part in locator[1:])
    if len(locator) == 2:
        outer = open(os.path.join(*locator), "rb", opener=regular)  # noqa: SIM115
        return ZipTree(outer, locator, label, stamp)
    parent = open_tree(locator[:-1])
    inner = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115
    try:
        with parent.open(locator[-1]) as stream:
            shutil.copyfileobj(stream, inner, 2**20)
        inner.seek(0)
        return ZipTree(inner, locator, label)
    except BaseException:
        inner.close()
        raise


def is_zip(head: bytes) -> bool:
    """Whether these first bytes are those of a zip, an empty one included."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_debris(path: str) -> bool:
    """Whether an operating system left this file behind."""
    name = path.rpartition("/")[2]
    return name in _DEBRIS or name.startswith("._") or "__MACOSX/" in path


def printable(path: str) -> str:
    """The path as valid UTF-8, whatever bytes the disk holds."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


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
        raise Damaged(label.removesuffix("!"), f"not a whole zip ({_why(error)})") from error


def _is_file(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir() and not is_debris(info.filename)


def _unreadable(path: str, error: OSError) -> Unreadable:
    if error.errno == errno.ENAMETOOLONG:
        return Unreadable(path, _why(error), "Move it to a place with a shorter path.")
    return Unreadable(path, _why(error))


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
