from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl import remembered
from etl.clock import Stopwatch
from etl.given import resolve
from etl.remembered import inputs, intact_sha256, is_as_written, last_run, remember, unchanged
from etl.report import RunReport
from etl.session import Session
from etl.settings import Settings, Tolerance
from etl.state import State
from etl.written import Front
from tests.etl.small_report import REPORT, SOURCE


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "o.json").write_text("output")
    settings = resolve(
        {
            "data_dir": str(tmp_path / "data"),
            "output": str(tmp_path / "out" / "o.json"),
            "db_path": str(tmp_path / "out" / "state.db"),
        },
        {},
    )
    opened = State.open(settings.db_path)
    yield Session(settings, opened, spool_dir=str(tmp_path))
    opened.close()


def again(session: Session, **changed: Any) -> Session:
    """The next run, on the same state."""
    return Session(replace(session.settings, **changed), session.state, session.spool_dir)


FRONT = Front(3, hashlib.sha256(b"out").hexdigest())
GIVEN = {"files": "some", "mapping": "one"}


def nothing_new(session: Session, given: Mapping[str, str] = GIVEN) -> RunReport | None:
    return unchanged(last_run(session), given, Stopwatch(), "later")


def test_a_run_on_the_same_input_has_nothing_to_do(session: Session) -> None:
    assert last_run(session) is None
    assert nothing_new(session) is None
    # One more could not become a unit: it was not read before, either.
    sources = {"telegram": msgspec.structs.replace(SOURCE, units=SOURCE.units + 1)}
    before = msgspec.structs.replace(REPORT, sources=sources)
    remember(session, GIVEN, before, FRONT, retry=False)
    report = nothing_new(again(session))
    assert report is not None
    assert report.status == "unchanged"
    assert report.output_left_alone
    assert report.content_sha256 == REPORT.content_sha256
    assert report.started_at == "later"
    assert (report.performance.units_read, report.performance.units_unchanged) == (0, 1200)
    source = report.sources["telegram"]
    assert (source.units_read, source.units_unchanged, source.found) == (0, 1200, 54321)


def test_other_input_is_something_to_do(session: Session) -> None:
    remember(session, GIVEN, REPORT, FRONT, retry=False)
    assert nothing_new(session, GIVEN | {"mapping": "other"}) is None


def test_what_failed_and_may_work_now_is_something_to_do(session: Session) -> None:
    remember(session, GIVEN, REPORT, FRONT, retry=True)
    assert nothing_new(session) is None
    failed = {"telegram": msgspec.structs.replace(SOURCE, failed="unexpected OSError")}
    remember(session, GIVEN, msgspec.structs.replace(REPORT, sources=failed), FRONT, retry=False)
    assert nothing_new(session) is None


@pytest.mark.parametrize("spoil", ["changed", "touched", "gone"])
def test_an_output_that_is_not_as_it_was_left_is_written_again(
    session: Session, spoil: str
) -> None:
    output = session.settings.output
    remember(session, GIVEN, REPORT, FRONT, retry=False)
    assert intact_sha256(session) == REPORT.content_sha256
    if spoil == "changed":
        info = output.stat()
        output.write_text("longer than it was")
        os.utime(output, ns=(info.st_atime_ns, info.st_mtime_ns))
    elif spoil == "touched":
        os.utime(output, ns=(1, 1))
    else:
        output.unlink()
    assert intact_sha256(session) is None
    assert nothing_new(session) is None


def test_a_byte_of_the_output_that_changed_unseen_is_told_when_verifying(session: Session) -> None:
    output, content = session.settings.output, hashlib.sha256(b"put").hexdigest()
    report = msgspec.structs.replace(REPORT, content_sha256=content)
    remember(session, GIVEN, report, FRONT, retry=False)
    verifying = again(session, verify=True)
    assert intact_sha256(verifying) == content
    info = output.stat()
    for spoilt in ("Output", "outpuT"):
        output.write_text(spoilt)
        os.utime(output, ns=(info.st_atime_ns, info.st_mtime_ns))
        assert intact_sha256(session) == content
        assert intact_sha256(verifying) is None
    output.unlink()
    last = last_run(session)
    assert last is not None
    assert not is_as_written(last)


def test_an_output_that_was_left_alone_keeps_its_front(session: Session) -> None:
    remember(session, GIVEN, REPORT, FRONT, retry=False)
    remember(session, GIVEN | {"mapping": "other"}, REPORT, None, retry=False)
    last = last_run(session)
    assert last is not None
    assert (last.front_size, last.front_sha256) == FRONT
    assert last.inputs["mapping"] == "other"


def test_each_input_is_told_apart(session: Session) -> None:
    def differing(other: Mapping[str, str]) -> set[str]:
        return {name for name, value in inputs(session, b"m").items() if other[name] != value}

    assert differing(inputs(session, b"other")) == {"mapping"}
    assert differing(inputs(again(session, min_score=0.9), b"m")) == {"min_score"}
    readers = msgspec.structs.replace(session.settings.readers, telegram_timezone="Asia/Tokyo")
    assert differing(inputs(again(session, readers=readers), b"m")) == {"telegram_timezone"}


def test_a_run_to_another_output_does_not_take_this_one_for_its_own(
    session: Session, tmp_path: Path
) -> None:
    remember(session, GIVEN, REPORT, FRONT, retry=False)
    other = again(session, output=tmp_path / "out" / "other.json")
    assert last_run(other) is None
    assert intact_sha256(other) is None


def test_a_narrowed_run_neither_remembers_nor_is_told(session: Session) -> None:
    narrowed = again(session, limit=1)
    remember(narrowed, GIVEN, REPORT, FRONT, retry=False)
    assert last_run(session) is None
    remember(session, GIVEN, REPORT, FRONT, retry=False)
    assert last_run(narrowed) is None


def test_a_memory_of_another_shape_is_no_memory(session: Session) -> None:
    session.state.put("last", b"\x80")
    assert last_run(session) is None
    session.state.put("last", b"")
    assert last_run(session) is None


def digest(session: Session, mapping: bytes = b"m", **changed: Any) -> str:
    return str(inputs(again(session, **changed), mapping))


def test_a_digest_differs_with_all_an_output_depends_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {digest(session), digest(session)}
    assert len(seen) == 1
    settings: Settings = session.settings
    readers = msgspec.structs.replace(settings.readers, telegram_timezone="Asia/Tokyo")
    seen.add(digest(session, b"another mapping"))
    seen.add(digest(session, our_names=("Ours",)))
    seen.add(digest(session, our_domains=("Ours",)))
    seen.add(digest(session, readers=readers))
    seen.add(digest(session, include_unmatched=True))
    seen.add(digest(session, max_errors=Tolerance(5)))
    (settings.data_dir / "b.txt").write_text("x")
    seen.add(digest(session))
    monkeypatch.setattr(remembered, "_code_digest", lambda: "an upgrade")
    seen.add(digest(session))
    assert len(seen) == 9


def test_an_upgraded_program_has_another_digest(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "program"
    for folder in ("etl", "sources/slack"):
        (home / folder).mkdir(parents=True)
    monkeypatch.setattr(remembered, "__file__", str(home / "etl" / "remembered.py"))
    seen = {digest(session), digest(session)}
    assert len(seen) == 1
    file = home / "sources" / "slack" / "parse.py"
    for size, stamp in ((1, 1), (2, 1), (2, 2)):
        file.write_text("x" * size)
        os.utime(file, ns=(stamp, stamp))
        seen.add(digest(session))
    assert len(seen) == 4


def test_a_digest_does_not_depend_on_how_a_run_is_made(session: Session) -> None:
    assert digest(session) == digest(session, max_workers=9, batch_size=1, executor="thread")


def test_our_own_files_in_the_data_folder_do_not_make_it_another(
    session: Session, tmp_path: Path
) -> None:
    inside = again(session, data_dir=tmp_path)
    before = inputs(inside, b"m")
    session.state.put("a", b"x" * 10_000)
    for name in ("state.db.lock", "state.db.lock.holder", "run.json.lock", "run.json", "o.json"):
        (tmp_path / "out" / name).write_text(f"other {name}")
    assert inputs(again(inside), b"m") == before
