"""What leaves files that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.privacy.suppressed import Entry, Suppressed
from etl.privacy.sweeping import logs, outputs, states, sweep
from etl.privacy.terms import term
from etl.settings import Settings

SALT = b"salt of this test"
ANNA = Suppressed(
    salt=SALT.hex(),
    entries=(Entry(what="person", given="", since="", names=(term(SALT, "Anna Quill"),)),),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    out = tmp_path / "out"
    return Settings(
        output=out / "etl_output.json", db_path=out / "state.db", log_file=tmp_path / "run.log"
    )


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


def test_every_file_is_gone_but_what_people_wrote_and_what_is_not_ours(settings: Settings) -> None:
    out = settings.output.parent
    ours = [*outputs(settings), *states(settings.db_path)]
    ours += [out / "state.db.corrupt-3", out / ".run.json.killed.tmp", out / "partial" / "run.json"]
    ours.append(out / "etl_output.20260101T101010.000001Z-0123abcd.json.zst")
    theirs = [write(out / name, "Anna Quill") for name in ("my_copy.json", "notes.txt")]
    for path in ours:
        write(path, "Anna Quill")
    sweep(settings, ANNA)
    assert not [path for path in ours if path.exists()]
    assert all(path.exists() for path in theirs)
    sweep(settings, ANNA)  # again, with nothing there


def test_log_and_those_it_was_rotated_to_lose_the_lines_that_name_them(settings: Settings) -> None:
    said = "1 - INFO - of ANNA QUILL\r\n2 - INFO - nobody\n3 - INFO - é\udcff".encode(
        "utf-8", "surrogateescape"
    )
    for path in (settings.log_file, settings.log_file.with_name("run.log.4")):
        path.write_bytes(said)
    before = settings.log_file.stat().st_ino
    sweep(settings, ANNA)
    assert [path.name for path in logs(settings)] == ["run.log", "run.log.4"]
    for path in logs(settings):
        assert path.read_bytes() == said.partition(b"\r\n")[2]
    assert settings.log_file.stat().st_ino == before  # it may be open


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_labelled_sheet_loses_the_rows_that_name_them(settings: Settings, delimiter: str) -> None:
    rows = [
        ["source", "method", "title", "right"],
        ["slack", "segment", '"Anna\nQuill, and others"', "y"],
        ["slack", "segment", '"Acorn, ""Bo"""', "n"],
    ]
    sheet = settings.output.with_name("match_sheet.csv")
    write(sheet, "\r\n".join(map(delimiter.join, rows)) + "\r\n")
    sweep(settings, ANNA)
    left = sheet.read_text()
    assert "Quill" not in left
    assert "Bo" in left
    assert left.splitlines()[0] == delimiter.join(rows[0])
    assert len(left.splitlines()) == 2
