"""Whatever people call themselves, their chats and their deals: in each thing that a run
writes or says it is text, and the text that it was.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.contract.validation import validate_file
from tests.hostile import exports
from tests.hostile.texts import FORGED, RAW_CONTROLS, TEXTS, UNPAIRED
from tests.running import Workplace, items_of
from tests.sources.calendar import writing as ics
from tests.sources.slack import writing as slack
from tests.sources.telegram import export_builder as html
from tests.sources.telegram import json_builder as telegram_json

NAMES, WORDS = list(TEXTS), list(TEXTS.values())
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (INFO|WARNING|ERROR|DEBUG) - .*")
FORMULA = tuple("=+-@\t\r＝＋－＠")
DEBUG = ("--debug", "--include-unmatched")
NAMED = (TEXTS["colours and a cleared screen"], TEXTS["a second line of the log"])


class Ran:
    """A place where a run read all of it, and what the run said."""

    def __init__(self, root: Path, words: list[str]) -> None:
        self.place = Workplace(root)
        self.mapping = ("--mapping", str(exports.mapping(root / "mapping.csv", words)))
        exports.write_all(self.place.data, words)
        # Damaged, under a name that forges: what is quarantined is told, too.
        for number, text in enumerate(words):
            name = f"{exports.as_name(text)} {number}.ics"
            (self.place.data / name).write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n")
        self.done = self.place.run(*DEBUG, "--max-errors", "100%", *self.mapping)
        assert self.done.returncode == 0, self.done.stderr[-2000:]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("hostile"), WORDS)


def quiet(said: str) -> None:
    """Nothing in it steers a terminal, and no line of it is forged."""
    assert not RAW_CONTROLS & set(said)
    assert not [line for line in said.splitlines() if line.startswith(FORGED[:10])]


def test_the_output_keeps_its_contract_and_is_strict_json(ran: Ran) -> None:
    report = validate_file(ran.place.output)
    assert report.ok, report.errors
    for name in ("etl_output.json", "run.json"):
        json.loads((ran.place.output.parent / name).read_bytes().decode("utf-8", "strict"))


def test_the_account_holds_every_text_of_every_source(ran: Ran) -> None:
    accounts = ran.place.result["statistics"]["accounting"]
    accepted = {name: account["accepted"] for name, account in accounts.items()}
    many = len(WORDS)
    assert accepted == {
        "telegram": 14 * many,
        "slack": 4 * many,
        "calendar": many,
        "hubspot": 4 * many,
    }


def test_each_record_of_the_log_is_one_line(ran: Ran) -> None:
    with ran.place.log.open(encoding="utf-8", newline="") as log:
        lines = log.read().split("\n")
    assert lines.pop() == ""
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    quiet("\n".join(lines))
    assert sum(".ics" in line for line in lines) >= len(WORDS), "what is damaged is told"


def test_the_terminal_gets_nothing_that_steers_it(ran: Ran) -> None:
    quiet(ran.done.stdout)
    quiet(ran.done.stderr)


OUTPUT = "OUTPUT"
COMMANDS: tuple[tuple[str, ...], ...] = (
    *(("check",), ("status",), ("validate", OUTPUT), ("audit",), ("audit", "--against", OUTPUT)),
    *(("quarantine",), *(("quarantine", "show", str(number)) for number in (1, 9, 30))),
    *(("forget", "--dry-run", "--chat", word) for word in NAMED),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_says_what_steers_a_terminal(ran: Ran, arguments: tuple[str, ...]) -> None:
    given = [str(ran.place.output) if word == OUTPUT else word for word in arguments]
    done = ran.place.run(*given, *ran.mapping)
    assert "Traceback" not in done.stderr
    quiet(done.stdout + done.stderr)
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_is_told_of_a_broken_output_steers_no_terminal(ran: Ran, tmp_path: Path) -> None:
    whole = ran.place.result
    for word in WORDS:
        whole["companies"][word] = {word: [{word: word}]}
        whole["metadata"][word] = word
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(whole), encoding="utf-8")
    done = ran.place.run("validate", str(broken))
    assert done.returncode == 65
    quiet(done.stdout + done.stderr)


@pytest.mark.parametrize("name", ["all controls", "a second line of the log", "text in reverse"])
def test_what_is_explained_steers_no_terminal(ran: Ran, name: str) -> None:
    done = ran.place.run("explain", *ran.mapping, "--", TEXTS[name].replace("\0", ""))
    assert done.returncode == 0, done.stderr
    quiet(done.stdout + done.stderr)


def test_answers_about_records_are_lines_of_json_without_controls(ran: Ran, tmp_path: Path) -> None:
    records = [{"source": "slack", "id": word, "title": word} for word in WORDS]
    file = tmp_path / "records.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    done = ran.place.run("match", "--records", str(file), *ran.mapping)
    assert done.returncode == 0, done.stderr
    quiet(done.stdout + done.stderr)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == WORDS


# Tables for a spreadsheet.


def cells(path: Path) -> Iterator[str]:
    for row in csv.reader(io.StringIO(path.read_bytes().decode(), newline="")):
        yield from row


def is_formula(cell: str) -> bool:
    seen = "".join(
        letter
        for letter in cell
        if letter > " " and unicodedata.category(letter) not in {"Cc", "Cf"}
    )
    return cell.startswith(FORMULA) or seen.startswith(FORMULA)


def test_no_cell_of_the_suggestions_is_a_formula(ran: Ran) -> None:
    found = list(cells(ran.place.output.parent / "mapping_suggestions.csv"))
    assert [cell for cell in found if is_formula(cell)] == []
    assert any(cell.startswith("'=") for cell in found)
    assert any(cell.startswith("'＝") for cell in found)


def test_no_cell_of_a_sheet_to_label_is_a_formula_and_the_output_has_it_raw(ran: Ran) -> None:
    sheet = ran.place.output.parent / "match_sheet.csv"
    sheet.unlink(missing_ok=True)
    done = ran.place.run("match", "--sample", "5000", *ran.mapping)
    assert done.returncode == 0, done.stderr
    found = list(cells(sheet))
    assert [cell for cell in found if is_formula(cell)] == []
    titles = {cell.removeprefix("'") for cell in found if cell.startswith("'")}
    raw = {item["title"] for item in of_kind(ran.place, "calendar_meetings")}
    assert {TEXTS["a formula"], TEXTS["plus"], TEXTS["a full-width formula"]} <= titles & raw


# The text is what the archive says: nothing is lost, nothing altered but what docs/output.md says.


def of_kind(place: Workplace, kind: str) -> list[dict[str, Any]]:
    result = place.result
    places = [*result["companies"].values(), result["review"], result["unmatched"]]
    return list({item["key"]: item for place in places for item in place[kind]}.values())


def chats(place: Workplace, where: str) -> dict[int, dict[str, Any]]:
    """Telegram's chats by the number of their text, which is the second they were written in."""
    found = [item for item in of_kind(place, "telegram_chats") if f"/{where}" in item["archive"]]
    return {int(item["messages"][0]["timestamp"][17:19]): item for item in found}


def on_a_page(text: str) -> str:
    """What tdesktop itself writes for a text, and what HTML cannot hold."""
    return text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\0", "\ufffd")


def test_pages_of_telegram_say_what_they_said(ran: Ran) -> None:
    found = chats(ran.place, "pages")
    assert len(found) == len(WORDS)
    for number, text in enumerate(WORDS):
        chat, said = found[number], on_a_page(text)
        by_id = {message["message_id"]: message for message in chat["messages"]}
        assert by_id["1"]["text"] == said
        assert chat["chat_name"] == unicodedata.normalize("NFC", said.strip())
        assert by_id["2"]["author"] == said.strip()
        assert by_id["3"]["media"][0]["title"] == said.strip()
        assert by_id["3"]["media"][0]["description"] == said.strip()
        assert by_id["4"]["signature"] == said.strip()
        assert by_id["5"]["forwarded_from"] == said.strip()
        assert by_id["6"]["reactions"][0]["people"] == [said.strip()]
        assert by_id["7"]["text"] == said.strip()


def test_result_json_of_telegram_says_what_it_said(ran: Ran) -> None:
    found = chats(ran.place, "account")
    assert len(found) == len(WORDS)
    for number, text in enumerate(WORDS):
        chat = found[number]
        by_id = {message["message_id"]: message for message in chat["messages"]}
        assert chat["chat_name"] == unicodedata.normalize("NFC", text.strip())
        assert by_id["101"]["text"] == text
        assert by_id["102"]["author"] == text.strip()
        assert by_id["103"]["forwarded_from"] == text.strip()
        assert by_id["104"]["signature"] == text
        assert by_id["105"]["media"][0]["title"] == text
        assert by_id["106"]["text"] == text * 2
        assert by_id["107"]["author"] == text.strip()
        assert by_id["107"]["targets"][0] == text.strip()


def test_slack_says_what_it_said(ran: Ran) -> None:
    found = {item["channel_id"]: item for item in of_kind(ran.place, "slack_channels")}
    assert len(found) == len(WORDS)
    for number, text in enumerate(WORDS):
        channel = found[f"C{1000 + number}"]
        assert channel["name"] == f"{exports.as_name(text)} {number}"
        assert (channel["topic"], channel["purpose"]) == (text, text)
        said, file, bot, card = channel["messages"]
        assert (said["text"], said["author"]) == (text, text.strip())
        assert file["media"][0]["title"] == text
        assert bot["author"] == text.strip()
        assert card["text"] == text


def test_calendars_say_what_they_said(ran: Ran) -> None:
    found = {item["uid"]: item for item in of_kind(ran.place, "calendar_meetings")}
    assert len(found) == len(WORDS)
    for number, text in enumerate(WORDS):
        meeting, said = found[f"{number}@ours.example"], exports.ics_meaning(text).strip()
        assert (meeting["title"], meeting["location"], meeting["calendar"]) == (said, said, said)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("hubspot_companies", "name"),
        ("hubspot_companies", "owner"),
        ("hubspot_contacts", "name"),
        ("hubspot_contacts", "job_title"),
        ("hubspot_deals", "name"),
        ("hubspot_deals", "stage"),
        ("hubspot_activities", "title"),
    ],
)
def test_hubspot_says_what_it_said(ran: Ran, kind: str, field: str) -> None:
    found = {int(item["id"]) % 10_000: item[field] for item in of_kind(ran.place, kind)}
    assert found == {number: text.strip() for number, text in enumerate(WORDS)}


@pytest.mark.parametrize("kind", ["calendar_meetings", "hubspot_activities"])
def test_text_that_is_no_markup_is_left_alone_where_markup_is_taken_out(
    ran: Ran, kind: str
) -> None:
    found = {
        int((item.get("uid") or item["id"]).split("@")[0]) % 10_000: item.get("description")
        or item.get("body", "")
        for item in of_kind(ran.place, kind)
    }
    plain = [n for n, text in enumerate(WORDS) if not re.search(r"[<&\xa0\r]", text)]
    assert {n: found[n] for n in plain} == {n: WORDS[n].strip() for n in plain}


def test_half_a_pair_becomes_a_mark_and_the_output_stays_utf8(tmp_path: Path) -> None:
    place, words = Workplace(tmp_path), list(UNPAIRED.values())
    exports.telegram_account(place.data / "telegram", words)
    exports.slack_workspace(place.data / "slack", words)
    assert place.run(*DEBUG).returncode == 0
    report = validate_file(place.output)
    assert report.ok, report.errors
    marked = [re.sub("[\ud800-\udfff]", "\ufffd", word) for word in words]
    found = {item["channel_id"]: item for item in of_kind(place, "slack_channels")}
    for number, word in enumerate(marked):
        assert found[f"C{1000 + number}"]["messages"][0]["text"] == word
    told = [item for item in items_of(place.result).values() if item["source"] == "telegram"]
    assert sorted(item["chat_name"] for item in told) == sorted(marked)


def test_texts_of_eleven_megabytes_are_kept_whole(tmp_path: Path) -> None:
    place, text = Workplace(tmp_path), "Acme " + "ab&c " * 2_200_000 + "end"
    page = html.Page("Acme").message(1, exports.TIME, html.escaped(text), author="Ada")
    html.write(place.data / "ChatExport_2024-03-05", page.html())
    chat = telegram_json.chat(
        [telegram_json.message(7, "2024-04-05T10:00:00", text=text)], name="Brightquay"
    )
    telegram_json.write(place.data / "ChatExport_2024-03-06", chat)
    day = [slack.say("1709287200.000100", exports.slack_text(text))]
    slack.write_export(place.data / "slack", {"general/2024-03-01.json": day})
    event = ics.event("DTSTART:20240305T100000Z", f"SUMMARY:{text[:999_999]}")
    (place.data / "team.ics").write_text(ics.calendar(event), encoding="utf-8")
    note = {"Record ID": "1", "Activity type": "Note", "Title": "Acme", "Body": text}
    (place.data / "hubspot-crm-exports-all-notes-2024-03-05.csv").write_bytes(
        exports.as_csv([note])
    )
    done = place.run(*DEBUG)
    assert done.returncode == 0, done.stderr[-2000:]
    texts = [m["text"] for c in of_kind(place, "telegram_chats") for m in c["messages"]]
    texts += [m["text"] for c in of_kind(place, "slack_channels") for m in c["messages"]]
    texts += [note["body"] for note in of_kind(place, "hubspot_activities")]
    assert texts == [text] * 4
    assert [meeting["title"] for meeting in of_kind(place, "calendar_meetings")] == [text[:999_999]]
    assert validate_file(place.output).ok
    assert max(map(len, place.log.read_text(encoding="utf-8").splitlines())) < 10_000
