"""The quarantine as its users have it: a list after a run, mended exports, an empty list."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from etl import output
from etl.data_etl import DataETL
from etl.exits import NotWhole
from etl.given import resolve
from tests.running import MAPPING, Workplace

TRUNCATED = "telegram/ChatExport_2025-03-18/messages.html"
"""What is quarantined of the sample itself."""


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path).with_sample()


def file(workplace: Workplace) -> Path:
    return workplace.output.parent / "quarantine.jsonl"


def entries(workplace: Workplace) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file(workplace).read_text("utf-8").splitlines()]


def paths(workplace: Workplace) -> list[str]:
    return [entry["path"] for entry in entries(workplace)]


def slack(workplace: Workplace) -> Path:
    (archive,) = (workplace.data / "slack").glob("*.zip")
    return archive


def mend_the_sample(workplace: Workplace) -> None:
    page = workplace.data / TRUNCATED
    shutil.rmtree(page.parent)


def test_list_is_written_beside_the_output_for_its_owner(workplace: Workplace) -> None:
    assert workplace.run().returncode == 0
    (entry,) = entries(workplace)
    size = (workplace.data / TRUNCATED).stat().st_size
    assert entry == entry | {
        "path": TRUNCATED,
        "reason": "truncated",
        "found": 1,
        "source": "telegram",
        "unit": "telegram/ChatExport_2025-03-18",
        "units": 1,
        "bytes": size,
        "since": workplace.report["started_at"],
    }
    assert isinstance(entry["reader_version"], int)
    assert workplace.report["quarantine"] == [entry]
    assert stat.S_IMODE(file(workplace).stat().st_mode) == 0o600
    listed = workplace.run("quarantine")
    assert listed.returncode == 0
    assert f"1  {TRUNCATED}: " in listed.stdout
    assert f"{size:,}" in listed.stdout


def test_mended_and_retried_the_list_is_empty(workplace: Workplace) -> None:
    mend_the_sample(workplace)
    archive, calendar = slack(workplace), workplace.data / "calendar" / "fernhollow.ics"
    whole = {path: path.read_bytes() for path in (archive, calendar)}
    archive.write_bytes(whole[archive][:-300])
    calendar.write_bytes(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n")
    assert workplace.run().returncode == 3
    names = [path.relative_to(workplace.data).as_posix() for path in (calendar, archive)]
    assert sorted(set(paths(workplace))) == names
    assert {one["path"]: one["bytes"] for one in entries(workplace)}[names[1]] == (
        len(whole[archive]) - 300
    )
    for path, content in whole.items():
        path.write_bytes(content)
    done = workplace.run("quarantine", "retry")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("out ")] == [
        f"out     {name}" for name in names
    ]
    assert file(workplace).read_bytes() == b""
    assert "nothing is quarantined" in workplace.run("quarantine", "list").stdout
    again = workplace.run("quarantine", "retry")
    assert (again.returncode, again.stdout) == (
        0,
        "nothing is quarantined: there is nothing to retry\n",
    )


def test_retry_reads_these_units_and_no_others(workplace: Workplace) -> None:
    calendar = workplace.data / "calendar" / "fernhollow.ics"
    calendar.write_bytes(calendar.read_bytes()[:-40])
    workplace.run()
    assert len(set(paths(workplace))) == 2
    done = workplace.run("quarantine", "retry", str(workplace.data / "telegram"))
    assert workplace.report["performance"]["units_read"] == 1
    assert workplace.report["sources"]["telegram"]["units_read"] == 1
    assert f"stayed  {TRUNCATED}" in done.stdout
    assert "calendar" not in done.stdout.rpartition("\n\n")[2]
    assert done.returncode == 0
    assert "retried: stayed" in workplace.log.read_text("utf-8")
    workplace.run("quarantine", "retry", "--quiet")
    assert workplace.report["performance"]["units_read"] == 2
    assert workplace.report["output_left_alone"]


def test_what_a_retry_named_and_did_not_find_is_said(workplace: Workplace) -> None:
    workplace.run()
    nobody = workplace.run("quarantine", "retry", "telegram/nobody")
    assert nobody.returncode == 66
    assert "telegram/nobody: not in quarantine" in nobody.stderr
    shutil.rmtree(workplace.data / "telegram" / "ChatExport_2025-03-18")
    gone = workplace.run("quarantine", "retry", "1")
    assert gone.returncode == 66
    assert f"gone    {TRUNCATED}: " in gone.stdout
    assert file(workplace).read_bytes() == b""


def test_unit_that_was_renamed_is_gone_and_read_under_its_new_name(workplace: Workplace) -> None:
    workplace.run()
    folder = workplace.data / "telegram" / "ChatExport_2025-03-18"
    folder.rename(folder.with_name("renamed"))
    done = workplace.run("quarantine", "retry")
    assert done.returncode == 0, "nobody named it"
    assert f"gone    {TRUNCATED}: " in done.stdout
    assert paths(workplace) == ["telegram/renamed/messages.html"]


def test_shown_is_where_it_lies_but_not_what_is_in_it(workplace: Workplace) -> None:
    workplace.run()
    page = workplace.data / TRUNCATED
    by_number, by_path = (workplace.run("quarantine", "show", name) for name in ("1", str(page)))
    assert by_number.returncode == 0
    assert by_number.stdout == by_path.stdout
    assert str(page) in by_number.stdout
    assert workplace.run("quarantine", "show", "2").returncode == 66
    assert workplace.run("quarantine", "show").returncode == 2
    assert workplace.run("quarantine", "mend").returncode == 2


def test_before_any_run_there_is_no_list(workplace: Workplace) -> None:
    done = workplace.run("quarantine")
    assert done.returncode == 66
    assert "quarantine.jsonl: no such file" in done.stderr
    assert not workplace.output.parent.exists()


def test_unchanged_run_puts_right_a_list_that_is_not(workplace: Workplace) -> None:
    workplace.run()
    right = file(workplace).read_bytes()
    for spoil in (file(workplace).unlink, lambda: file(workplace).write_bytes(b"edited\n")):
        spoil()
        workplace.run()
        assert workplace.report["status"] == "unchanged"
        assert file(workplace).read_bytes() == right


def test_entries_keep_their_age_until_they_leave(workplace: Workplace) -> None:
    workplace.run()
    (first,) = entries(workplace)
    os.utime(workplace.data / TRUNCATED)
    archive = slack(workplace)
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-300])
    workplace.run("--allow-shrink")
    since = {entry["path"]: entry["since"] for entry in entries(workplace)}
    assert since[TRUNCATED] == first["since"]
    assert since[archive.relative_to(workplace.data).as_posix()] == workplace.report["started_at"]


@pytest.mark.parametrize("lost", ["state", "list", "neither"])
def test_age_survives_the_loss_of_the_state_or_the_list_and_a_run_that_failed(
    workplace: Workplace, lost: str
) -> None:
    workplace.run()
    right = file(workplace).read_bytes().replace(workplace.report["started_at"].encode(), b"2020")
    file(workplace).write_bytes(right)
    if lost == "neither":
        workplace.run("--on-error", "fail", "--include-unmatched")
    elif lost == "state":
        workplace.state.unlink()
    else:
        workplace.run("--include-unmatched")
        file(workplace).write_bytes(b"\xff")
    workplace.run("--include-unmatched", "--min-score", "0.1")
    assert workplace.report["status"] == "complete"
    assert file(workplace).read_bytes() == right


def test_narrowed_run_has_a_list_of_its_own(workplace: Workplace) -> None:
    workplace.run("--source", "slack")
    assert not file(workplace).exists()
    assert (workplace.output.parent / "partial" / "quarantine.jsonl").read_bytes() == b""
    workplace.run("--source", "telegram")
    listed = workplace.run("quarantine", "--source", "telegram")
    assert f"1  {TRUNCATED}" in listed.stdout


def test_narrowed_run_tells_of_its_own_sources_alone(workplace: Workplace) -> None:
    archive = slack(workplace)
    shutil.unpack_archive(archive, workplace.data / "slack" / "unpacked")
    (users,) = (workplace.data / "slack").rglob("users.json")
    users.write_bytes(users.read_bytes()[:-50])
    (workplace.data / "nobodys.zip").write_bytes(b"PK\x03\x04 broken")
    workplace.run("--source", "telegram", "--max-errors", "90%")
    assert [entry["path"] for entry in partial(workplace)] == ["nobodys.zip", TRUNCATED]
    workplace.run("--source", "slack", "--max-errors", "90%")
    assert [entry["source"] for entry in partial(workplace)] == [None, "slack"]


def partial(workplace: Workplace) -> list[dict[str, Any]]:
    lines = (workplace.output.parent / "partial" / "quarantine.jsonl").read_text("utf-8")
    return [json.loads(line) for line in lines.splitlines()]


def test_list_is_the_same_however_it_is_read(workplace: Workplace, tmp_path: Path) -> None:
    damage(workplace)
    workplace.run("--max-workers", "1", "--executor", "thread")
    for entry in (one := entries(workplace)):
        del entry["since"]
    other = Workplace(tmp_path / "elsewhere")
    shutil.copytree(workplace.data, other.data, copy_function=shutil.copy)
    other.run("--executor", "process", "--batch-size", "1", PYTHONHASHSEED="3", TZ="Asia/Tokyo")
    for entry in (two := entries(other)):
        del entry["since"]
    assert one == two
    assert len(one) > 10
    assert [entry["path"] for entry in one] == sorted(entry["path"] for entry in one)


def damage(workplace: Workplace) -> None:
    for path in sorted(workplace.data.rglob("*")):
        if path.suffix in {".html", ".ics", ".csv", ".zip"}:
            path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


NASTY = (b"a\nINFO forged", b"b\x1b[2J", "c\u202ed\u2028".encode(), b"e\xff!", b"f\\x1b", b"3")


def test_hostile_names_are_harmless_and_can_be_shown_and_retried(workplace: Workplace) -> None:
    for name in NASTY:
        folder = workplace.data / os.fsdecode(name)
        folder.mkdir()
        (folder / "x.zip").write_bytes(b"PK\x03\x04 broken")
    assert workplace.run("--max-errors", "100%").returncode == 0
    assert len(entries(workplace)) == len(NASTY) + 1
    for arguments in (
        ("quarantine",),
        ("quarantine", "retry", "--max-errors", "100%"),
        *(("quarantine", "show", str(number)) for number in range(1, len(NASTY) + 2)),
        ("quarantine", "show", "./3"),
    ):
        done = workplace.run(*arguments)
        assert done.returncode == 0, done.stderr
        assert all(c.isprintable() for c in done.stdout.replace("\n", "")), arguments
        assert "there       no longer" not in done.stdout
        assert "INFO forged" not in done.stdout.splitlines()
    text = file(workplace).read_text("utf-8")
    assert all(c.isprintable() for c in text.replace("\n", ""))
    shown = [
        line.split("  ")[1].split(": ")[0]
        for line in workplace.run("quarantine").stdout.splitlines()
        if "x.zip: " in line
    ]
    assert len(shown) == len(NASTY)
    for path in shown:  # as the terminal has it
        assert workplace.run("quarantine", "show", path).returncode == 0, path


def test_all_who_read_a_shared_file_are_retried_with_it(workplace: Workplace) -> None:
    archive = slack(workplace)
    shutil.unpack_archive(archive, workplace.data / "slack" / "unpacked")
    archive.unlink()
    (users,) = (workplace.data / "slack").rglob("users.json")
    whole = users.read_bytes()
    users.write_bytes(whole[:-50])
    workplace.run("--max-errors", "100%")
    readers = workplace.report["sources"]["slack"]["units_read"]
    (entry,) = (one for one in entries(workplace) if one["path"].endswith("users.json"))
    assert (entry["unit"], entry["bytes"]) == (None, len(whole) - 50)
    workplace.run("quarantine", "retry", entry["path"], "--max-errors", "100%")
    report = workplace.report
    assert report["sources"]["slack"]["units_read"] == readers > 1
    assert report["performance"]["units_read"] == readers


# Tolerated, too much, and none at all.


def test_tolerated_trouble_and_too_much_of_it_are_told_apart(workplace: Workplace) -> None:
    tolerated = workplace.run()
    said = "fine, but 1 of 21 units are quarantined, tolerated, within --max-errors 10%"
    assert (tolerated.returncode, workplace.report["message"]) == (0, said)
    assert "entries 1, in 1 of 21 units (tolerated, within --max-errors 10%)" in tolerated.stdout
    assert workplace.report["trouble"] == {
        "units": 1,
        "of": 21,
        "tolerated": "10%",
        "too_much": False,
    }
    assert said in workplace.run("quarantine").stdout
    assert f"run ends: {said}, exit status 0" in workplace.log.read_text("utf-8")
    too_much = workplace.run("--max-errors", "0")
    said = "1 of 21 units are quarantined, more than --max-errors 0"
    assert (too_much.returncode, workplace.report["message"]) == (3, said)
    assert "entries 1, in 1 of 21 units (more than --max-errors 0)" in too_much.stdout
    assert workplace.report["trouble"]["too_much"] is True
    assert f"{said} (exit status 3)" in workplace.run("quarantine").stdout
    assert f"run ends: {said}, exit status 3" in workplace.log.read_text("utf-8")


def test_fail_leaves_the_last_output_and_keeps_what_was_read(workplace: Workplace) -> None:
    page = workplace.data / TRUNCATED
    aside = workplace.root / "aside"
    page.parent.rename(aside)
    assert workplace.run("--on-error", "fail").returncode == 0
    before = workplace.output.read_bytes()
    aside.rename(page.parent)
    (workplace.data / "calendar" / "broken.ics").write_bytes(b"BEGIN:VCALENDAR\n")
    for _ in range(2):
        done = workplace.run("--on-error", "fail", "--quiet")
        assert done.returncode == 65
        assert done.stderr.startswith("run_etl: calendar/broken.ics: ")
        assert "in quarantine: 2" in done.stderr
        assert workplace.output.read_bytes() == before
        assert paths(workplace) == ["calendar/broken.ics", TRUNCATED]
        report = workplace.report
        assert (report["status"], report["exit_status"]) == ("failed", 65)
    listed = workplace.run("quarantine").stdout
    assert "the last run failed (exit status 65): calendar/broken.ics" in listed
    assert workplace.run("--max-errors", "50%").returncode == 0
    assert workplace.report["performance"]["units_read"] == 0
    assert workplace.output.read_bytes() != before
    assert workplace.run("--max-errors", "50%", "--on-error", "fail").returncode == 65, "unchanged"
    retried = workplace.run("quarantine", "retry", "--on-error", "fail")
    assert retried.returncode == 65
    assert f"stayed  {TRUNCATED}" in retried.stdout


def library(workplace: Workplace) -> DataETL:
    places = {"data_dir": workplace.data, "output": workplace.output, "mapping": MAPPING}
    places |= {"db_path": workplace.state, "log_file": workplace.log}
    return DataETL(settings=resolve({name: str(path) for name, path in places.items()}, {}))


def test_no_output_stands_beside_an_older_list(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, the list is the newer one; the next run mends both."""
    library(workplace).run_etl()
    before = workplace.output.read_bytes()
    mend_the_sample(workplace)

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(output, "write", killed)
        with pytest.raises(Killed):
            library(workplace).run_etl()
    assert (file(workplace).read_bytes(), workplace.output.read_bytes()) == (b"", before)
    assert "did not come to its end" in workplace.run("quarantine").stdout
    library(workplace).run_etl()
    assert (file(workplace).read_bytes(), workplace.report["quarantine"]) == (b"", [])
    assert workplace.output.read_bytes() != before


def test_source_that_failed_ends_a_run_that_is_to_fail(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    mend_the_sample(workplace)
    etl = library(workplace)
    object.__setattr__(etl.settings, "on_error", "fail")
    monkeypatch.setattr("sources.hubspot.HubSpotExport.discover", lambda *_: 1 / 0)
    with pytest.raises(NotWhole, match="hubspot failed: unexpected ZeroDivisionError"):
        etl.run_etl()
    assert not workplace.output.exists()


def test_folder_where_the_list_goes_is_found_before_reading(workplace: Workplace) -> None:
    file(workplace).mkdir(parents=True)
    done = workplace.run()
    assert done.returncode == 73
    assert "quarantine.jsonl: is a folder" in done.stderr
    assert not workplace.state.exists()


def test_what_is_written_into_the_data_folder_is_not_read(workplace: Workplace) -> None:
    output = workplace.data / "out.json"
    for _ in range(2):
        workplace.run("--output", str(output))
    report = json.loads((workplace.data / "run.json").read_bytes())
    assert (report["status"], report["unrecognised"]) == ("unchanged", [])
