"""Results of others, held against the archives."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from etl.audit.auditing import Asked, Audit, audit
from etl.exits import Malformed
from tests.etl.audit.naive import script
from tests.running import SAMPLE, Workplace
from tests.sources.telegram.export_builder import Page, write

TELEGRAM = SAMPLE / "telegram"
TIMES = {1: "30.03.2024 10:00:00", 2: "01.07.2024 10:00:00", 3: "02.07.2024 11:00:00"}


def audited(data: Path, result: Path, **more: Any) -> Audit:
    return audit(Asked(places=[data], result=result, base=data)._replace(**more), lambda *_: None)


def disagreements(found: Audit) -> list[str]:
    return [line.text for line in found.lines if line.disagrees]


def title_of(page: Path) -> str:
    titled = re.search(r'<div class="text bold">\n(.*?)\s*\n', page.read_text("utf-8"))
    assert titled is not None
    return unescape(titled[1])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    page = Page("Acme Support")
    for number, time in TIMES.items():
        page.message(number, f"{time} UTC+01:00", "hello", author="Ann Reyes")
    write(tmp_path / "data" / "x", page.html())
    return tmp_path / "data"


def test_every_fault_of_a_naive_script_is_named(tmp_path: Path) -> None:
    said = disagreements(audited(TELEGRAM, script(TELEGRAM, tmp_path / "naive.json")))
    faults = [line.partition(": ")[::2] for line in said]
    # Pages by title, as the script met them: the last one stayed.
    pages = {title_of(path): path.read_text("utf-8") for path in sorted(TELEGRAM.rglob("m*.html"))}
    for title, page in pages.items():
        joined = page.count("clearfix joined")
        separators = len(re.findall(r"message-[0-9]{1,3}\"", page))
        expected = {f"{joined} message{'s' * (joined != 1)} without author"} if joined else set()
        expected.add(f"{separators} date separators counted as messages")
        found = {what for who, what in faults if who == f"telegram, {title}"}
        lost = {what for what in found if "lost" in what}
        assert found - lost == expected
        # The later export of this chat was overwritten by the earlier one.
        assert bool(lost) == (title == "Acorn Freight <> Fernhollow")
        assert all(what.startswith("5 of 28 messages lost") for what in lost)
    assert len(pages) == 8


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_table_that_is_right_agrees(tmp_path: Path, data: Path, encoding: str) -> None:
    with open(tmp_path / "table.csv", "w", encoding=encoding, newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(["Nr", "Group name", "Sent at", "From"])
        for number, time in TIMES.items():
            table.writerow([number, "Acme Support", time, "Ann Reyes"])
    found = audited(data, tmp_path / "table.csv", columns={"id": "Nr"})
    assert disagreements(found) == []
    assert found.columns == {
        "id": ("Nr",),
        "chat": ("Group name",),
        "time": ("Sent at",),
        "author": ("From",),
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": "2024-07-01T10:00:00Z"}, "1 message 1 h later than printed (2024-07-01)"),
        ({"author": ""}, "1 message without author"),
        ({"author": "Bo Lind"}, "1 message by another author than in the archives"),
        ({"id": 9}, "1 of 3 messages lost"),
        ({"id": 1}, "1 message doubled"),
    ],
)
def test_line_that_is_wrong_is_named(
    tmp_path: Path, data: Path, change: dict[str, Any], said: str
) -> None:
    rows = [
        {"id": number, "chat": "acme support", "time": time, "author": "Ann Reyes"}
        for number, time in TIMES.items()
    ]
    rows[1] |= change
    lines = "\n".join(map(json.dumps, rows))
    (tmp_path / "rows.jsonl").write_text(lines, encoding="utf-8")
    assert any(said in line for line in disagreements(audited(data, tmp_path / "rows.jsonl")))


def test_result_without_ids_is_held_by_its_times(tmp_path: Path, data: Path) -> None:
    rows = [{"chat": "Acme Support", "date": time, "user": "Ann Reyes"} for time in TIMES.values()]
    result = tmp_path / "rows.json"
    result.write_text(json.dumps(rows), encoding="utf-8")
    assert disagreements(audited(data, result)) == []
    result.write_text(json.dumps(rows[1:]), encoding="utf-8")
    assert "1 of 3 messages lost" in disagreements(audited(data, result))[0]


def test_messages_under_the_names_of_chats_are_theirs(tmp_path: Path, data: Path) -> None:
    rows = [{"id": f"message{number}", "text": "hello", "from": "Ann Reyes"} for number in TIMES]
    result = tmp_path / "rows.json"
    for made in ({"Acme Support": rows}, [{"title": "Acme Support", "messages": rows}]):
        result.write_text(json.dumps(made), encoding="utf-8")
        assert disagreements(audited(data, result)) == []


def test_chat_that_stands_in_two_places_is_not_doubled(tmp_path: Path, data: Path) -> None:
    rows = [{"id": n, "date": time, "from": "Ann Reyes"} for n, time in TIMES.items()]
    chat = {"title": "Acme Support", "messages": rows}
    (tmp_path / "result.json").write_text(json.dumps({"Acme": [chat], "Birch": [chat]}))
    assert disagreements(audited(data, tmp_path / "result.json")) == []
    chat["messages"] = [*rows, rows[0], rows[0]]
    (tmp_path / "result.json").write_text(json.dumps({"Acme": [chat]}))
    (said,) = disagreements(audited(data, tmp_path / "result.json"))
    assert said == "telegram, Acme Support: 2 messages doubled"


def test_column_that_a_result_has_not_is_refused(tmp_path: Path, data: Path) -> None:
    (tmp_path / "table.csv").write_text("Nr,chat\n1,Acme Support\n", encoding="utf-8")
    with pytest.raises(Malformed, match="has no column Number, Zeit"):
        audited(data, tmp_path / "table.csv", columns={"id": "Number", "time": "Zeit"})


@pytest.mark.parametrize(
    "result",
    [
        *([], 7, {"settings": {"colour": "red"}}, {"chats": [{"title": "x", "message_count": 0}]}),
        {"metadata": [], "statistics": 7},
        {"metadata": {"data_sources": 7}, "statistics": {"accounting": {"slack": 7}}},
    ],
)
def test_file_that_holds_no_result_does_not_agree(
    tmp_path: Path, data: Path, result: object
) -> None:
    (tmp_path / "other.json").write_text(json.dumps(result), encoding="utf-8")
    said = "telegram: nothing of it is in the result (3 in the archives)"
    assert disagreements(audited(data, tmp_path / "other.json")) == [said]


def test_output_whose_account_is_of_another_shape_is_refused(tmp_path: Path, data: Path) -> None:
    statistics = {"accounting": {"telegram": {"found": "three"}}}
    made = {"metadata": {"content_sha256": "0"}, "statistics": statistics}
    (tmp_path / "output.json").write_text(json.dumps(made), encoding="utf-8")
    with pytest.raises(Malformed, match="statistics are not as a run writes them"):
        audited(data, tmp_path / "output.json")


def test_source_that_a_result_knows_nothing_of_is_said(tmp_path: Path) -> None:
    found = audited(SAMPLE, script(TELEGRAM, tmp_path / "naive.json"))
    said = [line.text for line in found.lines if not line.disagrees]
    assert "slack: nothing of it is in the result (43 in the archives)" in said


def test_command_says_what_it_found(tmp_path: Path) -> None:
    work = Workplace(tmp_path).with_sample()
    assert work.run("audit").returncode == 66
    assert work.run().returncode == 0
    good = work.run("audit")
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "All agrees.")
    naive = script(work.data, tmp_path / "naive.json")
    done = work.run("audit", "--against", str(naive))
    assert done.returncode == 65
    assert "date separators counted as messages" in done.stdout
    assert "id: message_id" in done.stdout
    assert work.run("audit", "--columns", "colour=x").returncode == 2
    assert work.run("audit", "nowhere").returncode == 66
    assert work.run("audit", "--against", str(tmp_path)).returncode == 66
    part = work.run("audit", str(work.data / "slack"))
    assert part.returncode == 0
    assert "more in the result, of none of these archives" in part.stdout
    assert "in no archive" not in part.stdout
