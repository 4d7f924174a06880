"""What stands when an archive and the API, or the API of several calendars, tell of one event."""

from pathlib import Path
from typing import Any

import pytest

from sources.calendar import CalendarExport
from sources.protocol import Account, ReaderOptions
from tests.reading import Reading, read_archive
from tests.sources.calendar.landing import (
    FETCHED,
    WEEKLY,
    called_off,
    land,
    listing,
    page,
    resource,
    since,
)
from tests.sources.calendar.writing import calendar, event, kinds, meetings, only, settled, starts

TOMBSTONE = {"id": "one", "status": "cancelled"}
ANN, BO = "ann@ours.example", "bo@ours.example"
GUESTS: dict[str, Any] = {"organizer": {"email": ANN}, "attendees": [{"email": ANN}, {"email": BO}]}


def _all(folder: Path) -> Reading:
    return settled(read_archive(CalendarExport(ReaderOptions()), folder))


def _exported(folder: Path, name: str, *lines: str, made: str = "20240110T000000Z") -> None:
    start = "DTSTART;TZID=Europe/Paris:20240102T110000"
    told = event(
        start, f"DTSTAMP:{made}", "LAST-MODIFIED:20240101T000000Z", *lines, uid="one@google.com"
    )
    text = calendar(told, header=f"X-WR-CALNAME:{name}\nX-WR-TIMEZONE:Europe/Paris")
    (folder / f"{name}-{made}.ics").write_text(text, "utf-8")


def _landed(
    folder: Path, address: str, *answers: list[Any], fetched: str = FETCHED, **fields: Any
) -> None:
    """A calendar that has its address for a title, as everybody's own has."""
    told = []
    for number, events in enumerate(answers):
        ask = since if number else listing
        told.append(ask(page(*events, summary=address, **fields), calendar=address))
    land(folder, *told, fetched=fetched)


def test_meeting_of_an_archive_and_of_the_api_is_one_and_the_newest(tmp_path: Path) -> None:
    _exported(tmp_path, ANN, "SUMMARY:Old", "SEQUENCE:0")
    _landed(tmp_path, ANN, [resource(summary="New", sequence=1, organizer={"email": ANN})])
    reading = _all(tmp_path)
    assert only(reading).title == "New"
    assert reading.account == Account(found=2, accepted=1, duplicate=1)
    assert kinds(reading) == {"merged"}


def test_archive_that_was_made_after_the_fetch_stands(tmp_path: Path) -> None:
    _landed(tmp_path, ANN, [resource(summary="Fetched")])
    _exported(tmp_path, ANN, "SUMMARY:Exported", made="20240401T000000Z")
    assert only(_all(tmp_path)).title == "Exported"


def test_instance_called_off_since_the_archive_is_gone(tmp_path: Path) -> None:
    _exported(tmp_path, ANN, "SUMMARY:Acme weekly", *WEEKLY)
    _landed(tmp_path, ANN, [resource(recurrence=WEEKLY)], [called_off(9)])
    reading = _all(tmp_path)
    assert len(reading.items) == 4
    assert "2024-01-09T10:00:00Z" not in starts(reading)


def test_instance_called_off_after_another_calendar_was_told_of_it_is_gone(tmp_path: Path) -> None:
    # Of the exception it is not said when it was made: no later than the calendar was changed.
    _landed(tmp_path, ANN, [resource(recurrence=WEEKLY)])
    _landed(tmp_path, "a-first@ours.example", [resource(recurrence=WEEKLY), called_off(9)])
    assert len(_all(tmp_path).items) == 4


def test_deleted_since_the_archive_is_gone(tmp_path: Path) -> None:
    _exported(tmp_path, ANN, "SUMMARY:Acme weekly", *WEEKLY)
    _landed(tmp_path, ANN, [resource(recurrence=WEEKLY)], [TOMBSTONE])
    reading = _all(tmp_path)
    assert reading.items == []
    assert reading.account == Account(found=3, duplicate=2, ignored={"deleted": 1})


def test_deleted_before_the_archive_was_made_stands_as_the_archive_has_it(tmp_path: Path) -> None:
    _landed(tmp_path, ANN, [resource()], [TOMBSTONE])
    _exported(tmp_path, ANN, "SUMMARY:Acme weekly", made="20240401T000000Z")
    assert only(_all(tmp_path)).title == "Acme weekly"


def test_organizer_who_deletes_does_so_for_older_archives_of_guests(tmp_path: Path) -> None:
    _exported(tmp_path, BO, "SUMMARY:Acme weekly", f"ATTENDEE:mailto:{ANN}")
    _landed(tmp_path, ANN, [resource(**GUESTS)], [TOMBSTONE])
    assert _all(tmp_path).items == []


def test_guest_who_deletes_does_so_in_the_own_calendar_only(tmp_path: Path) -> None:
    _landed(tmp_path, ANN, [resource(**GUESTS)])
    _landed(tmp_path, BO, [resource(**GUESTS)], [TOMBSTONE | {"updated": "2024-02-20T00:00:00Z"}])
    reading = _all(tmp_path)
    assert only(reading).calendar == ANN
    _exported(tmp_path, BO, "SUMMARY:Acme weekly", f"ATTENDEE:mailto:{ANN}")
    assert only(_all(tmp_path)).calendar == ANN


def test_guest_who_deletes_does_so_for_older_archives_of_the_same_calendar(tmp_path: Path) -> None:
    _exported(tmp_path, BO, "SUMMARY:Acme weekly", f"ATTENDEE:mailto:{ANN}")
    _landed(tmp_path, BO, [resource(**GUESTS)], [TOMBSTONE])
    assert _all(tmp_path).items == []


def _skipped(day: int) -> dict[str, Any]:
    return called_off(day) | {"updated": "2024-02-20T00:00:00Z"}


@pytest.mark.parametrize("names", [(ANN, BO), (BO, ANN)])
def test_guest_who_takes_one_instance_out_does_so_in_the_own_calendar_only(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    series = resource(recurrence=WEEKLY, **(GUESTS | {"organizer": {"email": names[0]}}))
    _landed(tmp_path, names[0], [series])
    _landed(tmp_path, names[1], [series], [_skipped(9)])
    reading = _all(tmp_path)
    assert len(reading.items) == 5
    found = meetings(reading)
    assert [head.calendar for head in found if head.start == "2024-01-09T10:00:00Z"] == [names[0]]


def test_guest_who_takes_one_instance_out_does_so_for_older_archives_of_the_same_calendar(
    tmp_path: Path,
) -> None:
    _exported(tmp_path, BO, "SUMMARY:Acme weekly", *WEEKLY)
    _landed(tmp_path, BO, [resource(recurrence=WEEKLY, **GUESTS)], [_skipped(9)])
    assert len(_all(tmp_path).items) == 4


def test_organizer_who_calls_one_instance_off_does_so_for_all(tmp_path: Path) -> None:
    _exported(tmp_path, BO, "SUMMARY:Acme weekly", f"ATTENDEE:mailto:{ANN}", *WEEKLY)
    _landed(tmp_path, ANN, [resource(recurrence=WEEKLY, **GUESTS)], [_skipped(9)])
    assert len(_all(tmp_path).items) == 4


@pytest.mark.parametrize("names", [(ANN, BO), (BO, ANN)])
def test_guest_of_single_instances_who_takes_one_out_leaves_it_to_the_others(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    planned = GUESTS | {"organizer": {"email": "eve@acme.example"}, "start": resource()["start"]}
    told = [called_off(day) | {"status": "confirmed"} | planned for day in (9, 16)]
    _landed(tmp_path, names[0], told)
    _landed(tmp_path, names[1], told, [_skipped(9)])
    assert len(_all(tmp_path).items) == 2


def test_guest_of_single_instances_who_takes_one_out_does_so_for_older_archives(
    tmp_path: Path,
) -> None:
    planned = GUESTS | {"organizer": {"email": "eve@acme.example"}, "start": resource()["start"]}
    told = [called_off(day) | {"status": "confirmed"} | planned for day in (9, 16)]
    text = "".join(
        calendar(
            event(
                "DTSTART:20240102T100000Z",
                f"RECURRENCE-ID:202401{day:02d}T100000Z",
                f"ATTENDEE:mailto:{ANN}",
                uid="one@google.com",
            ),
            header=f"X-WR-CALNAME:{BO}",
        )
        for day in (9, 16)
    )
    (tmp_path / "old.ics").write_text(text, "utf-8")
    _landed(tmp_path, BO, told, [_skipped(9)])
    assert [*_all(tmp_path).by_key] == ["calendar:one@google.com:2024-01-16T10:00:00Z"]


def test_instance_that_somebody_was_never_shown_is_not_called_off_for_others(
    tmp_path: Path,
) -> None:
    _exported(tmp_path, ANN, "RECURRENCE-ID:20240109T100000Z", f"ATTENDEE:mailto:{BO}")
    _landed(tmp_path, BO, [_skipped(9)])
    assert len(_all(tmp_path).items) == 1


def test_deletion_in_a_calendar_that_only_shows_when_is_for_that_one_only(tmp_path: Path) -> None:
    told = resource()
    shown = {name: told[name] for name in ("id", "iCalUID", "status", "start", "end")}
    _exported(tmp_path, ANN, "SUMMARY:Acme weekly")
    _landed(tmp_path, BO, [shown], [TOMBSTONE], accessRole="freeBusyReader")
    assert only(_all(tmp_path)).calendar == ANN


@pytest.mark.parametrize("fetched", [FETCHED, "2024-01-20T00:00:00Z"], ids=["", "slow clock"])
def test_event_moved_to_another_calendar_stands_there(tmp_path: Path, fetched: str) -> None:
    _landed(tmp_path, ANN, [resource()], [TOMBSTONE | {"sequence": 5}], fetched=fetched)
    _landed(tmp_path, BO, [resource(organizer={"email": BO, "self": True})], fetched=fetched)
    assert only(_all(tmp_path)).calendar == BO


def test_calendar_that_shows_only_when_hides_nothing_that_another_one_tells(tmp_path: Path) -> None:
    told = resource()
    shown = {name: told[name] for name in ("id", "iCalUID", "status", "start", "end")}
    _landed(tmp_path, ANN, [told])
    _landed(tmp_path, BO, [shown], accessRole="freeBusyReader")
    [head] = meetings(_all(tmp_path))
    assert (head.title, head.calendar) == ("Acme weekly", ANN)
