"""Exports whose bytes somebody changed: no reader crashes, hangs or passes anything over unsaid,
and what was not touched is read as before.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from sources import registry
from sources._archive import FolderTree
from sources.errors import ArchiveError
from tests.archives import AGE, Told, cases, encoded, lay_out, tell
from tests.faults.tally import Tally, number
from tests.guarding import no_hang

SHARES = 4
_SCRAPS = (
    *(b'<div class="message default clearfix" id="message5">', b"</div>", b"</body></html>"),
    *(b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"END:VCALENDAR", b"RRULE:FREQ=DAILY\r\n", b"\r\n "),
    *(b'"', b"'", b",", b";", b"{", b"}", b"[", b"]", b"\\", b"\\ud800", b"null", b"1e400", b"NaN"),
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\x1e", b"\r", b"\n\n", b"<br>", b"9" * 30),
)

Garble = Callable[[bytes, Random], bytes]


def _cut(whole: bytes, random: Random) -> bytes:
    return whole[: random.randrange(len(whole) + 1)]


def _flipped(whole: bytes, random: Random) -> bytes:
    garbled = bytearray(whole)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if garbled:
            garbled[random.randrange(len(garbled))] = random.randrange(256)
    return bytes(garbled)


def _span(whole: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(whole) + 1)
    return start, min(len(whole), start + random.choice((1, 7, 60, 500, 5000)))


def _without(whole: bytes, random: Random) -> bytes:
    start, end = _span(whole, random)
    return whole[:start] + whole[end:]


def _twice(whole: bytes, random: Random) -> bytes:
    start, end = _span(whole, random)
    return whole[:end] + whole[start:]


def _swapped(whole: bytes, random: Random) -> bytes:
    a, b, c = sorted(random.randrange(len(whole) + 1) for _ in range(3))
    return whole[:a] + whole[b:c] + whole[a:b] + whole[c:]


def _with_scraps(whole: bytes, random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 3))):
        at = random.randrange(len(whole) + 1)
        whole = whole[:at] + random.choice(_SCRAPS) + whole[at:]
    return whole


def _zeroed(whole: bytes, random: Random) -> bytes:
    start, end = _span(whole, random)
    return whole[:start] + bytes(end - start) + whole[end:]


GARBLES: tuple[Garble, ...] = (_cut, _flipped, _without, _twice, _swapped, _with_scraps, _zeroed)


class Archive:
    """A case laid out, and what it tells whole."""

    def __init__(self, name: str, case: Path, root: Path) -> None:
        self.name = name
        self.root = lay_out(case, root)
        self.whole = tell(name, FolderTree(self.root))
        self.before = {unit: encoded(reading) for unit, reading in self.whole.units.items()}
        units = self.whole.found.units
        self.paths = sorted({file.path for u in units for file in (*u.files, *u.context)})
        sound = [unit for unit in units if not self.whole.units[unit.name].problems]
        self.sound = {file.path for unit in sound for file in unit.files}

    def broken(self, path: str, garble: Garble, random: Random, age: int) -> Iterator[str]:
        """What went wrong with this file garbled."""
        file = self.root / path
        whole = file.read_bytes()
        try:
            file.write_bytes(garble(whole, random))
            os.utime(file, (AGE + age, AGE + age))
            with no_hang():
                told = self._told()
            yield from self._lost(told, path, cut=garble is _cut)
        except ArchiveError as error:
            yield f"other: {path}: discovery ends with {type(error).__name__}"
        except AssertionError as error:
            yield f"hang: {path}: {error}"
        except Exception as error:
            yield f"traceback: {path}: {type(error).__name__} {error}"
        finally:
            file.write_bytes(whole)
            os.utime(file, (AGE, AGE))

    def _told(self) -> Told:
        return tell(self.name, FolderTree(self.root))

    def _lost(self, told: Told, path: str, *, cut: bool) -> Iterator[str]:
        for name, reading in told.units.items():
            if not reading.account.balanced:
                yield f"loss: {path}: {name} does not balance: {reading.account}"
        for unit in self.whole.found.units:
            if path not in {file.path for file in (*unit.files, *unit.context)}:
                if unit.name not in told.units:
                    yield f"loss: {path}: {unit.name} is no unit any more"
                elif encoded(told.units[unit.name]) != self.before[unit.name]:
                    yield f"loss: {path}: {unit.name} is read otherwise"
        if cut and path in self.sound and path.endswith((".html", ".json", ".ics")):
            fewer = told.account.accepted < self.whole.account.accepted
            if fewer and not _said(told) - _said(self.whole) and self._is_export(path, told):
                yield f"loss: {path}: what was cut off is missing, and nothing says so"

    def _is_export(self, path: str, told: Told) -> bool:
        """Whether it is still known; if not, whoever walks the folder reports it."""
        return path in {f.path for u in told.found.units for f in (*u.files, *u.context)}


def _said(told: Told) -> Counter[str]:
    """What is said of trouble, and how often."""
    said = Counter(finding.kind for item in told.items for finding in item.summary.findings)
    for reading in (told.found, *told.units.values()):
        said.update(problem.reason for problem in reading.problems)
    return said


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", registry.SOURCES)
def test_garbled_files_are_read_or_told_of(
    name: str, share: int, tmp_path: Path, tally: Tally
) -> None:
    random = Random(f"{name} {share}")
    archives = [
        Archive(name, case, tmp_path / str(place))
        for place, case in enumerate(cases(name)[share::SHARES] or cases(name)[:1])
    ]
    for trial in range(number(25, 20_000 // (SHARES * len(registry.SOURCES)))):
        archive = random.choice(archives)
        path, garble = random.choice(archive.paths), random.choice(GARBLES)
        broken = list(archive.broken(path, garble, random, trial + 1))
        said = [f"{one} ({garble.__name__}, trial {trial} of share {share})" for one in broken]
        tally.count(f"H2 garbled: {name}", said)
