from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.slack.windows import SIZE, before, divided, mark, moment_of, unfinished

stamps = st.integers(1_500_000_000_000_000, 1_900_000_000_000_000).map(
    lambda micros: f"{micros // 10**6}.{micros % 10**6:06d}"
)


@given(st.sets(stamps, max_size=350))
def test_windows_tile_the_time_and_hold_every_message_once(found: set[str]) -> None:
    messages = {ts: {"ts": ts} for ts in found}
    windows = divided(messages, "0")
    bounds = [(10**12, 0), *(moment_of(window.lower) for window in windows)]
    assert bounds == sorted(bounds, reverse=True)
    assert windows[-1].lower == "0"
    for window, top in zip(windows, bounds, strict=False):
        inside = [ts for ts in found if moment_of(window.lower) <= moment_of(ts) < top]
        assert window.count == len(inside) <= SIZE
        assert window.mark == mark(messages[ts] for ts in inside)


def test_newest_window_is_the_one_with_room() -> None:
    messages = {f"{1_700_000_000 + n}.000000": {"n": n} for n in range(2 * SIZE + 7)}
    assert [window.count for window in divided(messages, "0")] == [7, SIZE, SIZE]


def test_no_messages_are_a_window_too() -> None:
    (window,) = divided({}, "5.000000")
    assert (window.lower, window.count, window.mark) == ("5.000000", 0, 0)


@given(stamps)
def test_nothing_comes_between_a_ts_and_the_one_before(ts: str) -> None:
    seconds, micros = moment_of(ts)
    assert moment_of(before(ts)) == divmod(seconds * 10**6 + micros - 1, 10**6)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "b"},
        {"reply_count": 3},
        {"latest_reply": "1700000000.000001"},
        {"reactions": [{"name": "wave", "users": ["U1"], "count": 1}]},
        {"edited": {"user": "U1", "ts": "1700000000.000000"}},
    ],
)
def test_whatever_somebody_did_changes_the_sum(change: dict[str, Any]) -> None:
    message = {"ts": "1700000000.000000", "text": "a"}
    assert mark([message]) != mark([message | change])


@pytest.mark.parametrize(
    "change",
    [
        {"last_read": "1700000000.000000"},
        {"subscribed": True},
        {"user_profile": {"name": "ann", "avatar_hash": "x", "status_text": "at lunch"}},
    ],
)
def test_what_nobody_wrote_does_not(change: dict[str, Any]) -> None:
    message = {"ts": "1700000000.000000", "user_profile": {"name": "ann"}}
    assert mark([message]) == mark([message | change])


def test_sum_depends_on_no_order() -> None:
    messages = [{"ts": str(n)} for n in range(5)]
    assert mark(messages) == mark(messages[::-1])


def test_what_was_never_listed_and_what_waits_is_unfinished() -> None:
    assert unfinished({"windows": [["5", 0, 0], ["0", 0, None]]})
    assert unfinished({"windows": [["0", 3, 17]], "pending": {"5": ["1:5", ""]}})
    assert not unfinished({"windows": [["0", 3, 17]], "threads": {"5": ["1:5", 3]}})
