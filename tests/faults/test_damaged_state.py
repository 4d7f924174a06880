"""A state that is damaged costs time, never data: whatever is wrong with it, the next run
gives what an undisturbed one gives.
"""

from __future__ import annotations

import logging
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from etl.data_etl import DataETL
from etl.given import resolve
from etl.report import RunReport
from etl.settings import Settings
from etl.state import State
from etl.state_file import SCHEMA_VERSION
from tests.faults.tally import FULL, Tally, number
from tests.running import MAPPING, SAMPLE

FLIPS, CUTS = number(20, 250), number(10, 50)
HEADER = 100
"""The first bytes of the file: what SQLite believes of all the rest."""


@dataclass
class Place:
    """Archives, a state and what was made of them."""

    settings: Settings
    states: dict[str, bytes]
    """The state as a whole run left it; and as a kill did, with its journal beside it."""
    expected: RunReport

    def run(self, files: dict[str, bytes]) -> RunReport:
        """A run on that state."""
        folder = self.settings.db_path.parent
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for suffix, data in files.items():
            Path(f"{self.settings.db_path}{suffix}").write_bytes(data)
        return DataETL(settings=self.settings).run_etl()

    def holds(self, report: RunReport) -> bool:
        """Whether a run gave what it must."""
        return (report.content_sha256, report.exit_status, *counted(report)) == (
            self.expected.content_sha256,
            0,
            *counted(self.expected),
        )

    def assail(self, tally: Tally, fault: str, files: dict[str, bytes]) -> None:
        """Count a run on that state."""
        try:
            broken = [] if self.holds(self.run(files)) else ["loss: another output"]
        except Exception as error:
            broken = [f"traceback: {error!r}"]
        tally.count(f"D5 state: {fault}", broken)


def counted(report: RunReport) -> Iterator[tuple[object, ...]]:
    for name, source in sorted(report.sources.items()):
        yield name, source.units, source.found, source.accepted, source.duplicate
        yield source.ignored, source.quarantined, source.items


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = tmp_path_factory.mktemp("damaged")
    data = root / "data"
    shutil.copytree(SAMPLE, data, ignore=shutil.ignore_patterns("settings.env"))
    settings = resolve(
        {
            "data_dir": str(data),
            "mapping": str(MAPPING),
            "no_live": True,
            "output": str(root / "out" / "o.json"),
            "db_path": str(root / "out" / "s.db"),
            "our_name": ["Fernhollow", "Fernhollow Labs"],
            "executor": "thread",
            "our_domain": ["fernhollow.example"],
            "include_unmatched": True,
        },
        {},
    )
    logging.disable(logging.CRITICAL)
    killed = {}
    commit = State.commit

    def remembering(state: State, *others: object) -> None:
        commit(state, *others)  # type: ignore[arg-type]
        for suffix in ("", "-wal"):
            killed[suffix] = Path(f"{settings.db_path}{suffix}").read_bytes()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(State, "commit", remembering)
        expected = DataETL(settings=settings).run_etl()
    # Another output: or the first run would find nothing to do.
    again = root / "again"
    settings = replace(settings, output=again / "o.json", db_path=again / "s.db")
    whole = (root / "out" / "s.db").read_bytes()
    yield Place(
        settings, {"whole": whole, **{f"killed{k}": v for k, v in killed.items()}}, expected
    )
    logging.disable(logging.NOTSET)


def flipped(data: bytes, place: int, mask: int) -> bytes:
    return data[:place] + bytes((data[place] ^ mask,)) + data[place + 1 :]


def test_an_undamaged_state_is_gone_on_with(place: Place) -> None:
    for files in ({"": place.states["whole"]}, killed(place)):
        report = place.run(files)
        assert place.holds(report)
        assert sum(source.units_unchanged for source in report.sources.values()) > 10
        assert aside(place) == []


def killed(place: Place) -> dict[str, bytes]:
    return {suffix: place.states[f"killed{suffix}"] for suffix in ("", "-wal")}


def aside(place: Place) -> list[str]:
    return sorted(path.name for path in place.settings.db_path.parent.glob("*.corrupt-*"))


def test_no_flipped_byte_changes_the_output(place: Place, tally: Tally) -> None:
    noise = random.Random(7)
    whole = place.states["whole"]
    places = [noise.randrange(len(whole)) for _ in range(FLIPS)]
    for at in (*places, *(range(HEADER) if FULL else (18, 19, 47, 59, 63, 71))):
        spoilt = flipped(whole, at, noise.randrange(1, 256))
        place.assail(tally, "a byte flipped", {"": spoilt})


def test_no_flipped_byte_of_what_a_kill_left_changes_the_output(place: Place, tally: Tally) -> None:
    noise = random.Random(8)
    for _ in range(FLIPS):
        files = killed(place)
        suffix = noise.choice([suffix for suffix, data in files.items() if data])
        at = noise.randrange(len(files[suffix]))
        files[suffix] = flipped(files[suffix], at, noise.randrange(1, 256))
        place.assail(tally, "a byte flipped, journal included, after a kill", files)


def test_no_overwritten_block_changes_the_output(place: Place, tally: Tally) -> None:
    noise = random.Random(9)
    whole = place.states["whole"]
    for _ in range(FLIPS // 2):
        size = noise.choice((16, 512, 4096, 8192))
        at = noise.randrange(len(whole) - size)
        other = noise.choice((bytes(size), noise.randbytes(size), whole[-size:]))
        spoilt = whole[:at] + other + whole[at + size :]
        place.assail(tally, "a block overwritten", {"": spoilt})


def test_no_truncation_changes_the_output(place: Place, tally: Tally) -> None:
    noise = random.Random(10)
    whole = place.states["whole"]
    for at in (0, 1, HEADER, 4096, *(noise.randrange(len(whole)) for _ in range(CUTS))):
        place.assail(tally, "cut short", {"": whole[:at]})


def test_no_move_is_told_that_was_none(place: Place, tmp_path: Path, tally: Tally) -> None:
    """What is remembered of the last run for no output, but to say what moved since."""
    mapping = tmp_path / "other.csv"
    mapping.write_text("base_company,calendar_domain\nPebblemark,pebblemark.example\n")
    other = replace(place, settings=replace(place.settings, mapping=mapping))
    whole = place.states["whole"]
    expected = other.run({"": whole})
    assert expected.moved
    noise = random.Random(11)
    for at in noise.sample(_remembered_moves(whole), number(5, 50)):
        report = other.run({"": flipped(whole, at, noise.randrange(1, 256))})
        told = (report.content_sha256, report.moved)
        right = (expected.content_sha256, 0 if aside(other) else expected.moved)
        broken = [] if told == right else [f"loss: another output, or other moves: {told}"]
        tally.count("D5 state: a byte flipped of where items stood", broken)


def _remembered_moves(whole: bytes) -> list[int]:
    """Where in a state stands where its items stood."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(whole[:18] + b"\1\1" + whole[20:])
        rows = list(db.execute("SELECT kind || key || place FROM stood"))
    found = ((whole.find(row := text.encode()), len(row)) for (text,) in rows)
    return [at for start, size in found if start >= 0 for at in range(start, start + size)]


def of_text(_: bytes) -> bytes:
    return b"a list of things to buy\n" * 400


def foreign(_: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE units (name TEXT)")
        return db.serialize()


def of_version(version: int) -> Callable[[bytes], bytes]:
    def changed(whole: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:")) as db:
            # Without its journal: memory has no place for one.
            db.deserialize(whole[:18] + b"\1\1" + whole[20:])
            db.execute(f"PRAGMA user_version = {version}")
            return db.serialize()

    return changed


@pytest.mark.parametrize(
    "spoil",
    [of_text, foreign, of_version(SCHEMA_VERSION - 1), of_version(SCHEMA_VERSION + 1)],
    ids=["a text", "another program's", "older", "newer"],
)
def test_what_is_no_state_of_ours_is_moved_aside_whole(
    place: Place, spoil: Callable[[bytes], bytes]
) -> None:
    data = spoil(place.states["whole"])
    assert place.holds(place.run({"": data}))
    assert aside(place) == ["s.db.corrupt-1"]
    assert (place.settings.db_path.parent / "s.db.corrupt-1").read_bytes() == data
