"""An export as Google writes it, and what it becomes, record by record."""

import json
from pathlib import Path

import msgspec

from sources.calendar import CalendarExport
from sources.protocol import ReaderOptions
from tests.reading import read_archive

EXPORT = Path(__file__).parents[2] / "data/calendar/google"


def test_google_export_becomes_the_expected_records() -> None:
    options = ReaderOptions(calendar_from="2024-03-25", calendar_to="2024-04-30")
    reading = read_archive(CalendarExport(options), EXPORT)
    found = [
        {"summary": msgspec.to_builtins(item.summary), "head": msgspec.to_builtins(item.head)}
        for item in reading.items
        if item.summary.archive == "ines@ours.example.ics"
    ]
    expected = json.loads((EXPORT / "expected.json").read_text("utf-8"))
    assert json.loads(json.dumps(found)) == expected
    assert reading.problems == []


def test_reading_twice_gives_the_same() -> None:
    first, second = (read_archive(CalendarExport(ReaderOptions()), EXPORT) for _ in range(2))
    assert first == second
