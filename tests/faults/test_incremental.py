"""Whatever happens in the data folder between runs, a run that goes on from a state gives what
a run from nothing gives.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from etl import exits
from etl.contract.content_hash import content_sha256
from etl.data_etl import DataETL
from etl.given import resolve
from etl.report import RunReport
from etl.settings import Settings
from etl.state import State
from sources import _zip
from tests.faults.tally import FULL, Tally, number
from tests.running import MAPPING, PROJECT, SAMPLE

PLACES = ("first", "second/inner", "third", "fourth")
"""Where an export may lie."""
LISTS = ("users.json", "channels.json", "groups.json", "chats.html")
AGE = 1_700_000_000_000_000_000
Export = dict[str, bytes]


def _exports() -> Iterator[Export]:
    """Small exports of every source, some of which overlap; zips are taken apart."""
    roots = [path for path in SAMPLE.glob("*/*") if path.is_dir()]
    roots += [path for path in SAMPLE.glob("*") if path.is_dir() and path.name != "telegram"]
    roots += [path for path in (PROJECT / "tests" / "data").glob("*/*") if path.is_dir()]
    for root in sorted(roots):
        export: Export = {}
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            name = path.relative_to(root).as_posix()
            if path.suffix == ".zip":
                with zipfile.ZipFile(path, metadata_encoding="utf-8") as opened:
                    names = [name for name in opened.namelist() if not name.endswith("/")]
                    export |= {name: opened.read(name) for name in names}
            else:
                export[name] = path.read_bytes()
        yield export


EXPORTS = list(_exports())
ANY = st.integers(0, 2**16)


def _cut(data: bytes, at: int) -> bytes:
    return data[: at * len(data) // 2**16]


def _without_a_piece(data: bytes, at: int) -> bytes:
    start = at * len(data) // 2**16
    return data[:start] + data[start + max(1, len(data) // 9) :]


def _other_digits(data: bytes, at: int) -> bytes:
    start = at * len(data) // 2**16
    return data[:start] + data[start:].replace(b"1", b"2", 3)


def _other_words(data: bytes, at: int) -> bytes:
    start = at * len(data) // 2**16
    return data[:start] + data[start:].replace(b"the", b"that", 2)


def _nothing(_: bytes, __: int) -> bytes:
    return b""


CHANGES: tuple[Callable[[bytes, int], bytes], ...]
CHANGES = (_cut, _without_a_piece, _other_digits, _other_words, _nothing)


class _Killed(BaseException):
    """Stands for a kill: nothing in the program expects it."""


class Incremental(RuleBasedStateMachine):
    """A data folder that changes, and runs over it."""

    tally = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="incremental-"))
        self.data = self.root / "data"
        self.data.mkdir()
        self.clock = AGE
        self.past: list[tuple[Path, bytes, int]] = []
        """What files held, and when they were written, before something became of them."""
        self.unseen = False
        """Whether things change that size and time do not show: then only a run that verifies
        gives what it must.
        """
        given = {
            "data_dir": str(self.data),
            "mapping": str(MAPPING),
            "no_live": True,
            "our_name": ["Fernhollow", "Fernhollow Labs"],
            "allow_shrink": True,
            "our_domain": ["fernhollow.example"],
            "executor": "thread",
            "max_workers": 2,
            "max_errors": "100%",
            "include_unmatched": True,
        }
        self.settings: Settings = resolve(given, {})

    def teardown(self) -> None:
        self._compare()
        shutil.rmtree(self.root)

    # What lies there.

    @initialize(export=ANY, as_zip=st.booleans(), unseen=st.sampled_from([False, False, True]))
    def begin(self, export: int, as_zip: bool, unseen: bool) -> None:
        self.unseen = unseen
        self.add(export, 0, as_zip)
        self.add(export + 1, 1, not as_zip)
        self.run()

    @rule(export=ANY, place=ANY, as_zip=st.booleans())
    def add(self, export: int, place: int, as_zip: bool) -> None:
        """An export, in the place of what there was."""
        target = self.data / PLACES[place % len(PLACES)]
        files = EXPORTS[export % len(EXPORTS)]
        if as_zip:
            self._write(target.with_name(target.name + ".zip"), _zipped(files))
        else:
            for name, data in files.items():
                self._write(target / name, data)

    @precondition(lambda self: self._files())
    @rule(number=ANY, how=ANY, at=ANY)
    def change(self, number: int, how: int, at: int) -> None:
        """A file, or a member of a zip."""
        self._change(self._files(), number, how, at)

    @rule(number=ANY, how=ANY, at=ANY)
    def change_a_list(self, number: int, how: int, at: int) -> None:
        """What many units depend on, or a zip that may hold such."""
        lists = [path for path in self._files() if path.name in LISTS or path.suffix == ".zip"]
        if lists:
            self._change(lists, number, how, at)

    def _change(self, paths: list[Path], number: int, how: int, at: int) -> None:
        path, apply = paths[number % len(paths)], CHANGES[how % len(CHANGES)]
        data = path.read_bytes()
        members = _unzipped(data) if path.suffix == ".zip" and at % 4 else {}
        if members:
            names = [name for name in members if name.rpartition("/")[2] in LISTS]
            names = sorted(names if names and at % 2 else members)
            name = names[number // len(paths) % len(names)]
            self._write(path, _zipped(members | {name: apply(members[name], at)}))
        else:
            self._write(path, apply(data, at))

    @precondition(lambda self: self.unseen and self._files())
    @rule(number=ANY, at=ANY)
    def change_unseen(self, number: int, at: int) -> None:
        """Other bytes, as many, of the same age."""
        path = self._file(number)
        data, stamp = path.read_bytes(), path.stat().st_mtime_ns
        self._write(path, _other_digits(data, at), stamp)

    @precondition(lambda self: self._files())
    @rule(number=ANY)
    def touch(self, number: int) -> None:
        path = self._file(number)
        self._write(path, path.read_bytes())

    @precondition(lambda self: self._files())
    @rule(number=ANY)
    def delete(self, number: int) -> None:
        path = self._file(number)
        self._remember(path)
        path.unlink()

    @rule(place=ANY)
    def delete_all_of_one(self, place: int) -> None:
        target = self.data / PLACES[place % len(PLACES)]
        for path in (path for path in self._files() if path.is_relative_to(target)):
            self._remember(path)
            path.unlink()

    @precondition(lambda self: self.past)
    @rule(number=ANY)
    def restore(self, number: int) -> None:
        """As a backup does: with the time it had."""
        path, data, stamp = self.past[number % len(self.past)]
        self._write(path, data, stamp)

    @precondition(lambda self: self._files())
    @rule(number=ANY, other=ANY)
    def swap(self, number: int, other: int) -> None:
        """Two files change their names, or one goes where none was."""
        one, two = self._file(number), self._file(other)
        if one == two:
            two = one.with_name(f"other-{one.name}")
            one.rename(two)
        else:
            between = self.root / "between"
            one.rename(between)
            two.rename(one)
            between.rename(two)

    @rule(place=ANY, other=ANY)
    def rename(self, place: int, other: int) -> None:
        """A whole export."""
        one, two = (self.data / PLACES[number % len(PLACES)] for number in (place, other))
        if one.is_dir() and not two.exists():
            two.parent.mkdir(parents=True, exist_ok=True)
            one.rename(two)

    # Runs.

    @rule()
    def run(self) -> None:
        _run(self._on("kept"))

    @rule(commits=st.integers(0, 3))
    def run_that_is_killed(self, commits: int) -> None:
        """After so many batches were remembered."""
        left = [commits]
        commit = State.commit

        def failing(state: State, *others: object) -> None:
            if not left[0]:
                raise _Killed
            left[0] -= 1
            commit(state, *others)  # type: ignore[arg-type]

        State.commit = failing  # type: ignore[method-assign, assignment]
        try:
            _run(replace(self._on("kept"), batch_size=1))
        except _Killed:
            pass
        finally:
            State.commit = commit  # type: ignore[method-assign]

    @rule(source=st.sampled_from(["telegram", "slack", "calendar", "hubspot"]), limit=ANY)
    def run_of_a_part(self, source: str, limit: int) -> None:
        _run(replace(self._on("kept"), sources=(source,), limit=limit % 3 + 1))

    @rule()
    def run_that_verifies(self) -> None:
        _run(replace(self._on("kept"), verify=True))

    @rule(zone=st.sampled_from([None, "Europe/Berlin"]))
    def set_the_zone(self, zone: str | None) -> None:
        readers = msgspec.structs.replace(self.settings.readers, telegram_timezone=zone)
        self.settings = replace(self.settings, readers=readers)

    @rule(at=ANY, mask=st.integers(1, 255))
    def spoil_the_state(self, at: int, mask: int) -> None:
        _flip(self._on("kept").db_path, at, mask)

    @rule(how=st.sampled_from(["gone", "cut", "older"]))
    def spoil_the_output(self, how: str) -> None:
        path = self._on("kept").output
        if path.is_file() and how == "gone":
            path.unlink()
        elif path.is_file():
            path.write_bytes(path.read_bytes()[: -10 if how == "cut" else None])

    def _compare(self) -> None:
        went_on = _run(replace(self._on("kept"), verify=self.unseen))
        anew = _run(self._on("anew"))
        broken = list(self._broken(went_on, anew))
        shutil.rmtree(self.root / "anew", ignore_errors=True)
        self.tally.count("I2 an incremental sequence", broken)
        assert broken == []

    def _broken(self, went_on: RunReport | None, anew: RunReport | None) -> Iterator[str]:
        if went_on is None or anew is None:
            if went_on is not anew:
                yield "loss: only one of both had something to read"
            return
        if went_on.content_sha256 != anew.content_sha256:
            yield "loss: the output is another"
        with self._on("kept").output.open("rb") as stream:
            if content_sha256(stream) != went_on.content_sha256:
                yield "tear: the output on the disk is not the one that is told of"
        if _counted(went_on) != _counted(anew):
            yield "loss: something else is quarantined, or counted"

    # How.

    def _on(self, state: str) -> Settings:
        folder = self.root / state
        return replace(self.settings, output=folder / "o.json", db_path=folder / "s.db")

    def _files(self) -> list[Path]:
        return sorted(path for path in self.data.rglob("*") if path.is_file())

    def _file(self, number: int) -> Path:
        files = self._files()
        return files[number % len(files)]

    def _write(self, path: Path, data: bytes, stamp: int | None = None) -> None:
        self._remember(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.clock += 1_000_000_000
        os.utime(path, ns=(stamp or self.clock, stamp or self.clock))

    def _remember(self, path: Path) -> None:
        if path.is_file():
            self.past.append((path, path.read_bytes(), path.stat().st_mtime_ns))


def _flip(path: Path, at: int, mask: int) -> None:
    data = path.read_bytes() if path.is_file() else b""
    if data:
        place = at * len(data) // (2**16 + 1)
        path.write_bytes(data[:place] + bytes((data[place] ^ mask,)) + data[place + 1 :])


def _counted(report: RunReport) -> list[object]:
    """What a run tells of its input; not since when, nor what an earlier one had to tell."""
    sources = [
        (name, source.units, source.found, source.accepted, source.quarantined, source.failed)
        for name, source in report.sources.items()
    ]
    entries = [msgspec.structs.replace(entry, since="") for entry in report.quarantine]
    return [sources, entries]


def _run(given: Settings) -> RunReport | None:
    """The report of a run; nothing where there is nothing to read. Each is one of a process of
    its own, which holds nothing open from the one before.
    """
    logging.disable(logging.CRITICAL)
    _zip._cached.cache_clear()
    try:
        return DataETL(settings=given).run_etl()
    except exits.NoInput:
        return None
    finally:
        logging.disable(logging.NOTSET)


def _zipped(files: Export) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 3, 14, 10, 0, 0)), data)
    return made.getvalue()


def _unzipped(data: bytes) -> Export:
    """What is in a zip; nothing where it is damaged."""
    with suppress(Exception), zipfile.ZipFile(BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
    return {}


SHARES = 8


@pytest.mark.parametrize("share", range(number(1, SHARES)))
def test_a_run_that_goes_on_gives_what_a_run_from_nothing_gives(tally: Tally, share: int) -> None:
    """Each share draws sequences of its own; the one of the quick tests, always the same."""
    Incremental.tally = tally
    run_state_machine_as_test(
        Incremental,
        settings=settings(
            max_examples=number(12, 1000 // SHARES),
            stateful_step_count=12,
            deadline=None,
            derandomize=not FULL,
            database=None,
            phases=(Phase.generate,),  # shrinking takes minutes; ask for it when one is broken
            suppress_health_check=list(HealthCheck),
        ),
    )
