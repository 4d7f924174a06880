"""What an archive is: a tree of files, read in place and the same way whatever holds them; and the
folder, the plainest of them. The other one is the zip, `sources._zip`.

Nothing is ever extracted. Symbolic links are not followed; devices, sockets and pipes are
never opened.
"""

from __future__ import annotations

import errno
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import BinaryIO

from sources._regular import REPLACED, is_replaced, regular
from sources.errors import ArchiveError, ChangedWhileRead, TooLarge, Unreadable
from sources.records import Record

Locator = tuple[str, ...]
"""Where a tree is: a folder, then a zip in it, then a zip in that zip."""

WHOLE_BYTES = 256 * 2**20
"""No file of an export that must be read in one piece is as large: some twenty times as much
memory it may take to understand.
"""

LINK = "symbolic link"
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
        exclude: Iterable[os.PathLike[str]] = (),
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
            self.errors.append(unreadable(self.display(folder) or ".", error))

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
                    self.errors.append(unreadable(self.display(path), error))
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
        return unreadable(self.display(path), error)

    def _now(self, file: File) -> File:
        try:
            info = os.stat(self._below + file.path, follow_symlinks=False)
        except OSError as error:
            raise ChangedWhileRead(self.display(file.path), why(error)) from error
        if not stat.S_ISREG(info.st_mode):
            raise ChangedWhileRead(self.display(file.path), REPLACED)
        return File(path=file.path, size=info.st_size, stamp=info.st_mtime_ns)

    def without(self, claimed: Claims) -> FolderTree:
        rest = FolderTree(self.root)
        rest.__dict__["files"] = tuple(f for f in self.files if f.path not in claimed)
        return rest


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


def unreadable(path: str, error: OSError) -> Unreadable:
    """What the system says of a path, as what a reader raises."""
    if error.errno == errno.ENAMETOOLONG:
        return Unreadable(path, why(error), "Move it to a place with a shorter path.")
    return Unreadable(path, why(error))


def why(error: BaseException) -> str:
    """What an error says, without the path: that is said by whoever tells of it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
