"""Fetching before reading: every service that has a credential is asked, side by side.

A fetcher only lands answers; the readers find them in the data folder like any archive.
Whatever happens to one service is its own: what it landed until then is whole.
"""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import cached_property
from threading import Event
from typing import Literal

import msgspec

from etl import clock, exits
from etl.credentials import VARIABLES
from etl.locking import exclusive
from etl.report import Fetched
from etl.session import fetch_lock
from etl.settings import Settings
from etl.unforeseen import unexpected
from sources import registry
from sources.live.calling import Caller, CallError, Deferred, Trouble
from sources.live.fetcher import Course, Fetcher, Identity
from sources.live.landing import Landing
from sources.live.scope import FOLDER

SECONDS_BETWEEN_LINES = 5.0
ONLINE_SECONDS = 30.0
"""How long ``check --online`` waits for one service."""

_SDK_LOGGERS = ("slack_sdk", "googleapiclient", "google", "hubspot", "urllib3")

log = logging.getLogger("etl")

Tell = Callable[[str], None]


class LiveClock:
    """The clock of this machine; whoever sleeps is woken when the run is stopped."""

    def __init__(self, stopping: Event) -> None:
        self.sleep = stopping.wait

    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)
    random = staticmethod(random.random)


class _Task:
    """One service being asked."""

    def __init__(
        self, name: str, settings: Settings, stopping: Event, seconds: float | None = None
    ) -> None:
        for logger in _SDK_LOGGERS:
            # They would print what they were about to send.
            logging.getLogger(logger).propagate = False
            logging.getLogger(logger).addHandler(logging.NullHandler())
        ticking = LiveClock(stopping)
        budget = settings.fetch_minutes * 60.0 if seconds is None else seconds
        self._name = name
        self._began = time.monotonic()
        self._credential = settings.credentials[name]
        self.course = Course()
        self.landing = Landing(settings.data_dir / FOLDER, name, ticking)
        self.caller = Caller(self._judge, ticking, seconds=budget)

    @cached_property
    def fetcher(self) -> Fetcher:
        """Made when it is first needed: a key that cannot be used is its own trouble."""
        return registry.load_fetcher(self._name, self._credential)

    def _judge(self, error: Exception) -> Trouble | None:
        return self.fetcher.judge(error)

    def run(self, settings: Settings) -> Fetched:
        status: Literal["complete", "deferred", "failed"] = "complete"
        detail = ""
        try:
            self.landing.clean()
            self.fetcher.fetch(self.landing, self.caller, settings.scope, self.course)
        except Deferred as error:
            status, detail = "deferred", f"{error}; the next run goes on from there"
        except Exception as error:
            status, detail = "failed", _said(error)
            log.debug("%s", "".join(traceback.format_tb(error.__traceback__)))
        return Fetched(
            status=status,
            detail=detail,
            account=str(self.landing.account.get("name", "")),
            done=self.course.done,
            segments=self.landing.segments,
            bytes_landed=self.landing.size,
            seconds=round(self._elapsed, 3),
            passed_over={why: tuple(names) for why, names in self.course.passed_over.items()},
            api=msgspec.to_builtins(self.caller.counts),
        )

    @property
    def line(self) -> str:
        """How far it is, and how fast."""
        course, calls = self.course, self.caller.counts.api_calls
        of = "" if course.total is None else f" of {course.total:,}"
        rate = calls / max(self._elapsed, 1e-9)
        return f"{self._name} {course.done:,}{of}, {calls:,} calls, {rate:,.1f} calls/s"

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._began


def fetch(settings: Settings, tell: Tell) -> dict[str, Fetched]:
    """Ask every service of these settings; ``tell`` hears how far they are. Raises
    `AlreadyRunning`.
    """
    stopping = Event()
    with _alone(settings):
        tasks = {name: _Task(name, settings, stopping) for name in settings.fetched_sources}
        with ThreadPoolExecutor(max(len(tasks), 1), "fetch") as pool:
            done = {name: pool.submit(task.run, settings) for name, task in tasks.items()}
            try:
                _watch(tasks, done, tell)
            except BaseException:
                stopping.set()  # each ends after the answer it waits for
                raise
    fetched = {name: future.result() for name, future in done.items()}
    for name, one in fetched.items():
        log.log(
            logging.ERROR if one.status == "failed" else logging.INFO,
            "%s: fetch %s%s; %d calls, %d segments, %d bytes landed (%.1f s)",
            *(name, one.status, f": {one.detail}" if one.detail else "", one.api["api_calls"]),
            *(one.segments, one.bytes_landed, one.seconds),
        )
        for reason, names in one.passed_over.items():
            log.info("%s: %d passed over: %s", name, len(names), reason)
    return fetched


def plans(settings: Settings) -> Iterator[str]:
    """What a fetch would ask, without asking anything."""
    for name in settings.fetched_sources:
        task = _Task(name, settings, Event())
        try:
            for line in task.fetcher.plan(task.landing, settings.scope):
                yield f"{name}: {line}"
        except Exception as error:
            yield f"{name}: {_said(error)}"


def identities(settings: Settings) -> Iterator[tuple[str, Identity | str]]:
    """Whom each service takes us for, or why it does not answer."""
    for name in settings.fetched_sources:
        task = _Task(name, settings, Event(), ONLINE_SECONDS)
        try:
            yield name, task.fetcher.identity(task.caller)
        except Exception as error:
            yield name, _said(error)


def refuse_unconfigured(settings: Settings) -> None:
    """Complain when `fetch` was asked for what nothing opens. Raises `Misconfigured`."""
    if not settings.live:
        raise exits.Misconfigured("--no-live forbids to ask: fetch without it")
    missing = [name for name in settings.sources if name not in settings.fetched_sources]
    if missing or not settings.fetched_sources:
        names = [VARIABLES[name] for name in (missing or VARIABLES) if name in VARIABLES]
        if not names:
            raise exits.Misconfigured(f"{', '.join(missing)}: cannot be fetched, only exported")
        raise exits.Misconfigured(f"no key to ask a live service with: set {', or '.join(names)}")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Nobody else lands in this data folder."""
    if not settings.data_dir.is_dir():
        said = "no such folder; make it, or give --data-dir"
        raise exits.NoInput(f"{settings.data_dir}: {said}")
    lock = fetch_lock(settings)
    with ExitStack() as held:
        try:
            lock.parent.mkdir(mode=0o700, exist_ok=True)
            held.enter_context(exclusive([lock], clock.now()))
        except OSError as error:
            said = f"what is fetched cannot be landed here ({error.strerror or error})"
            remedy = "make it writable, or run with --no-live"
            raise exits.CannotCreate(f"{lock.parent}: {said}; {remedy}") from error
        yield


def _watch(tasks: Mapping[str, _Task], done: Mapping[str, Future[Fetched]], tell: Tell) -> None:
    while wait(done.values(), SECONDS_BETWEEN_LINES).not_done:
        waiting = [task.line for name, task in tasks.items() if not done[name].done()]
        tell("fetching: " + "; ".join(waiting))


def _said(error: Exception) -> str:
    """What went wrong, without what was being sent or landed."""
    if isinstance(error, CallError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"its answers cannot be landed ({error.strerror})"
    return unexpected(error)
