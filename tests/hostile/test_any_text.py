"""Any text that an export can hold comes out as it went in, whichever source it is in."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.records import Activity, Channel, Chat, Contact, CrmCompany, Deal, Meeting
from tests.faults.tally import number
from tests.hostile import exports
from tests.hostile.texts import TEXTS
from tests.reading import Read, Reading, read_archive, source

pytestmark = pytest.mark.faults

_SPECIAL = "\n\r\t\0\x1b\x1e\x7f\x85\u2028\u200b\u202e\ufeff\ufffe<>&\"';:,\\|@#*_~`=+- \u00a0"
_ANY = st.characters(exclude_categories=["Cs"])
WORDS = st.text(st.sampled_from(_SPECIAL) | st.sampled_from("ab1Zé猫😀") | _ANY, max_size=40)
ANY_TEXTS = st.lists(WORDS | st.sampled_from(list(TEXTS.values())), min_size=1, max_size=4)

Said = list[str | None]


def on_a_page(text: str) -> str:
    """What tdesktop itself writes for a text, and what HTML cannot hold."""
    return text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\0", "\ufffd")


def _by_archive(reading: Reading) -> list[Read]:
    return sorted(reading.items, key=lambda read: read.summary.archive)


def pages(reading: Reading) -> Said:
    said: Said = []
    for read in _by_archive(reading):
        assert isinstance(read.head, Chat)
        by_id = {message.message_id: message for message in read.messages}
        said += [by_id["1"].text, read.head.chat_name, by_id["2"].author, by_id["4"].signature]
    return said


def pages_of(text: str) -> Said:
    plain = on_a_page(text)
    short = plain.strip()
    return [plain, unicodedata.normalize("NFC", short), short, short or None]


def results(reading: Reading) -> Said:
    said: Said = []
    for read in sorted(reading.items, key=lambda read: str(read.messages[0].timestamp)):
        by_id = {message.message_id: message for message in read.messages}
        said += [by_id["101"].text, by_id["106"].text, by_id["105"].media[0].title]
    return said


def results_of(text: str) -> Said:
    return [text, text * 2, text or None]


def channels(reading: Reading) -> Said:
    said: Said = []
    for read in sorted(reading.items, key=lambda read: read.summary.key):
        assert isinstance(read.head, Channel)
        said += [read.messages[0].text, read.head.topic, read.head.purpose]
    return said


def meetings(reading: Reading) -> Said:
    said: Said = []
    for read in sorted(reading.items, key=lambda read: read.summary.key):
        assert isinstance(read.head, Meeting)
        said += [read.head.title, read.head.location]
    return said


def meetings_of(text: str) -> Said:
    plain = exports.ics_meaning(text).strip()
    return [plain, plain or None]


def records(reading: Reading) -> Said:
    said: Said = []
    for read in sorted(reading.items, key=lambda read: int(read.summary.key.rpartition(":")[2])):
        if isinstance(read.head, Activity):
            said.append(read.head.title)
        else:
            assert isinstance(read.head, Contact | CrmCompany | Deal)
            said.append(read.head.name)
    return said


Way = tuple[
    str, Callable[[Path, list[str]], None], Callable[[Reading], Said], Callable[[str], Said]
]
WAYS: dict[str, Way] = {
    "pages": ("telegram", exports.telegram_pages, pages, pages_of),
    "result.json": ("telegram", exports.telegram_account, results, results_of),
    "Slack": ("slack", exports.slack_workspace, channels, lambda text: [text] * 3),
    "calendar": ("calendar", exports.calendars, meetings, meetings_of),
    "HubSpot": ("hubspot", exports.portal, records, lambda text: [text.strip()]),
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=number(25, 3000), deadline=None, derandomize=True, database=None)
@given(texts=ANY_TEXTS)
def test_any_text_comes_out_as_it_went_in(way: str, texts: list[str]) -> None:
    name, write, said, meant = WAYS[way]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "export", texts)
        reading = read_archive(source(name), Path(folder))
    assert reading.problems == []
    assert reading.account.balanced
    assert reading.account.found == reading.account.accepted
    if way == "HubSpot":
        expected: Said = [text for _ in range(4) for given in texts for text in meant(given)]
    else:
        expected = [text for given in texts for text in meant(given)]
    assert said(reading) == expected
