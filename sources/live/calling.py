"""Calls with good manners: the one place where a service is asked, and asked again.

What an SDK raises is judged by the fetcher that knows it. What may pass is tried again
after a pause that grows, with chance in it, or as long as the service asks for; five such
failures in a row open the breaker, which lets nobody through for a while and then one
call, to see. What the service refuses is not asked twice, and a daily quota is not
fought. The SDKs' own retries are off, so that these counts are true.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, wait
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from json import JSONDecodeError
from math import isfinite
from typing import Literal, NamedTuple, Protocol, TypeVar

import msgspec

TIMEOUT = 60.0
"""Seconds of silence after which a call is given up: what every SDK is told."""
LOOK_UP = 0.2
"""How often who waits for an answer looks up whether there is still time for it."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
ATTEMPTS = 6
"""Of one call, where what failed may pass."""
LIMITED_ATTEMPTS = 30
"""Of one call, where the service only asked to wait."""
LONGEST_WAIT = 3600.0
"""Who asks for a longer pause is asked again in the next run."""
BREAKER_FAILURES, BREAKER_SECONDS = 5, 30.0
IDLE_PAGES, REPEATED_PAGES = 100, 3
"""So many pages of a listing without anything new, or so often the same one, and it will
never end. Once or twice is an accident.
"""

T = TypeVar("T")


class Clock(Protocol):
    """Time and chance, as a fetch knows them."""

    def monotonic(self) -> float: ...
    def time(self) -> float:
        """Seconds since 1970."""

    def random(self) -> float:
        """From 0 to 1."""

    def sleep(self, seconds: float) -> bool:
        """Wait; ``True`` as soon as the run is asked to stop."""


class Trouble(NamedTuple):
    """What an SDK's error means.

    ``transient`` may pass; ``limited`` is an answer that asks to wait; ``quota`` will not
    pass today; ``refused`` holds for whatever else is asked; ``rejected`` for this call.
    ``detail`` is for people and quotes no data; ``code`` is the service's own word.
    """

    kind: Literal["transient", "limited", "quota", "refused", "rejected"]
    detail: str
    code: str = ""
    retry_after: str | None = None


Judge = Callable[[Exception], Trouble | None]


class CallError(Exception):
    """A call that brought no answer.

    ::

        CallError
        ├── Rejected     no to this call; who asked knows what to do
        ├── Refused      no to whatever else would be asked
        ├── Unavailable  asked as often as is decent
        └── Deferred     not now: time is up, a quota is used up, the run stops
    """

    def __init__(self, detail: str, code: str = "") -> None:
        super().__init__(detail, code)
        self.detail = detail
        self.code = code

    def __str__(self) -> str:
        return self.detail


class Rejected(CallError):
    """The service says no to this call."""


class Refused(CallError):
    """The service will say no to every other call as well."""


class Unavailable(CallError):
    """The service does not answer as it should."""


class Deferred(CallError):
    """What is missing is fetched by the next run."""


class Counts(msgspec.Struct):
    """What became of the calls to one service."""

    api_calls: int = 0
    retries_total: int = 0
    rate_limit_hits_total: int = 0
    breaker_state: Literal["closed", "open", "half_open"] = "closed"


class Caller:
    """Asks one service, one call after the other. ``seconds`` is how long it may take in all."""

    def __init__(self, judge: Judge, clock: Clock, *, seconds: float | None = None) -> None:
        self.counts = Counts()
        self._judge = judge
        self._clock = clock
        self._end = None if seconds is None else clock.monotonic() + seconds
        self._failures = 0
        self._opened_at = 0.0

    def call(self, request: Callable[[], T]) -> T:
        """The answer to a request, however often it must be made. Raises `CallError`."""
        failed = limited = 0
        while True:
            self._pass()
            try:
                answer = self._answer(request)
            except Exception as error:
                trouble = self._judge(error) or _judged(error)
                if trouble is None:
                    self._note(lives=True)
                    raise
            else:
                self._note(lives=True)
                return answer
            self._note(lives=trouble.kind != "transient", limited=trouble.kind == "limited")
            if trouble.kind in _ERRORS:
                raise _ERRORS[trouble.kind](trouble.detail, trouble.code)
            failed += trouble.kind == "transient"
            limited += trouble.kind == "limited"
            if failed >= ATTEMPTS or limited >= LIMITED_ATTEMPTS:
                raise Unavailable(f"{trouble.detail}, {failed + limited} times", trouble.code)
            self._pause(failed + limited, trouble)

    def _answer(self, request: Callable[[], T]) -> T:
        """What a request brings while there is time. An answer that trickles is never silent,
        so no SDK would give it up, and nobody could stop it: it is left to itself.
        """
        told: Future[T] = Future()

        def ask() -> None:
            try:
                told.set_result(request())
            except BaseException as error:
                told.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        while not wait((told,), LOOK_UP).done:
            self._sleep(0.0)
        return told.result()

    def _pass(self) -> None:
        """Wait until a call may be made, and count it."""
        counts, pause = self.counts, 0.0
        if counts.breaker_state == "open":
            pause = self._opened_at + BREAKER_SECONDS - self._clock.monotonic()
        self._sleep(max(pause, 0.0))
        if counts.breaker_state == "open":
            counts.breaker_state = "half_open"
        counts.api_calls += 1

    def _note(self, *, lives: bool, limited: bool = False) -> None:
        """Whether the service answered, whatever it said."""
        self.counts.rate_limit_hits_total += limited
        self._failures = 0 if lives else self._failures + 1
        if lives:
            self.counts.breaker_state = "closed"
        elif self._failures >= BREAKER_FAILURES:
            self.counts.breaker_state = "open"
            self._opened_at = self._clock.monotonic()

    def _pause(self, attempts: int, trouble: Trouble) -> None:
        growing = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
        asked = seconds_of(trouble.retry_after, self._clock.time())
        if asked > LONGEST_WAIT:
            raise Deferred(f"it asks to be left alone for {asked:,.0f} s", trouble.code)
        chance = self._clock.random()
        # Never less than was asked for, and not all at the same moment.
        pause = asked + chance if asked else growing * (0.5 + chance / 2)
        self._sleep(pause, f"; last it said: {trouble.detail}")
        self.counts.retries_total += 1

    def _sleep(self, seconds: float, last: str = "") -> None:
        if self._end is not None and self._clock.monotonic() + seconds >= self._end:
            raise Deferred(f"its time is up{last}", "time")
        if self._clock.sleep(seconds):
            raise Deferred("the run was stopped", "stopped")


class Turning:
    """Turns the pages of one listing, and sees when they will never end."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._idle = 0

    def more(self, cursor: str, *, new: bool) -> str:
        """The cursor again, to go on with; ``new`` says whether the page before it held
        anything that no page before held. Raises `Unavailable`.
        """
        self._idle = 0 if new else self._idle + 1
        self._seen[cursor] += bool(cursor)
        if self._seen[cursor] > REPEATED_PAGES or self._idle >= IDLE_PAGES:
            raise Unavailable("a listing does not end: its pages repeat themselves", "endless")
        return cursor


def seconds_of(retry_after: str | None, now: float) -> float:
    """How long a Retry-After asks to wait: seconds, a date; 0 when it says nothing."""
    text = (retry_after or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, OverflowError, OSError):
            return 0.0
    return max(seconds, 0.0) if isfinite(seconds) else 0.0


_ERRORS: dict[str, type[CallError]] = {
    "quota": Deferred,
    "refused": Refused,
    "rejected": Rejected,
}


def _judged(error: Exception) -> Trouble | None:
    """What every SDK may let through: the network's own errors, an answer cut short."""
    if isinstance(error, TimeoutError):
        return Trouble("transient", "no answer in time")
    if isinstance(error, OSError | HTTPException):
        return Trouble("transient", f"the connection failed ({type(error).__name__})")
    if isinstance(error, JSONDecodeError | UnicodeDecodeError):
        return Trouble("transient", "the answer is no JSON, or cut short")
    return None
