"""HubSpot's own SDK against a portal on this machine: what is true there is what is read.

``LIVE_FULL=1`` makes the portal one of 30,000 deals, 50 kills of processes and 10,000 calls:
minutes instead of seconds.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import urllib3

from etl import cli
from sources import registry
from sources.hubspot.fetch import HubSpotFetcher
from sources.live.calling import TIMEOUT, Caller, Deferred, Refused, Unavailable
from sources.live.fetcher import Course
from sources.live.landing import Landing, Stream
from sources.live.scope import Credential, Scope
from sources.records import Contact, CrmCompany, Deal
from tests.live.clock import FakeClock
from tests.live.hubspot_api import SCOPES, TOKEN, CrmApi, rate_limited
from tests.live.hubspot_export import export
from tests.live.hubspot_portal import TYPES, ZONE, Portal, portal
from tests.live.loopback import (
    TRANSIENT,
    Answer,
    Fault,
    Loopback,
    Request,
    html,
    limited,
    only_this_machine,
    packed,
    reset,
    status,
    truncated,
)
from tests.reading import Read, Reading, merge, read_archive, source
from tests.running import MAPPING, PROJECT, items_of

FULL = bool(os.environ.get("LIVE_FULL"))
WEEK = 7 * 86_400
CHILD = """
import sys
from pathlib import Path
from sources.hubspot.fetch import HubSpotFetcher
from sources.live.calling import Caller
from sources.live.fetcher import Course
from sources.live.landing import Landing
from sources.live.scope import Credential, Scope
from tests.live.clock import FakeClock

folder, token, url = sys.argv[1:]
clock = FakeClock()
landing = Landing(Path(folder), "hubspot", clock)
fetcher = HubSpotFetcher(Credential(token), base_url=url)
landing.clean()
fetcher.fetch(landing, Caller(fetcher.judge, clock), Scope(), Course())
"""


RECORDED = Path(__file__).parents[1] / "data" / "hubspot" / "landed"
"""What two fetches landed; ``python -m tests.live.test_hubspot`` records it anew."""


class Killed(BaseException):
    """What a test does to a fetch."""


class World:
    """A portal, its API, and what was fetched of it so far."""

    def __init__(self, folder: Path, deals: int = 40) -> None:
        self.portal = portal(deals)
        self.api = CrmApi(self.portal)
        self.server = Loopback(self.api.answer)
        self.data = folder / "data"
        self.clock = FakeClock()
        self.caller = Caller(lambda _: None, self.clock)
        self.course = Course()
        self.landing = Landing(self.data / "live", "hubspot", self.clock)

    def fetch(self, token: str = TOKEN, seconds: float | None = None, **scope: Any) -> int:
        """How many segments it landed."""
        fetcher = HubSpotFetcher(Credential(token), base_url=self.server.url)
        self.caller = Caller(fetcher.judge, self.clock, seconds=seconds)
        self.course = Course()
        self.landing = Landing(self.data / "live", "hubspot", self.clock)
        self.server.requests.clear()
        self.landing.clean()
        fetcher.fetch(self.landing, self.caller, Scope(**scope), self.course)
        return self.landing.segments

    def read(self) -> Reading:
        return read_archive(source("hubspot"), self.data)

    def asked(self) -> Counter[str]:
        """What was honestly answered by the last fetch."""
        return Counter(request.path.strip("/") for request in self.server.requests)

    def check(self) -> Reading:
        """What is read is what is true, and what is no more is said to be deleted."""
        reading = self.read()
        assert not reading.problems
        assert reading.account.balanced
        assert reading.account.accepted == len(reading.items) == len(reading.by_key)
        alive = {
            key: read.head for key, read in reading.by_key.items() if not _record(read).deleted
        }
        truth = {key: head for kind in TYPES for key, head in self.portal.truth(kind).items()}
        assert alive == truth
        return reading


def recorded(folder: Path) -> World:
    """A small portal, fetched twice: what the readers' own tests are fed with."""
    made = World(folder, deals=9)
    with made.server:
        made.fetch()
        made.portal.tick(60)
        made.portal.edit("deals", some(made, "deals", 2), dealname="Renamed")
        made.portal.delete("deals", some(made, "deals", 4))
        made.portal.unite("contacts", some(made, "contacts", 0), some(made, "contacts", 1))
        made.fetch()
    return made


def _record(read: Read) -> Deal | CrmCompany | Contact:
    assert isinstance(read.head, Deal | CrmCompany | Contact)
    return read.head


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(tmp_path)
    with only_this_machine(monkeypatch), made.server:
        yield made


def some(world: World, kind: str, place: int = 0) -> str:
    return list(world.portal.things[kind])[place]


# All there is.


def test_first_fetch_brings_all_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deals = 30_000 if FULL else 300
    made = World(tmp_path, deals)
    with only_this_machine(monkeypatch), made.server:
        made.fetch()
        reading = made.check()
        assert len(reading.items) == deals + deals // 3 + deals // 2
        assert not any(read.summary.findings for read in reading.items)
        assert (made.course.done, made.course.total, made.course.passed_over) == (5, 5, {})
        pages = sum(-(-len(things) // 100) for things in made.portal.things.values())
        assert made.caller.counts.api_calls == 13 + pages
        assert made.fetch() == 0
        assert made.caller.counts.api_calls == 10


def test_portal_without_anything_is_fetched(world: World) -> None:
    world.portal.things = {kind: {} for kind in TYPES}
    world.fetch()
    assert world.check().items == []
    world.portal.create("companies", name="New", domain=None, website=None, hubspot_owner_id=None)
    world.fetch()
    assert len(world.check().items) == 1


def test_associations_beyond_what_a_listing_tells_are_followed(world: World) -> None:
    world.api.inline = 1  # and five to a page of their own
    company = some(world, "companies")
    for contact in world.portal.things["contacts"]:
        world.portal.associate("contacts", contact, "companies", company, main=False)
    world.fetch()
    assert "associations_cut" not in {
        finding.kind for read in world.check().items for finding in read.summary.findings
    }
    pages = world.asked()["crm/v4/associations/companies/contacts/batch/read"]
    assert pages == 4


def test_unchanged_portal_is_asked_for_little_and_nothing_is_landed(world: World) -> None:
    world.fetch()
    before = world.read()
    assert world.fetch() == 0
    assert world.read() == before
    assert world.asked() == {
        "account-info/v3/details": 1,
        "crm/v3/owners": 2,
        "crm/v3/pipelines/deals": 1,
        **{f"crm/v3/objects/{kind}/search": 1 for kind in TYPES},
        **{f"crm/v3/objects/{kind}": 1 for kind in TYPES},
    }


def test_nobody_else_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = World(tmp_path)
    with only_this_machine(monkeypatch) as connected, made.server:
        made.fetch()
    port = int(made.server.url.rstrip("/").rpartition(":")[2])
    assert {address[:2] for address in connected} == {("127.0.0.1", port)}


def test_token_is_not_landed(world: World) -> None:
    world.fetch()
    for segment in world.data.rglob("*.zst"):
        stream = segment.parent.name
        for _, landed in world.landing.landed(stream):
            assert TOKEN not in repr(landed)


def test_what_is_landed_is_what_the_readers_are_tested_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with only_this_machine(monkeypatch):
        made = recorded(tmp_path)
    kept = Landing(RECORDED / "live", "hubspot", made.clock)
    assert made.landing.streams() == kept.streams() != []
    for stream in kept.streams():
        assert list(made.landing.landed(stream)) == list(kept.landed(stream))


# What changes.


def test_increments_arrive(world: World) -> None:
    world.fetch()
    happening = world.portal
    for n in range(4):
        happening.tick(60)
        happening.edit("deals", some(world, "deals", n), dealname=f"Edited {n}", amount=None)
        happening.edit("contacts", some(world, "contacts", n), lastname=f"Married{n}")
        happening.delete("deals", some(world, "deals", 9))
        happening.delete("companies", some(world, "companies", 3))
        happening.unite("contacts", some(world, "contacts", 5), some(world, "contacts", 6))
        new = happening.create("companies", name="New", domain=None, website=None)
        new.properties["hubspot_owner_id"] = "61"
        deal = some(world, "deals", 12)
        happening.associate("deals", deal, "companies", new.id, main=True)
        happening.edit("deals", deal)
        happening.edit("companies", some(world, "companies", 0))
        world.fetch()
        world.fetch(full=True)
        world.check()


def test_changes_that_leave_a_trace_are_found_without_a_full_pass(world: World) -> None:
    world.fetch()
    for n in range(3):
        world.portal.tick(60)
        world.portal.edit("deals", some(world, "deals", n), dealname=f"Edited {n}")
        world.portal.edit("companies", some(world, "companies", n), name=f"Renamed {n}")
        deal, company = some(world, "deals", n + 20), some(world, "companies", n)
        world.portal.associate("deals", deal, "companies", company, main=True)
        world.portal.edit("deals", deal)
        world.portal.edit("companies", company)
        world.fetch()
        assert not any(path.endswith("associations") for path in world.asked())
    world.check()
    assert world.asked()["crm/v3/objects/deals"] == 1, "the deleted ones only"


def test_deleted_is_said_to_be(world: World) -> None:
    world.fetch()
    deal = some(world, "deals", 3)
    name = world.portal.things["deals"][deal].properties["dealname"]
    world.portal.tick()
    world.portal.delete("deals", deal)
    world.fetch()
    head = _record(world.read().by_key[f"hubspot:deal:{deal}"])
    assert (head.deleted, head.name) == (True, name)
    world.portal.tick(60)
    world.portal.restore("deals", deal)
    world.portal.edit("deals", deal)
    world.fetch()
    assert not _record(world.read().by_key[f"hubspot:deal:{deal}"]).deleted


def test_deleted_and_restored_without_a_trace_is_there_again(world: World) -> None:
    newest = some(world, "deals", -1)
    world.fetch()
    world.portal.delete("deals", newest)
    world.fetch()
    assert _record(world.read().by_key[f"hubspot:deal:{newest}"]).deleted
    world.portal.restore("deals", newest)
    world.fetch()
    key = f"hubspot:deal:{newest}"
    assert world.read().by_key[key].head == world.portal.truth("deals")[key]


def test_what_is_gone_without_a_trace_is_found_by_the_full_pass_of_the_week(world: World) -> None:
    world.fetch()
    gone, parted = some(world, "contacts", 2), some(world, "deals", 5)
    companies = list(world.portal.things["deals"][parted].associated["companies"])
    there = world.portal.things["contacts"][gone]
    world.portal.purge("contacts", gone)
    for company in companies:
        world.portal.part("deals", parted, "companies", company)
    assert companies
    assert world.fetch() == 0
    assert not _record(world.read().by_key[f"hubspot:contact:{gone}"]).deleted
    world.clock.now += WEEK + 1
    world.fetch()
    assert _record(world.check().by_key[f"hubspot:contact:{gone}"]).deleted
    before = world.read().items
    assert world.fetch() == 0, "it is not asked again before the next week"
    world.clock.now += WEEK + 1
    world.fetch()
    assert world.read().items == before, "a full pass that finds nothing changes nothing"
    world.portal.things["contacts"][gone] = dataclasses.replace(there, archived_at=None)
    world.clock.now += WEEK + 1
    world.fetch()
    assert not _record(world.read().by_key[f"hubspot:contact:{gone}"]).deleted


def test_change_that_the_search_learns_of_late_is_found(world: World) -> None:
    world.fetch()
    late = some(world, "deals", 4)
    world.portal.tick(60)
    world.portal.edit("deals", late, dealname="Late")
    world.api.unindexed = {late}
    world.portal.tick(5)
    world.portal.edit("deals", some(world, "deals", 5), dealname="In time")
    world.fetch()
    world.api.unindexed = set()
    world.fetch()
    world.check()


def test_change_during_the_first_pass_is_found(world: World) -> None:
    seen: set[str] = set()

    def change() -> None:
        for request in world.server.requests[-1:]:
            if request.path.endswith("objects/deals") and "deals" not in seen:
                seen.add("deals")
                world.portal.tick()
                world.portal.edit("deals", some(world, "deals"), dealname="Meanwhile")

    world.server.hook = change
    world.fetch()
    assert seen
    world.check()


def test_change_of_what_was_just_read_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = World(tmp_path, deals=250)
    with only_this_machine(monkeypatch), made.server:
        made.fetch()
        for n in range(250):
            made.portal.tick()
            made.portal.edit("deals", some(made, "deals", n), dealname=f"Edited {n}")
        first = some(made, "deals")

        def change() -> None:
            if any(request.path.endswith("batch/read") for request in made.server.requests):
                made.server.hook = None
                made.portal.tick()
                made.portal.edit("deals", first, dealname="Edited again")

        made.server.hook = change
        made.fetch()
        assert made.server.hook is None
        made.check()


def test_owner_and_stage_that_are_renamed_are_told(world: World) -> None:
    world.fetch()
    world.portal.owners["61"] = ("Pat", "Married", "pat@ourco.example", False)
    assert world.fetch() == 1
    assert "Pat Married" in {_record(read).owner for read in world.check().items}


def test_since_a_day_brings_what_changed_since_and_never_all(world: World) -> None:
    world.portal.tick(3 * 24 * 60)
    changed = {some(world, "deals", n) for n in range(5)}
    for number in changed:
        world.portal.edit("deals", number, dealname="Changed")

    def deals() -> set[str]:
        return {read.head.id for read in world.read().items if isinstance(read.head, Deal)}

    world.fetch(since=world.portal.now.date().isoformat())
    assert deals() == changed
    world.clock.now += WEEK + 1
    world.fetch()
    assert deals() == changed
    world.fetch(full=True)
    world.check()


def test_damage_is_repaired_by_asking_for_all_anew(world: World) -> None:
    world.fetch()
    segment = world.data / "live" / "hubspot" / "deals" / "00000001.jsonl.zst"
    segment.write_bytes(b"damaged")
    world.portal.tick(60)
    world.portal.edit("deals", some(world, "deals"), dealname="Edited")
    world.fetch(full=True)
    reading = world.read()
    assert {key: reading.by_key[key].head for key in world.portal.truth("deals")} == (
        world.portal.truth("deals")
    )
    assert [problem.path for problem in reading.problems] == [
        "live/hubspot/deals/00000001.jsonl.zst"
    ]
    assert not any(read.summary.findings for read in reading.items)


def test_what_is_gone_is_found_by_asking_for_all_anew(world: World) -> None:
    world.fetch()
    gone = some(world, "contacts", 2)
    world.portal.purge("contacts", gone)
    world.fetch(full=True)
    assert _record(world.check().by_key[f"hubspot:contact:{gone}"]).deleted


def test_plan_says_what_would_be_asked_and_asks_nothing(world: World) -> None:
    def deals(**scope: Any) -> str:
        fetcher = HubSpotFetcher(Credential(TOKEN), base_url=world.server.url)
        world.server.requests.clear()
        plan = list(fetcher.plan(world.landing, Scope(**scope)))
        assert not world.server.requests
        assert plan[0] == "owners and pipelines, whole"
        return next(line for line in plan if line.startswith("deals: "))

    assert deals() == "deals: all"
    assert deals(since="2024-05-01") == "deals: those changed since 2024-05-01"
    world.fetch()
    assert deals() == "deals: those changed since the last fetch, or deleted"
    assert deals(full=True) == "deals: all"
    assert "and from 2024-05-01 on" in deals(since="2024-05-01")
    world.clock.now += WEEK + 1
    assert deals() == "deals: those changed since the last fetch, or deleted; then all again"


# The search and its wall.


def test_all_deals_touched_at_one_moment_are_found(world: World, tmp_path: Path) -> None:
    world.fetch()
    world.portal.tick(60)
    world.portal.touch_all("deals")
    for thing in world.portal.things["deals"].values():
        thing.properties["dealname"] = f"Moved {thing.id}"
    world.fetch()
    world.check()


def test_wall_of_the_search_is_never_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.live.hubspot_api.WALL", 250)
    made = World(tmp_path, deals=900)
    with only_this_machine(monkeypatch), made.server:
        made.fetch()
        made.portal.tick(60)
        for n, number in enumerate(made.portal.things["deals"]):
            if n % 600 == 0:
                made.portal.tick()  # six hundred at one moment, three hundred at the next
            made.portal.edit("deals", number, dealname=f"Moved {n}")
        made.fetch()
        made.check()
        assert made.asked()["crm/v3/objects/deals/search"] < 12
        assert made.asked()["crm/v3/objects/deals/batch/read"] == 9


# Faults.


def other_json(_: Callable[[], Answer]) -> Answer:
    """What something else than HubSpot might say."""
    return Answer({"ok": True})


@pytest.mark.parametrize(
    "fault",
    [limited("1"), limited(None), status(500), status(502), reset, truncated, html, other_json],
)
def test_what_may_pass_is_asked_again(world: World, fault: Fault) -> None:
    world.server.random_faults, world.server.rate = (fault,), 0.3
    world.fetch()
    world.check()
    assert world.caller.counts.retries_total == world.server.failed > 0


def test_two_of_a_hundred_answers_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = World(tmp_path, deals=30_000 if FULL else 120)
    made.server.random_faults = TRANSIENT
    chance, calls, fetches = random.Random(2), 0, 0
    with only_this_machine(monkeypatch), made.server:
        while calls < (10_000 if FULL else 300):
            made.fetch(full=fetches % 3 == 2)
            calls, fetches = calls + made.caller.counts.api_calls, fetches + 1
            live(made.portal, chance)
        made.fetch(full=True)
        made.check()
    assert made.server.failed > calls / 100


def live(portal: Portal, chance: random.Random) -> None:
    """An hour of a portal."""
    portal.tick(60)
    things = {kind: list(portal.things[kind]) for kind in TYPES}
    for n in range(5):
        portal.edit("deals", chance.choice(things["deals"]), dealname=f"Edited {n}, {portal.now}")
        portal.edit("companies", chance.choice(things["companies"]), name=f"No. {n}, {portal.now}")
    portal.delete("deals", chance.choice(things["deals"]))
    gone, into = chance.sample(things["contacts"], 2)
    portal.unite("contacts", gone, into)
    if chance.random() < 0.2:
        portal.touch_all("deals")


def test_no_call_waits_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    timeouts: list[Any] = []
    request = urllib3.PoolManager.request

    def watched(self: urllib3.PoolManager, *given: Any, timeout: Any, **more: Any) -> Any:
        timeouts.append((timeout.connect_timeout, timeout.read_timeout))
        return request(self, *given, timeout=timeout, **more)

    monkeypatch.setattr(urllib3.PoolManager, "request", watched)
    world.fetch()
    assert set(timeouts) == {(10.0, TIMEOUT)}


def test_answer_in_part_is_asked_again(world: World) -> None:
    world.api.inline = 1
    honest = world.api.answer
    failing = iter([True, True])

    def in_part(request: Request) -> Answer:
        answer = honest(request)
        if request.path.endswith("companies/contacts/batch/read") and next(failing, False):
            gone = answer.body["results"].pop()
            context = {"fromObjectId": [gone["from"]["id"]]}
            answer.body["errors"] = [{"category": "INTERNAL_ERROR", "context": context}]
        return answer

    world.server.answer = in_part
    world.fetch()
    world.check()
    assert world.caller.counts.retries_total == 2


def test_compressed_answers_are_read(world: World) -> None:
    honest = world.api.answer
    pages: list[str] = []

    def compressed(request: Request) -> Answer:
        answer = honest(request)
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return answer
        pages.append(request.path)
        return Answer(gzip.compress(packed(answer.body)), 200, {"Content-Encoding": "gzip"})

    world.server.answer = compressed
    world.server.random_faults, world.server.rate = (truncated,), 0.2
    world.fetch()
    world.check()
    assert len(pages) > 9


@pytest.mark.parametrize("policy", ["TEN_SECONDLY_ROLLING", "SECONDLY"])
def test_limit_of_seconds_is_waited_for_in_searches_as_well(world: World, policy: str) -> None:
    world.fetch()
    world.server.faults.extend([None] * 4 + [lambda _: rate_limited(policy)] * 2)
    world.fetch()
    assert world.caller.counts.rate_limit_hits_total == 2
    assert len(world.clock.waits) == 2


def test_limit_of_the_day_is_not_fought_and_the_next_fetch_goes_on(world: World) -> None:
    world.server.faults.extend([None] * 6 + [lambda _: rate_limited("DAILY")])
    with pytest.raises(Deferred, match="today"):
        world.fetch()
    assert world.clock.waits == []
    world.fetch()
    world.check()


def test_token_that_is_not_accepted_is_said_and_not_shown(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.fetch(token="pat-eu1-wrong")
    assert "HUBSPOT_API_KEY" in str(refused.value)
    assert "wrong" not in str(refused.value)
    assert len(world.server.requests) == 1


def test_scope_that_is_wanting_costs_its_objects_only(world: World) -> None:
    world.api.scopes -= {SCOPES["companies"], SCOPES["pipelines"]}
    world.fetch()
    assert world.course.passed_over == {
        f"the token lacks {SCOPES['companies']}": ["companies"],
        f"the token lacks {SCOPES['pipelines']}": ["pipelines"],
    }
    reading = world.read()
    assert Counter(read.summary.kind for read in reading.items) == {
        "hubspot_deals": 40,
        "hubspot_contacts": 20,
    }
    findings = {finding.kind for read in reading.items for finding in read.summary.findings}
    assert findings == {"id_unresolved"}


def test_type_that_cannot_be_asked_for_fails_and_the_others_are_fetched(world: World) -> None:
    honest = world.api.answer

    def partly(request: Request) -> Answer:
        gone = "objects/companies" in request.path
        return Answer(b"<html>", 404) if gone else honest(request)

    world.server.answer = partly
    with pytest.raises(Unavailable, match="companies: HTTP 404"):
        world.fetch()
    assert {read.summary.kind for read in world.read().items} == {
        "hubspot_deals",
        "hubspot_contacts",
    }
    world.server.answer = honest
    world.fetch()
    world.check()


def test_token_without_any_scope_is_refused(world: World) -> None:
    world.api.scopes.clear()
    with pytest.raises(Refused):
        world.fetch()


def test_identity_names_the_portal_and_the_scopes_that_are_wanting(world: World) -> None:
    world.api.scopes -= {SCOPES["owners"], SCOPES["deals"]}
    fetcher = HubSpotFetcher(Credential(TOKEN), base_url=world.server.url)
    identity = fetcher.identity(Caller(fetcher.judge, world.clock))
    assert identity.id == "4711"
    assert identity.missing == (SCOPES["owners"], SCOPES["deals"])


def test_token_of_another_portal_is_refused(world: World) -> None:
    world.fetch()
    world.api.portal_id = 4712
    with pytest.raises(Refused, match="portal 4711"):
        world.fetch()
    assert len(world.server.requests) == 1


def test_listing_that_says_nothing_new_for_long_is_given_up(world: World) -> None:
    honest = world.api.answer
    pages = count()

    def endless(request: Request) -> Answer:
        given = {**request.given, "after": "0"}
        answer = honest(dataclasses.replace(request, given=given))
        if request.path.endswith("objects/deals"):
            answer.body["paging"] = {"next": {"after": f"page {next(pages)}"}}
        return answer

    world.server.answer = endless
    with pytest.raises(Unavailable, match="does not end"):
        world.fetch()
    assert len(world.server.requests) < 120


@pytest.mark.parametrize("path", ["objects/deals", "search", "owners"])
def test_pages_that_repeat_themselves_are_given_up(world: World, path: str) -> None:
    honest = world.api.answer

    def repeating(request: Request) -> Answer:
        first = Request(
            request.method, request.path, dict(request.given), request.body, request.headers
        )
        answer = honest(first)
        if request.path.strip("/").endswith(path) and "results" in answer.body:
            answer.body["paging"] = {"next": {"after": "1"}}
        return answer

    world.server.answer = repeating
    with pytest.raises(Unavailable, match="does not end"):
        world.fetch()
    assert len(world.server.requests) < 20


def test_page_that_comes_twice_is_one(world: World) -> None:
    honest = world.api.answer
    seen: list[Answer] = []

    def twice(request: Request) -> Answer:
        answer = honest(request)
        if request.path.endswith("objects/contacts") and not seen:
            again = {"next": {"after": "0"}}
            seen.append(answer)
            return Answer({**answer.body, "paging": again})
        return answer

    world.server.answer = twice
    world.fetch()
    assert world.check().account.duplicate == 20


# Kills.


def test_fetch_killed_at_any_call_goes_on(world: World) -> None:
    world.api.inline = 2
    chance = random.Random(7)
    kills = 0
    for n in range(50):
        world.portal.tick(60)
        world.portal.edit("deals", some(world, "deals", n % 30), dealname=f"Edited {n}")
        left = chance.randint(1, 25)

        def kill() -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Killed

        kills += _killed(world, kill, full=n % 7 == 0)
    assert kills > 25
    world.server.hook = None
    world.fetch(full=True)
    world.check()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_processes_killed_at_chance_moments_lose_nothing(tmp_path: Path) -> None:
    made = World(tmp_path, deals=30_000 if FULL else 250)
    made.data.mkdir()
    environment = {name: one for name, one in os.environ.items() if "proxy" not in name.lower()}
    environment["PYTHONPATH"] = str(PROJECT)
    chance, kills, most = random.Random(9), 0, 700 if FULL else 30
    with made.server:
        command = [sys.executable, "-c", CHILD, str(made.data / "live"), TOKEN, made.server.url]
        while kills < (50 if FULL else 4):
            child = subprocess.Popen(command, cwd=PROJECT, env=environment)
            left = iter(range(chance.randrange(most)))
            made.server.hook = lambda left=left, kill=child.kill: (
                None if next(left, None) is not None else kill()
            )
            kills += child.wait(600) == -signal.SIGKILL
            with made.server.idle:
                live(made.portal, chance)
        made.server.hook = None
        made.fetch(full=True)
        made.check()


def _killed(world: World, kill: Any, *, full: bool) -> bool:
    """Whether the fetch was killed: in the place of the next call."""
    fetcher = HubSpotFetcher(Credential(TOKEN), base_url=world.server.url)
    landing = Landing(world.data / "live", "hubspot", world.clock)

    class Mortal(Caller):
        def call(self, request: Any) -> Any:
            kill()
            return super().call(request)

    # What was appended is not landed: nobody comes to land it.
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sources.live.landing.Stream.__exit__", _exit)
            fetcher.fetch(landing, Mortal(fetcher.judge, world.clock), Scope(full=full), Course())
    except Killed:
        return True
    return False


def _exit(self: Any, kind: type[BaseException] | None, *_: object) -> None:
    if kind is None or not issubclass(kind, Killed):
        self.land()


def test_fetch_killed_whenever_it_lands_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = World(tmp_path, deals=150)
    made.api.inline = 1
    left = 0
    land = Stream.land

    def mortal(self: Stream) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise Killed
        land(self)

    monkeypatch.setattr("sources.live.landing.LAND_BYTES", 1)
    monkeypatch.setattr(Stream, "land", mortal)
    with only_this_machine(monkeypatch), made.server:
        for number in range(1, 40):
            made.portal.tick(60)
            deal, company = some(made, "deals", number), some(made, "companies", number)
            made.portal.associate("deals", deal, "companies", company, main=True)
            made.portal.edit("deals", deal)
            made.portal.edit("companies", company)
            left = number % 9
            with suppress(Killed):
                made.fetch()
        left = 99
        made.fetch()
        made.check()


def test_first_pass_that_ran_out_of_time_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = World(tmp_path, deals=450)
    with only_this_machine(monkeypatch), made.server:
        made.server.faults.extend([None] * 7 + [limited("100")])
        with pytest.raises(Deferred, match="time"):
            made.fetch(seconds=50)
        assert made.landing.cursor("deals")["pass"]["after"]  # type: ignore[index]
        fetcher = HubSpotFetcher(Credential(TOKEN), base_url=made.server.url)
        assert "deals: all, from where the last fetch ended" in fetcher.plan(made.landing, Scope())
        made.fetch()
        assert made.asked()["crm/v3/objects/deals"] == 3 + 1, "the others, and those deleted"
        made.check()


def test_place_in_a_listing_that_is_none_any_more_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = World(tmp_path, deals=250)
    with only_this_machine(monkeypatch), made.server:
        made.server.faults.extend([None] * 6 + [limited("100")])
        with pytest.raises(Deferred):
            made.fetch(seconds=50)
        made.server.faults.extend([None] * 4 + [status(400, {"category": "VALIDATION_ERROR"})])
        made.fetch()
        assert made.asked()["crm/v3/objects/deals"] == 3 + 1
        made.check()


# The archive of the same world.


def test_export_of_the_same_portal_gives_equal_items(world: World, tmp_path: Path) -> None:
    happening = world.portal
    happening.unite("contacts", some(world, "contacts", 5), some(world, "contacts", 6))
    world.fetch()
    export(happening, tmp_path / "export", "2024-03-01")
    archive = read_archive(source("hubspot", hubspot_timezone=ZONE), tmp_path / "export").by_key
    live = world.check().by_key
    assert archive.keys() == live.keys()
    for key, read in archive.items():
        both = set(read.summary.known) & set(live[key].summary.known)
        assert both == set(read.summary.known), "live knows all that an export does"
        for name in both:
            assert getattr(read.head, name) == getattr(live[key].head, name), (key, name)
        for evidence in ("title", "emails", "domains", "companies", "company_ids", "contact_ids"):
            said = getattr(live[key].summary, evidence)
            assert getattr(read.summary, evidence) == said, (key, evidence)
        assert read.summary.deal_ids == live[key].summary.deal_ids
        assert read.summary.identity == live[key].summary.identity


def test_newest_of_archive_and_live_decides(world: World, tmp_path: Path) -> None:
    deal, gone = some(world, "deals", 1), some(world, "deals", 2)
    export(world.portal, tmp_path / "old", "2024-03-01")
    world.portal.tick(60)
    world.portal.edit("deals", deal, dealname="Live")
    world.portal.delete("deals", gone)
    world.fetch()  # in 2026, says the clock
    world.portal.tick(60)
    world.portal.edit("deals", deal, dealname="Newest")
    world.portal.restore("deals", gone)
    export(world.portal, tmp_path / "new", "2026-12-31")
    live = world.read().by_key
    old = read_archive(source("hubspot", hubspot_timezone=ZONE), tmp_path / "old").by_key
    new = read_archive(source("hubspot", hubspot_timezone=ZONE), tmp_path / "new").by_key

    def merged(number: str, *readings: dict[str, Read]) -> Deal:
        reads = sorted(
            (each[f"hubspot:deal:{number}"] for each in readings),
            key=lambda read: read.summary.version,
        )
        (item,) = merge(source("hubspot"), reads).items
        assert isinstance(item.head, Deal)
        return item.head

    assert merged(deal, live, old).name == "Live"
    assert merged(deal, live, old, new).name == "Newest"
    assert merged(gone, live, old).deleted
    assert not merged(gone, live, old, new).deleted


# The whole run.


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """The command line, with the loopback server in the place of HubSpot."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setenv("HUBSPOT_API_KEY", TOKEN)

    def running(world: World, *arguments: str) -> int:
        monkeypatch.setattr(
            registry,
            "load_fetcher",
            lambda _, credential: HubSpotFetcher(credential, base_url=world.server.url),
        )
        place = world.data.parent
        world.data.mkdir(exist_ok=True)
        given = {
            "--data-dir": world.data,
            "--output": place / "out" / "o.json",
            "--db-path": place / "out" / "s.db",
            "--log-file": place / "out" / "l.log",
            "--mapping": MAPPING,
            "--hubspot-timezone": ZONE,
        }
        told = (str(part) for pair in given.items() for part in pair)
        return cli.main(["run", *told, *arguments])

    yield running
    for number, handler in handlers.items():
        signal.signal(number, handler)


def written(world: World, name: str = "o.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((world.data.parent / "out" / name).read_bytes())
    return found


def heads(world: World) -> dict[str, dict[str, Any]]:
    """Of every item in the output, the fields of its record."""
    return {
        key: {name: item[name] for name in item if name not in {"source", "archive", "findings"}}
        for key, item in items_of(written(world)).items()
    }


def test_run_fetches_first_and_an_unchanged_portal_leaves_the_output_alone(
    world: World, run: Callable[..., int]
) -> None:
    assert run(world) == 0
    first = written(world)
    assert first["statistics"]["total_hubspot_deals"] == 40
    assert first["metadata"]["performance_stats"]["api"]["hubspot"]["api_calls"] == 16
    world.server.requests.clear()
    assert run(world) == 0
    report = written(world, "run.json")
    assert report["status"] == "unchanged"
    assert report["content_sha256"] == first["metadata"]["content_sha256"]
    assert report["performance"]["api"]["hubspot"]["api_calls"] == 10
    assert len(world.server.requests) == 10
    world.portal.tick(60)
    world.portal.edit("deals", some(world, "deals"), dealname="Changed")
    assert run(world) == 0
    assert written(world)["metadata"]["content_sha256"] != first["metadata"]["content_sha256"]
    for path in (world.data.parent / "out").iterdir():
        assert TOKEN.encode() not in path.read_bytes()


def test_output_keeps_what_was_deleted_and_joins_what_was_merged(
    world: World, run: Callable[..., int]
) -> None:
    deal, gone = some(world, "deals"), some(world, "contacts")
    into = some(world, "contacts", 1)
    assert run(world) == 0
    world.portal.tick(60)
    world.portal.delete("deals", deal)
    world.portal.unite("contacts", gone, into)
    world.fetch(full=True)
    assert run(world, "--no-live") == 0
    found = heads(world)
    assert found[f"hubspot:deal:{deal}"]["deleted"] is True
    assert f"hubspot:contact:{gone}" not in found
    assert found[f"hubspot:contact:{into}"]["deleted"] is False
    assert len(found) == 40 + 13 + 20 - 1


def test_archive_of_the_same_portal_adds_nothing(world: World, run: Callable[..., int]) -> None:
    assert run(world) == 0
    live = heads(world)
    export(world.portal, world.data / "export", "2024-03-01")
    assert run(world, "--no-live") == 0
    assert heads(world) == live
    statistics = written(world)["statistics"]
    assert statistics["accounting"]["hubspot"]["duplicate"] == len(live)
    shutil.rmtree(world.data / "live")
    assert run(world, "--no-live", "--allow-shrink") == 0
    assert heads(world) == live


if __name__ == "__main__":
    shutil.rmtree(RECORDED, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        recorded(Path(folder))
        shutil.copytree(Path(folder) / "data", RECORDED)
