"""Files and folders that are whole or absent whatever happens, and only their owner's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY = ".tmp"
"""What a file in the making is called at its end; before that comes the name it will have."""


def make_folder(folder: Path) -> None:
    """A private folder that a power cut does not take away again."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def write_whole(path: Path, data: bytes) -> None:
    """A file, written beside the one whose place it then takes, durably."""
    with naming(path):
        descriptor, name = tempfile.mkstemp(TEMPORARY, f".{path.name}.", path.parent)
        try:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(name, path)  # noqa: PTH105 - tests make each of these calls fail
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108
            raise
        sync_folder(path.parent)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Any trouble inside is trouble with that file: of a write, the system does not say."""
    try:
        yield
    except OSError as error:
        error.filename = os.fspath(path)
        raise


def sync_folder(folder: Path) -> None:
    """Make a change in that folder survive a power cut, where the system can."""
    if os.name == "nt":  # pragma: no cover - Windows cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
