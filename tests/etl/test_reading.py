from __future__ import annotations

import os
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from etl.frames import Chunk, ItemFrame, SpoolTrouble
from etl.reading import Result, failure, fingerprint, read_batch
from sources import registry
from sources._archive import Tree
from sources._opening import open_tree
from sources.errors import ChangedWhileRead, Damaged
from sources.protocol import Problem, ReaderOptions, Unit, Yielded
from tests.etl import fake_source
from tests.etl.fake_source import FakeSource, job, units, write

pytestmark = pytest.mark.usefixtures("fake")


def keys(result: Result) -> list[str]:
    return [frame.key for frame in result.frames if isinstance(frame, ItemFrame)]


def test_every_unit_of_a_batch_has_its_report_and_its_items(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "a.fake", "found 3", "message one", "item a", "item b", "accepted 3")
    write(data / "b.fake", "item c", "problem")
    result = read_batch(job(data))
    assert keys(result) == ["a", "b", "c"]
    first, second = result.reports
    assert (first.items, first.problems, first.failed) == (2, (), False)
    assert (first.account.found, first.account.accepted) == (3, 3)
    assert (second.items, len(second.problems), second.failed) == (1, 1, False)
    assert result.worker == os.getpid()
    assert result.peak_bytes > 2**20
    assert pickle.loads(pickle.dumps(result)) == result


def test_a_unit_that_fails_leaves_no_item_of_its_own_and_the_others_stay(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "a.fake", "message one", "item a")
    write(data / "b.fake", "message two", "item lost", "message three", "damaged")
    write(data / "c.fake", "message four", "item c")
    result = read_batch(job(data))
    assert keys(result) == ["a", "c"]
    good, bad, other = result.reports
    assert (bad.items, bad.failed) == (0, False)
    assert bad.problems[0].path == "b.fake"
    assert (bad.problems[0].reason, bad.problems[0].detail) == ("damaged", "cut short")
    assert (good.items, other.items) == (1, 1)


def test_an_error_nobody_foresaw_tells_kind_and_place_but_not_what_was_read(
    tmp_path: Path,
) -> None:
    write(tmp_path / "data" / "a.fake", "raise Dear Bo, the price is 7")
    (report,) = read_batch(job(tmp_path / "data")).reports
    (problem,) = report.problems
    assert problem.reason == "reader_error"
    assert problem.detail.startswith("unexpected ValueError at fake_source.py:")
    assert "Bo" not in repr(report)


def test_messages_that_no_item_closes_do_not_pass_to_the_next_unit(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # More than one chunk, so that the first is written before the unit ends.
    write(data / "a.fake", "item first", "big 4000000", "big 4000000")
    write(data / "b.fake", "message own", "item second")
    result = read_batch(job(data))
    assert keys(result) == ["second"]
    assert len(list(result.frames)) == 4  # an end, one chunk, one item, an end
    (problem,) = result.reports[0].problems
    assert problem.reason == "reader_error"


def test_a_unit_with_something_to_try_again_counts_as_failed(tmp_path: Path) -> None:
    write(tmp_path / "data" / "a.fake", "item a", "retry")
    result = read_batch(job(tmp_path / "data"))
    assert result.reports[0].failed
    assert keys(result) == ["a"]


def test_an_account_that_is_not_balanced_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "data" / "a.fake", "found 5", "accepted 3", "item a")
    (report,) = read_batch(job(tmp_path / "data")).reports
    (problem,) = report.problems
    assert (problem.path, problem.reason) == ("a.fake", "unbalanced")
    assert problem.detail == "5 records found, but 3 accounted for"
    assert not report.failed


def test_a_file_changed_while_reading_is_read_once_more(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "a.fake", "message one", f"grow-once {data / 'a.fake'}", "message two", "item a")
    result = read_batch(job(data))
    (report,) = result.reports
    assert (report.items, report.problems, report.failed) == (1, (), False)
    (chunk, found, *_) = result.frames
    assert isinstance(found, ItemFrame)
    assert isinstance(chunk, Chunk)
    assert found.records == 2  # and nothing twice


def test_a_file_that_changes_again_is_a_failure_worth_a_retry(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "a.fake", "item a", f"grow {data / 'a.fake'}")
    write(data / "b.fake", "item b")
    result = read_batch(job(data))
    assert keys(result) == ["b"]
    assert result.reports[0].failed
    assert result.reports[0].problems[0].reason == "changed_while_read"


def test_what_is_told_of_a_change_makes_a_reading_begin_anew_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "data" / "a.fake", "item a")
    unit = units(tmp_path / "data")[0]
    told = [Problem.of(ChangedWhileRead("a.fake", "vanished since it was listed"))]
    whole = FakeSource.read

    def read(self: FakeSource, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        yield from whole(self, unit, tree)
        if told:
            yield told.pop()

    monkeypatch.setattr(FakeSource, "read", read)
    result = read_batch(job(tmp_path / "data", unit))
    assert keys(result) == ["a"]
    assert result.reports[0].problems == ()


def test_context_changed_while_reading_is_a_failure_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data).mkdir()
    (data / "list.txt").write_text("x")
    write(data / "a.fake", "attachment list.txt", f"grow {data / 'list.txt'}", "item a")
    assert read_batch(job(data)).reports[0].failed


def test_what_the_system_refuses_is_tried_again() -> None:
    unit = Unit(source="fake", name="a", locator=("x",), files=())
    assert failure(unit, OSError(5, "I/O")).failed
    assert failure(unit, ChangedWhileRead("a", "x")).failed
    assert not failure(unit, Damaged("a", "x")).failed
    assert not failure(unit, ValueError("x")).failed


def test_want_of_memory_is_no_units_fault_and_leaves_nothing_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.frames.SPOOL_BYTES", 10)
    write(tmp_path / "data" / "a.fake", "item a")
    write(tmp_path / "data" / "b.fake", "memory")
    whole = job(tmp_path / "data")
    with pytest.raises(MemoryError):
        read_batch(whole)
    assert list(Path(whole.spool_dir).iterdir()) == []


def marks(folder: Path, source: FakeSource | None = None) -> set[str]:
    reader = source or FakeSource(ReaderOptions())
    return {fingerprint(reader, unit) for unit in units(folder)}


def test_a_fingerprint_stays_while_nothing_changes(tmp_path: Path) -> None:
    write(tmp_path / "a.fake", "item a")
    assert marks(tmp_path) == marks(tmp_path)
    assert len(marks(tmp_path)) == 1


def test_a_fingerprint_differs_with_all_a_reading_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.txt").write_text("x")
    file = write(tmp_path / "a.fake", "item a", "attachment list.txt")
    seen = marks(tmp_path)
    seen |= marks(tmp_path, FakeSource(ReaderOptions(telegram_timezone="Europe/Berlin")))
    monkeypatch.setattr(FakeSource, "version", 2)
    seen |= marks(tmp_path)
    monkeypatch.undo()
    os.utime(tmp_path / "list.txt", ns=(1, 1))  # a context file, by time
    seen |= marks(tmp_path)
    os.utime(file, ns=(1, 1))
    seen |= marks(tmp_path)
    file.write_text(file.read_text() + "\n")  # its size
    os.utime(file, ns=(1, 1))
    seen |= marks(tmp_path)
    (unit,) = units(tmp_path)
    hinted = msgspec.structs.replace(unit, hints=(("type", "private"),))
    seen.add(fingerprint(FakeSource(ReaderOptions()), hinted))
    own = msgspec.structs.replace(unit, files=(*unit.files, *unit.context), context=())
    seen.add(fingerprint(FakeSource(ReaderOptions()), own))
    assert len(seen) == 8


def test_a_fingerprint_differs_with_the_zip_a_unit_is_in(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.fake", "FAKE\nitem a")
    source = FakeSource(ReaderOptions())
    seen = set()
    for stamp in (1, 1, 2):
        os.utime(path, ns=(stamp, stamp))
        found = source.discover(open_tree((str(tmp_path), "a.zip")))
        seen |= {fingerprint(source, unit) for unit in found if isinstance(unit, Unit)}
    assert len(seen) == 2
    (unit,) = source.discover(open_tree((str(tmp_path), "a.zip")))
    assert isinstance(unit, Unit)
    path.unlink()
    assert fingerprint(source, unit) not in seen


def test_a_zip_written_anew_since_it_was_listed_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    found: list[Unit] = []
    for text in ("FAKE\nitem a", "FAKE\nmessage more\nitem a"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.fake", text)
        tree = open_tree((str(tmp_path), "a.zip"))
        found += [u for u in FakeSource(ReaderOptions()).discover(tree) if isinstance(u, Unit)]
    assert found[0].files != found[1].files
    old, new = read_batch(job(tmp_path / "d", *found)).reports
    assert old == new
    assert (new.failed, new.items) == (False, 1)


def test_a_member_that_is_gone_from_its_zip_is_a_failure_worth_a_retry(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.fake", "FAKE\nitem a")
    (unit,) = FakeSource(ReaderOptions()).discover(open_tree((str(tmp_path), "a.zip")))
    assert isinstance(unit, Unit)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.fake", "FAKE\nitem b")
    (report,) = read_batch(job(tmp_path / "d", unit)).reports
    assert [problem.reason for problem in report.problems] == ["changed_while_read"]
    assert report.failed


def test_a_disk_that_takes_no_spool_is_not_blamed_on_the_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.frames.SPOOL_BYTES", 10)
    write(tmp_path / "data" / "a.fake", "item a")
    nowhere = msgspec.structs.replace(job(tmp_path / "data"), spool_dir=str(tmp_path / "gone"))
    with pytest.raises(SpoolTrouble, match="No such file") as caught:
        read_batch(nowhere)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_name_that_is_not_utf_8_has_a_fingerprint(tmp_path: Path) -> None:
    write(tmp_path / os.fsdecode(b"caf\xe9.fake"), "item a")
    assert len(marks(tmp_path)) == 1


def test_the_fake_source_stays_out_of_the_list() -> None:
    assert registry.SOURCES["fake"] == fake_source.PLACE
