"""Exports of what goes on changing, however many, whatever they are called: what is read is
everything that ever stood in one of them, once, as the newest had it; and the audit agrees.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.audit.auditing import Asked, audit
from etl.data_etl import DataETL
from etl.given import resolve
from tests.faults.tally import number
from tests.hostile.exports import as_csv
from tests.sources.calendar import writing as ics
from tests.sources.slack import writing as slack
from tests.sources.telegram import export_builder as html
from tests.sources.telegram import json_builder as telegram_json

pytestmark = pytest.mark.faults
DAY = 86_400
BEGAN = 1_709_287_200  # 1 March 2024, 10:00 UTC


@dataclass(frozen=True)
class Export:
    """Made at a moment: records ``first`` to ``last`` in the version each had then."""

    moment: int
    first: int
    last: int
    versions: tuple[int, ...]

    @property
    def said(self) -> dict[int, str]:
        return {n: text(n, self.versions[n]) for n in range(self.first, self.last + 1)}


def text(record: int, version: int) -> str:
    return f"record {record}, version {version}"


@st.composite
def histories(draw: st.DrawFn) -> list[Export]:
    """Each export goes further than the one before it and overlaps with it by four or more;
    meanwhile a record was changed: pages whose texts differ more are not of one chat.
    """
    exports: list[Export] = []
    versions = [0] * 40
    first, last = 0, draw(st.integers(4, 9))
    for moment in range(draw(st.integers(1, 4))):
        exports.append(Export(moment, first, last, tuple(versions[: last + 1])))
        versions[draw(st.integers(0, last))] += 1
        first = draw(st.integers(0, last - 3))
        last += draw(st.integers(1, 6))
    return exports


def newest(exports: list[Export]) -> dict[int, str]:
    """What must come of them."""
    return {n: said for export in exports for n, said in export.said.items()}


# How each source writes an export, and where its records are found again.

Write = Callable[[Path, Export], None]
Find = Callable[[dict[str, Any]], list[tuple[int, str]]]


def _clock(record: int) -> str:
    return f"2024-03-{5 + record // 24:02}T{record % 24:02}:00:00"


def write_pages(folder: Path, export: Export) -> None:
    page = html.Page("Acme")
    for record, said in export.said.items():
        day, _, hour = _clock(record).partition("T")
        year, month, day = day.split("-")
        time = f"{day}.{month}.{year} {hour} UTC+00:00"
        page.message(record + 1, time, html.escaped(said), author=f"Ada {record % 3}")
    html.write(folder, page.html())


def write_result_json(folder: Path, export: Export) -> None:
    messages = [
        telegram_json.message(
            n + 1, _clock(n), text=said, from_=f"Ada {n % 3}", from_id=f"user{n % 3}"
        )
        for n, said in export.said.items()
    ]
    telegram_json.write(folder, telegram_json.chat(messages, id=77))


def write_either(folder: Path, export: Export) -> None:
    """Now this format, now that."""
    (write_pages if export.moment % 2 else write_result_json)(folder, export)


def find_chats(result: dict[str, Any]) -> list[tuple[int, str]]:
    chats = result["unmatched"]["telegram_chats"] + result["review"]["telegram_chats"]
    return [(int(m["message_id"]) - 1, m["text"]) for chat in chats for m in chat["messages"]]


def write_slack(folder: Path, export: Export) -> None:
    days: dict[str, list[Any]] = {}
    for record, said in export.said.items():
        ts = f"{BEGAN + record * DAY // 4}.000100"
        version = export.versions[record]
        entry = slack.say(ts, said)
        if version:
            entry["edited"] = {"user": "U0ANN", "ts": f"{BEGAN + 90 * DAY + version}.000000"}
        days.setdefault(f"general/2024-03-{1 + record // 4:02}.json", []).append(entry)
    slack.write_export(folder, days)


def find_channels(result: dict[str, Any]) -> list[tuple[int, str]]:
    channels = result["unmatched"]["slack_channels"]
    return [
        ((int(m["message_id"].split(".")[0]) - BEGAN) * 4 // DAY, m["text"])
        for channel in channels
        for m in channel["messages"]
    ]


def write_calendar(folder: Path, export: Export) -> None:
    stamp = f"202405{1 + export.moment:02}T100000Z"
    events = [
        ics.event(
            f"DTSTART:{_clock(n).replace('-', '').replace(':', '')}Z",
            *(f"DTSTAMP:{stamp}", f"SEQUENCE:{export.versions[n]}", f"SUMMARY:{said}"),
            uid=f"{n}@ours.example",
        )
        for n, said in export.said.items()
    ]
    folder.mkdir(parents=True)
    (folder / "team.ics").write_text(ics.calendar(*events), encoding="utf-8")


def find_meetings(result: dict[str, Any]) -> list[tuple[int, str]]:
    meetings = result["unmatched"]["calendar_meetings"]
    return [(int(meeting["uid"].split("@")[0]), meeting["title"]) for meeting in meetings]


def write_hubspot(folder: Path, export: Export) -> None:
    stamp = f"2024-05-{1 + export.moment:02}"
    rows = [
        {
            "Record ID": str(1000 + n),
            "Deal Name": said,
            "Deal Stage": "Won",
            "Create Date": "2024-03-05 10:00",
            "Last Modified Date": f"{stamp} 10:00",
        }
        for n, said in export.said.items()
    ]
    folder.mkdir(parents=True)
    (folder / f"hubspot-crm-exports-all-deals-{stamp}.csv").write_bytes(as_csv(rows))


def find_deals(result: dict[str, Any]) -> list[tuple[int, str]]:
    deals = result["unmatched"]["hubspot_deals"]
    return [(int(deal["id"]) - 1000, deal["name"]) for deal in deals]


WAYS: dict[str, tuple[str, Write, Find]] = {
    "pages": ("telegram", write_pages, find_chats),
    "result.json": ("telegram", write_result_json, find_chats),
    "pages and result.json": ("telegram", write_either, find_chats),
    "Slack": ("slack", write_slack, find_channels),
    "calendar": ("calendar", write_calendar, find_meetings),
    "HubSpot": ("hubspot", write_hubspot, find_deals),
}


def ran(root: Path) -> dict[str, Any]:
    """What a whole run makes of the folder ``data``."""
    places = {"data_dir": "data", "output": "o/o.json", "db_path": "o/s.db", "log_file": "o/l.log"}
    given: dict[str, Any] = {name: str(root / place) for name, place in places.items()}
    (root / "none.csv").write_text("base_company\n")
    given |= {"mapping": str(root / "none.csv"), "include_unmatched": True, "executor": "thread"}
    with DataETL(settings=resolve(given, {})) as etl:
        assert etl.run_etl().exit_status == 0
    output = root / "o" / "o.json"
    data = root / "data"
    audited = audit(Asked(places=[data], result=output, base=data, leave_out=[]), lambda *_: None)
    assert [line.text for line in audited.lines if line.disagrees] == []
    result: dict[str, Any] = json.loads(output.read_bytes())
    return result


def bare(result: dict[str, Any]) -> Any:
    """The items, without where they were read and how often."""
    places = [*result["companies"].values(), result["review"], result["unmatched"]]
    arrays = [array for place in places for name, array in place.items() if name != "company_info"]
    own = ("archive", "directory", "findings", "candidates", "nearest")
    return [
        {name: value for name, value in item.items() if name not in own}
        for array in arrays
        for item in array
    ]


@pytest.mark.parametrize("way", WAYS)
@settings(
    max_examples=number(3, 400),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(exports=histories(), data=st.data())
def test_exports_make_the_union_whatever_they_are_called_and_however_often_they_lie_there(
    way: str, exports: list[Export], data: st.DataObject
) -> None:
    source, write, find = WAYS[way]
    names = data.draw(st.permutations("abcd"))
    copied = data.draw(st.lists(st.sampled_from(exports), max_size=2))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for export, name in zip(exports, names, strict=False):
            write(root / "data" / name, export)
        once = ran(root)
        assert sorted(find(once)) == sorted(newest(exports).items())
        account = once["statistics"]["accounting"][source]
        found = sum(len(export.said) for export in exports)
        assert account["found"] == found
        assert account["accepted"] == len(newest(exports))
        assert account["duplicate"] == found - len(newest(exports))
        # The same content, whatever the folders are called.
        again = root / "again"
        for export, name in zip(exports, reversed(names), strict=False):
            write(again / "data" / name, export)
        assert bare(ran(again)) == bare(once)
        # And however often it lies there: what is read is the same, and counted.
        for place, export in enumerate(copied):
            write(root / "data" / f"copy {place}", export)
        twice = ran(root)
        assert bare(twice) == bare(once)
        more = sum(len(export.said) for export in copied)
        account = twice["statistics"]["accounting"][source]
        assert account["duplicate"] == found + more - len(newest(exports))
