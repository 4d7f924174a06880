"""Numbers that no program can hold, and moments that no clock shows: what cannot be used is told,
what stands beside it is kept, and the output keeps its contract.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.contract.validation import validate_file
from tests.hostile import exports
from tests.running import Workplace
from tests.sources.calendar import writing as ics
from tests.sources.slack import writing as slack
from tests.sources.telegram import json_builder as telegram

NUMBERS: tuple[Any, ...] = (
    *(0, -1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1),
    *(10**400, 1.5, -0.0, True, None, "", "1e400", "\N{ARABIC-INDIC DIGIT THREE}"),
)
IN_64_BITS = [n for n in NUMBERS if type(n) is int and -(2**63) < n < 2**63]
WRITTEN = ("1e400", "-1e400", "1E999999", "NaN", "Infinity", "-Infinity", "1" * 5000, "01")
"""As they stand in a file; some of it is no JSON."""
MOMENTS = {
    "1970": ("1970-01-01T00:00:00", "0"),
    "before 1970": ("1969-12-31T23:59:59", "-1"),
    "the first year": ("0001-01-01T00:00:00", "-62135596800"),
    "2038": ("2038-01-19T03:14:08", "2147483648"),
    "the last second": ("9999-12-31T23:59:59", "253402300799"),
    "beyond the last": ("10000-01-01T00:00:00", "253402300800"),
    "a leap second": ("2016-12-31T23:59:60", "1483228800"),
    "no day": ("2024-02-30T10:00:00", "99999999999999999999"),
    "no number": ("x", "NaN"),
}
GOOD = "what stands beside it"


def placed(root: Path, text: str, *written: str) -> None:
    """A file in which ``"@0"`` and so on stand for what no JSON writer writes."""
    for number, word in enumerate(written):
        text = text.replace(f'"@{number}"', word)
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text(text, encoding="utf-8")


def telegram_chats(root: Path) -> int:
    """Returns how many chats there are: in each the good message must come through."""
    odd: list[Any] = [*NUMBERS, *(f"@{number}" for number in range(len(WRITTEN)))]
    chats = []
    for number, value in enumerate(odd):
        said = telegram.message(1, f"2024-04-05T10:00:{number:02}", text=GOOD)
        bad = [
            telegram.message(2, text="id") | {"id": value},
            telegram.message(3, text="time") | {"date_unixtime": value},
            telegram.message(4, text="file", file="f", file_size=value, duration_seconds=value),
            telegram.message(5, text="reply", reply_to_message_id=value, edited_unixtime=value),
            telegram.message(6, text="liked", reactions=[{"type": "emoji", "count": value}]),
        ]
        chats.append(telegram.chat([said, *bad], name=f"Number {number}", id=9000 + number))
    for number, (local, seconds) in enumerate(MOMENTS.values()):
        said = telegram.message(1, f"2024-04-06T10:00:{number:02}", text=GOOD)
        bad = [telegram.message(2, text="time") | {"date": local, "date_unixtime": seconds}]
        chats.append(telegram.chat([said, *bad], name=f"Moment {number}", id=9500 + number))
    for number, chat in enumerate(chats):
        placed(root / str(number) / "result.json", telegram.text_of(chat), *WRITTEN)
    return len(chats)


def slack_channels(root: Path) -> int:
    odd: list[Any] = [*NUMBERS, *(f"@{number}" for number in range(len(WRITTEN)))]
    stamps = [f"{seconds}.000000" for _, seconds in MOMENTS.values()]
    stamps += ["0.0", "1e400", "1709287200", " 1709287200.000100", "+1709287200.000100"]
    good = slack.say("1709287200.000100", GOOD)
    days = [[good, slack.say("1", "time") | {"ts": value}] for value in [*odd, *stamps]]
    for value in odd:
        file = {"id": "F1", "name": "n", "size": value, "duration_ms": value}
        liked = {"name": "x", "count": value, "users": ["U0ANN"]}
        more: dict[str, Any] = {"files": [file], "reactions": [liked], "reply_count": value}
        more |= {"edited": {"user": "U0ANN", "ts": value}, "thread_ts": value}
        days.append([good, slack.say("1709287201.000100", "two", **more)])
    for number, day in enumerate(days):
        channels = [{"id": f"C{number}", "name": "general", "members": []}]
        slack.write_export(root / str(number), {}, channels=channels)
        placed(root / str(number) / "general" / "2024-03-01.json", json.dumps(day), *WRITTEN)
    return len(days)


RULES = (
    *("", "RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z"),
    *("RRULE:FREQ=SECONDLY;COUNT=99999999999999999999", "RRULE:FREQ=DAILY;INTERVAL=9" + "9" * 30),
    *("RRULE:FREQ=DAILY;COUNT=-1", "RRULE:FREQ=DAILY;UNTIL=00000000T000000Z"),
)
STARTS = (
    *("00000101T000000Z", "00010101T000000Z", "19700101T000000Z", "19691231T235959Z"),
    *("20380119T031408Z", "99991231T235959Z", "99991231T235960Z", "20161231T235960Z"),
    *("20240230T100000Z", "20240305T250000Z", "100000101T000000Z", "1e400", ""),
)
ENDS = ("", "DTEND:19691231T000000Z", "DTEND:99991231T235959Z", "DURATION:P99999999999D")


def calendars(root: Path) -> int:
    """A calendar for each way in which an event can begin and end: the good one comes through."""
    root.mkdir(parents=True)
    count = 0
    for start in STARTS:
        for rule in RULES:
            for end in ENDS:
                lines = [f"DTSTART:{start}", end, rule, "SEQUENCE:99999999999999999999"]
                odd = ics.event(*filter(None, lines), "SUMMARY:odd", uid=f"{count}@x")
                good = ics.event("DTSTART:20240305T100000Z", f"SUMMARY:{GOOD}", uid=f"{count}@y")
                text = ics.calendar(odd, good)
                (root / f"{count}.ics").write_text(text, encoding="utf-8")
                count += 1
    return count


AMOUNTS = (
    *("1e400", "-1e400", "NaN", "Infinity", "1E+1000000", "9" * 5000, "0x10", "1_000", "1e-400"),
    *("-0", "1.2.3", "+5", "5.", "\N{ARABIC-INDIC DIGIT THREE}", "=1+1", "$1,000.00"),
)
DATES = (
    *("1970-01-01 00:00", "0001-01-01 00:00", "9999-12-31 23:59", "10000-01-01 00:00", "-1", "0"),
    *("2016-12-31 23:59:60", "2038-01-19 03:14:08", "253402300800000", "1e20", "9" * 30),
)
IDS = (*map(str, NUMBERS), "1e400", "NaN", "x" * 100_000)


def deals(root: Path) -> int:
    root.mkdir(parents=True)
    plain = {"Deal Stage": "Won", "Amount": "1", "Close Date": "2024-03-05 10:00", "Pipeline": "p"}
    odd = [plain | {"Amount": amount} for amount in AMOUNTS]
    odd += [plain | {"Close Date": date} for date in DATES]
    rows = [{"Record ID": str(500 + n), "Deal Name": GOOD, **row} for n, row in enumerate(odd)]
    lost = [{"Record ID": number, "Deal Name": "id", **plain} for number in IDS]
    table = exports.as_csv([*rows, *lost])
    (root / "hubspot-crm-exports-all-deals-2024-03-05.csv").write_bytes(table)
    return len(rows)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, dict[str, int]]:
    place = Workplace(tmp_path_factory.mktemp("numbers"))
    wanted = {
        "telegram_chats": telegram_chats(place.data / "telegram"),
        "slack_channels": slack_channels(place.data / "slack"),
        "calendar_meetings": calendars(place.data / "calendar"),
        "hubspot_deals": deals(place.data / "hubspot"),
    }
    done = place.run("--include-unmatched", "--max-errors", "100%", "--debug")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    return place, wanted


def test_the_output_keeps_its_contract(told: tuple[Workplace, dict[str, int]]) -> None:
    report = validate_file(told[0].output)
    assert report.ok, report.errors
    accounts = told[0].result["statistics"]["accounting"].values()
    assert all(account["found"] for account in accounts)


def test_nothing_is_a_bug_of_a_reader(told: tuple[Workplace, dict[str, int]]) -> None:
    reasons = {entry["reason"] for entry in told[0].report["quarantine"]}
    assert not reasons & {"reader_error", "unbalanced", "killed_worker", "stalled"}


@pytest.mark.parametrize("kind", ["telegram_chats", "slack_channels"])
def test_what_stands_beside_is_kept(told: tuple[Workplace, dict[str, int]], kind: str) -> None:
    place, wanted = told
    texts = [m["text"] for item in place.result["unmatched"][kind] for m in item["messages"]]
    assert texts.count(GOOD) == wanted[kind]


@pytest.mark.parametrize(
    ("kind", "field"), [("calendar_meetings", "title"), ("hubspot_deals", "name")]
)
def test_what_has_a_record_of_its_own_is_kept(
    told: tuple[Workplace, dict[str, int]], kind: str, field: str
) -> None:
    place, wanted = told
    names = [item[field] for item in place.result["unmatched"][kind]]
    assert names.count(GOOD) == wanted[kind]


def test_ids_of_64_bits_are_ids(told: tuple[Workplace, dict[str, int]]) -> None:
    chats = told[0].result["unmatched"]["telegram_chats"]
    ids = {m["message_id"] for chat in chats for m in chat["messages"] if m["text"] == "id"}
    assert ids >= {str(number) for number in IN_64_BITS}
    deals = {deal["id"] for deal in told[0].result["unmatched"]["hubspot_deals"]}
    assert deals >= {str(number) for number in IN_64_BITS if number > 0}


def test_moments_that_a_calendar_has_are_kept(told: tuple[Workplace, dict[str, int]]) -> None:
    chats = told[0].result["unmatched"]["telegram_chats"]
    times = {m["timestamp"] for chat in chats for m in chat["messages"] if m["text"] == "time"}
    assert {"2038-01-19T03:14:08Z", "9999-12-31T23:59:59Z"} <= times
    meetings = told[0].result["unmatched"]["calendar_meetings"]
    starts = {meeting["start"] for meeting in meetings}
    assert {"1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2038-01-19T03:14:08Z"} <= starts
    closed = {deal["close_date"] for deal in told[0].result["unmatched"]["hubspot_deals"]}
    assert {"1970-01-01T00:00:00Z", "2038-01-19T03:14:08Z"} <= closed
