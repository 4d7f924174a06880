"""The sample is what its page says: counted here by simple means, with none of our readers."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
MAPPING = ROOT / "data" / "company_mapping.csv"
SLACK = SAMPLE / "slack" / "Fernhollow Slack export Jan 1 2025 - Mar 10 2025.zip"
CALENDAR = SAMPLE / "calendar" / "fernhollow.ics"
HUBSPOT = SAMPLE / "hubspot"
EXPECTED: dict[str, Any] = json.loads(
    (ROOT / "tests" / "data" / "sample_expected.json").read_text(encoding="utf-8")
)

SEPARATOR = re.compile(r'id="message-\d{1,3}">\s+<div class="body details">\s+\d{1,2} \w+ \d{4}\n')
MESSAGE = re.compile(r'<div class="message default clearfix(?: joined)?" id="message(-?\d+)">')
DATE = re.compile(r'<div class="pull_right date details" title="([^"]+) UTC\+01:00">')
TEXT = re.compile(r'<div class="text">\n(.*)\n')


def sample_files() -> list[Path]:
    return sorted(path for path in SAMPLE.rglob("*") if path.is_file())


def html(path: str) -> str:
    return (SAMPLE / path).read_bytes().decode()


@cache
def slack_members() -> dict[str, Any]:
    with zipfile.ZipFile(SLACK, metadata_encoding="utf-8") as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return {name: json.loads(archive.read(name)) for name in names}


def slack_days() -> dict[str, list[dict[str, Any]]]:
    return {name: data for name, data in slack_members().items() if "/" in name}


def events() -> list[dict[str, str]]:
    text = CALENDAR.read_bytes().replace(b"\r\n ", b"").decode()
    blocks = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.DOTALL)
    return [dict(line.split(":", 1) for line in block.splitlines()) for block in blocks]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def everything_as_text() -> str:
    texts = [p.read_bytes().decode() for p in (*sample_files(), MAPPING) if p != SLACK]
    unfolded = "\n".join(texts).replace("\r\n ", "")
    return unfolded + json.dumps(slack_members(), ensure_ascii=False)


# Small, fictional and safe to publish.


def test_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in (*sample_files(), MAPPING)) < 150_000


def test_every_host_is_fictional() -> None:
    text = everything_as_text().replace("\\/", "/").replace("@google.com", "")  # Google's UIDs
    hosts = set(re.findall(r"(?:://|@|www\.)([\w-]+(?:\.[\w-]+)+)", text))
    real = r"\b[\w-]+\.(?:com|org|net|io|me|dev|app|co|ai|de|eu|us|uk|xyz|cloud)\b"
    assert {host for host in hosts if not host.endswith(".example")} == set()
    assert set(re.findall(real, text)) == set()
    assert len(hosts) > 10


def test_phone_numbers_are_of_the_range_for_fiction() -> None:
    numbers = re.findall(r"\+\d[\d ]{8,}", everything_as_text())
    assert numbers
    assert all(number.startswith("+1 202 555 01") for number in numbers)


def test_the_only_token_says_that_it_is_a_sample() -> None:
    assert set(re.findall(r"xox\w-[\w-]+", everything_as_text())) == {"xoxe-sample-token"}


def test_node_addresses_end_in_64_hex_digits() -> None:
    addresses = re.findall(r"::1220(\w+)", everything_as_text())
    assert all(re.fullmatch(r"[0-9a-f]{64}", address) for address in addresses)


# The mapping.


def test_mapping_names_the_expected_companies() -> None:
    table = rows(MAPPING)
    expected = EXPECTED["mapping"]
    assert len(table) == expected["rows"]
    mapped = {row["base_company"] for row in table if row["variant_type"] != "ignore"}
    assert sorted(mapped) == expected["companies"]
    assert [r["base_company"] for r in table if r["variant_type"] == "ignore"] == expected[
        "ignored"
    ]
    assert sum("\n" in row["calendar_domain"] for row in table) == 1
    shared = [row["base_company"] for row in table if row["variant_name"] == "Halyard"]
    assert shared == expected["names_claimed_twice"]["Halyard"]


# Telegram.


@pytest.mark.parametrize("page", EXPECTED["telegram"]["pages"], ids=lambda page: page["path"])
def test_page_holds_the_blocks_expected_of_it(page: dict[str, Any]) -> None:
    text = html(page["path"])
    separators = len(SEPARATOR.findall(text))
    assert separators == page["separators"]
    assert text.count('class="message default clearfix" id') == page["headed"]
    assert text.count('class="message default clearfix joined" id') == page["joined"]
    assert text.count('class="message service"') - separators == page["service"]
    assert text.endswith("</html>\n") is ("cut" not in page)


def test_no_block_stands_outside_the_expected_total() -> None:
    pages = [p for p in sample_files() if p.name.startswith("messages")]
    tags = sum(page.read_text(encoding="utf-8").count('<div class="message ') for page in pages)
    accounting = dict(EXPECTED["telegram"]["accounting"])
    assert tags == accounting.pop("found") == sum(accounting.values())
    assert len(pages) == len(EXPECTED["telegram"]["pages"])


def test_list_of_chats_agrees_with_the_pages() -> None:
    listed = html("telegram/DataExport_2025-03-14/lists/chats.html")
    links = re.findall(r'href="\.\./(chats/chat_\d/messages\.html)#allow_back"', listed)
    counts = re.findall(r'class="details_entry details">\n(\w+) (?:outgoing )?messages', listed)
    pages = [page for page in EXPECTED["telegram"]["pages"] if "/chats/" in page["path"]]
    assert [page["path"].partition("14/")[2] for page in pages] == links
    found = [str(page["headed"] + page["joined"] + page["service"]) for page in pages]
    assert [*found, "No"] == counts
    assert listed.count("outgoing messages") == 1


def _messages(path: str) -> list[tuple[str, str, str]]:
    blocks = re.split(r'(?=<div class="message )', html(path))
    found = []
    for block in blocks:
        head, date, text = MESSAGE.search(block), DATE.search(block), TEXT.search(block)
        if head and date:
            found.append((head[1], date[1], text[1] if text else ""))
    return found


def test_later_export_holds_the_earlier_one_and_more() -> None:
    early = _messages("telegram/DataExport_2025-03-14/chats/chat_1/messages.html")
    later = _messages("telegram/ChatExport_2025-03-20/messages.html")
    assert len(early) == 20
    assert later[:20] == early
    assert len(later) == 24


def test_damaged_page_breaks_off_inside_a_message() -> None:
    text = html(EXPECTED["telegram"]["damaged"])
    assert text.rindex('<div class="text">') > text.rindex("</div>")
    assert not text.endswith("\n")


def test_pages_are_serialised_as_the_vendor_does() -> None:
    for page in EXPECTED["telegram"]["pages"]:
        text = html(page["path"])
        tags = re.findall(r"\n( *)(</?)(?:div|body|html|head)\b[^\n]*>\n\n( *)<(?!/)", text)
        assert all(len(b) - len(a) == (opens == "<") for a, opens, b in tags)
        attributes = [
            re.findall(r' ([a-z]+)="', tag) for tag in re.findall(r"<[a-z]+ [^>]+>", text)
        ]
        assert all(names == sorted(names) for names in attributes)
        assert "\r" not in text
        assert "'" not in text


# Slack.


def test_zip_opens_and_its_names_lack_the_utf8_flag() -> None:
    with zipfile.ZipFile(SLACK, metadata_encoding="utf-8") as archive:
        assert archive.testzip() is None
        assert not any(info.flag_bits & 0x800 for info in archive.infolist())
        assert "café-corner/" in archive.namelist()


def test_slack_message_stands_in_the_day_of_los_angeles() -> None:
    for name, messages in slack_days().items():
        for message in messages:
            moment = datetime.fromtimestamp(float(message["ts"]), ZoneInfo("America/Los_Angeles"))
            assert name.endswith(f"/{moment:%Y-%m-%d}.json")


def test_slack_channels_hold_the_messages_expected_of_them() -> None:
    names = {channel["id"]: channel["name"] for channel in slack_members()["channels.json"]}
    expected = EXPECTED["slack"]["channels"]
    assert names == {channel["channel_id"]: channel["name"] for channel in expected}
    for channel in expected:
        days = [m for name, m in slack_days().items() if name.startswith(channel["name"] + "/")]
        messages = [message for day in days for message in day]
        events = [m for m in messages if re.match("channel_", m.get("subtype", ""))]
        replies = [m for m in messages if m.get("thread_ts", m["ts"]) != m["ts"]]
        assert len(messages) == channel["message_count"]
        assert len(events) == channel["service_message_count"]
        assert len(replies) == channel.get("thread_replies", 0)
        assert len({message["ts"] for message in messages}) == len(messages)
    assert sum(map(len, slack_days().values())) == EXPECTED["slack"]["accounting"]["found"]


# Calendar.


def test_calendar_is_written_as_google_does() -> None:
    raw = CALENDAR.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert raw.startswith(b"BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar")
    assert raw.endswith(b"END:VCALENDAR\r\n")


def test_calendar_holds_the_events_expected_of_it() -> None:
    found = events()
    assert len(found) == EXPECTED["calendar"]["vevents"]
    for expected in EXPECTED["calendar"]["events"]:
        alike = [event for event in found if event["UID"] == expected["uid"]]
        assert len(alike) == expected["vevents"], expected["title"]
        assert alike[0]["SUMMARY"] == expected["title"]
        assert any("RRULE" in event for event in alike) is ("recurring" in expected)
        assert sum(e["STATUS"] == "CANCELLED" for e in alike) == len(expected.get("cancelled", ()))


# HubSpot.


def test_hubspot_rows_are_the_expected_ones() -> None:
    for kind in ("deals", "companies", "contacts", "notes"):
        found = [row for path in sorted(HUBSPOT.glob(f"*-{kind}-*.csv")) for row in rows(path)]
        assert len(found) == EXPECTED["hubspot"]["rows"][kind]
        ids = {row["Record ID"] for row in found}
        assert ids == {record["id"] for record in EXPECTED["hubspot"][kind]}
    deals = rows(next(HUBSPOT.glob("*-all-deals-*.csv")))
    assert sum("\n" in row["Deal Name"] for row in deals) == 1
    assert (HUBSPOT / next(HUBSPOT.glob("*-all-deals-*.csv"))).read_bytes()[:3] == b"\xef\xbb\xbf"


def test_hubspot_associations_lead_somewhere() -> None:
    companies = {row["Record ID"] for row in rows(next(HUBSPOT.glob("*-companies-*.csv")))}
    contacts = {row["Record ID"] for row in rows(next(HUBSPOT.glob("*-contacts-*.csv")))}
    for row in rows(next(HUBSPOT.glob("*-all-deals-*.csv"))):
        assert set(filter(None, row["Associated Company IDs"].split(";"))) <= companies
        assert set(filter(None, row["Associated Contact IDs"].split(";"))) <= contacts


# Git: the sample goes in, everybody's own exports stay out.

PRIVATE = (
    "data/telegram/DataExport_2025-05-01/chats/chat_1/messages.html",
    "data/telegram/DataExport_2025-05-01/lists/chats.html",
    "data/ChatExport_2025-05-01/messages.html",
    "data/ChatExport_2025-05-01/result.json",
    "data/Acme Slack export Jan 1 2025 - Feb 1 2025.zip",
    "data/slack/general/2025-01-02.json",
    "data/calendar.ics",
    "data/hubspot-crm-exports-all-deals-2025-05-01.csv",
    "data/companies.local.csv",
    "data/live/slack/segment-000001.jsonl",
    "output/etl_output.json",
    "output/etl_state.db",
    "etl_ingestion.log",
    "account.session",
    ".env",
    "data/sample2/messages.html",
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A new repository with our ignore rules, the sample, and a private export of each kind."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    shutil.copytree(SAMPLE, tmp_path / "data" / "sample")
    shutil.copy(MAPPING, tmp_path / "data")
    for name in PRIVATE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"private")
    _git(tmp_path, "init", "--quiet")
    return tmp_path


def _git(folder: Path, *arguments: str) -> str:
    """What git answers when no settings but the repository's own apply."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )
    return done.stdout.decode()


@pytest.mark.parametrize("ignored_everywhere", ["", "*.zip\n*.csv\n*.env\ncss/\n"])
def test_git_would_add_the_sample_and_nothing_private(
    repository: Path, ignored_everywhere: str
) -> None:
    rules = repository / ".git" / "global_rules"
    rules.write_text(ignored_everywhere)
    _git(repository, "config", "core.excludesFile", str(rules))
    listed = _git(repository, "ls-files", "-z", "--others", "--exclude-standard").split("\0")
    ours = {path.relative_to(ROOT).as_posix() for path in (*sample_files(), MAPPING)}
    assert set(filter(None, listed)) == ours | {".gitignore"}
