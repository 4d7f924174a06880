"""What happens to a title, rung by rung."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.cli import main
from etl.exits import NoInput
from etl.explaining import explain
from etl.settings import Settings
from etl.state import known_items
from tests.running import Workplace

ROWS = "base_company,calendar_domain\nAcme,acme.example\nBrindle,\nDunlin,\nEmberfold,\nGorse,\n"


def settings(tmp_path: Path, rows: str = ROWS) -> Settings:
    (tmp_path / "m.csv").write_text(rows)
    return Settings(
        data_dir=tmp_path,
        mapping=tmp_path / "m.csv",
        db_path=tmp_path / "s.db",
        our_names=("Ourco",),
    )


def part(lines: list[str], heading: str) -> list[str]:
    """The lines under a heading, which may name other kinds of items, too."""
    kind = heading.removeprefix("as ")
    headings = (
        n for n, line in enumerate(lines) if kind in line.removeprefix("as ").split(", or ")
    )
    start = next(headings) + 1
    end = next((n for n in range(start, len(lines)) if not lines[n]), len(lines))
    return [" ".join(line.split()) for line in lines[start:end]]


def test_every_rung_says_why_not(tmp_path: Path) -> None:
    lines = list(explain("Gorse billing <> Ourco", settings(tmp_path)))
    assert "0 items" in lines[0]
    said = part(lines, "as a Telegram group")
    assert "explicit it is no group, and holds no node address" in said
    assert "title our own name stands there; pieces: 'Gorse billing'" in said
    assert any(line.startswith("segment 'Gorse billing': 'billing' may be part") for line in said)
    assert [line.split()[0] for line in said[-3:]] == ["review", "because", "settled"]
    assert "review Gorse (segment, 0.9)" in said


def test_what_is_the_same_for_several_kinds_is_told_once(tmp_path: Path) -> None:
    lines = list(explain("Somebody else", settings(tmp_path)))
    assert "as a Telegram group, or a Slack channel, or a meeting" in lines
    assert part(lines, "as a meeting") == part(lines, "as a Telegram group")
    assert part(lines, "as a deal") != part(lines, "as a meeting")
    heads = [line.split(", or ")[0] for line in lines if line.startswith("as ")]
    told = ["\n".join(part(lines, head)) for head in heads]
    assert len(told) == len(set(told))


def test_the_nearest_thing_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    said = part(list(explain("Somebody else", settings(tmp_path))), "as a CRM company")
    assert said[-1] == "nearest 'Somebody else': no company of the mapping has this name"


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_text_is_nothing_to_explain(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoInput, match="nothing to explain: give a title"):
        list(explain(text, settings(tmp_path)))


def test_it_says_when_nothing_was_learnt_yet(tmp_path: Path) -> None:
    assert "nothing was read yet" in list(explain("Acme", settings(tmp_path)))[1]


def test_an_address_and_a_domain_say_whose_they_are(tmp_path: Path) -> None:
    lines = list(explain("Ann@eu.acme.example", settings(tmp_path)))
    said = part(lines, "as a guest of a meeting")
    assert "domain 'ann@eu.acme.example' is Acme (line 2, calendar_domain)" in said
    assert "matched Acme (domain, 0.97)" in said
    lines = list(explain("acme.example", settings(tmp_path)))
    assert "matched Acme (domain, 0.97)" in part(lines, "as the domain of a CRM company")


def test_a_name_in_the_company_field_is_explained_too(tmp_path: Path) -> None:
    lines = list(explain("Gorse Ltd", settings(tmp_path)))
    assert "matched Gorse (company_field, 0.95)" in part(lines, "as a CRM company")


@pytest.mark.parametrize("text", ["🔥", "-", "x" * 300, "a|b|c", "@", "Ourco"])
def test_any_text_is_explained(tmp_path: Path, text: str) -> None:
    assert list(explain(text, settings(tmp_path)))


def test_what_a_run_read_is_learnt_from_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace = Workplace(tmp_path).with_sample()
    assert workplace.run().returncode == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    arguments = workplace.command()[2:]
    assert main(["explain", "Emberfold <> Fernhollow", *arguments]) == 0
    said = capsys.readouterr().out
    items = len(known_items(Path(arguments[arguments.index("--db-path") + 1])))
    assert f"with what {items:,} items" in said
    assert "matched       Emberfold (segment, 0.9)" in said
    assert before == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}


def test_explain_needs_a_text_and_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["explain"])
    asked = settings(tmp_path)
    asked.mapping.unlink()
    with pytest.raises(NoInput, match="give --mapping"):
        list(explain("Acme", asked))
