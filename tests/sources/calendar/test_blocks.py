import io
from pathlib import Path

import pytest

from sources._archive import FolderTree
from sources._endless import LINE_BYTES
from sources.calendar import CalendarExport
from sources.calendar.blocks import Splitter
from sources.calendar.count import count_events
from sources.errors import TooLarge
from sources.protocol import ReaderOptions, Unit
from tests.sources.calendar.writing import calendar, event, kinds, meetings, only, read

START = "DTSTART:20240701T100000Z"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n \n", "\ufeff\n"])
def test_any_line_ending_and_any_beginning(tmp_path: Path, end: str, before: str) -> None:
    text = before + calendar(event(START, "DESCRIPTION:a", "  folded"), event(START, uid="two"))
    reading = read(tmp_path, text.replace("\n", end).encode())
    assert [head.description for head in meetings(reading)] == ["a folded", ""]
    assert reading.account.found == 2


def test_blank_lines_anywhere_change_nothing(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(START, "SUMMARY:x")).replace("\n", "\n\n"))
    assert only(reading).title == "x"


def test_fold_inside_a_character_is_undone(tmp_path: Path) -> None:
    data = calendar(event(START, "SUMMARY:Café")).encode().replace(b"\xc3\xa9", b"\xc3\n \xa9")
    assert only(read(tmp_path, data)).title == "Café"


def test_text_that_quotes_an_event_is_no_event(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(START, "DESCRIPTION:see", " BEGIN:VEVENT")))
    assert only(reading).description == "seeBEGIN:VEVENT"


def test_alarms_do_not_leak_into_their_event(tmp_path: Path) -> None:
    alarm = "BEGIN:VALARM\nDESCRIPTION:Ring\nUID:alarm\nSUMMARY:No\nEND:VALARM"
    head = only(read(tmp_path, calendar(event(alarm, START, "SUMMARY:Yes"))))
    assert (head.title, head.description, head.uid) == ("Yes", "", "one@ours.example")


def test_other_components_are_not_events(tmp_path: Path) -> None:
    others = [
        f"BEGIN:{name}\nUID:x\n{START}\nEND:{name}" for name in ("VTODO", "VJOURNAL", "VFREEBUSY")
    ]
    reading = read(tmp_path, calendar(*others, event(START)))
    assert reading.account.found == 1
    assert len(reading.items) == 1


def test_every_vcalendar_of_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    one = calendar(event(START, uid="a"), header="X-WR-CALNAME:Sales")
    two = calendar(event(START, uid="b"), header="X-WR-CALNAME:Support")
    heads = meetings(read(tmp_path, one + two + calendar(event(START, uid="c"))))
    assert [head.calendar for head in heads] == ["Sales", "Support", "team"]


def test_files_joined_with_their_byte_order_marks_are_read(tmp_path: Path) -> None:
    parts = [calendar(event(START, uid=uid), header=f"X-WR-CALNAME:{uid}") for uid in "ab"]
    heads = meetings(read(tmp_path, "\ufeff" + "\ufeff".join(parts)))
    assert [head.calendar for head in heads] == ["a", "b"]


def test_cut_file_gives_its_complete_events_and_says_so(tmp_path: Path) -> None:
    text = calendar(event(START, uid="a"), event(START, "SUMMARY:Cut short", uid="b"))
    reading = read(tmp_path, text[: text.index("short")])
    assert only(reading).uid == "a"
    assert kinds(reading) == {"truncated_file"}
    [problem] = reading.problems
    assert (problem.path, problem.reason, problem.found) == ("team.ics", "damaged", 1)
    assert reading.account.quarantined == 1


def test_file_cut_between_events_is_reported(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(START)).removesuffix("END:VCALENDAR\n"))
    assert kinds(reading) == {"truncated_file"}
    assert [problem.found for problem in reading.problems] == [0]


def test_event_whose_end_line_is_lost_is_kept_with_a_finding(tmp_path: Path) -> None:
    text = calendar(event(START, uid="a").removesuffix("\nEND:VEVENT"), event(START, uid="b"))
    reading = read(tmp_path, text)
    assert [head.uid for head in meetings(reading)] == ["a", "b"]
    findings = [[f.kind for f in item.summary.findings] for item in reading.items]
    assert findings == [["event_not_closed"], []]


def test_event_whose_first_line_is_lost_is_reported(tmp_path: Path) -> None:
    text = calendar(event(START, uid="a").removeprefix("BEGIN:VEVENT\n"), event(START, uid="b"))
    reading = read(tmp_path, text)
    assert only(reading).uid == "b"
    [problem] = reading.problems
    assert "lost their first line" in problem.detail


def test_repeated_end_line_is_no_loss(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(START) + "\nEND:VEVENT\nEND:VEVENT"))
    assert len(reading.items) == 1
    assert reading.problems == []


def test_empty_events_are_ignored_by_name(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(*["BEGIN:VEVENT\nEND:VEVENT"] * 20))
    assert reading.account.found == 20
    assert reading.account.ignored == {"empty": 20}


def test_event_without_a_start_is_one_quarantine_entry(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event("SUMMARY:a"), event("SUMMARY:b", uid="b")))
    [problem] = reading.problems
    assert problem.found == reading.account.quarantined == 2


def test_events_without_a_calendar_around_them_are_read(tmp_path: Path) -> None:
    assert only(read(tmp_path, event(START))).start == "2024-07-01T10:00:00Z"


def test_bytes_that_are_no_utf8_are_read_with_a_finding(tmp_path: Path) -> None:
    reading = read(tmp_path, calendar(event(START, "SUMMARY:Café")).encode("cp1252"))
    assert only(reading).title == "Café"
    assert kinds(reading) == {"encoding_assumed"}


def test_byte_that_is_no_utf8_costs_no_other_its_meaning(tmp_path: Path) -> None:
    data = calendar(event(START, "SUMMARY:Café", "DESCRIPTION:#t# \x93")).encode()
    head = only(read(tmp_path, data.replace(b"#", b"\xe9").replace(b"\xc2\x93", b"\x93")))
    assert (head.title, head.description) == ("Café", "été “")


def test_splitting_does_not_depend_on_where_a_read_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    data = calendar(event(START, uid="a"), event(START, uid="b")).replace("\n", "\r\n").encode()
    whole = list(Splitter().blocks(io.BytesIO(data)))
    for size in (1, 2, 7, 16):
        monkeypatch.setattr("sources.calendar.blocks._CHUNK", size)
        monkeypatch.setattr("sources.calendar.count._CHUNK", size)
        assert list(Splitter().blocks(io.BytesIO(data))) == whole
        assert count_events(io.BytesIO(data)) == 2
    assert [data[block.start :][: len(block.data)] for block in whole] == [b.data for b in whole]


def test_lines_say_event_in_any_case_and_with_spaces_behind() -> None:
    data = (
        b"begin:vevent \rBEGIN:VEVENT\t\n BEGIN:VEVENT\nX:BEGIN:VEVENT\nBEGIN:VEVENTS\nBegin:Vevent"
    )
    assert count_events(io.BytesIO(data)) == 3
    assert len(list(Splitter().blocks(io.BytesIO(data)))) == 3


@pytest.mark.parametrize("name", ["VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY", "VTIMEZONE"])
def test_component_after_an_event_that_was_left_open_is_none_of_it(
    tmp_path: Path, name: str
) -> None:
    open_event = event(START, "SUMMARY:Mine").removesuffix("\nEND:VEVENT")
    text = calendar(open_event, f"BEGIN:{name}\nDESCRIPTION:Not mine\nEND:{name}")
    assert only(read(tmp_path, text)).description == ""


def test_event_that_begins_with_a_byte_order_mark_keeps_its_alarm_to_itself(tmp_path: Path) -> None:
    text = "\ufeff" + event(START, "BEGIN:VALARM\nSUMMARY:Ring\nEND:VALARM", "SUMMARY:Yes")
    assert only(read(tmp_path, text)).title == "Yes"


def test_event_cut_without_a_calendar_around_it_is_reported(tmp_path: Path) -> None:
    reading = read(tmp_path, event(START, uid="a") + "\n" + event(START, uid="b")[:-20])
    assert only(reading).uid == "a"
    assert kinds(reading) == {"truncated_file"}
    assert reading.account.quarantined == 1


def test_event_too_large_to_hold_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.calendar.blocks.BLOCK_BYTES", 1000)
    when = "DTSTART:20240501T100000Z"
    parts = [event(when, uid=name) for name in ("a", "b", "c")]
    parts[1] = event(when, *["COMMENT:" + "x" * 50] * 30, uid="b")
    found = read(tmp_path, calendar(*parts))
    assert [meeting.uid for meeting in meetings(found)] == ["a", "c"]
    (problem,) = found.problems
    assert problem.reason == "damaged"
    assert "1 event(s) cannot be used: they have more than" in problem.detail
    assert (found.account.found, found.account.quarantined) == (3, 1)


def test_only_the_beginning_of_what_is_too_large_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.calendar.blocks.BLOCK_BYTES", 1000)
    stream = io.BytesIO(b"BEGIN:VEVENT\r\n" + b"COMMENT:x\r\n" * 10_000 + b"END:VEVENT\r\n")
    (block,) = Splitter().blocks(stream)
    assert (block.large, block.closed) == (True, True)
    assert len(block.data) <= 1000 + len(b"BEGIN:VEVENT\r\nEND:VEVENT\r\n")


def test_calendar_of_one_endless_line_is_refused(tmp_path: Path) -> None:
    text = calendar(event("DESCRIPTION:" + "x" * (LINE_BYTES + 2**20)))
    (tmp_path / "a.ics").write_text(text)
    tree = FolderTree(tmp_path)
    source = CalendarExport(ReaderOptions())
    (unit,) = source.discover(tree)
    assert isinstance(unit, Unit)
    with pytest.raises(TooLarge, match=r"^a\.ics: a line of it has no end"):
        list(source.read(unit, tree))
