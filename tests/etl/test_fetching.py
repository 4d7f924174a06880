"""Services are asked side by side, and what happens to one is its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl import exits, fetching
from etl.reporting import with_fetched
from etl.settings import Settings
from etl.summary import fetched_lines
from sources import registry
from sources.live.calling import Caller, CallError, Deferred, Refused, Rejected, Trouble
from sources.live.fetcher import Course, Identity
from sources.live.landing import Landing
from sources.live.scope import Credential, Scope
from tests.etl.small_report import REPORT

SECRET = "secret-canary"
Act = Callable[[Landing, Caller, Course], None]


class Scripted:
    """A fetcher that does as it is told."""

    acts: dict[str, Act] = {}

    def __init__(self, service: str, credential: Credential) -> None:
        assert credential.secret == SECRET
        self.service = service

    def judge(self, error: Exception) -> Trouble | None:
        return Trouble("transient", "down") if isinstance(error, ZeroDivisionError) else None

    def identity(self, caller: Caller) -> Identity:
        self.acts[self.service](None, caller, Course())  # type: ignore[arg-type]
        return Identity(name="Fernhollow", id="T0FERN", missing=("im:read",))

    def fetch(self, landing: Landing, caller: Caller, scope: Scope, course: Course) -> None:
        self.acts[self.service](landing, caller, course)

    def plan(self, landing: Landing, scope: Scope) -> Iterator[str]:
        yield f"everything since {scope.since}, but {landing.streams()}"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(registry, "load_fetcher", Scripted)
    monkeypatch.setattr(Scripted, "acts", {"slack": land, "calendar": land, "hubspot": land})
    given = {name: Credential(SECRET) for name in Scripted.acts}
    return Settings(data_dir=tmp_path, credentials=given)


def land(landing: Landing, caller: Caller, course: Course) -> None:
    landing.account = {"name": "Fernhollow"}
    with landing.stream("things") as stream:
        stream.append({}, caller.call(lambda: {"ok": True}), {"after": 1})
    course.done = 1


def silent(_: str) -> None:
    """Nobody listens."""


def test_every_service_lands_beside_the_others(settings: Settings) -> None:
    fetched = fetching.fetch(settings, silent)
    assert list(fetched) == ["slack", "calendar", "hubspot"]
    for name, one in fetched.items():
        assert (one.status, one.account, one.done, one.segments) == ("complete", "Fernhollow", 1, 1)
        assert one.api == {
            "api_calls": 1,
            "retries_total": 0,
            "rate_limit_hits_total": 0,
            "breaker_state": "closed",
        }
        folder = settings.data_dir / "live" / name / "things"
        assert [path.name for path in folder.iterdir()] == ["00000001.jsonl.zst"]


def test_services_are_asked_at_the_same_time(settings: Settings) -> None:
    meeting = threading.Barrier(3)

    def meet(*_: Any) -> None:
        meeting.wait(10)

    Scripted.acts = dict.fromkeys(Scripted.acts, meet)
    assert {one.status for one in fetching.fetch(settings, silent).values()} == {"complete"}


def raising(error: Exception) -> Act:
    def act(landing: Landing, caller: Caller, course: Course) -> None:
        land(landing, caller, course)
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (Refused("the token was revoked"), "failed", "the token was revoked"),
        (Rejected("no such thing"), "failed", "no such thing"),
        (Deferred("its time is up"), "deferred", "its time is up; the next run goes on"),
        (OSError(28, "No space left on device"), "failed", "cannot be landed (No space"),
        (ValueError(SECRET), "failed", "unexpected ValueError at test_fetching.py"),
    ],
)
def test_what_happens_to_one_costs_the_others_nothing(
    settings: Settings, error: Exception, status: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    Scripted.acts["calendar"] = raising(error)
    caplog.set_level("DEBUG", "etl")
    fetched = fetching.fetch(settings, silent)
    assert [one.status for one in fetched.values()] == ["complete", status, "complete"]
    assert said in fetched["calendar"].detail
    assert fetched["calendar"].segments == 1, "what was landed until then"
    report = with_fetched(REPORT, fetched)
    assert report.exit_status == (exits.TROUBLE if status == "failed" else exits.OK)
    assert ("calendar" in report.message) == (status == "failed")
    assert report.performance.api["slack"]["api_calls"] == 1
    assert SECRET not in caplog.text + "".join(fetched_lines(fetched)) + repr(report)
    (told,) = (r for r in caplog.records if r.getMessage().startswith(f"calendar: fetch {status}"))
    assert said in told.getMessage()
    assert told.levelname == ("ERROR" if status == "failed" else "INFO")


@pytest.mark.parametrize(("minutes", "status"), [(0, "deferred"), (1, "complete")])
def test_service_may_take_as_long_as_the_settings_say(
    settings: Settings, minutes: int, status: str
) -> None:
    fetched = fetching.fetch(replace(settings, fetch_minutes=minutes), silent)
    assert {one.status for one in fetched.values()} == {status}


def test_what_a_killed_fetch_left_is_gone_after_the_next(settings: Settings) -> None:
    leftover = settings.data_dir / "live" / "slack" / "things" / ".00000001.jsonl.zst.x.tmp"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")
    fetching.fetch(settings, silent)
    assert not leftover.exists()


class Ear(logging.Handler):
    """Hears what reaches the root of all loggers."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@pytest.mark.parametrize("logger", ["slack_sdk.web", "googleapiclient.http", "hubspot", "urllib3"])
def test_what_a_sdk_logs_is_not_heard(settings: Settings, logger: str) -> None:
    def log(*_: Any) -> None:
        logging.getLogger(logger).error("sent %s", SECRET)
        logging.getLogger("else").error("heard")

    Scripted.acts = dict.fromkeys(Scripted.acts, log)
    ear = Ear()
    logging.getLogger().addHandler(ear)
    try:
        fetching.fetch(settings, silent)
    finally:
        logging.getLogger().removeHandler(ear)
    assert set(ear.heard) == {"heard"}


def test_key_that_cannot_be_used_is_the_trouble_of_its_service(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str, credential: Credential) -> Scripted:
        if name == "calendar":
            raise ValueError(f"no key: {SECRET}")
        return Scripted(name, credential)

    monkeypatch.setattr(registry, "load_fetcher", load)
    fetched = fetching.fetch(settings, silent)
    assert [one.status for one in fetched.values()] == ["complete", "failed", "complete"]
    assert SECRET not in fetched["calendar"].detail


def test_only_one_fetches_into_a_folder(settings: Settings) -> None:
    seen: list[Exception] = []

    def second(*_: Any) -> None:
        try:
            fetching.fetch(replace(settings, credentials={}), silent)
        except exits.AlreadyRunning as error:
            seen.append(error)

    Scripted.acts = dict.fromkeys(Scripted.acts, second)
    fetching.fetch(replace(settings, sources=("slack",)), silent)
    assert len(seen) == 1


def test_stopped_fetch_ends_soon_and_keeps_what_it_has(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = threading.Event()
    woken: list[str] = []

    def wait(landing: Landing, caller: Caller, course: Course) -> None:
        with landing.stream("things") as stream:
            stream.append({}, 1, {"after": 1})
            asleep.set()
            try:
                caller.call(lambda: 1 // 0)
            except CallError as error:
                woken.append(error.code)
                raise

    def interrupt(*_: Any) -> None:
        assert asleep.wait(10)
        raise exits.Interrupted(2)

    Scripted.acts = dict.fromkeys(Scripted.acts, wait)
    monkeypatch.setattr(fetching, "_watch", interrupt)
    with pytest.raises(exits.Interrupted):
        fetching.fetch(settings, silent)
    assert woken == ["stopped"] * 3
    things = settings.data_dir / "live" / "slack" / "things"
    assert [path.name for path in things.iterdir()] == ["00000001.jsonl.zst"]


def test_folder_that_is_not_there_is_not_made(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(exits.NoInput, match="no such folder"):
        fetching.fetch(replace(settings, data_dir=tmp_path / "typo"), silent)
    assert not (tmp_path / "typo").exists()


def test_progress_says_how_far_each_is(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS_BETWEEN_LINES", 0.01)
    told: list[str] = []
    seen = threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        seen.set()

    def slow(landing: Landing, caller: Caller, course: Course) -> None:
        course.total, course.done = 1200, 7
        caller.call(lambda: seen.wait(10))

    Scripted.acts["slack"] = slow
    fetching.fetch(replace(settings, sources=("slack",)), tell)
    assert told[0].startswith("fetching: slack 7 of 1,200, ")


def test_plans_ask_nothing_and_leave_no_trace(settings: Settings) -> None:
    asked = replace(settings, sources=("hubspot",), scope=Scope(since="2025-01-01"))
    assert list(fetching.plans(asked)) == ["hubspot: everything since 2025-01-01, but []"]
    assert list(settings.data_dir.iterdir()) == []


def test_services_say_who_we_are_or_why_not(settings: Settings) -> None:
    Scripted.acts = {"slack": lambda *_: None, "calendar": refused, "hubspot": broken}
    told = dict(fetching.identities(settings))
    assert told["slack"] == Identity(name="Fernhollow", id="T0FERN", missing=("im:read",))
    assert told["calendar"] == "no"
    assert str(told["hubspot"]).startswith("unexpected IndexError")


def refused(*_: Any) -> None:
    raise Refused("no")


def broken(*_: Any) -> None:
    raise IndexError(SECRET)


def test_service_without_a_credential_is_not_asked(settings: Settings) -> None:
    without = replace(settings, credentials={})
    with pytest.raises(exits.Misconfigured, match="SLACK_BOT_TOKEN, or GOOGLE"):
        fetching.refuse_unconfigured(without)
    with pytest.raises(exits.Misconfigured, match="set HUBSPOT_API_KEY"):
        fetching.refuse_unconfigured(replace(without, sources=("hubspot",)))
    with pytest.raises(exits.Misconfigured, match="telegram: cannot be fetched"):
        fetching.refuse_unconfigured(replace(settings, sources=("telegram", "slack")))
    fetching.refuse_unconfigured(replace(settings, sources=("slack",)))


def test_folder_that_cannot_be_landed_in_is_said_with_what_to_do(settings: Settings) -> None:
    (settings.data_dir / "live").write_text("somebody's own")
    with pytest.raises(exits.CannotCreate, match=r"cannot be landed here \(.*run with --no-live"):
        fetching.fetch(settings, silent)


def test_fetch_that_is_forbidden_is_not_told_to_set_what_is_set(settings: Settings) -> None:
    with pytest.raises(exits.Misconfigured, match="--no-live"):
        fetching.refuse_unconfigured(replace(settings, live=False))
