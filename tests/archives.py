"""The archives that every source is held to its contract with, and what they tell."""

from __future__ import annotations

import os
import random
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from sources._archive import Tree
from sources.errors import ArchiveError
from sources.protocol import Account, Problem, Unit
from tests.reading import Read, Reading, discover, source

PROJECT = Path(__file__).resolve().parents[1]
AGE = 1_700_000_000
"""When every file laid out was written: a moment a zip can hold."""


@dataclass
class Told:
    """What a folder, or a zip, tells: by unit, everything that was read of it."""

    found: Reading
    units: dict[str, Reading] = field(default_factory=dict)

    @property
    def items(self) -> list[Read]:
        return [read for reading in self.units.values() for read in reading.items]

    @property
    def account(self) -> Account:
        return sum((reading.account for reading in self.units.values()), Account())


def tell(name: str, tree: Tree) -> Told:
    told = Told(discover(source(name), tree))
    for unit in told.found.units:
        told.units[unit.name] = read_unit(name, unit, tree)
    return told


def read_unit(name: str, unit: Unit, tree: Tree) -> Reading:
    reading = Reading()
    try:
        reading.take(source(name).read(unit, tree))
    except ArchiveError as error:
        assert unit.files
        reading.problems.append(
            Problem(path=error.path, reason=error.reason, detail=error.detail, remedy=error.remedy)
        )
    return reading


def encoded(reading: Reading) -> bytes:
    return msgspec.json.encode(
        [
            [(read.item, read.messages) for read in reading.items],
            reading.problems,
            reading.account,
        ]
    )


def cases(name: str) -> list[Path]:
    sample, own = PROJECT / "data" / "sample" / name, PROJECT / "tests" / "data" / name
    folders = sorted(path for path in own.iterdir() if path.is_dir()) if own.is_dir() else []
    return [path for path in (sample, *folders) if path.is_dir()]


def lay_out(case: Path, target: Path, shuffle: bool = False) -> Path:
    """The case as a folder: its zips unpacked, every file of the same age."""
    target.mkdir(parents=True)
    contents: list[tuple[str, bytes]] = []
    for path in sorted(path for path in case.rglob("*") if path.is_file()):
        shown = path.relative_to(case).as_posix()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, metadata_encoding="utf-8") as archive:
                members = [name for name in archive.namelist() if not name.endswith("/")]
                contents += [(f"{shown[:-4]}/{name}", archive.read(name)) for name in members]
        else:
            contents.append((shown, path.read_bytes()))
    if shuffle:
        random.Random(5).shuffle(contents)
    for shown, data in contents:
        copy = target / shown
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
        os.utime(copy, (AGE, AGE))
    return target
