"""One id of one chat: what is lost, doubled, moved, or somebody else's."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl.audit.bundles import Fault, Raw, Said, events, expected, messages, rows

DAY, HOUR = 86400, 3600
NOON = 1_714_564_800
"""The first of May 2024, 12:00."""
BERLIN = ZoneInfo("Europe/Berlin")


def raw(kind: str = "message", wall: int | None = NOON, **more: Any) -> Raw:
    return Raw(**{"group": 0, "file": "a", "kind": kind, "wall": wall, "author": "Ada", **more})


def said(wall: int | None = NOON, item: int = 0, **more: Any) -> Said:
    return Said(item=item, wall=wall, **{"author": "Ada", **more})


def of_messages(raws: list[Raw], saids: list[Said], zone: ZoneInfo | None = None) -> list[str]:
    return kinds(messages(raws, saids, zone))


def kinds(faults: Any) -> list[str]:
    return sorted(fault.kind for fault in faults)


def moved(raws: list[Raw], one: Said, zone: ZoneInfo | None = None) -> list[tuple[str, int, bool]]:
    found = messages(raws, [one], zone)
    return [(f.kind, f.seconds, f.sure) for f in found if f.kind in ("shifted", "time")]


def test_what_is_met_and_said_agrees_and_what_is_only_met_is_lost() -> None:
    assert of_messages([raw()], [said()]) == ["met"]
    assert of_messages([raw()], []) == ["lost", "met"]
    assert of_messages([], [said()]) == ["extra"]


def test_where_it_is_lost_is_where_it_counts() -> None:
    raws = [raw("end of a list", None, group=1, file="x"), raw(group=2, file="y")]
    (lost,) = [fault for fault in messages(raws, [], None) if fault.kind == "lost"]
    assert (lost.group, lost.file) == (2, "y")


def test_what_is_cut_off_may_be_there_or_not() -> None:
    assert of_messages([raw("cut")], []) == ["maybe"]
    assert of_messages([raw("cut")], [said()]) == []
    assert of_messages([raw("broken", None)], []) == []


def test_separator_that_is_said_is_none_where_a_message_has_its_id_too() -> None:
    assert of_messages([raw("separator")], [said()]) == ["separator"]
    assert of_messages([raw("separator")], []) == []
    assert of_messages([raw("separator"), raw()], [said()]) == ["met"]


def test_as_often_as_it_stands_again_in_one_chat_it_is_doubled() -> None:
    assert of_messages([raw()], [said()] * 3) == ["doubled", "doubled", "met"]
    assert of_messages([raw()], [said(item=1), said(item=2)]) == ["met"]


def test_readings_of_one_message_are_one_and_how_many_is_told() -> None:
    again = [raw(), raw(wall=NOON + 2 * HOUR), raw(wall=None, author=None)]
    (met,) = [fault for fault in messages(again, [said()], None) if fault.kind == "met"]
    assert met.seconds == 3
    apart = [f.seconds for f in messages(again, [said()], None) if f.kind == "apart"]
    assert sorted(apart) == [-2 * HOUR, 2 * HOUR]


@pytest.mark.parametrize(
    "other",
    [
        raw(wall=NOON + 7),
        raw(wall=NOON + 2 * HOUR, author="Bo"),
        raw(wall=NOON + 2 * HOUR, author=None),
        raw(wall=NOON + 27 * HOUR),
    ],
)
def test_messages_of_one_id_at_times_that_no_zone_explains_are_two(other: Raw) -> None:
    assert of_messages([raw(), other], [said()]) == ["lost", "met", "met"]
    assert of_messages([raw(), other], [said(other.wall), said()]).count("met") == 2
    assert "lost" not in of_messages([raw(), other], [said(other.wall), said()])


def test_true_times_tell_two_messages_apart_whatever_is_printed() -> None:
    one, other = raw(utc=NOON), raw(utc=NOON + HOUR)
    assert of_messages([one, other], [said(None, utc=NOON)]) == ["lost", "met", "met"]
    assert of_messages([one, raw(wall=NOON + 5, utc=NOON)], [said(None, utc=NOON)]) == ["met"]


def test_two_chats_of_one_export_are_never_one() -> None:
    one, other = (raw(chat=chat, export="e") for chat in ("a", "b"))
    assert of_messages([one, other], [said()]) == ["lost", "met", "met"]
    assert of_messages([one, other._replace(export="f")], [said()]) == ["met"]
    assert of_messages([one, other._replace(chat="a")], [said()]) == ["met"]
    assert of_messages([raw(chat="a"), raw(chat="b")], [said()]) == ["met"]


def test_service_message_of_a_page_has_a_day_and_no_more() -> None:
    midnight = NOON - NOON % DAY
    page = raw("service", midnight, author=None)
    assert of_messages([page, raw("service", NOON, author=None)], [said()]) == ["met"]
    assert moved([page], said(midnight + 2 * DAY)) == []
    assert [kind for kind, _, _ in moved([page], said(midnight + 2 * DAY + 1))] == ["time"]
    assert moved([page._replace(utc=midnight)], said(None, utc=NOON)) == [
        ("shifted", NOON - midnight, True)
    ]


def test_said_far_from_all_that_has_its_id_is_extra() -> None:
    two = [raw(), raw(wall=NOON + 90 * DAY)]
    assert of_messages(two, [said(), said(NOON + 30 * DAY)]) == ["extra", "lost", "met", "met"]


@pytest.mark.parametrize(
    ("away", "found"),
    [
        (0, []),
        (HOUR, [("shifted", HOUR, True)]),
        (-900, [("shifted", -900, True)]),
        (26 * HOUR, [("shifted", 26 * HOUR, True)]),
        (27 * HOUR, [("time", 27 * HOUR, True)]),
        (7, [("time", 7, True)]),
    ],
)
def test_message_at_another_time_is_shifted_or_just_wrong(away: int, found: list[Any]) -> None:
    assert moved([raw(utc=NOON)], said(None, utc=NOON + away)) == found


def test_time_is_right_as_printed_or_as_it_was() -> None:
    printed = raw(offset=HOUR)
    for one in (said(NOON), said(NOON - HOUR), said(None, utc=NOON - HOUR)):
        assert moved([printed], one) == []
    assert moved([printed], said(None, utc=NOON)) == [("shifted", HOUR, False)]
    assert moved([printed], said(None)) == moved([raw(wall=None)], said()) == []
    true = [raw(wall=NOON, offset=HOUR), raw(wall=NOON, utc=NOON - 2 * HOUR)]
    assert moved(true, said(None, utc=NOON - HOUR)) == [("shifted", HOUR, True)]


def test_said_to_the_minute_is_held_to_the_minute() -> None:
    assert moved([raw(wall=NOON + 59)], said(precise=60)) == []
    assert moved([raw(wall=NOON + 60)], said(precise=60)) == [("time", -60, False)]


def test_where_the_zone_is_known_the_printed_offset_counts_for_other_zones_only() -> None:
    assert expected(raw(), None) == [NOON]
    assert expected(raw(offset=HOUR), None) == [NOON - HOUR]
    assert expected(raw(offset=HOUR), BERLIN) == [NOON - 2 * HOUR]  # summer
    assert expected(raw(offset=5 * HOUR), BERLIN) == [NOON - 5 * HOUR]
    assert expected(raw(utc=7, offset=HOUR), BERLIN) == [7]
    assert expected(raw(wall=None), BERLIN) == []
    twice = 1_729_996_200  # 27 October 2024, 02:30: there are two of them
    assert expected(raw(wall=twice), BERLIN) == [twice - 2 * HOUR, twice - HOUR]
    assert moved([raw()], said(None, utc=NOON), BERLIN) == [("shifted", 2 * HOUR, True)]


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (said(author=""), ["met", "no author"]),
        (said(author="Bo"), ["author", "met"]),
        (said(author="ADA!"), ["met"]),
        (said(author="U7", author_id="ada"), ["met"]),
        (said(author=None), ["met"]),
    ],
)
def test_author_is_whoever_the_archive_names(one: Said, found: list[str]) -> None:
    assert of_messages([raw()], [one]) == found
    assert of_messages([raw(author=None)], [one]) == ["met"]


def test_record_stands_as_often_as_rows_have_its_id() -> None:
    row = raw("row")
    assert kinds(rows([row], [said()])) == ["met"]
    assert kinds(rows([row], [])) == ["lost", "met"]
    assert kinds(rows([row, raw("merged")], [])) == ["met"]
    assert kinds(rows([raw("broken")], [])) == []
    assert kinds(rows([], [said(), said()])) == ["extra", "extra"]
    assert kinds(rows([row, row], [said()] * 3)) == ["doubled", "met"]
    assert kinds(rows([raw("broken")], [said()] * 2)) == ["doubled"]


def of_events(raws: list[Raw], saids: list[Said], known_as: str = "u") -> list[str]:
    return kinds(events(known_as, raws, saids))


def test_event_is_there_unless_a_calendar_calls_it_off() -> None:
    event = raw("event", utc=NOON)
    at_noon = said(None, utc=NOON)
    assert of_events([event], [at_noon]) == ["met"]
    assert of_events([event], []) == ["lost", "met"]
    assert of_events([event, raw("cancelled")], []) == []
    assert of_events([event, raw("cancelled")], [at_noon]) == []
    assert of_events([raw("cancelled")], [at_noon]) == ["extra"]
    assert of_events([], [at_noon]) == ["extra"]
    assert of_events([raw("told of")], [at_noon]) == of_events([raw("cut")], [at_noon]) == []


def test_single_event_stands_once_and_when_it_is() -> None:
    event = raw("event", utc=NOON)
    at_noon = said(None, utc=NOON)
    assert of_events([event], [at_noon] * 3) == ["doubled", "doubled", "met"]
    assert of_events([event], [said(None, utc=NOON + HOUR)]) == ["met", "shifted"]
    assert of_events([event, event._replace(utc=NOON + DAY)], [at_noon] * 2) == ["met"]
    local = raw("event")
    assert of_events([local], [said(None, utc=NOON + HOUR)]) == ["met"]  # of an unknown zone
    assert of_events([local], [said(None, utc=NOON + 7)]) == ["met", "time"]
    assert of_events([local], [said(None, utc=NOON + 27 * HOUR)]) == ["met", "time"]
    assert of_events([event], [said(None, utc=NOON + 7)] * 2, known_as="") == ["met"]


def test_series_stands_however_often_and_whenever() -> None:
    assert of_events([raw("series", utc=NOON)], [said(None, utc=NOON + 7)] * 9) == ["met"]
    assert of_events([raw("series")], []) == ["lost", "met"]


def test_fault_says_where_and_when() -> None:
    shifted = list(messages([raw(group=3)], [said(NOON + HOUR, item=5)], None))[1]
    assert shifted == Fault("shifted", 3, 5, "", HOUR, sure=False, at=NOON + HOUR)
