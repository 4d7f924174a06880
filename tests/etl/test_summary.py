from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.contract.validation import validate_file
from etl.quarantine import Entry
from etl.report import Move, Trouble
from etl.summary import SHOWN, summary, validation_lines
from tests.etl.small_report import REPORT, SOURCE


def lines(**changed: Any) -> list[str]:
    report = msgspec.structs.replace(REPORT, **changed)
    return summary(report, Path("/out/run.json")).splitlines()


def problem(number: int, path: str = "a") -> Entry:
    return Entry(path=f"{path}{number}", reason="r", detail="cut short", remedy="Again.")


def test_a_person_reads_what_became_of_everything() -> None:
    said = lines()
    head, row = said[1].split(), said[2].split()
    assert dict(zip(head, row, strict=True)) == {
        "source": "telegram",
        "units": "1,200",
        "read": "200",
        "unchanged": "1,000",
        "found": "54,321",
        "accepted": "54,000",
        "duplicate": "300",
        "ignored": "21",
        "quarantined": "0",
        "items": "1,199",
        "matched": "1,000",
        "review": "90",
        "unmatched": "109",
    }
    assert len(said[1]) == len(said[2])
    assert said[4:] == [
        "Companies    7: 5 with data, 2 without",
        "Time         61.2 s, 20 units/s, 2.0 MB/s, peak memory 1,234 MB",
        "Run          /out/run.json",
        "Output       /out/etl_output.json",
    ]


def test_what_is_special_about_a_run_is_said() -> None:
    said = "\n".join(
        lines(
            sample=True,
            partial=True,
            findings={"half_conversation": {"items": 1500, "count": 9000}},
            unrecognised=("x", "y"),
            vanished=3,
            exit_status=3,
            message="slack failed; see the log",
        )
    )
    assert "This is the sample" in said
    assert "partial" in said
    assert "Findings     items by kind: half_conversation 1,500" in said
    assert re.search(r"^Passed over .*\b2\b.*see run\.json$", said, re.MULTILINE)
    assert "Vanished     3 units" in said
    assert said.endswith("Attention    slack failed; see the log (exit status 3)")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "unchanged"}, "nothing changed: left as it is"),
        ({"output_left_alone": True}, "same content: left as it is"),
    ],
)
def test_an_output_left_alone_is_said_to_be(changed: dict[str, Any], words: str) -> None:
    assert lines(**changed)[-1] == f"Output       /out/etl_output.json ({words})"


def test_a_long_quarantine_is_cut_and_counted() -> None:
    said = lines(quarantine=tuple(problem(number) for number in range(SHOWN + 5)))
    shown = [line for line in said if line.startswith("  a")]
    assert len(shown) == SHOWN
    assert shown[0] == "  a0: cut short. Again."
    assert "  ... and 5 more, see `quarantine list`" in said


@pytest.mark.parametrize(
    ("too_much", "verdict"),
    [(False, "tolerated, within --max-errors 10%"), (True, "more than --max-errors 10%")],
)
def test_entries_units_and_raw_things_are_told_apart(too_much: bool, verdict: str) -> None:
    source = msgspec.structs.replace(SOURCE, quarantined=1234)
    said = lines(
        quarantine=(problem(1), problem(2)),
        trouble=Trouble(units=3, of=1200, tolerated="10%", too_much=too_much),
        sources={"telegram": source},
    )
    assert (
        f"Quarantined  entries 2, in 3 of 1,200 units ({verdict});"
        " raw things in them, as in the table: 1,234"
    ) in said


def test_no_name_makes_a_second_line_or_steers_the_terminal() -> None:
    plain = lines(quarantine=(problem(1),))
    nasty = lines(quarantine=(problem(1, "a\nOutput /tmp\u2028\x1b[2J\u202eb"),))
    assert len(nasty) == len(plain)
    (line,) = (line for line in nasty if "cut short" in line)
    assert line == "  a\\nOutput /tmp\\u2028\\x1b[2J\\u202eb1: cut short. Again."


def test_the_verdict_on_an_output(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("[]")
    report = validate_file(path)
    *faults, verdict = validation_lines(report)
    assert faults
    assert verdict.startswith(f"{path}: breaks the contract")
    assert str(len(faults)) in verdict.removeprefix(str(path))
    assert verdict.endswith("(0 companies; no items)")


def move(key: str, title: str, now: str = "Acme") -> Move:
    return Move(key=key, title=title, before="unmatched", now=now)


def test_the_meetings_of_a_series_move_on_one_line_and_the_source_is_named() -> None:
    moves = (
        *(move(f"calendar:u@x:{day}", "Weekly") for day in range(3)),
        move("hubspot:deal:1", "Weekly"),
        move("slack:C1", ""),
    )
    said = lines(moved=5, moves=moves)
    at = next(n for n, line in enumerate(said) if line.startswith("Moved"))
    assert said[at].endswith(": 5")
    assert said[at + 1 : at + 4] == [
        "  Weekly (calendar, 3): from unmatched to Acme",
        "  Weekly (hubspot): from unmatched to Acme",
        "  slack:C1 (slack): from unmatched to Acme",
    ]
    assert "more" not in said[at + 4]


def test_moves_that_are_not_shown_are_counted() -> None:
    moves = [move(f"slack:C{n}", f"c{n // 2}") for n in range(2 * SHOWN + 2)]
    said = lines(moved=1000, moves=tuple(moves))
    assert f"  ... and {1000 - 2 * SHOWN:,} more, see run.json" in said
