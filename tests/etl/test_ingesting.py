from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from etl import ingesting
from etl.executors import Workers
from etl.ingesting import Handler, Ingested, Silence, batches, changed
from etl.state import State
from sources.protocol import ReaderOptions, Unit
from tests.etl.fake_source import FakeOptions, FakeSource, units, write

pytestmark = pytest.mark.usefixtures("fake")


class Told(Silence):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, int]] = []

    def begin(self, source: str, units: int, size: int) -> None:
        self.said.append(("begin", units))

    def advance(self, source: str, units: int, size: int) -> None:
        self.said.append(("advance", units))

    def end(self, source: str) -> None:
        self.said.append(("end", 0))


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers("thread", 1) as pool:
        yield pool


@pytest.fixture
def handler(tmp_path: Path, state: State, workers: Workers) -> Handler:
    return Handler(
        source=FakeSource(FakeOptions()),
        options=FakeOptions(),
        state=state,
        workers=workers,
        batch_size=2,
        spool_dir=str(tmp_path),
        progress=Told(),
    )


def ingest(handler: Handler, folder: Path) -> Ingested:
    found = units(folder)
    pending = changed(handler.source, found, handler.state.units("fake"))
    return handler.ingest(len(found), pending)


def keys(state: State) -> list[str]:
    return [key for (key,) in state.query("SELECT key FROM items ORDER BY key")]


def test_what_is_new_or_changed_is_read_and_nothing_else(tmp_path: Path, handler: Handler) -> None:
    data = tmp_path / "data"
    for name in "abcde":
        write(data / f"{name}.fake", f"item {name}")
    first = ingest(handler, data)
    assert (first.units, first.read, first.unchanged) == (5, 5, 0)
    assert first.bytes_read == sum(unit.size for unit in units(data))
    assert sum(first.worker_peaks.values()) > 2**20
    assert first.cpu_seconds > 0
    assert keys(handler.state) == list("abcde")
    write(data / "b.fake", "item b", "item bb")
    write(data / "f.fake", "item f")
    again = ingest(handler, data)
    assert (again.units, again.read, again.unchanged) == (6, 2, 4)
    assert keys(handler.state) == ["a", "b", "bb", "c", "d", "e", "f"]
    assert ingest(handler, data).read == 0
    assert isinstance(handler.progress, Told)
    assert handler.progress.said[:5] == [
        ("begin", 5),
        ("advance", 2),
        ("advance", 2),
        ("advance", 1),
        ("end", 0),
    ]


def test_a_unit_that_failed_is_read_again_though_it_is_unchanged(
    tmp_path: Path, handler: Handler
) -> None:
    data = tmp_path / "data"
    write(data / "a.fake", "retry", "item a")
    write(data / "b.fake", "damaged")
    assert ingest(handler, data).read == 2
    # The damaged one will not get better by itself.
    assert ingest(handler, data).read == 1


def test_another_setting_reads_everything_again(tmp_path: Path, handler: Handler) -> None:
    data = tmp_path / "data"
    write(data / "a.fake", "item a")
    ingest(handler, data)
    other = Handler(
        source=FakeSource(ReaderOptions(telegram_timezone="Asia/Tokyo")),
        options=handler.options,
        state=handler.state,
        workers=handler.workers,
        batch_size=1,
        spool_dir=handler.spool_dir,
        progress=Silence(),
    )
    assert ingest(other, data).read == 1


def test_a_run_that_is_stopped_keeps_what_it_read_and_does_not_call_the_rest_unchanged(
    tmp_path: Path, handler: Handler
) -> None:
    data = tmp_path / "data"
    for name in "abcdef":
        write(data / f"{name}.fake", f"item {name}")
    ingest(handler, data)
    for name in "cdef":
        write(data / f"{name}.fake", f"item {name}{name}")
    handler.workers.stopping.set()
    done = ingest(handler, data)
    assert (done.units, done.read, done.unchanged) == (6, 0, 2)
    assert keys(handler.state) == list("abcdef")


def unit(name: str, size: int) -> Unit:
    (found,) = [Unit(source="fake", name=name, locator=("x",), files=())]
    file = {"path": name, "size": size, "stamp": 0}
    return msgspec.convert({**msgspec.to_builtins(found), "files": (file,)}, Unit)


def test_batches_close_at_their_number_or_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingesting, "BATCH_BYTES", 100)
    sizes = [1, 1, 1, 1, 99, 1, 60, 60, 1]
    made = list(batches([unit(str(n), size) for n, size in enumerate(sizes)], 3))
    assert [[u.size for u in batch] for batch in made] == [[1, 1, 1], [1, 99], [1, 60, 60], [1]]
    assert list(batches([], 3)) == []
