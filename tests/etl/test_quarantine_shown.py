from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from etl.files import write_json
from etl.given import resolve
from etl.quarantine import Entry, write
from etl.quarantine_shown import SHOWN, described, lies, listed, outcome, retried
from etl.report import FailedRun, Trouble
from etl.session import opened
from etl.settings import Settings
from sources._archive import printable
from tests.etl.small_report import REPORT


def entry(path: str = "a/b.html", **changed: Any) -> Entry:
    given: dict[str, Any] = {
        "path": path,
        "reason": "damaged",
        "detail": "cut.",
        "remedy": "Again.",
    }
    return Entry(**given | changed)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    places = {"data_dir": tmp_path / "data", "output": tmp_path / "o.json"}
    places["db_path"] = tmp_path / "s.db"
    return resolve({name: str(path) for name, path in places.items()}, {})


def lines(entries: Sequence[Entry], settings: Settings) -> list[str]:
    write(settings.quarantine, entries)
    return list(listed(entries, settings))


def test_entries_are_counted_by_source_and_reason(settings: Settings) -> None:
    entries = (
        entry("b", source="slack", unit="u", found=1000, bytes=5000),
        entry("b", source="slack", unit="v", found=2, bytes=5000),
        entry("c", source="slack", unit="v", bytes=1),
        entry("d", source="slack", reason="link", unit="v"),
        entry("z.zip", bytes=12),
    )
    first, _, _, head, *rows = lines(entries, settings)[:7]
    assert first == f"{settings.quarantine}: entries 5; raw things known to be in them 1,002"
    assert head.split() == ["source", "reason", "entries", "units", "raw", "things", "bytes"]
    # The bytes of a file count once, however many entries lie in it.
    assert [row.split() for row in rows] == [
        ["-", "damaged", "1", "0", "0", "12"],
        ["slack", "damaged", "3", "2", "1,002", "5,001"],
        ["slack", "link", "1", "1", "0", "-"],
    ]


def test_a_long_list_is_cut_and_counted(settings: Settings) -> None:
    said = lines([entry(f"x{number}") for number in range(SHOWN + 7)], settings)
    assert " 1  x0: cut. Again." in said
    assert f"{SHOWN}  x{SHOWN - 1}: cut. Again." in said
    assert not any(f"x{SHOWN}" in line for line in said)
    assert "... and 7 more, a line each in that file" in said


def test_an_empty_list_says_so_and_no_more(settings: Settings) -> None:
    write_json(settings.run_json, REPORT)
    assert lines([], settings) == [
        f"{settings.quarantine}: nothing is quarantined",
        "of the run that ended at 2024-05-01T10:01:00Z",
    ]


def test_the_verdict_of_its_run_stands_beside_it(settings: Settings) -> None:
    trouble = Trouble(units=1, of=9, tolerated="0", too_much=True)
    changed = {"quarantine": (entry(),), "trouble": trouble, "exit_status": 3, "message": "too bad"}
    write_json(settings.run_json, {**as_built(), **changed})
    assert lines([entry()], settings)[1] == (
        "of the run that ended at 2024-05-01T10:01:00Z, too bad (exit status 3)"
    )


def as_built() -> dict[str, Any]:
    return {name: getattr(REPORT, name) for name in REPORT.__struct_fields__}


def test_a_list_that_no_report_belongs_to_says_that_its_run_was_cut_off(
    settings: Settings,
) -> None:
    cut_off = "did not come to its end: run again"
    assert cut_off in lines([entry()], settings)[1]
    write_json(settings.run_json, REPORT)
    assert cut_off in lines([entry()], settings)[1]
    settings.run_json.write_text("{")
    assert cut_off in lines([entry()], settings)[1]


def test_a_run_that_is_under_way_is_said_to_be(settings: Settings) -> None:
    write_json(settings.run_json, REPORT)
    with opened(settings, "now"):
        (said,) = lines([], settings)[1:]
    assert said.startswith("a run is under way and may change it: ")
    assert said.endswith("another DataETL of this process")
    assert "under way" not in lines([], settings)[1]


def test_a_run_that_failed_is_named(settings: Settings) -> None:
    failed = FailedRun(
        exit_status=66, message="all is gone", etl_version="1", started_at="", finished_at=""
    )
    write_json(settings.run_json, failed)
    assert lines([entry()], settings)[1] == "the last run failed (exit status 66): all is gone"


def test_an_entry_is_told_with_the_place_of_its_bytes(settings: Settings) -> None:
    (settings.data_dir / "a.zip").write_bytes(b"PK")
    one = entry(
        "a.zip!b/c.html",
        source="slack",
        unit="a.zip!b",
        units=3,
        reader_version=2,
        bytes=1234,
        since="then",
    )
    told = dict(line.split(maxsplit=1) for line in described(4, one, settings))
    assert told["path"] == "a.zip!b/c.html"
    assert told["lies"] == f"in     {settings.data_dir / 'a.zip'}, as b/c.html in it"
    assert told["there"] == "yes"
    assert told["source"] == "slack, reader version 2"
    assert told["unit"] == "a.zip!b and 2 more units"
    assert (told["bytes"], told["raw"]) == ("1,234", "things  not known")
    assert told["since"] == "then"
    assert told["read"].endswith("when its files change; `quarantine retry 4`")


def test_bytes_are_found_whatever_a_name_holds(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9!.html")
    for name in ("plain.html", "wow!.html", odd, "in.zip"):
        (tmp_path / name).write_bytes(b"")
    for name in ("plain.html", "wow!.html", odd):
        assert lies(tmp_path, printable(name)) == (tmp_path / name, "", True)
    assert not lies(tmp_path, "a/" * 5000).there
    (tmp_path / "unit").mkdir()
    assert lies(tmp_path, "unit") == (tmp_path / "unit", "", True)
    assert not lies(tmp_path, "unit!a").there
    assert lies(tmp_path, "in.zip!a!b/c") == (tmp_path / "in.zip", "a!b/c", True)
    assert lies(tmp_path, "gone.zip!a") == (tmp_path / "gone.zip!a", "", False)
    assert lies(tmp_path / "in.zip", "in.zip!a") == (tmp_path / "in.zip", "a", True)


def test_of_many_retried_the_first_of_a_kind_are_shown_and_all_counted() -> None:
    became = [("stayed", f"s{number}") for number in range(SHOWN + 3)] + [("out", "o")]
    said = list(outcome(became))
    assert said[:SHOWN] == [f"s{number}" for number in range(SHOWN)]
    assert said[SHOWN:] == [
        "stayed  ... and more, each in the log",
        "o",
        f"retried: out 1, stayed {SHOWN + 3}, gone 0",
    ]


def test_what_was_retried_is_out_or_stayed_or_gone(tmp_path: Path) -> None:
    (tmp_path / "mended.zip").write_bytes(b"")
    before = (
        entry("stays.html", source="slack", unit="s", reason="damaged"),
        entry("out.html", source="slack", unit="o"),
        entry("out.html", source="slack", unit="o", detail="another"),
        entry("removed.html", source="slack", unit="r"),
        entry("mended.zip"),
        entry("missing.zip"),
        entry("broken.zip!a/b.html", source="slack", unit="broken.zip!a"),
    )
    after = (entry("stays.html", source="slack", unit="s", reason="link"), entry("broken.zip"))
    known = {"slack": {"s", "o", "broken.zip!a"}}
    assert [
        (what, line.split()[1].rstrip(":"))
        for what, line in retried(before, after, known, tmp_path)
    ] == [
        ("stayed", "stays.html"),
        ("out", "out.html"),
        ("gone", "removed.html"),
        ("out", "mended.zip"),
        ("gone", "missing.zip"),
        ("stayed", "broken.zip"),
    ]
