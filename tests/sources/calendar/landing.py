"""What the Calendar API said, landed by the tests that read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import zstandard

from sources.calendar import EVENTS, CalendarExport
from sources.live.segments import SUFFIX, pack_said, pack_segment, quoted
from sources.protocol import ReaderOptions
from tests.reading import Reading, read_archive

CALENDAR = "team@ours.example"
FETCHED = "2024-03-01T09:00:00Z"
TEN = {"dateTime": "2024-01-02T11:00:00+01:00", "timeZone": "Europe/Paris"}
ELEVEN = {"dateTime": "2024-01-02T12:00:00+01:00", "timeZone": "Europe/Paris"}
WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=5"]


def resource(name: str = "one", **fields: Any) -> dict[str, Any]:
    """An event as the API describes one; a field that is ``None`` is left out."""
    event = {
        "kind": "calendar#event",
        "id": name,
        "status": "confirmed",
        "updated": "2024-01-01T00:00:00.123Z",
        "summary": "Acme weekly",
        "organizer": {"email": CALENDAR, "self": True},
        "start": TEN,
        "end": ELEVEN,
        "iCalUID": f"{name}@google.com",
        "sequence": 0,
    }
    return {key: value for key, value in (event | fields).items() if value is not None}


def called_off(day: int, name: str = "one") -> dict[str, Any]:
    """All that the API may say of an instance that was taken out of a series."""
    return {
        "id": f"{name}_202401{day:02d}T100000Z",
        "status": "cancelled",
        "recurringEventId": name,
        "originalStartTime": {"dateTime": f"2024-01-{day:02d}T11:00:00+01:00"},
    }


def page(*events: Any, following: str | None = None, **fields: Any) -> dict[str, Any]:
    """An answer of ``events.list``: the last one of a listing, or one that another follows."""
    token = {"nextPageToken": following} if following else {"nextSyncToken": "s"}
    answer = {
        "kind": "calendar#events",
        "summary": "Team",
        "timeZone": "Europe/Paris",
        "updated": "2024-02-01T00:00:00.000Z",
        "accessRole": "owner",
    }
    return answer | token | {"items": list(events)} | fields


Asked = tuple[dict[str, str], dict[str, Any]]


def listing(*pages: dict[str, Any], calendar: str = CALENDAR) -> list[Asked]:
    """A listing from its beginning, with what was asked for each page."""
    asked: list[Asked] = []
    token: dict[str, str] = {}
    for answer in pages:
        asked.append(({"calendarId": calendar, **token}, answer))
        token = {"pageToken": str(answer.get("nextPageToken"))}
    return asked


def since(*pages: dict[str, Any], calendar: str = CALENDAR) -> list[Asked]:
    """What changed since the last listing."""
    return [
        ({"syncToken": "s"} | asked, answer) for asked, answer in listing(*pages, calendar=calendar)
    ]


def land(folder: Path, *segments: list[Asked], fetched: str = FETCHED) -> list[Path]:
    """Segments of one calendar, in this order; they may be added to."""
    calendar = segments[0][0][0]["calendarId"]
    stream = EVENTS + quoted(calendar)
    place = folder / "live" / "calendar" / stream
    place.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, said in enumerate(segments, len(list(place.iterdir())) + 1):
        path = place / f"{number:08d}{SUFFIX}"
        lines = [pack_said(asked, answer) for asked, answer in said]
        path.write_bytes(
            pack_segment(
                service="calendar",
                stream=stream,
                fetched_at=fetched,
                account={},
                lines=lines,
                cursor={},
            )
        )
        paths.append(path)
    return paths


def read_landed(folder: Path, *segments: list[Asked], **options: str) -> Reading:
    """Read one landed calendar, and hold it to what holds for every calendar."""
    if segments:
        land(folder, *segments)
    return hold(read_archive(CalendarExport(ReaderOptions(**options)), folder), folder)


def hold(reading: Reading, folder: Path) -> Reading:
    """What holds for every reading of landed calendars alone."""
    account = reading.account
    assert account.balanced, account
    assert account.found == sum(map(_events_in, folder.rglob(f"*{SUFFIX}")))
    assert len(reading.items) == account.accepted + account.expanded
    assert len(reading.by_key) == len(reading.items)
    assert sum(problem.found for problem in reading.problems) == account.quarantined
    return reading


def _events_in(path: Path) -> int:
    try:
        whole = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    except zstandard.ZstdError:
        return 0
    answers = [orjson.loads(line).get("answer", {}) for line in whole.split(b"\n")]
    listed = [answer.get("items") for answer in answers]
    return sum(len(items) for items in listed if isinstance(items, list))
