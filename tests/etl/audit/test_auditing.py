"""Every kind of fault, planted in an output of the sample, is named; without one, all agrees."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from etl.audit.auditing import Asked, Audit, audit
from etl.audit.holdings import plain_title
from etl.data_etl import DataETL
from etl.exits import Malformed, NoInput
from etl.given import resolve
from etl.settings import Settings
from tests.running import MAPPING, PROJECT, SAMPLE
from tests.sources.telegram import json_builder
from tests.sources.telegram.export_builder import Page, write

Json = dict[str, Any]

HALYARD = "Halyard <> Fernhollow"
COBALTMOOR = "Cobaltmoor Energy <> Fernhollow"
ACORN = "Acorn Freight <> Fernhollow"


def settings_for(data: Path, out: Path, **more: Any) -> Settings:
    return resolve(
        {
            "data_dir": str(data),
            "mapping": str(MAPPING),
            "output": str(out / "etl_output.json"),
            "db_path": str(out / "state.db"),
            "log_file": str(out / "run.log"),
            "our_name": ["Fernhollow", "Fernhollow Labs"],
            "no_live": True,
            "include_unmatched": True,
            **more,
        },
        {},
    )


def ran(data: Path, out: Path, **more: Any) -> Path:
    DataETL(settings=settings_for(data, out, **more)).run_etl()
    return out / "etl_output.json"


def audited(data: Path, result: Path, **more: Any) -> Audit:
    asked = Asked(places=[data], result=result, base=data, leave_out=[data / "settings.env"])
    return audit(asked._replace(**more), lambda *_: None)


def disagreements(found: Audit) -> list[str]:
    return [line.text for line in found.lines if line.disagrees]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ran(SAMPLE, tmp_path_factory.mktemp("good"))


@pytest.fixture
def planted(good: Path, tmp_path: Path) -> Callable[[Callable[[Json], None]], list[str]]:
    """What is said of an output with that change in it."""

    def plant(change: Callable[[Json], None]) -> list[str]:
        output = json.loads(good.read_bytes())
        change(output)
        result = tmp_path / "etl_output.json"
        result.write_text(json.dumps(output), encoding="utf-8")
        shutil.copy(good.with_name("run.json"), tmp_path)
        return disagreements(audited(SAMPLE, result))

    return plant


def chat_of(output: Json, name: str) -> Json:
    return next(item for array in arrays(output) for item in array if item.get("chat_name") == name)


def arrays(output: Json) -> list[list[Json]]:
    places = [*output["companies"].values(), output["review"], output["unmatched"]]
    return [array for place in places for array in place.values() if isinstance(array, list)]


def test_output_of_the_sample_agrees(good: Path) -> None:
    found = audited(SAMPLE, good)
    assert disagreements(found) == []
    assert found.distinct == {"calendar": 7, "hubspot": 27, "slack": 43, "telegram": 78}
    assert not found.counted_only
    assert not found.columns, "of ours, everybody knows"


def test_chats_without_messages_agree_by_their_numbers(tmp_path: Path) -> None:
    found = audited(SAMPLE, ran(SAMPLE, tmp_path, include_unmatched=False))
    assert disagreements(found) == []
    assert found.counted_only == 7


def test_number_of_a_chat_without_messages_that_is_wrong_is_named(tmp_path: Path) -> None:
    result = ran(SAMPLE, tmp_path, include_unmatched=False)
    text = result.read_text(encoding="utf-8")
    at = text.index('"message_count":6', text.index("Halyard <> Fernhollow"))
    result.write_text(text[:at] + '"message_count":5' + text[at + 17 :], encoding="utf-8")
    assert disagreements(audited(SAMPLE, result)) == [
        f"telegram, {HALYARD}: counted as 5, 1 fewer than the 6 in the archives"
    ]


def test_message_that_is_lost_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        found = chat_of(output, COBALTMOOR)
        del found["messages"][4]
        found["message_count"] -= 1

    (said,) = planted(change)
    assert said.startswith(f"telegram, {COBALTMOOR}: 1 of 15 messages lost (1 of telegram/")
    assert said.endswith("chats/chat_2, ids 5)")


def test_head_that_says_another_number_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        chat_of(output, COBALTMOOR)["message_count"] += 2

    assert planted(change) == [f"telegram, {COBALTMOOR}: says it has 17, and 15 stand there"]


def test_message_that_is_doubled_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        found = chat_of(output, "general")
        found["messages"].append(deepcopy(found["messages"][0]))
        found["message_count"] += 1

    assert planted(change) == ["slack, general: 1 message doubled"]


def test_message_without_its_author_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        for one in chat_of(output, COBALTMOOR)["messages"][2:4]:
            one["author"] = ""

    assert planted(change) == [f"telegram, {COBALTMOOR}: 2 messages without author"]


def test_message_of_somebody_else_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        one = chat_of(output, "general")["messages"][1]
        one["author_id"] = one["author"] = "U0NOBODY1"

    assert planted(change) == ["slack, general: 1 message by another author than in the archives"]


def test_message_an_hour_late_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        one = chat_of(output, "general")["messages"][0]
        one["timestamp"] = one["timestamp"].replace("T09:", "T10:")
        assert "T10:" in one["timestamp"]

    assert planted(change) == ["slack, general: 1 message 1 h later than it was (2025-01-02)"]


def test_message_at_quite_another_time_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        chat_of(output, COBALTMOOR)["messages"][2]["timestamp"] = "2023-01-01T00:00:07Z"

    (said,) = planted(change)
    assert said == f"telegram, {COBALTMOOR}: 1 message at another time than in the archives"


def test_chat_that_is_gone_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        gone = chat_of(output, HALYARD)
        for array in arrays(output):
            array[:] = [item for item in array if item["key"] != gone["key"]]

    (said,) = planted(change)
    assert said.startswith(f"telegram, {HALYARD}: is not in the result: 6 of 6 messages lost")
    assert "chats/chat_4" in said


def test_chat_of_nobody_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        more = deepcopy(chat_of(output, "general"))
        more |= {"key": "slack:C0NEW", "channel_id": "C0NEW", "chat_name": "new", "name": "new"}
        for one in more["messages"]:
            one["message_id"] = "1" + one["message_id"][1:].replace("7", "6")
        output["unmatched"]["slack_channels"].append(more)

    assert planted(change) == ["slack, new: in no archive, and 5 messages in the result"]


def test_chats_whose_messages_were_swapped_are_named(planted: Any) -> None:
    def change(output: Json) -> None:
        one, other = chat_of(output, COBALTMOOR), chat_of(output, HALYARD)
        one["messages"], other["messages"] = other["messages"], one["messages"]

    said = planted(change)
    for own, others in ((COBALTMOOR, HALYARD), (HALYARD, COBALTMOOR)):
        assert any(line.startswith(f"telegram, {own}") and f"{others!r}" in line for line in said)


def test_chats_whose_names_were_swapped_are_named(planted: Any) -> None:
    def change(output: Json) -> None:
        one, other = chat_of(output, COBALTMOOR), chat_of(output, HALYARD)
        one["chat_name"], other["chat_name"] = other["chat_name"], one["chat_name"]

    assert planted(change) == [
        f"telegram, {COBALTMOOR}: stands there as {HALYARD!r}, which is another",
        f"telegram, {HALYARD}: stands there as {COBALTMOOR!r}, which is another",
    ]


def test_copies_of_a_chat_that_differ_are_named(planted: Any) -> None:
    def change(output: Json) -> None:
        copy = deepcopy(chat_of(output, ACORN))
        copy["messages"][3]["author"] = "Somebody"
        output["companies"]["Kestrelmere"]["telegram_chats"].append(copy)

    assert planted(change) == [f"telegram, {ACORN}: differs under Acorn Freight and Kestrelmere"]


def test_meeting_that_is_lost_or_an_hour_late_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        for array in arrays(output):
            array[:] = [i for i in array if not i.get("title", "").startswith("Joint review")]
            for item in array:
                if "uid" in item and not item["recurring"] and item["start"].endswith("T08:00:00Z"):
                    item["start"] = item["start"].replace("T08:", "T09:")

    said = planted(change)
    assert any("1 of 7 events lost" in line for line in said)
    assert any("1 h later than it was" in line for line in said)


def test_calendars_are_held_together_and_called_by_the_first(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("a", "b", "c"):
        event = f"BEGIN:VEVENT\nUID:{name}\nDTSTART:20250102T090000Z\nEND:VEVENT\n"
        calendar = f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}END:VCALENDAR\n"
        (tmp_path / "data" / f"{name}.ics").write_text(calendar, encoding="utf-8")
    result = ran(tmp_path / "data", tmp_path / "out")
    output = json.loads(result.read_bytes())
    output["unmatched"]["calendar_meetings"].pop()
    result.write_text(json.dumps(output), encoding="utf-8")
    (said,) = disagreements(audited(tmp_path / "data", result))
    assert said == "calendar, a.ics and 2 more: 1 of 3 events lost (1 of c.ics, ids c)"


def test_record_that_is_lost_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        for array in arrays(output):
            array[:] = [item for item in array if item["key"] != "hubspot:deal:70001"]

    said = planted(change)
    assert said == ["hubspot, deals: 1 of 8 records lost (1 of deals, ids 70001)"]


def test_record_that_stands_twice_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        array, deal = next(
            (array, item)
            for array in arrays(output)
            for item in array
            if item["key"] == "hubspot:deal:70002"
        )
        array.append(deal | {"key": "another"})

    assert planted(change) == ["hubspot, deals: 1 record doubled"]


def test_result_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{not json", encoding="utf-8")
    with pytest.raises(Malformed):
        audited(SAMPLE, tmp_path / "x.json")


def test_folder_without_exports_is_refused(tmp_path: Path, good: Path) -> None:
    with pytest.raises(NoInput):
        audited(tmp_path, good)


BERLIN = "Europe/Berlin"
SUMMER = {1: "30.03.2024 10:00:00", 2: "01.07.2024 10:00:00", 3: "02.07.2024 11:00:00"}


def page_of(times: dict[int, str], title: str = "Acme") -> str:
    page = Page(title)
    for number, time in times.items():
        page.message(number, f"{time} UTC+01:00", "hello", author="Ann Reyes")
    return page.html()


def test_printed_offset_in_summer_is_an_hour_off_where_the_zone_is_known(tmp_path: Path) -> None:
    write(tmp_path / "data" / "x", page_of(SUMMER))
    believed = ran(tmp_path / "data", tmp_path / "believed")
    known = ran(tmp_path / "data", tmp_path / "known", telegram_timezone=BERLIN)
    assert disagreements(audited(tmp_path / "data", believed)) == []
    assert disagreements(audited(tmp_path / "data", known, zone=BERLIN)) == []
    assert disagreements(audited(tmp_path / "data", believed, zone=BERLIN)) == [
        "telegram, Acme: 2 messages 1 h later than it was (2024-07-01 to 2024-07-02)"
    ]


def test_times_moved_to_those_of_the_json_are_no_fault(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "html", page_of(SUMMER))
    true = [
        json_builder.message(2, "2024-07-01T08:00:00", from_="Ann Reyes", text="hello"),
        json_builder.message(3, "2024-07-02T09:00:00", from_="Ann Reyes", text="hello"),
    ]
    for one in true:
        one["date"] = str(one["date"]).replace("T08", "T10").replace("T09", "T11")
    json_builder.write(data / "json", json_builder.chat(true))
    assert disagreements(audited(data, ran(data, tmp_path / "out"))) == []


def test_months_of_a_chat_that_overlap_are_one_chat(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for month in range(1, 10):
        times = {month * 10 + n: f"{n + 1:02}.{month:02}.2024 10:00:00" for n in range(5)}
        after = {month * 10 + 10: f"01.{month + 1:02}.2024 10:00:00"}
        write(
            data / f"ChatExport_2024-{month:02}-28", page_of(times | after, f"Acme (2024-0{month})")
        )
    found = audited(data, ran(data, tmp_path / "out"))
    assert disagreements(found) == []
    assert found.distinct == {"telegram": 46}
    assert found.counted["telegram", "message"] == 54


def test_two_chats_of_one_name_are_held_apart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "one", page_of({1: "01.02.2024 10:00:00", 2: "01.02.2024 10:05:00"}))
    write(data / "other", page_of({1: "05.03.2024 09:00:01", 3: "07.03.2024 10:00:00"}))
    result = ran(data, tmp_path / "out")
    assert disagreements(audited(data, result)) == []
    output = json.loads(result.read_bytes())
    output["unmatched"]["telegram_chats"].pop()
    result.write_text(json.dumps(output), encoding="utf-8")
    (said,) = disagreements(audited(data, result))
    assert said.startswith("telegram, Acme: 2 of 4 messages lost (2 of o")


def test_numbers_of_chats_are_no_dates() -> None:
    titles = {"Acme 2024-05": "acme", "Acme (03.2024)": "acme", "Acme 2": "acme 2", "2024": "2024"}
    assert {title: plain_title(title) for title in titles} == titles


def test_what_is_quarantined_is_explained_as_far_as_that_goes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    whole = page_of(SUMMER)
    write(data / "x", whole, whole.replace('id="message', 'id="message1')[: len(whole) * 2 // 3])
    result = ran(data, tmp_path / "out", max_errors="100%")
    assert disagreements(audited(data, result)) == []
    report = json.loads(result.with_name("run.json").read_bytes())
    assert report["quarantine"]


def test_message_that_a_page_ends_in_the_middle_of_explains_no_other(tmp_path: Path) -> None:
    data = tmp_path / "data"
    page = page_of(SUMMER)
    write(data / "x", page[: page.rindex("hello")])
    result = ran(data, tmp_path / "out", max_errors="100%")
    assert disagreements(audited(data, result)) == []
    output = json.loads(result.read_bytes())
    chat = output["unmatched"]["telegram_chats"][0]
    chat["messages"].pop()
    chat["message_count"] -= 1
    result.write_text(json.dumps(output), encoding="utf-8")
    (said,) = disagreements(audited(data, result))
    assert said.startswith("telegram, Acme: 1 of 2 messages lost")


def test_message_without_id_is_looked_for_where_it_lies(tmp_path: Path) -> None:
    data = tmp_path / "data"
    json_builder.write(data / "a", json_builder.chat([json_builder.message(7)], name="Acme"))
    write(data / "b", page_of(SUMMER).replace('id="message2"', 'id="messages"'))
    found = audited(data, ran(data, tmp_path / "out", max_errors="100%"))
    assert disagreements(found) == []
    said = "telegram, Acme: 1 message quarantined or left out, as the result says"
    assert said in [line.text for line in found.lines]


def test_file_of_which_nobody_knows_how_much_is_lost_explains_it_all(tmp_path: Path) -> None:
    data = tmp_path / "data"
    said = [json_builder.message(n, f"2024-04-05T10:00:{n:02}", text=f"no {n}") for n in range(9)]
    text = json_builder.text_of(json_builder.chat(said, name="Acme"))
    torn = text.replace('"text"', 'text"', 3)
    json_builder.write(data / "x", torn)
    result = ran(data, tmp_path / "out", max_errors="100%")
    report = json.loads(result.with_name("run.json").read_bytes())
    known = [entry["found"] for entry in report["quarantine"]]
    assert len(known) > 1
    assert 0 in known
    assert disagreements(audited(data, result)) == []


def test_quarantined_things_that_nobody_else_counts_are_found_by_no_mistake(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(SAMPLE / "slack", data)
    for packed in data.rglob("*.zip"):
        shutil.unpack_archive(packed, packed.with_suffix(""))
        packed.unlink()
    day = next(data.rglob("general/2025-01-02.json"))
    day.write_bytes(day.read_bytes()[:60])
    result = ran(data, tmp_path / "out", max_errors="100%")
    found = audited(data, result)
    assert disagreements(found) == []
    assert any(line.text.startswith("slack: says it found") for line in found.lines)
    output = json.loads(result.read_bytes())
    output["statistics"]["accounting"]["slack"]["found"] += 1
    result.write_text(json.dumps(output), encoding="utf-8")
    (said,) = disagreements(audited(data, result))
    assert said.startswith("slack: says it found")


@pytest.mark.parametrize(
    ("before", "after"),
    [('<div class="body details">', ""), ("\n5 March 2024\n", "\n\n")],
)
def test_separator_that_was_damaged_is_one_here_and_there(
    tmp_path: Path, before: str, after: str
) -> None:
    data = tmp_path / "data"
    page = Page("Acme").separator(1, "5 March 2024").message(2, SUMMER[1], "x", author="Ada")
    write(data / "x", page.service(3, "Ada took a screenshot").html().replace(before, after, 1))
    assert disagreements(audited(data, ran(data, tmp_path / "out"))) == []


def test_author_that_the_result_says_it_has_not_is_explained_as_far_as_that_goes(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    page = page_of(SUMMER)
    start = page.index('<div class="from_name">')
    end = page.index("</div>", start)
    write(data / "x", f'{page[:start]}<div class="of_another">{page[start:end]}</div>{page[end:]}')
    result = ran(data, tmp_path / "out")
    found = audited(data, result)
    assert disagreements(found) == []
    said = "telegram, Acme: 1 message without author, as the result says"
    assert said in [line.text for line in found.lines]
    output = json.loads(result.read_bytes())
    for one in output["unmatched"]["telegram_chats"][0]["messages"]:
        one["author"] = ""
    result.write_text(json.dumps(output), encoding="utf-8")
    assert disagreements(audited(data, result)) == ["telegram, Acme: 3 messages without author"]


def test_entries_behind_one_that_is_no_json_are_counted(tmp_path: Path) -> None:
    data = tmp_path / "data"
    said = [json_builder.message(n, f"2024-04-05T10:00:{n:02}", text=f"no {n}") for n in range(9)]
    said[2]["text_entities"] = [{"type": "plain", "text": "a"}, {"type": "plain", "text": "b"}]
    torn = json_builder.text_of(json_builder.chat(said, name="Acme")).replace('"no 2"', '@"no 2"')
    json_builder.write(data / "x", torn)
    result = ran(data, tmp_path / "out", max_errors="100%")
    found = audited(data, result)
    assert disagreements(found) == []
    assert found.distinct == {"telegram": 8}
    output = json.loads(result.read_bytes())
    chat = output["unmatched"]["telegram_chats"][0]
    chat["messages"] = [one for one in chat["messages"] if int(one["message_id"]) < 6]
    result.write_text(json.dumps(output), encoding="utf-8")
    named = disagreements(audited(data, result))
    assert any(line.startswith("telegram, Acme: 2 of 8 messages lost") for line in named)


def test_uid_is_read_without_its_backslashes(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\nUID:a\\,b\\;c\nDTSTART:20250102T090000Z\nEND:VEVENT\n"
    (tmp_path / "data").mkdir()
    calendar = f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}END:VCALENDAR\n"
    (tmp_path / "data" / "a.ics").write_text(calendar, encoding="utf-8")
    result = ran(tmp_path / "data", tmp_path / "out")
    assert disagreements(audited(tmp_path / "data", result)) == []


def test_only_some_archives_are_no_reason_to_miss_the_others(good: Path) -> None:
    some = SAMPLE / "slack"
    found = audited(SAMPLE, good, places=[some], whole=False)
    assert disagreements(found) == []
    assert found.distinct == {"slack": 43}


def test_what_is_left_out_for_its_age_is_explained(tmp_path: Path) -> None:
    age = (datetime.now(UTC).date() - date(2025, 2, 15)).days
    result = ran(SAMPLE, tmp_path, max_age=str(age))
    output = json.loads(result.read_bytes())
    assert output["statistics"]["accounting"]["slack"]["ignored"]["older_than_max_age"] > 10
    assert disagreements(audited(SAMPLE, result)) == []


def test_chat_whose_messages_are_all_gone_is_named(planted: Any) -> None:
    def change(output: Json) -> None:
        chat_of(output, "general")["messages"].clear()

    said = planted(change)
    assert "slack, general: says it has 5, and 0 stand there" in said
    assert any(line.startswith("slack, general: 5 of 5 messages lost") for line in said)


def test_half_a_character_in_a_name_is_no_trouble(tmp_path: Path) -> None:
    data = tmp_path / "data"
    halved = json_builder.message(1, from_="Ann \ud83d")
    text = json.dumps(json_builder.chat([halved], name="Acme \ud83d"))
    json_builder.write(data / "x", text)
    assert disagreements(audited(data, ran(data, tmp_path / "out"))) == []


def test_output_in_the_place_of_an_archive_is_none(good: Path) -> None:
    with pytest.raises(NoInput, match="nothing there that can be counted; give an export"):
        audited(SAMPLE, good, places=[good], whole=False)


def test_counter_knows_nothing_but_the_standard_library() -> None:
    folder = PROJECT / "etl" / "audit" / "counter"
    names = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(str(node.module))
    own = {name for name in names if name.startswith("etl.audit.counter")}
    assert {name.partition(".")[0] for name in names - own} <= sys.stdlib_module_names
    assert max(path.read_text("utf-8").count("\n") for path in folder.glob("*.py")) < 250


def test_counter_runs_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "etl.audit.counter", str(SAMPLE / "slack")],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    counted = [int(line.rpartition(" ")[2]) for line in done.stdout.splitlines()]
    assert sum(counted) == 43
