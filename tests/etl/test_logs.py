from __future__ import annotations

import json
import logging
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import logs
from etl.logs import STEERING, log_notes, log_to, log_to_terminal, one_line, one_line_of_json
from sources.protocol import Account

log = logging.getLogger("etl")


@pytest.fixture(autouse=True)
def _no_mask() -> Iterator[None]:
    mask = os.umask(0)
    yield
    os.umask(mask)


LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (INFO|WARNING|ERROR|DEBUG) - (.*)")


def lines(path: Path) -> list[str]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        found.append(match[2])
    return found


NASTY = [
    ("two\nlines", r"two\nlines"),
    ("back\rto start", r"back\rto start"),
    ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
    ("line\u2028separator\u2029", r"line\u2028separator\u2029"),
    ("next\x85line\x9b1m", r"next\x85line\x9b1m"),
    ("\u202egnp.exe", r"\u202egnp.exe"),
    ("\u2067a\u2069", r"\u2067a\u2069"),
    ("\u200eb\u200f\u061c", r"\u200eb\u200f\u061c"),
    ("nul\0 tab\t del\x7f", r"nul\x00 tab\t del\x7f"),
    ("Zoë & 猫 🎉 — fine", "Zoë & 猫 🎉 — fine"),
]


@pytest.mark.parametrize(("name", "shown"), NASTY)
def test_whatever_a_company_is_called_it_is_one_line(name: str, shown: str) -> None:
    assert one_line(name) == shown
    assert len(one_line(name).splitlines()) == 1


@pytest.mark.parametrize("name", [name for name, _ in NASTY])
def test_json_on_one_line_goes_on_meaning_the_same(name: str) -> None:
    said = one_line_of_json(json.dumps({name: [name]}, ensure_ascii=False))
    assert said == one_line(said)
    assert json.loads(said) == {name: [name]}


def test_nothing_that_steers_is_printable() -> None:
    assert not any(map(str.isprintable, map(chr, STEERING)))


def test_every_record_is_one_line_of_the_log(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "etl.log"
    log_to(path, debug=False)
    for name, _ in NASTY:
        log.info("%s: read", name)
    log.info("\udcff is no letter")
    log.debug("not wanted")
    assert lines(path) == [f"{shown}: read" for _, shown in NASTY] + ["\\udcff is no letter"]


def test_a_traceback_is_on_one_line_too_and_only_debug_asks_for_debug(tmp_path: Path) -> None:
    path = tmp_path / "etl.log"
    log_to(path, debug=True)
    try:
        int("x\ny")
    except ValueError:
        log.debug("failed", exc_info=True)
    (line,) = lines(path)
    assert line.startswith(r"failed\nTraceback")
    assert "ValueError: invalid literal" in line


def test_the_log_is_for_its_owner_only_and_stays_so_when_it_is_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 300)
    path = tmp_path / "etl.log"
    log_to(path, debug=False)
    for number in range(60):
        log.info("record %d", number)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [
        "etl.log",
        *(f"etl.log.{number}" for number in range(1, logs.BACKUPS + 1)),
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert all(file.stat().st_size <= 300 for file in files)
    assert lines(path)[-1] == "record 59"
    kept = [line for file in reversed(files) for line in lines(file)]
    assert len(kept) == len(set(kept)) > 20


def test_a_second_run_writes_on(tmp_path: Path) -> None:
    path = tmp_path / "etl.log"
    for number in (1, 2):
        handler = log_to(path, debug=False)
        log.info("run %d", number)
        log.removeHandler(handler)
        handler.close()
    assert lines(path) == ["run 1", "run 2"]


def test_a_log_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        log_to(tmp_path, debug=False)


def test_the_terminal_gets_what_is_grave_enough_on_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log_to(tmp_path / "etl.log", debug=True)
    log_to_terminal(logging.WARNING)
    log.info("quiet")
    log.warning("a\x1b[2J\nb")
    assert capsys.readouterr().err == "WARNING: a\\x1b[2J\\nb\n"


def test_how_a_source_was_read_is_told_with_shares(caplog: pytest.LogCaptureFixture) -> None:
    read = Account(notes={"by_layout": 3}) + Account(notes={"by_layout": 4, "by_tree": 1})
    with caplog.at_level(logging.INFO, "etl"):
        log_notes({"telegram": read, "slack": Account()})
    assert caplog.messages == ["telegram: by_layout 7 (87.5%), by_tree 1 (12.5%)"]


@pytest.mark.parametrize("content", [b"base_company\nAcme\n", b"SQLite format 3\0", b"\n"])
def test_a_file_that_holds_something_else_gets_no_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mapping.csv"
    path.write_bytes(content)
    with pytest.raises(FileExistsError, match="exists and is no log"):
        log_to(path, debug=False)
    assert path.read_bytes() == content


def test_a_log_of_before_and_an_empty_file_are_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "etl.log"
    path.touch()
    for said in ("one", "two"):
        handler = log_to(path, debug=False)
        log.info(said)
        log.removeHandler(handler)
        handler.close()
    assert lines(path) == ["one", "two"]


def test_a_full_disk_is_told_once_and_ends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = log_to(tmp_path / "etl.log", debug=False)
    assert isinstance(handler, logging.FileHandler)
    assert handler.stream is not None
    with open("/dev/full", "wb") as full:
        os.dup2(full.fileno(), handler.stream.fileno())
    for _ in range(3):
        log.info("nobody will read this")
    log.removeHandler(handler)
    with pytest.raises(OSError, match="No space"):
        handler.close()
    said = capsys.readouterr().err
    assert said.startswith(f"run_etl: {tmp_path / 'etl.log'}: No space left on device (")
    assert "free some space there and run again" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("torn", ["2025-0", "2025-03-01 10:00:00,000 - INFO - half a l"])
def test_a_torn_line_spoils_no_other_and_is_still_a_log(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "etl.log"
    path.write_text(torn)
    log_to(path, debug=False)
    log.info("goes on")
    first, second = path.read_text().splitlines()
    assert first == torn
    assert LINE.fullmatch(second)
