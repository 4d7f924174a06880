from pathlib import Path

from sources.calendar import CalendarExport
from sources.protocol import Account, ReaderOptions
from tests.reading import Reading, merge
from tests.sources.calendar.writing import calendar, event, only, read

READER = CalendarExport(ReaderOptions())


def _readings(folder: Path, *lines: str) -> list[Reading]:
    """The same series as two exports give it, with another location each."""
    start = ("DTSTART:20240701T100000Z", *lines)
    found = []
    for name in ("old", "new"):
        text = calendar(event(*start, f"LOCATION:{name}", f"SUMMARY:{name}"))
        (folder / name).mkdir()
        found.append(read(folder / name, text))
    return found


def test_newest_reading_stands_and_nothing_is_filled_in(tmp_path: Path) -> None:
    old, new = _readings(tmp_path)
    merged = merge(READER, [old.items[0], new.items[0]])
    assert only(merged) == only(new)
    [finding] = merged.items[0].summary.findings
    assert (finding.kind, finding.count) == ("merged", 2)
    assert merged.account == Account(accepted=-1, duplicate=1)
    assert (old.account + new.account + merged.account).balanced


def test_expanded_instances_only_leave_the_count_of_expanded(tmp_path: Path) -> None:
    old, new = _readings(tmp_path, "RRULE:FREQ=DAILY;COUNT=3")
    account = old.account + new.account
    items = 0
    for before, after in zip(old.items, new.items, strict=True):
        merged = merge(READER, [before, after])
        account += merged.account
        items += len(merged.items)
    assert account == Account(found=2, accepted=1, duplicate=1, expanded=2)
    assert account.balanced
    assert items == account.accepted + account.expanded


def test_three_readings_leave_two_duplicates(tmp_path: Path) -> None:
    old, new = _readings(tmp_path)
    merged = merge(READER, [old.items[0], old.items[0], new.items[0]])
    assert merged.account == Account(accepted=-2, duplicate=2)
