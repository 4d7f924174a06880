"""Files we write: readable by their owner only, whole or absent."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from sources._durable import TEMPORARY, naming, sync_folder, write_whole

_BUFFER_BYTES = 2**20
"""An output comes in many small pieces: few and large writes cost half."""


def create_private(path: Path) -> None:
    """Make an empty file that only its owner may read, unless it exists."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@dataclass
class Replacement:
    """A file in the making. ``unwanted``: let the old one be after all."""

    stream: BinaryIO
    unwanted: bool = False


@contextmanager
def replacing(path: Path, leftover_of: Path | None = None) -> Iterator[Replacement]:
    """A new file beside `path`; it takes its place, durably, when the block ends well,
    and leaves no trace when it does not; an ``OSError`` names `path`. What a kill leaves counts
    as a leftover of `path`, or of another file beside it.
    """
    with naming(path):
        prefix = f".{(leftover_of or path).name}."
        descriptor, name = tempfile.mkstemp(TEMPORARY, prefix, path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb", _BUFFER_BYTES) as stream:
                replacement = Replacement(stream)
                yield replacement
                if not replacement.unwanted:
                    stream.flush()
                    os.fsync(stream.fileno())
            if not replacement.unwanted:
                temporary.replace(path)
                sync_folder(path.parent)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


def write_json(path: Path, value: Any) -> None:
    """A small JSON file of ours, indented. Raises ``OSError``."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def is_intact(path: Path, size: int, stamp: int) -> bool:
    """Whether a file is still the one that was written: by size and modification time
    in nanoseconds.
    """
    try:
        info = path.stat()
    except OSError:
        return False
    return (info.st_size, info.st_mtime_ns) == (size, stamp)


def leftovers(path: Path) -> list[Path]:
    """What a killed run left beside `path`, or a run is about to put there."""
    return sorted(path.parent.glob(f".{glob.escape(path.name)}.*{TEMPORARY}"))


def remove_leftovers(path: Path) -> None:
    """Remove what a killed run left beside `path`. Call it under the run's lock."""
    for leftover in leftovers(path):
        with suppress(OSError):
            leftover.unlink()
