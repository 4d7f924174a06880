from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http.client import HTTPException

import pytest

from sources.live import calling
from sources.live.calling import (
    Caller,
    Counts,
    Deferred,
    Refused,
    Rejected,
    Trouble,
    Turning,
    Unavailable,
    seconds_of,
)
from tests.live.clock import START, FakeClock


class VendorError(Exception):
    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble


def judge(error: Exception) -> Trouble | None:
    return error.trouble if isinstance(error, VendorError) else None


def caller_at(clock: FakeClock, seconds: float | None = None) -> Caller:
    return Caller(judge, clock, seconds=seconds)


def after(*errors: Exception) -> Callable[[], str]:
    """A request that fails so, then answers."""
    rest = iter(errors)

    def request() -> str:
        for error in rest:
            raise error
        return "answer"

    return request


def limited(retry_after: str | None = None) -> VendorError:
    return VendorError(Trouble("limited", "too many requests", "ratelimited", retry_after))


DOWN = VendorError(Trouble("transient", "the service failed (500)", "500"))


def test_what_may_pass_is_asked_again_after_pauses_that_grow() -> None:
    clock = FakeClock()
    caller = caller_at(clock)
    assert caller.call(after(DOWN, DOWN, DOWN)) == "answer"
    assert clock.waits == [0.75, 1.5, 3.0]
    assert (caller.counts.api_calls, caller.counts.retries_total) == (4, 3)
    assert caller.counts.rate_limit_hits_total == 0


def test_chance_spreads_pauses() -> None:
    early, late = FakeClock(0.0), FakeClock(1.0)
    caller_at(early).call(after(DOWN))
    caller_at(late).call(after(DOWN))
    assert (early.waits, late.waits) == ([0.5], [1.0])


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        json.JSONDecodeError("cut", "{", 1),
        HTTPException("half a body"),
    ],
)
def test_network_is_given_another_chance_whatever_the_sdk(error: Exception) -> None:
    assert caller_at(FakeClock()).call(after(error)) == "answer"


def test_bug_is_not_taken_for_weather() -> None:
    caller = caller_at(FakeClock())
    with pytest.raises(ZeroDivisionError):
        caller.call(after(ZeroDivisionError()))
    assert caller.counts.retries_total == 0


@pytest.mark.parametrize(
    ("retry_after", "waited"),
    [("7", 7.5), ("0.5", 1.0), (formatdate(START + 90, usegmt=True), 90.5)],
)
def test_pause_is_never_shorter_than_asked_for(retry_after: str, waited: float) -> None:
    clock = FakeClock()
    caller = caller_at(clock)
    assert caller.call(after(limited(retry_after))) == "answer"
    assert clock.waits == [waited]
    assert caller.counts.rate_limit_hits_total == 1


@pytest.mark.parametrize(
    "word", [None, "", "0", "-3", "soon", "nan", formatdate(START - 90, usegmt=True)]
)
def test_word_that_says_nothing_leaves_our_own_pauses(word: str | None) -> None:
    clock = FakeClock()
    assert caller_at(clock).call(after(limited(word), limited(word))) == "answer"
    assert clock.waits == [0.75, 1.5]


def test_waiting_often_for_a_limit_is_no_failure() -> None:
    caller = caller_at(FakeClock())
    assert caller.call(after(*[limited("60")] * 20)) == "answer"
    assert caller.counts.breaker_state == "closed"


def test_limit_without_end_ends() -> None:
    caller = caller_at(FakeClock())
    with pytest.raises(Unavailable, match="30 times"):
        caller.call(after(*[limited("0")] * 1000))


def test_who_wants_to_be_left_alone_for_hours_is() -> None:
    clock = FakeClock()
    with pytest.raises(Deferred, match="86,400 s"):
        caller_at(clock).call(after(limited("86400")))
    assert clock.waits == []


@pytest.mark.parametrize(
    ("kind", "raised"), [("quota", Deferred), ("refused", Refused), ("rejected", Rejected)]
)
def test_what_will_not_pass_is_not_asked_again(kind: str, raised: type[Exception]) -> None:
    caller = caller_at(FakeClock())
    trouble = Trouble(kind, "no", "code")  # type: ignore[arg-type]
    with pytest.raises(raised) as caught:
        caller.call(after(VendorError(trouble)))
    assert caught.value.code == "code"  # type: ignore[attr-defined]
    assert (caller.counts.api_calls, caller.counts.retries_total) == (1, 0)


def test_breaker_opens_and_lets_one_call_see() -> None:
    clock = FakeClock()
    caller = caller_at(clock)
    with pytest.raises(Unavailable, match="6 times"):
        caller.call(after(*[DOWN] * 6))
    assert caller.counts == Counts(6, 5, 0, "open")
    assert clock.now >= 0.75 + 1.5 + 3 + 6 + calling.BREAKER_SECONDS, "the sixth was held back"
    before = clock.now
    assert caller.call(after()) == "answer"
    assert clock.now - before == calling.BREAKER_SECONDS
    assert caller.counts.breaker_state == "closed"


def test_call_that_sees_and_fails_opens_the_breaker_again() -> None:
    clock = FakeClock()
    caller = caller_at(clock)
    with pytest.raises(Unavailable):
        caller.call(after(*[DOWN] * 6))
    clock.now += 2 * calling.BREAKER_SECONDS
    states: list[str] = []

    def probe() -> str:
        states.append(caller.counts.breaker_state)
        if len(states) == 1:
            raise DOWN
        return "answer"

    before = clock.now
    assert caller.call(probe) == "answer"
    assert states == ["half_open", "half_open"]
    assert clock.now - before >= calling.BREAKER_SECONDS


def test_answer_between_failures_keeps_the_breaker_closed() -> None:
    caller = caller_at(FakeClock())
    for _ in range(4):
        caller.call(after(DOWN, DOWN))
    assert caller.counts.breaker_state == "closed"


def test_time_that_is_up_ends_it_before_the_pause_not_after() -> None:
    clock = FakeClock()
    caller = caller_at(clock, seconds=30)
    with pytest.raises(Deferred, match="time is up; last it said: too many requests"):
        caller.call(after(limited("60")))
    assert clock.waits == []
    clock.now = 30
    with pytest.raises(Deferred):
        caller.call(after())
    assert caller.counts.api_calls == 1


def test_stopped_run_asks_nothing_more() -> None:
    clock = FakeClock()
    clock.stop = True
    caller = caller_at(clock)
    with pytest.raises(Deferred, match="stopped"):
        caller.call(after())
    assert caller.counts.api_calls == 0


@pytest.mark.parametrize("over", ["time is up", "stopped"])
def test_answer_that_trickles_is_waited_for_no_longer_than_there_is_time(over: str) -> None:
    clock = FakeClock()
    caller = caller_at(clock, seconds=30)
    asked, late = threading.Event(), threading.Event()

    def request() -> bool:
        asked.set()
        return late.wait(30)

    def end() -> None:
        asked.wait(30)
        clock.stop = over == "stopped"
        clock.now = 0 if clock.stop else 30

    threading.Thread(target=end).start()
    try:
        with pytest.raises(Deferred, match=over):
            caller.call(request)
        assert not late.is_set()
    finally:
        late.set()


@pytest.mark.parametrize("word", ["1e999", "inf", "Wed, 99 Oct 2015 07:28:00 GMT", "\u0665x"])
def test_no_word_breaks_it(word: str) -> None:
    assert seconds_of(word, START) == 0


def turn(pages: Iterable[tuple[str, bool]]) -> None:
    turning = Turning()
    for cursor, new in pages:
        turning.more(cursor, new=new)


def test_listing_that_repeats_its_cursor_ends() -> None:
    turn((f"c{n}", True) for n in range(1000))
    with pytest.raises(Unavailable, match="does not end"):
        turn([("a", True), ("b", True)] * 4)


def test_page_that_comes_twice_is_an_accident() -> None:
    turn([("a", True), ("a", False), ("b", True), ("b", False), ("", True)])


def test_listing_without_news_ends_but_may_have_empty_pages() -> None:
    turn((f"c{n}", n % 50 == 0) for n in range(1000))
    with pytest.raises(Unavailable, match="does not end"):
        turn((f"c{n}", False) for n in range(1000))
