"""Any JSON at all where an event should be: accounted for, and nothing raised."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.calendar.landing import listing, page, read_landed, resource, since

WHENS = st.sampled_from(
    [
        {"date": "2024-01-02"},
        {"date": "9999-12-31"},
        {"date": "0001-01-01"},
        {"dateTime": "2024-01-02T11:00:00"},
        {"dateTime": "2024-01-02T11:00:00Z", "timeZone": "Europe/Paris"},
        {"dateTime": "9999-12-31T23:00:00-10:00", "timeZone": "Asia/Tokyo"},
        {"dateTime": "0001-01-01T00:00:00+14:00"},
        {"dateTime": "2024-01-02"},
        {"timeZone": "Europe/Paris"},
        {},
    ]
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),  # JSON knows neither
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=3),
    st.dictionaries(st.sampled_from(["email", "date", "uri"]), st.text(max_size=4), max_size=2),
    WHENS,
)
RULES = st.lists(
    st.sampled_from(
        [
            "RRULE:FREQ=WEEKLY",
            "RRULE:FREQ=DAILY;COUNT=3",
            "RRULE:",
            "RDATE;VALUE=DATE:20240105",
            "EXDATE:20240109T100000Z",
            "EXDATE;TZID=Nowhere:20240109T100000",
            "BEGIN:VEVENT",
            "\\",
        ]
    ),
    max_size=3,
)
FIELDS = {
    "id": st.sampled_from(["one", "two", "one_20240109T100000Z", "", "\\"]),
    "iCalUID": st.sampled_from([None, "one@google.com", "", "é:Z"]),
    "status": st.sampled_from(["confirmed", "cancelled", "tentative", "sometimes"]),
    "recurringEventId": st.sampled_from([None, "one", "two"]),
    "originalStartTime": st.none() | WHENS,
    "start": st.none() | WHENS,
    "end": st.none() | WHENS,
    "recurrence": st.none() | RULES,
    "updated": st.sampled_from([None, "2024-01-05T00:00:00Z", "0001-01-01T00:00:00+14:00", "now"]),
    "sequence": st.sampled_from([None, 0, -1, 2**62]),
}
EVENTS = st.fixed_dictionaries({}, optional=FIELDS)
ODD_EVENTS = st.dictionaries(st.sampled_from([*FIELDS, "summary", "attendees", "organizer"]), ODD)
ITEMS = st.lists(st.one_of(EVENTS, ODD_EVENTS, ODD), max_size=6)


def _made(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return resource(**{("name" if key == "id" else key): value for key, value in item.items()})


@settings(max_examples=150, deadline=None)
@given(ITEMS, ITEMS, ITEMS)
def test_any_items(first: list[Any], second: list[Any], third: list[Any]) -> None:
    pages = [[_made(item) for item in items] for items in (first, second, third)]
    answers = listing(page(*pages[0], following="a"), page(*pages[1]))
    with TemporaryDirectory() as folder:
        read_landed(Path(folder), answers, since(page(*pages[2])))
