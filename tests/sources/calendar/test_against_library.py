"""The same instances as a plain run of the library over the whole file.

The plain run knows nothing of our window, splitting, zones or accounts. Where the two
differ on purpose, the reason stands beside the file's name.
"""

import warnings
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events
from icalendar.timezone import tzp

from sources.calendar import CalendarExport
from sources.calendar.moments import Moment, render
from sources.protocol import ReaderOptions
from tests.reading import read_archive
from tests.sources.calendar.writing import meetings

CORPUS = Path(__file__).parents[4] / "shared/corpus/calendar/icalendar"
OWN = Path(__file__).parents[2] / "data/calendar/google"
LAST = date(2025, 12, 31)

DIFFERENT = {
    "invalid_duration.ics": "an event whose end is unreadable is kept",
    "issue_1081_invalid_rrule_freq.ics": "the first instance of a broken rule is kept",
    "issue_1633_rdate_with_dates.ics": "a date added to a timed series has its length",
    "issue_1633_rdate_with_dates_and_tzid.ics": "a date added to a timed series has its length",
    "issue_165_missing_event.ics": "spaces in a rule do not void it",
    "issue_464_invalid_rdate.ics": "the readable dates of a series are kept",
    "parsing_error.ics": "an empty EXDATE does not void a series",
    "rfc_7529.ics": "the first instance of a rule in another calendar system is kept",
}


@cache
def _ours(folder: Path) -> dict[str, Counter[tuple[str | None, str | None]]]:
    options = ReaderOptions(calendar_from="1900-01-01", calendar_to=LAST.isoformat())
    reading = read_archive(CalendarExport(options), folder)
    found: dict[str, Counter[tuple[str | None, str | None]]] = defaultdict(Counter)
    for item, head in zip(reading.items, meetings(reading), strict=True):
        if (head.start or "") < f"{LAST}":
            found[item.summary.archive][head.start, head.end] += 1
    return found


def _plain(path: Path) -> Counter[tuple[str | None, str | None]]:
    tzp.use_default()  # the library remembers the zones of the file before
    found: Counter[tuple[str | None, str | None]] = Counter()
    for calendar in icalendar.Calendar.from_ical(path.read_bytes(), multiple=True):
        query = recurring_ical_events.of(calendar, skip_bad_series=True)
        for event in query.between(date(1800, 1, 1), LAST):
            if event.get("STATUS") != "CANCELLED":
                found[_render(event["DTSTART"].dt), _render(event["DTEND"].dt)] += 1
    return found


def _render(moment: Moment) -> str:
    if isinstance(moment, datetime) and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return render(moment)


@pytest.mark.parametrize("path", sorted(OWN.glob("*.ics")), ids=lambda path: path.name)
def test_own_calendars(path: Path) -> None:
    ours = _ours(OWN)[path.name]
    assert ours
    assert ours == _plain(path)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus in ../shared/corpus")
def test_corpus() -> None:
    compared = 0
    for path in sorted(CORPUS.glob("*.ics")):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                plain = _plain(path)
        except Exception:  # a file the library refuses as a whole
            continue
        if path.name in DIFFERENT:
            assert _ours(CORPUS)[path.name] != plain, f"{path.name}: {DIFFERENT[path.name]}"
        else:
            assert _ours(CORPUS)[path.name] == plain, path.name
            compared += 1
    assert compared > 70
