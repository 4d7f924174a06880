"""``status``, over the sample: what it says of every way things may stand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from etl.exits import NoInput
from etl.locking import exclusive
from etl.privacy.suppressed import Suppressed, list_of, save
from etl.session import fetch_lock
from etl.settings import Settings
from etl.state import State
from etl.status import status
from tests.running import MAPPING, Workplace, run

CHAT = Path("telegram") / "DataExport_2025-03-14" / "chats" / "chat_2" / "messages.html"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Workplace(tmp_path).with_sample().settings()


def told(settings: Settings, about: str = "") -> str:
    """What is said of one thing, on one line; and nothing was written in saying so."""
    root = settings.db_path.parents[1]
    before = dict(_files(root))
    lines = list(status(settings))
    assert dict(_files(root)) == before
    chosen: list[str] = []
    for line in lines:
        if not line.startswith("  "):
            taken = line.startswith(about)
        if taken:
            chosen.append(line.removeprefix(about).strip())
    return " ".join(chosen)


def _files(root: Path) -> Iterator[tuple[Path, tuple[int, int, int]]]:
    for path in root.rglob("*"):
        info = path.stat()
        # What readers and writers of a state share while it is open is written to by both.
        if not path.name.endswith("-shm"):
            yield path, (info.st_ino, info.st_size, info.st_mtime_ns)


def test_before_the_first_run(settings: Settings) -> None:
    assert "no run came to its end" in told(settings, "Last run")
    assert told(settings, "Output").endswith("there is none; the next run writes it")
    assert told(settings, "State").endswith("there is none; all is read")
    assert "telegram: 9 new, 0.1 MB to read, of 0 known" in told(settings, "Pending")
    assert told(settings, "Cut short") == told(settings, "Running") == ""


def test_after_a_run(settings: Settings) -> None:
    report = run(settings)
    said = told(settings, "Last run")
    assert said.startswith(report.started_at)
    assert "complete, exit status 0: fine" in said
    assert str(report.content_sha256) in told(settings, "Output")
    assert "as it was written" in told(settings, "Output")
    assert told(settings, "Pending") == "nothing changed since the last run"
    assert "entries 1, see `quarantine list`" in told(settings, "Quarantine")
    assert "ChatExport_2025-03-18/messages.html: truncated" in told(settings, "Quarantine")
    for nothing in (
        "Input",
        "Stale",
        "Leftovers",
        "Moved aside",
        "Out of reach",
        "Running",
        "Cut short",
    ):
        assert told(settings, nothing) == ""
    run(settings)
    assert "unchanged, exit status 0" in told(settings, "Last run")


def test_a_run_that_failed_is_told_with_its_exit_status(settings: Settings) -> None:
    run(settings)
    moved = settings.data_dir.rename(settings.data_dir.with_name("elsewhere"))
    settings.data_dir.mkdir()
    with pytest.raises(NoInput):
        run(settings)
    assert "failed, exit status 66" in told(settings, "Last run")
    assert "as it was written" in told(settings, "Output")
    assert "of 21 units read before are gone" in told(settings, "Shrunk")
    assert told(settings, "Input").endswith("no export found; a run would end with 66")
    settings.data_dir.rmdir()
    assert "no such folder" in told(settings, "Input")
    moved.rename(settings.data_dir)
    assert told(settings, "Pending") == "nothing changed since the last run"


def test_what_is_new_changed_and_gone_is_counted_by_source(settings: Settings) -> None:
    run(settings)
    data = settings.data_dir
    shutil.copytree(data / "telegram" / "ChatExport_2025-03-20", data / "telegram" / "new")
    (data / CHAT).write_bytes((data / CHAT).read_bytes() + b"\n")
    (data / "calendar" / "fernhollow.ics").unlink()
    said = told(settings, "Pending")
    assert "telegram: 1 new, 1 changed, 0.0 MB to read, of 9 known" in said
    assert "calendar: 1 gone, of 1 known" in said
    assert "slack: nothing, of 6 known" in said
    assert told(settings, "Stale") == ""


def test_what_is_out_of_reach_is_told_apart_from_what_is_gone(settings: Settings) -> None:
    run(settings)
    (archive,) = (settings.data_dir / "slack").glob("*.zip")
    archive.write_bytes(archive.read_bytes()[:1000])
    assert "slack: 6 out of reach, of 6 known" in told(settings, "Pending")
    run(settings)
    assert told(settings, "Out of reach").endswith("could not be read: slack 6")


def test_what_failed_and_is_tried_again_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl import reading

    def failing(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(reading, "_read_unit", failing)
        run(settings, max_errors=replace(settings.max_errors, amount=100))
    assert "tried again" in told(settings, "Pending")
    os.utime(settings.data_dir / CHAT, ns=(1, 1))
    assert "telegram: 9 to be tried again" in told(settings, "Pending")


def test_an_output_older_than_mapping_and_settings_is_stale(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(settings)
    other = tmp_path / "other.csv"
    other.write_text("base_company\nAcme\n")
    assert told(replace(settings, mapping=other), "Stale").endswith("older than the mapping")
    readers = msgspec.structs.replace(settings.readers, telegram_timezone="Asia/Tokyo")
    changed = replace(settings, min_score=0.9, readers=readers)
    said = told(changed, "Stale")
    assert said.endswith("older than the setting min_score, the setting telegram_timezone")
    assert "telegram: 9 changed" in told(changed, "Pending")
    monkeypatch.setattr("etl.remembered._code_digest", lambda: "an upgrade")
    monkeypatch.setattr("sources.slack.SlackExport.version", 99)
    said = told(settings, "Stale")
    assert "older than this program" in said
    assert "the reader of slack has version 99, and had" in said
    assert "slack: 6 changed" in told(settings, "Pending")


def test_a_missing_mapping_is_said(settings: Settings, tmp_path: Path) -> None:
    assert "there is none" in told(replace(settings, mapping=tmp_path / "no.csv"), "Mapping")


def test_an_output_that_was_changed_or_is_gone_is_said(settings: Settings) -> None:
    run(settings)
    settings.output.write_text("mine")
    assert "changed since it was written" in told(settings, "Output")
    settings.output.unlink()
    assert "there is none" in told(settings, "Output")
    settings.output.mkdir()
    assert "changed since it was written" in told(settings, "Output")


def test_kept_outputs_are_counted(settings: Settings) -> None:
    for number in range(3):
        run(settings, include_unmatched=number % 2 == 0, keep=5)
    assert "2 earlier outputs are kept" in told(settings, "Output")


def test_a_run_that_is_going_on_is_told_with_its_pid(settings: Settings) -> None:
    run(settings)
    left = settings.output.with_name(f".{settings.output.name}.x.tmp")
    left.touch()
    with exclusive([settings.run_json], "2030-01-01T00:00:00Z"):
        assert told(settings, "Running") == "another DataETL of this process"
    with exclusive([settings.db_path, settings.run_json], "2030-01-01T00:00:00Z"):
        with State.open(settings.db_path).transaction():
            assert told(settings, "Running") == "another DataETL of this process"
            assert told(settings, "Pending") == "nothing changed since the last run"
        assert told(settings, "Leftovers") == told(settings, "Cut short") == ""


def test_a_forget_that_is_going_on_was_not_cut_short(settings: Settings) -> None:
    run(settings)
    listed = msgspec.structs.replace(Suppressed.new(), unfinished=True)
    save(list_of(settings.db_path), listed)
    assert "`forget` was cut short" in told(settings, "Forgotten")
    with exclusive([settings.db_path], "2030-01-01T00:00:00Z"):
        assert told(settings, "Forgotten") == ""


def test_a_fetch_that_is_going_on_is_told(settings: Settings) -> None:
    lock = fetch_lock(settings)
    lock.parent.mkdir(parents=True)
    assert told(settings, "Fetching") == ""
    with exclusive([lock], "2030-01-01T00:00:00Z"):
        assert told(settings, "Fetching") == "another DataETL of this process"


def test_what_a_kill_left_is_told(settings: Settings) -> None:
    run(settings)
    with exclusive([settings.db_path], "2030-01-01T00:00:00Z"):
        pass
    settings.output.with_name(f".{settings.output.name}.x.tmp").write_bytes(bytes(2**21))
    spool = Path(f"{settings.db_path}.spool")
    spool.mkdir()
    (spool / "one").touch()
    said = told(settings, "Cut short")
    assert f"2030-01-01T00:00:00Z as process {os.getpid()}" in said
    assert told(settings, "Leftovers").startswith("2 files of a run that was killed, 2.0 MB")
    settings.fallback_output.touch()
    assert "could not be written where it belongs" in told(settings, "Fallback")


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "noise": lambda data: os.urandom(len(data)),
    "cut": lambda data: data[: len(data) // 2],
    "text": lambda _: b"to buy: bread\n" * 999,
    "empty": lambda _: b"",
    "later": lambda data: data[:60] + b"\0\0\0\xff" + data[64:],
    "hole": lambda data: data[:4096] + bytes(40960) + data[45056:],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("what", ["state", "report", "output", "quarantine", "holder"])
def test_whatever_is_damaged_is_said_and_stops_nothing(
    settings: Settings, what: str, damage: str
) -> None:
    run(settings)
    places = {
        "state": settings.db_path,
        "report": settings.run_json,
        "output": settings.output,
        "quarantine": settings.quarantine,
        "holder": Path(f"{settings.db_path}.lock.holder"),
    }
    path = places[what]
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    told(settings)
    if what == "state":
        so = "all is read" if damage == "empty" else "the next run moves it aside"
        assert so in told(settings, "State")
        assert "nothing changed" not in told(settings, "Pending")
        run(settings)
        aside = told(settings, "Moved aside")
        assert ("remove it when you like" in aside) == (damage != "empty")
    elif what == "report":
        assert told(settings, "Last run").endswith("writes it anew")
        assert told(settings, "Cut short") == ""
    elif what == "output":
        assert "changed since it was written" in told(settings, "Output")
    elif what == "quarantine":
        said = told(settings, "Quarantine")
        assert said.endswith("cannot be read as one") == (damage != "empty")


def test_state_that_may_not_be_read_is_not_said_to_be_moved_aside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(settings)
    settings.db_path.write_bytes(b"what its reader would see")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    assert told(settings, "State").endswith("may not be read and written; a run ends with 73")


@pytest.mark.parametrize("what", ["db_path", "run_json", "output", "quarantine", "mapping"])
def test_a_folder_in_the_place_of_a_file_stops_nothing(
    settings: Settings, tmp_path: Path, what: str
) -> None:
    settings = replace(settings, mapping=tmp_path / "mapping.csv")
    shutil.copy(MAPPING, settings.mapping)
    run(settings)
    path: Path = getattr(settings, what)
    path.unlink()
    path.mkdir()
    told(settings)
