"""What happens to a title, rung by rung."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl.cli import main
from etl.data_etl import DataETL
from etl.exits import NoInput
from etl.explaining import explain, matching_as_run
from etl.knowing import LiveItem, knowing_matcher, live_items
from etl.matching.learnt import Learnt
from etl.matching.matcher import Matcher
from etl.settings import Settings
from etl.state import State
from sources.records import KINDS
from tests.running import MAPPING, OUR_DOMAIN, OURS, PROJECT, Workplace

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
    items = sum(source["items"] for source in workplace.report["sources"].values())
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


def verdicts(workplace: Workplace) -> dict[str, str]:
    """What the run says of each item, in the words of `explain`."""
    found: dict[str, list[str]] = {}
    result = workplace.result
    for company, entry in result["companies"].items():
        for array in (entry[kind] for kind in KINDS):
            for item in array:
                found.setdefault(item["key"], []).append(_said(company, item["match"]))
    said = {key: f"matched {', '.join(matches)}" for key, matches in found.items()}
    for kind in KINDS:
        for item in result["review"][kind]:
            named = [_said(match["company"], match) for match in item["candidates"]]
            said[item["key"]] = f"review {', '.join(named)}"
        for item in result["unmatched"][kind]:
            said[item["key"]] = f"unmatched {item['reason']}"
    return said


def _said(company: str, match: dict[str, Any]) -> str:
    variant = f", variant {match['variant']}" if match["variant"] else ""
    return f"{company}{variant} ({match['method']}, {match['score']:g})"


def explained(key: str, asked: Settings) -> str:
    """The answer that `explain` gives for an item."""
    lines = list(explain(key, asked))
    assert [line for line in lines if line.startswith("as ")] == [f"as {key}, which was read"]
    steps = part(lines, f"as {key}, which was read")
    return next(line for line in steps if line.split()[0] in {"matched", "review", "unmatched"})


@pytest.mark.parametrize("corpus", ["the sample", "exports of the tests"])
def test_every_item_is_explained_as_the_run_decided(tmp_path: Path, corpus: str) -> None:
    workplace = Workplace(tmp_path)
    asked = settings(tmp_path, "base_company\nAcme\nHarborline\nQuillworks Ltd\n")
    if corpus == "the sample":
        workplace.with_sample()
        asked = replace(asked, mapping=MAPPING)
    else:  # of them some overlap, and become one
        shutil.copytree(PROJECT / "tests" / "data", workplace.data)
        for twice in ("full_account", "single_chat"):
            shutil.copytree(workplace.data / "telegram" / twice, workplace.data / f"{twice}_again")
    names = (*OURS[1::2], "Ours")
    asked = replace(asked, our_names=names, our_domains=OUR_DOMAIN[1:])
    asked = replace(asked, data_dir=workplace.data, db_path=workplace.state)
    mine = ("--mapping", str(asked.mapping), "--our-name", "Ours", "--max-errors", "100%")
    done = workplace.run(*mine)
    assert done.returncode == 0, done.stderr
    said = verdicts(workplace)
    assert len(said) > 40
    assert {answer.split()[0] for answer in said.values()} == {"matched", "review", "unmatched"}
    assert {key: explained(key, asked) for key in said} == said


def test_explain_learns_what_the_run_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where readings were merged, and where an archive can no longer be read."""
    workplace = Workplace(tmp_path).with_sample()
    asked = replace(settings(tmp_path), db_path=workplace.state)
    asked = replace(asked, mapping=MAPPING, our_names=OURS[1::2], our_domains=OUR_DOMAIN[1:])
    asked = replace(asked, data_dir=workplace.data, output=workplace.output)
    learnt: list[tuple[Learnt, list[LiveItem]]] = []

    def watched(state: State, *rest: Any) -> Matcher:
        matcher = knowing_matcher(state, *rest)
        learnt.append((matcher.learnt, list(live_items(state))))
        return matcher

    monkeypatch.setattr("etl.attributing.knowing_matcher", watched)
    (archive,) = (workplace.data / "slack").iterdir()
    for damage in (b"", b"no zip"):
        archive.write_bytes(damage or archive.read_bytes())
        report = DataETL(settings=asked).run_etl()
        assert report.findings["merged"]["items"] == 2
        with matching_as_run(asked) as (matcher, state):
            assert (matcher.learnt, list(live_items(state))) == learnt.pop()


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE items SET summary = (SELECT summary FROM items WHERE id = 2) WHERE id = 1",
        "UPDATE items SET summary = x'80' WHERE id = 1",
        "UPDATE items SET head = 'text' WHERE id = 1",
        "DELETE FROM items WHERE id = 1",
        "UPDATE units SET name = 'other' WHERE id = 1",
        "UPDATE meta SET value = x'80' WHERE name = 'lost'",
    ],
)
@pytest.mark.parametrize(
    "asked",
    [
        ("explain", "Acorn Freight"),
        ("match", "--sample", "9"),
        ("forget", "--person", "X", "--yes"),
    ],
    ids=" ".join,
)
def test_nothing_is_answered_from_a_state_that_changed_by_itself(
    tmp_path: Path, asked: tuple[str, ...], spoil: str, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace = Workplace(tmp_path).with_sample()
    command = workplace.command()[2:]
    assert main(command) == 0
    with closing(sqlite3.connect(workplace.state)) as db, db:
        assert db.execute(spoil).rowcount == 1
    capsys.readouterr()
    assert main([asked[0], *command, *asked[1:]]) == 66
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"run_etl: {workplace.state}: damaged; a run reads everything again\n"
