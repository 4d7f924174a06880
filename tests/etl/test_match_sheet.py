"""A sheet of matches, labelled and scored."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from etl.cli import main
from etl.exits import CannotCreate, Malformed, NoInput
from etl.match_sheet import interval, score_sheet, weighed
from tests.running import Workplace


def labelled(path: Path, rows: list[tuple[str, str, int, str]]) -> Path:
    lines = ["source,method,of,right", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines))
    return path


def test_an_interval_is_wide_for_few_labels_and_never_certain() -> None:
    few, many, none = interval(5, 5), interval(500, 500), interval(0, 0)
    assert few.low < many.low < 1.0 == many.right
    assert (round(few.low, 3), round(many.low, 3)) == (0.566, 0.992)
    assert (none.low, none.high) == (0.0, 1.0)
    assert 0 < interval(50, 100).low < 0.5 < interval(50, 100).high < 1


def test_a_rung_weighs_as_much_as_it_has_matches() -> None:
    labels = {("slack", "segment"): [True] * 10, ("slack", "topic"): [False] * 10}
    found = weighed(labels, {("slack", "segment"): 990, ("slack", "topic"): 10})
    assert (found.labelled, round(found.right, 3)) == (20, 0.99)
    assert found.low < 0.99 < found.high <= 1


def test_labels_are_counted_by_source_and_rung(tmp_path: Path) -> None:
    rows = [("slack", "topic", 7, "y"), ("slack", "topic", 7, "N"), ("deal", "typo", 3, " Yes ")]
    lines = list(score_sheet(labelled(tmp_path / "s.csv", [*rows, ("deal", "typo", 3, "")])))
    assert [line.split()[:5] for line in lines[1:3]] == [
        ["deal", "typo", "3", "1", "1.000"],
        ["slack", "topic", "7", "2", "0.500"],
    ]
    assert lines[3].split()[:4] == ["all", "10", "3", "0.650"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_sheet_is_read_as_a_spreadsheet_saves_it(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = labelled(tmp_path / "s.csv", [("slack", "topic", 7, "y"), ("é", "typo", 3, "n")])
    path.write_text(path.read_text().replace(",", separator), encoding=encoding)
    assert list(score_sheet(path))[-1].split()[:4] == ["all", "10", "2", "0.700"]


def test_another_table_is_no_sheet(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("base_company,calendar_domain\nAcme,acme.example\n")
    with pytest.raises(Malformed, match="is no such sheet; `match --sample 200` writes one"):
        list(score_sheet(path))


@pytest.mark.parametrize("row", [("slack", "topic", 7, "perhaps"), ("slack", "topic", "", "y")])
def test_a_label_that_is_none_is_named(tmp_path: Path, row: tuple[str, str, int, str]) -> None:
    with pytest.raises(Malformed, match=r"s\.csv, row 1: write y or n"):
        list(score_sheet(labelled(tmp_path / "s.csv", [row])))


def test_a_sheet_without_labels_or_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="nothing is labelled"):
        list(score_sheet(labelled(tmp_path / "s.csv", [("slack", "topic", 7, "")])))
    with pytest.raises(NoInput, match="match --sample 200"):
        list(score_sheet(tmp_path / "none.csv"))


def test_the_matches_of_a_run_make_a_sheet_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace = Workplace(tmp_path).with_sample()
    arguments = workplace.command()[2:]
    assert main(["match", "--sample", "8", *arguments]) == NoInput.exit_status
    assert workplace.run().returncode == 0
    assert main(["match", "--sample", "8", *arguments]) == 0
    sheet = workplace.settings().match_sheet
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    strata = {(row["source"], row["method"]) for row in rows}
    assert len(strata) >= 4
    assert len(strata) <= len(rows) <= max(8, len(strata))
    assert all(row["company"] and row["mapping_line"] and not row["right"] for row in rows)
    assert main(["match", "--sample", "8", *arguments]) == CannotCreate.exit_status
    sheet.write_text(sheet.read_text().replace(",\n", ",y\n").replace(",\r\n", ",y\r\n"))
    capsys.readouterr()
    assert main(["match", "--score", str(sheet)]) == 0
    assert "1.000" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    "given", [["--sample", "0"], ["--sample", "x"], ["--sample", "1", "--score", "s"]]
)
def test_match_takes_one_thing_that_makes_sense(given: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["match", *given])
    assert ended.value.code == 2
