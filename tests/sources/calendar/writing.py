"""Tiny calendars, written by the tests that read them."""

from __future__ import annotations

from pathlib import Path

from sources.calendar import CalendarExport
from sources.protocol import ReaderOptions
from sources.records import Meeting
from tests.reading import Read, Reading, merge, read_archive

PARIS = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:GMT+1
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:GMT+2
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE"""


def event(*lines: str, uid: str | None = "one@ours.example") -> str:
    """A VEVENT of these lines."""
    named = [f"UID:{uid}"] if uid else []
    return "\n".join(["BEGIN:VEVENT", *named, *lines, "END:VEVENT"])


def calendar(*parts: str, header: str = "X-WR-TIMEZONE:Europe/Paris") -> str:
    """A VCALENDAR of these components."""
    head = ["BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0"]
    return "\n".join([*head, *header.splitlines(), *parts, "END:VCALENDAR", ""])


def read(folder: Path, text: str | bytes, name: str = "team.ics", **options: str) -> Reading:
    """Read one calendar, and hold it to what holds for every calendar."""
    data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    (folder / name).write_bytes(data)
    reading = read_archive(CalendarExport(ReaderOptions(**options)), folder)
    account = reading.account
    assert account.balanced, account
    assert account.found == lines_that_begin_events(data)
    assert len(reading.items) == account.accepted + account.expanded
    assert len(reading.by_key) == len(reading.items)
    assert sum(problem.found for problem in reading.problems) == account.quarantined
    return reading


def lines_that_begin_events(data: bytes) -> int:
    """How many events there are, by looking at every line."""
    lines = data.replace(b"\r", b"\n").replace(b"\xef\xbb\xbf", b"").split(b"\n")
    return sum(line.rstrip(b" \t").upper() == b"BEGIN:VEVENT" for line in lines)


def settled(reading: Reading) -> Reading:
    """What stands once the readings of each UID have met, as the pipeline does it."""
    together: dict[str, list[Read]] = {}
    for item in sorted(reading.items, key=lambda i: (i.summary.version, i.summary.archive)):
        together.setdefault(item.summary.identity[0], []).append(item)
    found = Reading(problems=reading.problems, account=reading.account)
    for items in together.values():
        asked = any(token.startswith("!") for item in items for token in item.summary.identity)
        merged = Reading(items)
        if asked or len({item.summary.archive for item in items}) > 1:
            merged = merge(CalendarExport(ReaderOptions()), items)
        found.items += merged.items
        found.account += merged.account
    assert found.account.balanced, found.account
    assert len(found.items) == found.account.accepted + found.account.expanded
    assert len(found.by_key) == len(found.items)
    return found


def read_all(folder: Path, *texts: str, **options: str) -> Reading:
    """What stands of several calendars, which are named in this order."""
    for number, text in enumerate(texts):
        (folder / f"{number}.ics").write_text(text, "utf-8")
    return settled(read_archive(CalendarExport(ReaderOptions(**options)), folder))


def meeting(item: Read) -> Meeting:
    """The item's head."""
    assert isinstance(item.head, Meeting)
    return item.head


def meetings(reading: Reading) -> list[Meeting]:
    """Heads, in the order they were yielded."""
    return [meeting(item) for item in reading.items]


def only(reading: Reading) -> Meeting:
    """The head of the only item."""
    [item] = reading.items
    return meeting(item)


def starts(reading: Reading) -> list[str | None]:
    """When the meetings start, in order."""
    return sorted((head.start for head in meetings(reading)), key=str)


def kinds(reading: Reading) -> set[str]:
    """The kinds of finding on any item."""
    return {finding.kind for item in reading.items for finding in item.summary.findings}
