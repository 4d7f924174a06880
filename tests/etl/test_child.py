from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.child import _portable
from etl.executors import Child, ChildDied
from tests.etl.fake_source import job, units, write

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def child() -> Iterator[Child]:
    started = Child()
    started.start()
    started.wait_until_ready()
    yield started
    started.end()


def test_what_a_reader_prints_does_not_get_among_its_answers(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "d" / "a.fake", "print hello", "message one", "item a")
    whole = job(tmp_path / "d")
    child = Child()
    result = child.read(whole)
    child.end()
    assert result.job is whole
    assert [report.items for report in result.reports] == [1]
    assert capfd.readouterr().err == "hello\n"


def test_names_that_are_no_text_survive_the_way(tmp_path: Path, child: Child) -> None:
    write(tmp_path / "d" / "caf\udce9.fake", "item a")
    (unit,) = units(tmp_path / "d")
    assert "\udce9" in unit.files[0].path
    (report,) = child.read(job(tmp_path / "d", unit)).reports
    assert (report.items, report.problems) == (1, ())


def test_it_ends_in_the_middle_of_a_job_when_nobody_waits_for_it(
    tmp_path: Path, child: Child
) -> None:
    write(tmp_path / "d" / "a.fake", f"touch {tmp_path / 'begun'}", f"wait-for {tmp_path / 'no'}")
    child._tell(job(tmp_path / "d"))
    process = child._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=60) == 0


def test_one_that_died_is_started_again_for_the_next_job(tmp_path: Path, child: Child) -> None:
    write(tmp_path / "d" / "a.fake", f"kill-once {tmp_path / 'killed'}", "item a")
    whole = job(tmp_path / "d")
    with pytest.raises(ChildDied):
        child.read(whole)
    assert child.read(whole).reports[0].items == 1


class Loud(Exception):
    def __init__(self, said: str, where: str) -> None:
        super().__init__(f"{said} {where}")


def test_an_error_that_cannot_travel_is_told_by_kind_and_place() -> None:
    error = Loud("secret", "x")
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(error))
    told = _portable(error)
    assert type(told) is RuntimeError
    assert str(told) == "unexpected Loud"


def test_an_error_that_can_travel_stays_what_it_is() -> None:
    error = KeyError("unknown")
    assert _portable(error) is error
