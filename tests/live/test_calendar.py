"""Google Calendar, fetched through Google's own client from a server on this machine.

``LIVE_FULL=1`` makes 50 kills of them and 10,000 calls: minutes instead of seconds.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import zstandard

from etl import fetching
from etl.data_etl import DataETL
from etl.settings import Settings
from sources import registry
from sources.calendar import CalendarExport
from sources.calendar.fetch import CalendarFetcher
from sources.live.calling import Caller, Deferred, Refused, Unavailable
from sources.live.fetcher import Course, Identity
from sources.live.landing import Landing
from sources.live.scope import Credential, Scope
from sources.protocol import ReaderOptions
from sources.records import Meeting
from tests.live.calendar_api import HOLIDAYS, SECRET, Api, failing
from tests.live.calendar_files import export
from tests.live.calendar_world import World
from tests.live.clock import FakeClock
from tests.live.loopback import TRANSIENT, Fault, Loopback, limited, only_this_machine, status
from tests.reading import Reading, read_archive
from tests.running import PROJECT
from tests.sources.calendar.writing import kinds, meeting, settled

FULL = bool(os.environ.get("LIVE_FULL"))

CHILD = """
import sys
from pathlib import Path
from sources.calendar.fetch import CalendarFetcher
from sources.live.calling import Caller
from sources.live.fetcher import Course
from sources.live.landing import Landing
from sources.live.scope import Credential, Scope
from tests.live.clock import FakeClock
data, file, url, clock = Path(sys.argv[1]), sys.argv[2], sys.argv[3], FakeClock()
landing, fetcher = Landing(data, "calendar", clock), CalendarFetcher(Credential(file), base_url=url)
landing.clean()
fetcher.fetch(landing, Caller(fetcher.judge, clock), Scope(), Course())
"""

RECORDED = Path(__file__).parents[1] / "data" / "calendar" / "landed"
"""What two fetches landed; ``python -m tests.live.test_calendar`` records it anew."""


@pytest.fixture(autouse=True)
def nowhere_else(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    asked_for, look_up = set[str](), socket.getaddrinfo

    def watched(host: str, *more: Any, **named: Any) -> Any:
        asked_for.add(host)
        return look_up(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    with only_this_machine(monkeypatch) as connected:
        yield connected
    assert connected, "nothing was asked"
    # Google's library asks in threads of its own, whose failures nobody hears of.
    assert asked_for <= {"127.0.0.1"}


@dataclass
class Office:
    """A world, its API, and a folder where what the API says is landed."""

    api: Api
    server: Loopback
    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    user: bool = False
    course: Course = field(default_factory=Course)
    caller: Any = None

    @property
    def world(self) -> World:
        return self.api.world

    def fetcher(self) -> CalendarFetcher:
        file = self.folder / "credentials.json"
        made = self.api.authorized_user if self.user else self.api.service_account
        file.write_text(json.dumps(made(self.server.url)), "utf-8")
        credential = Credential(str(file), None if self.user else self.world.people[0])
        return CalendarFetcher(credential, base_url=self.server.url)

    def fetch(self, *, seconds: float | None = None, **scope: Any) -> int:
        """How many answers it took."""
        asked = len(self.server.requests)
        fetcher = self.fetcher()
        self.caller = Caller(fetcher.judge, self.clock, seconds=seconds)
        self.course = Course()
        fetcher.fetch(self.landing, self.caller, Scope(**scope), self.course)
        return len(self.server.requests) - asked

    @property
    def landing(self) -> Landing:
        return Landing(self.folder / "data" / "live", "calendar", self.clock)

    def read(self) -> Reading:
        """What stands, all series to their ends."""
        options = ReaderOptions(calendar_to="2027-12-31")
        return settled(read_archive(CalendarExport(options), self.folder / "data"))

    def segments(self) -> dict[str, bytes]:
        found = (self.folder / "data").rglob("*.zst")
        return {path.as_posix(): path.read_bytes() for path in found}

    def is_true(self) -> None:
        """What is read is what is true, no meeting more and none less."""
        reading = self.read()
        assert not reading.problems
        told = {key: _facts(meeting(item)) for key, item in reading.by_key.items()}
        truth = self.world.truth
        wrong = [key for key in told.keys() | truth.keys() if told.get(key) != truth.get(key)]
        assert [(told.get(key), truth.get(key)) for key in wrong[:3]] == []


def _facts(head: Meeting) -> dict[str, Any]:
    assert head.organizer
    return {
        "title": head.title,
        "start": head.start,
        "end": head.end,
        "all_day": head.all_day,
        "organizer": head.organizer.email,
        "attendees": {person.email: person.response for person in head.attendees},
        "location": head.location,
        "link": head.link,
        "description": head.description,
        "recurring": head.recurring,
    }


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Four calendars."""
    api = Api(World(calendars=4, events=8), page=5)
    with Loopback(api) as server:
        yield Office(api, server, tmp_path)


# All of it.


def test_twenty_calendars_arrive_whole_and_stay_so(tmp_path: Path) -> None:
    api = Api(World())
    with Loopback(api) as server:
        office = Office(api, server, tmp_path)
        office.fetch()
        assert office.course.done == office.course.total == 20
        office.is_true()
        for _ in range(3):
            office.world.live(60)
            office.fetch()
            office.is_true()
    assert len(office.world.truth) > 3000


def test_unchanged_second_fetch_asks_once_per_calendar_and_lands_nothing(office: Office) -> None:
    office.fetch()
    before = office.segments()
    # A token, who we are, two pages of the list, and what changed in each calendar.
    assert office.fetch() == 4 + len(office.world.people)
    assert office.segments() == before


def test_token_is_renewed_after_a_week_though_nothing_changed(office: Office) -> None:
    office.fetch()
    before = office.segments()
    office.clock.now += 8 * 86400
    office.fetch()
    assert len(office.segments()) == len(before) + len(office.world.people)
    office.is_true()
    again = office.segments()
    office.fetch()
    assert office.segments() == again


def test_forgotten_token_leads_to_a_full_pass_that_finds_what_was_deleted(office: Office) -> None:
    office.fetch()
    office.world.live(30)
    office.api.forgotten = office.api.version
    office.api.remembers_deleted = False
    office.fetch()
    office.is_true()


def test_forgotten_page_leads_back_to_the_beginning(office: Office) -> None:
    office.fetch()
    for _ in range(20):
        office.world.plan()
    _interrupt(office, 8)
    office.api.pages.clear()
    office.fetch()
    office.is_true()


def test_full_asks_for_everything_again_and_changes_nothing(office: Office) -> None:
    office.fetch()
    before = {item.summary.key: item.head for item in office.read().items}
    office.fetch(full=True)
    assert {item.summary.key: item.head for item in office.read().items} == before
    office.is_true()


def test_full_pass_that_was_interrupted_is_gone_on_with(office: Office) -> None:
    office.fetch()
    _interrupt(office, 9, full=True)
    office.is_true()
    office.world.live(10)
    office.fetch()
    office.is_true()


def test_calendar_that_is_renamed_is_landed_though_no_event_changed(office: Office) -> None:
    office.fetch()
    before = len(office.segments())
    office.api.busy.add(office.world.people[1])
    office.fetch()
    assert len(office.segments()) == before + 2, "the list, and the calendar"


def _interrupt(office: Office, after: int, **scope: Any) -> None:
    """A fetch that gets no further than so many answers."""
    limit = len(office.server.requests) + after

    def hook() -> None:
        office.clock.stop = len(office.server.requests) >= limit

    office.server.hook = hook
    with pytest.raises(Deferred):
        office.fetch(**scope)
    office.server.hook, office.clock.stop = None, False


# Interrupted.


class Killed(BaseException):
    """As if the process were no more."""


class Death:
    """Comes at a chance moment: after an answer, or before or after something is done to the
    disk. From then on nothing can be done to it any more.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.in_steps = -1
        self.dead = False
        call, make = Caller.call, tempfile.mkstemp
        monkeypatch.setattr(Caller, "call", lambda *args: self._step(call(*args)))
        monkeypatch.setattr(tempfile, "mkstemp", lambda *args: self._step(make(*self._step(args))))
        for name in ("replace", "fsync", "unlink", "mkdir"):
            monkeypatch.setattr(os, name, self._deadly(getattr(os, name)))

    def _deadly(self, done: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **named: self._step(done(*self._step(args), **named))

    def _step(self, value: Any) -> Any:
        self.in_steps -= 1
        self.dead = self.dead or self.in_steps == 0
        if self.dead:
            raise Killed
        return value


def test_fifty_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api, chance, kills = Api(World(calendars=3, events=12), page=5), random.Random(50), 0
    with Loopback(api) as server:
        office, death = Office(api, server, tmp_path, user=True), Death(monkeypatch)
        while kills < 50:
            death.in_steps, death.dead = chance.randrange(1, 90), False
            try:
                office.landing.clean()
                office.fetch()
            except Killed:
                kills += 1
            else:
                api.world.live(6)
            if kills % 10 == 9:
                api.forgotten = api.version
        death.in_steps, death.dead = -1, False
        office.landing.clean()
        office.fetch()
    office.is_true()
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_processes_killed_at_chance_moments_lose_nothing(tmp_path: Path) -> None:
    api, chance, kills = Api(World(calendars=3, events=12), page=5), random.Random(9), 0
    environment = {name: one for name, one in os.environ.items() if "proxy" not in name.lower()}
    with Loopback(api) as server:
        office = Office(api, server, tmp_path, user=True)
        office.fetcher()
        command = [sys.executable, "-c", CHILD, str(tmp_path / "data" / "live")]
        command += [str(tmp_path / "credentials.json"), server.url]
        while kills < (50 if FULL else 4):
            child = subprocess.Popen(
                command, cwd=PROJECT, env=environment | {"PYTHONPATH": str(PROJECT)}
            )
            server.hook = _after(chance.randrange(25), child.kill)
            kills += child.wait(60) == -signal.SIGKILL
            api.world.live(6)
        server.hook = None
        office.landing.clean()
        office.fetch()
    office.is_true()


def _after(count: int, act: Callable[[], None]) -> Callable[[], None]:
    left = iter(range(count))

    def hook() -> None:
        if next(left, None) is None:
            act()

    return hook


def test_time_that_is_up_keeps_what_was_landed(office: Office) -> None:
    office.server.faults.extend([*[None] * 5, *[failing(500, "backendError")] * 9])
    with pytest.raises(Deferred):
        office.fetch(seconds=20)
    assert len(office.segments()) == 2, "the list, and one page of the first calendar"
    office.server.faults.clear()
    office.fetch()
    office.is_true()


# What Google may say instead.


@pytest.mark.parametrize(
    "fault",
    [
        *TRANSIENT,
        limited(None),
        limited("0"),
        limited("soon"),
        limited("Wed, 25 Feb 2026 06:14:00 GMT"),
        failing(403, "rateLimitExceeded"),
        failing(403, "userRateLimitExceeded"),
        failing(500, "backendError"),
        status(200, []),
        status(200, {"kind": "calendar#events", "items": {}}),
        status(200, {"kind": "calendar#events", "items": ["one"]}),
        status(200, {}),
        status(200, b'{"kind": "\xff"}'),
    ],
)
def test_what_may_pass_is_asked_again(office: Office, fault: Fault) -> None:
    # In the list, and in the middle of a calendar.
    office.server.faults.extend([None, fault, None, fault, None, None, fault, fault])
    office.fetch()
    office.is_true()
    assert office.caller.counts.retries_total == 4
    assert office.caller.counts.breaker_state == "closed"


@pytest.mark.parametrize(
    "fault",
    [
        *TRANSIENT,
        limited(None),
        status(400, {"error": "internal_failure"}),
        status(200, {"error": "what"}),
    ],
)
@pytest.mark.parametrize("user", [False, True])
def test_token_that_is_not_given_at_once_is_asked_for_again_by_us(
    office: Office, fault: Fault, user: bool
) -> None:
    office.user = user
    office.server.faults.extend([fault, fault])
    office.fetch()
    office.is_true()
    assert office.caller.counts.retries_total == 2


def test_pause_that_google_asks_for_is_made_and_counted(office: Office) -> None:
    office.server.faults.extend([None, failing(403, "rateLimitExceeded", Retry_After="37")])
    office.fetch()
    assert [int(wait) for wait in office.clock.waits] == [37]
    assert office.caller.counts.rate_limit_hits_total == 1
    # Tokens are no calls of their own.
    assert office.caller.counts.api_calls == len(office.server.requests)


def test_a_fiftieth_of_all_answers_may_fail(office: Office) -> None:
    office.server.random_faults = TRANSIENT
    while len(office.server.requests) + office.server.failed < (10_000 if FULL else 300):
        office.fetch()
        office.world.live(1)
    office.fetch()
    office.is_true()
    assert office.server.failed > len(office.server.requests) / 100


@pytest.mark.parametrize(
    ("fault", "error", "word"),
    [
        (failing(401, "authError"), Refused, "not accepted"),
        (failing(403, "insufficientPermissions"), Refused, "lacks a scope"),
        (failing(403, "accessNotConfigured"), Refused, "not enabled"),
        (failing(403, "quotaExceeded"), Deferred, "used up"),
        (failing(403, "dailyLimitExceeded"), Deferred, "used up"),
    ],
)
def test_what_will_not_pass_is_asked_once(
    office: Office, fault: Fault, error: type[Exception], word: str
) -> None:
    office.server.faults.extend([None, None, fault])
    with pytest.raises(error, match=word):
        office.fetch()
    assert office.caller.counts.retries_total == 0
    assert not office.clock.waits


def test_error_in_the_newer_manner_of_google_is_understood(office: Office) -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo"}
    body = {"error": {"code": 403, "details": [detail | {"reason": "SERVICE_DISABLED"}]}}
    office.server.faults.extend([None, status(403, body)])
    with pytest.raises(Refused, match="not enabled"):
        office.fetch()


def test_calendar_that_is_closed_to_us_stops_no_other(office: Office) -> None:
    closed = office.world.people[1]
    office.api.closed.add(closed)
    office.fetch()
    assert office.course.passed_over["HTTP 404 notFound"] == [closed]
    assert office.course.done == 4
    office.api.closed.clear()
    office.fetch()
    office.is_true()


@pytest.mark.parametrize("endless", ["endless", "endless_list"])
def test_listing_that_never_ends_is_left(office: Office, endless: str) -> None:
    setattr(office.api, endless, True)
    with pytest.raises(Unavailable, match="does not end"):
        office.fetch()


# Whom Google takes us for.


def test_person_who_agreed_is_known_by_the_address_and_may_have_wider_scopes(
    office: Office,
) -> None:
    office.user = True
    office.api.granted = "https://www.googleapis.com/auth/calendar.readonly openid"
    identity = _identity(office)
    assert (identity.name, identity.missing) == (office.world.people[0], ())
    office.fetch()
    office.is_true()


def test_token_is_asked_for_once(office: Office) -> None:
    fetcher = office.fetcher()
    caller = Caller(fetcher.judge, office.clock)
    for _ in range(3):
        assert fetcher.identity(caller).name == office.world.people[0]
    assert len(office.api.tokens) == 1


def test_scopes_that_a_person_did_not_agree_to_are_named(office: Office) -> None:
    office.user = True
    office.api.granted = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
    missing = "https://www.googleapis.com/auth/calendar.events.readonly"
    assert _identity(office).missing == (missing,)
    with pytest.raises(Refused, match=missing):
        office.fetch()


def test_token_that_is_not_given_is_refused_without_quoting(office: Office) -> None:
    fetcher = office.fetcher()
    office.world.people[0] = "somebody@else.example"
    with pytest.raises(Refused, match="invalid_grant") as refused:
        fetcher.identity(Caller(fetcher.judge, office.clock))
    assert "No." not in str(refused.value)
    assert not office.clock.waits


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "JSONDecodeError"),
        ("[]", "AttributeError"),
        ('{"installed": {"client_id": "x", "client_secret": "hush"}}', "neither"),
        ('{"type": "service_account", "private_key": "hush"}', "MalformedError"),
        ('{"type": "authorized_user", "client_secret": "hush"}', "KeyError"),
        (None, "FileNotFoundError"),
    ],
)
def test_file_that_opens_nothing_is_said_without_quoting(
    tmp_path: Path, text: str | None, word: str, nowhere_else: list[Any]
) -> None:
    nowhere_else.append("nothing is asked")
    file = tmp_path / "credentials.json"
    if text is not None:
        file.write_text(text, "utf-8")
    fetcher = CalendarFetcher(Credential(str(file)))
    with pytest.raises(Refused, match=word) as refused:
        fetcher.identity(Caller(fetcher.judge, FakeClock()))
    assert "hush" not in str(refused.value)


def test_nothing_secret_is_landed(office: Office) -> None:
    office.user = True
    office.fetch()
    for path in (office.folder / "data").rglob("*.zst"):
        landed = zstandard.ZstdDecompressor().decompress(path.read_bytes())
        for secret in (SECRET, "client-secret", *office.api.tokens):
            assert secret.encode() not in landed
        assert office.world.people[0].encode() in landed.split(b"\n")[0], "whom it was told to"


def _identity(office: Office) -> Identity:
    fetcher = office.fetcher()
    return fetcher.identity(Caller(fetcher.judge, office.clock))


# Which calendars.


def test_calendars_that_google_makes_are_passed_over_unless_named(office: Office) -> None:
    office.fetch()
    assert [*office.course.passed_over.values()] == [[HOLIDAYS]]
    office.fetch(calendars=(HOLIDAYS,))
    assert office.course.passed_over == {"HTTP 404 notFound": [HOLIDAYS]}, "it was asked for"


def test_only_calendars_that_are_named_are_fetched(office: Office) -> None:
    hidden = office.world.people[2]
    office.api.unlisted.add(hidden)
    named = (office.world.people[1].upper(), hidden, "No such calendar")
    office.fetch(calendars=named)
    assert office.course.total == 2
    assert office.course.passed_over == {
        "no calendar of that name is in the list": ["No such calendar"]
    }
    assert {meeting(item).calendar for item in office.read().items} == {
        office.world.people[1],
        hidden,
    }
    office.api.unlisted.add(office.world.people[1])
    office.world.live(20)
    office.fetch()
    assert office.course.total == 4, "what was named once is kept up to date"
    office.is_true()


def test_service_account_that_nothing_is_shared_with_is_told_what_to_do(office: Office) -> None:
    office.api.unlisted.update(office.world.people)
    office.fetch()
    assert office.course.passed_over["the list is empty: share calendars, and name them"] == ["all"]


def test_calendar_shared_as_free_and_busy_says_when(office: Office) -> None:
    office.api.busy.update(office.world.people)
    office.fetch()
    reading = office.read()
    assert reading.by_key.keys() == office.world.truth.keys()
    assert {meeting(item).title for item in reading.items} == {""}
    assert kinds(reading) >= {"details_withheld"}


def test_calendar_shared_as_free_and_busy_hides_nothing_another_one_tells(office: Office) -> None:
    office.api.busy.add(office.world.people[0])
    office.fetch()
    told = {key: meeting(item).title for key, item in office.read().by_key.items()}
    for event in office.world.events.values():
        shown = set(office.world.calendars_of(event)) - office.api.busy
        for key, _ in event.meetings(office.world.people):
            assert told[key] == (event.title if shown else "")


def test_plan_says_what_would_be_asked_and_asks_nothing(
    office: Office, nowhere_else: list[Any]
) -> None:
    nowhere_else.append("nothing is asked")
    fetcher, one = office.fetcher(), office.world.people[1]
    assert [*fetcher.plan(office.landing, Scope(calendars=(one,)))] == [
        "the list of calendars",
        f"{one}: all events",
    ]
    assert not office.server.requests
    office.fetch(calendars=(one,))
    asked = len(office.server.requests)
    assert [*fetcher.plan(office.landing, Scope())] == [
        "the list of calendars",
        f"{one}: what changed since it was asked",
        "all events of each calendar in the list that is not named here",
    ]
    assert [*fetcher.plan(office.landing, Scope(full=True))][1] == f"{one}: all events"
    assert len(office.server.requests) == asked


# A whole run.


def test_run_fetches_and_writes_what_is_true_and_a_second_one_changes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher = office.fetcher()
    monkeypatch.setattr(registry, "load_fetcher", lambda *_: fetcher)
    mapping = office.folder / "mapping.csv"
    mapping.write_text("base_company,variant_name,calendar_domain\nAcorn,Acorn,acorn.example\n")
    (office.folder / "data").mkdir()
    settings = Settings(
        data_dir=office.folder / "data",
        mapping=mapping,
        output=office.folder / "out.json",
        db_path=office.folder / "state.db",
        executor="thread",
        our_domains=("ours.example",),
        readers=ReaderOptions(calendar_to="2027-12-31"),
        credentials={"calendar": Credential("unused")},
    )
    shas = []
    for changes in (0, 0, 20):
        office.world.live(changes)
        assert fetching.fetch(settings, lambda _: None)["calendar"].status == "complete"
        with DataETL(settings=settings) as etl:
            etl.run_etl()
        written = json.loads((office.folder / "out.json").read_bytes())
        shas.append(written["metadata"]["content_sha256"])
        places = [*written["companies"].values(), written["review"], written["unmatched"]]
        keys = {meeting["key"] for place in places for meeting in place["calendar_meetings"]}
        assert keys == office.world.truth.keys()
        assert written["companies"]["Acorn"]["calendar_meetings"]
    assert shas[0] == shas[1] != shas[2]


# An archive of the same.


def test_archive_and_api_of_one_world_give_equal_meetings(tmp_path: Path) -> None:
    api = Api(World(calendars=8))
    api.world.live(60, guests=False)
    with Loopback(api) as server:
        office = Office(api, server, tmp_path)
        office.fetch()
    export(api.world, tmp_path / "ics" / "data")
    landed = office.read().by_key
    exported = Office(api, server, tmp_path / "ics").read().by_key
    assert landed.keys() == exported.keys() == api.world.truth.keys()
    for key, item in exported.items():
        told, known = meeting(landed[key]), meeting(item)
        for name in known.__struct_fields__:
            if name == "organizer" and known.organizer is None:
                continue  # an export names nobody where nobody is invited
            if name != "calendar":  # any of those it is in
                assert getattr(told, name) == getattr(known, name), (key, name)


def test_what_was_deleted_between_the_export_and_the_first_fetch_is_gone(office: Office) -> None:
    export(office.world, office.folder / "data" / "old")
    event = office.world.pick(lambda one: one.organizer in office.world.people)
    event.deleted = True
    office.world.change(event)
    office.fetch()
    assert office.read().by_key.keys() == office.world.truth.keys()


@pytest.mark.parametrize("guests", [False, True])
def test_archive_beside_the_api_adds_nothing_and_brings_nothing_back(
    tmp_path: Path, guests: bool
) -> None:
    api = Api(World(calendars=6, events=15))
    with Loopback(api) as server:
        office = Office(api, server, tmp_path)
        export(api.world, tmp_path / "data" / "old")
        office.fetch()
        office.is_true()
        api.world.live(100, guests)
        office.fetch()
        office.is_true()
    if not guests:  # in an export nobody can tell who took an instance out
        export(api.world, tmp_path / "data" / "new")
        # Of a calendar's own events an export names no organizer: compared by what it knows.
        assert office.read().by_key.keys() == api.world.truth.keys()


def record(target: Path, folder: Path) -> None:
    """Two calendars and what happened in them between two fetches."""
    api = Api(World(calendars=2, events=6), page=5)
    with Loopback(api) as server:
        office = Office(api, server, folder, user=True)
        office.fetch()
        api.world.live(10)
        office.fetch()
        office.is_true()
    shutil.copytree(folder / "data", target)


def test_what_is_recorded_is_what_is_landed_now(tmp_path: Path) -> None:
    record(tmp_path / "now", tmp_path)
    found = [_unpacked(tmp_path / "now"), _unpacked(RECORDED)]
    assert found[0] == found[1] != {}


def _unpacked(folder: Path) -> dict[str, bytes]:
    unpack = zstandard.ZstdDecompressor().decompress
    return {
        path.relative_to(folder).as_posix(): unpack(path.read_bytes())
        for path in folder.rglob("*.zst")
    }


if __name__ == "__main__":
    shutil.rmtree(RECORDED, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        record(RECORDED, Path(place))
