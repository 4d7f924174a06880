import io
import zipfile
from pathlib import Path

import pytest

from sources._archive import FolderTree
from sources._opening import open_tree
from sources.calendar import CalendarExport
from sources.errors import Unreadable
from sources.protocol import ReaderOptions
from tests.reading import Reading, discover, read_archive
from tests.sources.calendar.writing import calendar, event, meeting

TEXT = calendar(event("DTSTART:20240701T100000Z")).encode()


def _discover(folder: Path) -> Reading:
    return discover(CalendarExport(ReaderOptions()), FolderTree(folder))


def test_calendars_are_found_at_any_depth_and_under_any_name(tmp_path: Path) -> None:
    (tmp_path / "Takeout" / "Calendar").mkdir(parents=True)
    (tmp_path / "Takeout" / "Calendar" / "Work.ICS").write_bytes(TEXT)
    (tmp_path / "basic").write_bytes(b"\xef\xbb\xbf\r\n\r\n" + TEXT)
    (tmp_path / "notes.txt").write_bytes(b"About BEGIN:VCALENDAR")
    found = _discover(tmp_path)
    assert [unit.name for unit in found.units] == ["Takeout/Calendar/Work.ICS", "basic"]
    assert found.problems == []


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>Sign in</html>", "is a web page"),
        (b"\x89PNG\r\n\x1a\n\0\0", "no BEGIN:VCALENDAR"),
        (b"BEGIN:VCARD\nEND:VCARD\n", "no BEGIN:VCALENDAR"),
    ],
)
def test_file_that_is_no_calendar_is_refused_in_plain_words(
    tmp_path: Path, data: bytes, detail: str
) -> None:
    (tmp_path / "team.ICS").write_bytes(data)
    found = _discover(tmp_path)
    assert found.units == []
    [problem] = found.problems
    assert (problem.path, problem.reason) == ("team.ICS", "foreign")
    assert detail in problem.detail
    assert "Export" in problem.remedy


def test_calendar_that_lost_its_first_lines_is_still_one(tmp_path: Path) -> None:
    (tmp_path / "team.ics").write_bytes(TEXT.removeprefix(b"BEGIN:VCALENDAR\n"))
    assert len(_discover(tmp_path).units) == 1


def test_zip_named_like_a_calendar_is_left_to_whoever_opens_zips(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "team.ics", "w") as archive:
        archive.writestr("a.ics", TEXT)
    found = _discover(tmp_path)
    assert (found.units, found.problems) == ([], [])


def test_unreadable_calendar_is_to_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_tree: FolderTree, path: str, _size: int) -> bytes:
        raise Unreadable(path, "Permission denied")

    (tmp_path / "team.ics").write_bytes(TEXT)
    (tmp_path / "notes.txt").write_bytes(b"not ours to complain about")
    monkeypatch.setattr(FolderTree, "head", refuse)
    [problem] = _discover(tmp_path).problems
    assert (problem.path, problem.reason, problem.retry) == ("team.ics", "unreadable", True)


def test_zip_gives_what_a_folder_gives(tmp_path: Path) -> None:
    path = tmp_path / "ann@ours.example.ical.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Sales_1a2b@group.calendar.google.com.ics", TEXT)
        archive.writestr("folder/Team.ics", TEXT.replace(b"one@", b"two@"))
    reading = read_archive(CalendarExport(ReaderOptions()), path)
    assert [(item.summary.archive, meeting(item).calendar) for item in reading.items] == [
        (
            "ann@ours.example.ical.zip!Sales_1a2b@group.calendar.google.com.ics",
            "Sales_1a2b@group.calendar.google.com",
        ),
        ("ann@ours.example.ical.zip!folder/Team.ics", "Team"),
    ]


def test_damaged_member_of_a_zip_is_a_problem(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("team.ics", TEXT)
    data = buffer.getvalue().replace(b"DTSTART:2024", b"DTSTART:1999", 1)
    (tmp_path / "export.zip").write_bytes(data)
    tree = open_tree((str(tmp_path), "export.zip"))
    [problem] = discover(CalendarExport(ReaderOptions()), tree).problems
    assert (problem.path, problem.reason) == ("export.zip!team.ics", "damaged")


def test_settings_are_the_window() -> None:
    options = ReaderOptions(calendar_from="2024-01-01", calendar_to="2024-12-31")
    assert CalendarExport(options).settings == ("2024-01-01", "2024-12-31")
