"""Whether the disks have room for what a run will write: an estimate, made before anything is
read. A run is never refused for it, for it may be wrong.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from etl.settings import Settings

_IN_OUTPUT = {"telegram": 0.5, "slack": 0.5, "calendar": 4.5, "hubspot": 4.0}
_IN_STATE = {"telegram": 0.2, "slack": 0.2, "calendar": 7.5, "hubspot": 6.5}
"""Bytes written for a byte read, at the most, of the archives of the benchmarks."""


class Disk(NamedTuple):
    """What will be written on one disk, at about, and what is free there, in bytes."""

    folder: Path
    needed: int
    free: int

    @property
    def is_short(self) -> bool:
        """Whether that is too little."""
        return self.free < self.needed

    def __str__(self) -> str:
        return f"{self.folder}: about {self.needed:,} bytes will be written, {self.free:,} are free"


@dataclass(frozen=True)
class Plan:
    """What a run is about to read, in bytes by source: what it reads now, and all there is.
    Without either, nothing more is to be written.
    """

    settings: Settings
    pending: Mapping[str, int] = field(default_factory=dict)
    present: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """What is read now."""
        return sum(self.pending.values())

    def disks(self) -> list[Disk]:
        """Those of output and state, or the one of both; without any that cannot be asked."""
        output, state = self.settings.written_output, self.settings.db_path
        found: dict[int, Disk] = {}
        for folder, needed in (
            (output.parent, self._output(_size(output))),
            (state.parent, self._state(_size(state))),
        ):
            with suppress(OSError):
                device, free = _device(folder), shutil.disk_usage(_existing(folder)).free
                before = found.get(device, Disk(folder, 0, free))
                found[device] = before._replace(needed=before.needed + needed)
        return list(found.values())

    def needed(self, path: Path) -> int | None:
        """What is still to be written on the disk of that path, as far as can be told."""
        if not self.present:
            return None
        device = _device(path)
        on_it = (disk.needed for disk in self.disks() if _device(disk.folder) == device)
        return next(on_it, None)

    def _output(self, before: int) -> int:
        """It is written whole, beside the earlier one; which tells best how large it is."""
        if not before:
            return _share(_IN_OUTPUT, self.present)
        grown = before + _share(_IN_OUTPUT, self.pending)
        return min(grown, max(before, _share(_IN_OUTPUT, self.present)))

    def _state(self, before: int) -> int:
        """It grows, but where what is read takes the place of what was."""
        missing = _share(_IN_STATE, self.present) - before
        return min(_share(_IN_STATE, self.pending), max(0, missing))


def _share(shares: Mapping[str, float], sizes: Mapping[str, int]) -> int:
    return round(sum(shares.get(name, 1.0) * size for name, size in sizes.items()))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _device(path: Path) -> int:
    return _existing(path).stat().st_dev


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.is_dir())
