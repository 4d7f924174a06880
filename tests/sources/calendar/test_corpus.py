"""Opt-in: the files of another library's test suite, each accounted for."""

from functools import cache
from pathlib import Path

import pytest

from sources._archive import FolderTree
from sources.calendar import CalendarExport
from sources.protocol import ReaderOptions
from tests.reading import Reading, discover
from tests.sources.calendar.writing import lines_that_begin_events

CORPUS = Path(__file__).parents[4] / "shared/corpus/calendar/icalendar"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus in ../shared/corpus")


@cache
def _readings() -> dict[str, Reading]:
    reader = CalendarExport(ReaderOptions())
    tree = FolderTree(CORPUS)
    found = discover(reader, tree)
    readings: dict[str, Reading] = {}
    for problem in found.problems:
        readings[problem.path] = Reading(problems=[problem])
    for unit in found.units:
        readings[unit.name] = Reading(units=[unit])
        readings[unit.name].take(reader.read(unit, tree))
    return readings


def test_every_file_is_read_or_refused() -> None:
    readings = _readings()
    assert len(readings) == 159
    assert sorted(readings) == sorted(path.name for path in CORPUS.glob("*.ics"))
    refused = [reading for reading in readings.values() if not reading.units]
    assert {reading.problems[0].reason for reading in refused} == {"foreign"}


def test_every_account_balances() -> None:
    for name, reading in _readings().items():
        account = reading.account
        assert account.balanced, name
        if reading.units:
            assert account.found == lines_that_begin_events((CORPUS / name).read_bytes()), name
        assert len(reading.items) == account.accepted + account.expanded, name
        assert sum(problem.found for problem in reading.problems) == account.quarantined, name


def test_named_files() -> None:
    readings = _readings()
    bad = readings["big_bad_calendar.ics"].account
    assert (bad.found, bad.ignored) == (20, {"empty": 20})
    assert readings["bom_calendar.ics"].units
    assert readings["bom_calendar.ics"].problems == []


def test_most_events_are_accepted() -> None:
    accounts = [reading.account for reading in _readings().values()]
    assert sum(account.found for account in accounts) == 186
    assert sum(account.accepted for account in accounts) >= 110
