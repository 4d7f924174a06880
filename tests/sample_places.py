"""What the sample's page expects of each item, and where the item stands in an output."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sources.records import CONVERSATION_KINDS, KINDS
from tests.running import PROJECT

EXPECTED: dict[str, Any] = json.loads(
    (PROJECT / "tests" / "data" / "sample_expected.json").read_bytes()
)
Json = dict[str, Any]
Entry = tuple[str, str, Json]
"""A kind, the field that tells its items apart, and what is expected of one."""

ENTRIES: list[Entry] = [
    *(("telegram_chats", "chat_name", entry) for entry in EXPECTED["telegram"]["chats"]),
    *(("slack_channels", "channel_id", entry) for entry in EXPECTED["slack"]["channels"]),
    *(("calendar_meetings", "uid", entry) for entry in EXPECTED["calendar"]["events"]),
    *(("hubspot_deals", "id", entry) for entry in EXPECTED["hubspot"]["deals"]),
    *(("hubspot_companies", "id", entry) for entry in EXPECTED["hubspot"]["companies"]),
    *(("hubspot_contacts", "id", entry) for entry in EXPECTED["hubspot"]["contacts"]),
    *(("hubspot_activities", "id", entry) for entry in EXPECTED["hubspot"]["notes"]),
]
CONVERSATIONS = [entry for entry in ENTRIES if entry[0] in CONVERSATION_KINDS]
DEALS = EXPECTED["hubspot"]["deals"]


@dataclass(frozen=True)
class Placed:
    """An item as it stands in one array of the output."""

    kind: str
    outcome: str
    company: str | None
    item: Json


def placed_in(result: Json) -> Iterator[Placed]:
    places: list[tuple[str, str | None, Json]] = [
        *(("matched", name, arrays) for name, arrays in result["companies"].items()),
        *((name, None, result[name]) for name in ("review", "unmatched")),
    ]
    for outcome, company, arrays in places:
        for kind in KINDS:
            for item in arrays[kind]:
                yield Placed(kind, outcome, company, item)


def named(entry: Entry) -> str:
    return f"{entry[0]}-{entry[2][entry[1]]}"


def standing(placed: list[Placed], entry: Entry) -> list[Placed]:
    kind, field, expected = entry
    found = [p for p in placed if p.kind == kind and p.item[field] == expected[field]]
    assert found, f"no {kind} whose {field} is {expected[field]}"
    return found


def distinct(placed: list[Placed]) -> dict[str, Placed]:
    return {place.item["key"]: place for place in placed}


def rows_by_line(text: str) -> dict[int, dict[str, str]]:
    """The rows of a mapping by the line they begin on; cells may hold line breaks."""
    rows: dict[int, dict[str, str]] = {}
    line = 2
    for row in csv.DictReader(io.StringIO(text)):
        rows[line] = row
        line += 1 + sum(cell.count("\n") for cell in row.values())
    return rows
