from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from sources.telegram.daylight import is_uncertain

FIRST = date(2013, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(0, 12 * 365, 9)]


@pytest.mark.parametrize(
    ("day", "offset", "uncertain"),
    [
        (date(2023, 7, 1), 60, True),
        (date(2023, 1, 1), 60, False),
        (date(2024, 3, 20), 60, False),  # Ramadan in Morocco
        (date(2023, 7, 1), 0, True),
        (date(2023, 1, 1), -240, True),  # summer in Santiago
        (date(2023, 7, 1), -240, True),  # summer in Halifax
        (date(2018, 12, 24), -180, True),  # Brazil's last summer time
        (date(2023, 12, 24), -180, False),
        (date(2022, 7, 1), 210, True),
        (date(2023, 7, 1), 210, False),  # Iran gave it up
        (date(2023, 7, 1), 180, False),
        (date(2023, 7, 1), 330, False),
        (date(2023, 1, 1), 630, True),
        (date(2023, 7, 1), 61, False),
    ],
)
def test_offset_is_uncertain_on_days_of_daylight_saving(
    day: date, offset: int, uncertain: bool
) -> None:
    assert is_uncertain(day.year, day.month, day.day, offset) is uncertain


def test_zones_chosen_stand_for_all_zones() -> None:
    """Every ninth day of twelve settled years, in every zone there is."""
    saving: set[tuple[int, date]] = set()
    for name in available_timezones():
        zone = ZoneInfo(name)
        for day in DAYS:
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
            dst = noon.dst() or timedelta()
            if dst > timedelta():
                standard = (noon.utcoffset() or timedelta()) - dst
                saving.add((standard // timedelta(minutes=1), day))
    offsets = {offset for offset, _ in saving} | set(range(-720, 840, 60))
    found = {(o, d) for o in offsets for d in DAYS if is_uncertain(d.year, d.month, d.day, o)}
    assert saving - found == set()
    # Beyond that, only days on which clocks were changed: those count as a whole.
    week = timedelta(days=9)
    beside = {(o, d + way) for o, d in saving for way in (week, -week)}
    assert found - saving <= beside
