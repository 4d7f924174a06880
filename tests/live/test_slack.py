"""Slack, fetched by its own client from a server on this machine and read back: what the
server holds is what arrives, whatever happens on the way.

``LIVE_FULL=1`` makes the worlds as large as they may be: minutes instead of seconds.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl import cli
from sources import registry
from sources._durable import write_whole
from sources.live import landing
from sources.live.calling import Caller, CallError, Deferred, Refused, Unavailable
from sources.live.fetcher import Course
from sources.live.landing import Landing
from sources.live.scope import Credential, Scope
from sources.slack.fetch import SlackFetcher
from tests.live.clock import FakeClock
from tests.live.loopback import (
    TRANSIENT,
    Answer,
    Fault,
    Loopback,
    Request,
    dropped,
    html,
    limited,
    only_this_machine,
    reset,
    status,
    truncated,
)
from tests.live.slack_world import TOKEN, World, changes, channel, live, user, workspace
from tests.reading import Read, Reading, read_archive, source
from tests.running import MAPPING, PROJECT, UNMEASURED, environment

FULL = bool(os.environ.get("LIVE_FULL"))

RECORDED = PROJECT / "tests" / "data" / "slack" / "landed"
"""What two fetches landed; ``python -m tests.live.test_slack`` records it anew."""

CHILD = """
import sys
from tests.live.test_slack import Place
from pathlib import Path
Place(Path(sys.argv[1]), sys.argv[2]).fetch()
"""


@dataclass
class Place:
    """A data folder, and where Slack is."""

    root: Path
    url: str
    clock: FakeClock = field(default_factory=FakeClock)
    landing: Landing = field(init=False)
    caller: Caller = field(init=False)
    course: Course = field(init=False)

    def fetch(self, *, seconds: float | None = None, token: str = TOKEN, **scope: Any) -> Course:
        fetcher = SlackFetcher(Credential(token), base_url=f"{self.url}api/")
        self.landing = Landing(self.root / "live", "slack", self.clock)
        self.landing.clean()
        self.caller = Caller(fetcher.judge, self.clock, seconds=seconds)
        self.course = Course()
        fetcher.fetch(self.landing, self.caller, Scope(**scope), self.course)
        return self.course

    @property
    def calls(self) -> int:
        return self.caller.counts.api_calls

    def read(self) -> Reading:
        reading = read_archive(source("slack"), self.root)
        assert reading.account.balanced
        return reading


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    with only_this_machine(monkeypatch) as connected:
        yield connected


def told(read: Read) -> dict[str, tuple[str, bool, str | None]]:
    return {m.message_id: (m.text, m.deleted, m.reply_to) for m in read.messages}


def truth(world: World, name: str) -> dict[str, tuple[str, bool, str | None]]:
    """What must be told of a channel: all that ever was, in its last version."""
    names = {f"<@{u['id']}>": f"@{u['profile']['display_name']}" for u in world.users}
    found = {}
    for ts, message in world.ever.get(name, {}).items():
        text = message["text"]
        for mention, shown in names.items():
            text = text.replace(mention, shown)
        thread = message.get("thread_ts", ts)
        deleted = ts not in world.messages[name]
        found[ts] = (text, deleted, thread if thread != ts else None)
    return found


def assert_arrived(place: Place, world: World, *, seen: bool = True) -> None:
    """``seen``: all that was deleted had been fetched before."""
    reading = place.read()
    assert not reading.problems
    for one in world.channels:
        read = reading.by_key[f"slack:{one['id']}"]
        found, wanted = told(read), truth(world, one["id"])
        if not seen:
            wanted = {ts: m for ts, m in wanted.items() if ts in found or not m[1]}
        assert found == wanted, one["id"]
        assert not {f.kind for f in read.item.summary.findings} - {"orphan_replies"}


def saying(error: str) -> Fault:
    return status(200, {"ok": False, "error": error})


revoked = saying("token_revoked")


# All of it arrives.


def test_workspace_arrives_whole_and_stays_so(tmp_path: Path) -> None:
    world = workspace(200, 100_000) if FULL else workspace(12, 3000)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        assert_arrived(place, world)
        first = place.calls
        world.calls.clear()
        place.fetch()
        assert place.landing.segments == 0, "nothing was said anew"
        sys.stdout.write(f"first fetch: {first} calls; unchanged: {world.calls}\n")
        for seed in range(5):
            assert list(changes(world, 40, seed))
            place.fetch()
            assert_arrived(place, world)


def test_unchanged_fetch_asks_only_what_it_must(tmp_path: Path) -> None:
    """One page of history for each conversation, and the threads of the last seven days,
    where an edited reply would show nowhere else.
    """
    world = workspace(12, 3000)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        world.calls.clear()
        place.fetch()
    end = {c: max(map(float, there)) - 7 * 86400 for c, there in world.messages.items()}
    recent = [
        m["ts"]
        for c, there in world.messages.items()
        for m in there.values()
        if float(m.get("latest_reply", 0)) > end[c]
    ]
    assert world.calls == {
        "auth.test": 1,
        "users.list": 1,
        "conversations.list": 1,
        "conversations.history": 12,
        "conversations.replies": len(recent),
    }


def test_edit_lands_its_window_and_new_message_itself(tmp_path: Path) -> None:
    world = workspace(1, 950)
    name = world.channels[0]["id"]
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        world.say(name, "a new one")
        place.fetch()
        assert place.landing.size < 3000, "not what was there before"
        oldest = min(world.messages[name])
        world.edit(name, oldest, "edited after a year")
        place.fetch()
        assert place.landing.segments == 1
        read = place.read().by_key[f"slack:{name}"]
        assert read.messages[0].text == "edited after a year"
        assert len(read.messages) == 951
        assert place.read().account.duplicate < 101 + len(world.messages[name]) / 10


def test_late_reply_to_the_oldest_message_is_found(tmp_path: Path) -> None:
    world = workspace(3, 300)
    name = world.channels[1]["id"]
    first = min(world.messages[name])
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        world.now += 300 * 86400
        late = world.reply(name, first, "sorry for the delay")
        place.fetch()
        assert told(place.read().by_key[f"slack:{name}"])[late][0] == "sorry for the delay"
        world.delete(name, late)
        place.fetch()
        assert_arrived(place, world)


def test_edited_reply_shows_nowhere_else_and_is_found(tmp_path: Path) -> None:
    world = workspace(1, 50)
    name = world.channels[0]["id"]
    reply = world.reply(name, min(world.messages[name]), "frist")
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        world.edit(name, reply, "first")
        place.fetch()
        assert_arrived(place, world)


def test_thread_goes_with_its_first_message(tmp_path: Path) -> None:
    world = workspace(1, 50)
    name = world.channels[0]["id"]
    thread = world.say(name, "who comes?")
    replies = [world.reply(name, thread, "me"), world.reply(name, thread, "and me")]
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        for ts in (*replies, thread):
            world.delete(name, ts)
        place.fetch()
        read = told(place.read().by_key[f"slack:{name}"])
        assert [read[ts][1] for ts in (thread, *replies)] == [True] * 3
        assert_arrived(place, world)


def test_old_thread_goes_with_its_first_message(tmp_path: Path) -> None:
    world = workspace(1, 50)
    name = world.channels[0]["id"]
    thread = world.say(name, "who comes?")
    reply = world.reply(name, thread, "me")
    world.now += 30 * 86400
    world.say(name, "a month later")
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        for ts in (reply, thread):
            world.delete(name, ts)
        place.fetch()
        assert_arrived(place, world)


def test_broadcast_reply_is_one_message(tmp_path: Path) -> None:
    world = workspace(1, 20)
    name = world.channels[0]["id"]
    thread = world.say(name, "a question")
    reply = world.reply(name, thread, "to all", subtype="thread_broadcast")
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        assert [m.message_id for m in place.read().items[0].messages].count(reply) == 1
        world.delete(name, reply)
        place.fetch()
        assert_arrived(place, world)


def test_what_a_free_workspace_hides_is_not_deleted(tmp_path: Path) -> None:
    world = workspace(2, 400)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        honest = server.answer

        def hiding(request: Request) -> Answer:
            answer = honest(request)
            if request.path.endswith("history"):
                answer.body["messages"] = answer.body["messages"][:10]
                answer.body["is_limited"] = True
            return answer

        server.answer = hiding
        place.fetch()
        assert_arrived(place, world)
        new = world.say("C00000001", "and it goes on")
        world.edit("C00000001", new, "and it goes on, edited")
        place.fetch()
        assert_arrived(place, world)
        world.edit("C00000001", new, "edited again")
        place.fetch()
        assert_arrived(place, world)


def recorded(root: Path) -> Landing:
    """Two fetches of a small world, with what happens in between."""
    world = workspace(2, 12, people=3)
    name = world.channels[0]["id"]
    thread = world.say(name, "a question about https://acme.example")
    world.reply(name, thread, "an answer", 1)
    with live(world) as server:
        place = Place(root, server.url)
        place.fetch()
        first, second = sorted(world.messages[name])[:2]
        world.edit(name, first, "edited")
        world.delete(name, second)
        world.reply(name, thread, "a late answer", 2)
        world.channels[1]["topic"]["value"] = "another topic"
        place.fetch()
    return place.landing


def test_what_is_landed_is_what_the_readers_are_tested_with(tmp_path: Path) -> None:
    made = recorded(tmp_path)
    kept = Landing(RECORDED / "live", "slack", made.clock)
    assert made.streams() == kept.streams() != []
    for stream in kept.streams():
        assert list(made.landed(stream)) == list(kept.landed(stream))


# Narrowed, and widened again.


def test_since_a_day_and_later_from_the_beginning(tmp_path: Path) -> None:
    world = workspace(3, 900)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch(since="2025-08-01")
        first = min(m.timestamp or "" for read in place.read().items for m in read.messages)
        assert "2025-08-01" <= first < "2025-08-03"
        place.fetch()
        assert min(m.timestamp or "" for r in place.read().items for m in r.messages) == first
        place.fetch(since="2024-01-01")
        assert_arrived(place, world)


def test_full_asks_for_everything_anew(tmp_path: Path) -> None:
    world = workspace(2, 400)
    name = world.channels[0]["id"]
    there = world.messages[name].values()
    old = next(m for m in there if m.get("thread_ts", m["ts"]) != m["ts"])
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        before = place.calls
        world.edit(name, old["ts"], "edited in a thread of last year")
        place.fetch(full=True)
        assert place.calls >= before
        assert_arrived(place, world)


def test_full_makes_good_for_what_was_lost(tmp_path: Path) -> None:
    world = workspace(1, 200)
    name = world.channels[0]["id"]
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        for number in range(2):
            world.say(name, f"and {number}")
            place.fetch()
        (tmp_path / "live" / "slack" / f"messages-{name}" / "00000002.jsonl.zst").unlink()
        assert [problem.detail for problem in place.read().problems] == ["it is missing"]
        place.fetch()
        assert place.read().problems, "nobody asked for it"
        place.fetch(full=True)
        assert_arrived(place, world)


def test_named_channels_alone(tmp_path: Path) -> None:
    world = workspace(4, 100)
    wanted = ("#ext-customer-1", "C00000003", "typo")
    with live(world) as server:
        place = Place(tmp_path, server.url)
        course = place.fetch(channels=wanted)
    assert set(place.read().by_key) == {"slack:C00000001", "slack:C00000003"}
    assert list(course.passed_over.values()) == [["typo"]]


def test_plan_tells_what_would_be_asked_and_asks_nothing(tmp_path: Path) -> None:
    world = workspace(3, 300)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        fetcher = SlackFetcher(Credential(TOKEN), base_url=f"{server.url}api/")
        landing = Landing(tmp_path / "live", "slack", place.clock)
        assert "every conversation" in list(fetcher.plan(landing, Scope()))[-1]
        place.fetch()
        asked = len(server.requests)
        (line,) = list(fetcher.plan(landing, Scope()))[1:]
        assert "of 3 conversations known" in line
        assert ", 0 of them never listed" in line
        assert len(server.requests) == asked


# What may be read, and what not.


def test_channel_the_bot_is_not_in_is_passed_over_and_named(tmp_path: Path) -> None:
    world = workspace(3, 60)
    world.closed = {"C00000001"}
    with live(world) as server:
        place = Place(tmp_path, server.url)
        course = place.fetch()
    (names,) = course.passed_over.values()
    assert names == ["#ext-customer-1"]
    assert set(place.read().by_key) == {"slack:C00000000", "slack:C00000002"}
    assert (course.done, course.total) == (3, 3)


def test_kinds_without_their_scopes_are_passed_over(tmp_path: Path) -> None:
    world = workspace(2, 40)
    world.channels.append(channel(2, is_private=True))
    world.say("C00000002", "secret")
    world.scopes = "channels:read,channels:history"
    with live(world) as server:
        course = Place(tmp_path, server.url).fetch()
        assert [r.given["types"] for r in server.requests if "types" in r.given] == [
            "public_channel"
        ]
    assert ["every private_channel"] in course.passed_over.values()


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (Answer({"ok": False, "error": "invalid_auth"}), Refused),
        (Answer({"ok": False, "error": "token_revoked"}), Refused),
        (Answer({"ok": False}, 401), Refused),
        (Answer(b"<html>", 403), Refused),
        (Answer({"ok": False, "error": "fatal_error"}), Unavailable),
        (Answer(b"", 503), Unavailable),
    ],
)
def test_who_refuses_and_who_is_down_is_told_apart(
    tmp_path: Path, answer: Answer, raised: type[CallError]
) -> None:
    with Loopback(lambda _: answer) as server:
        place = Place(tmp_path, server.url)
        with pytest.raises(raised):
            place.fetch()
    assert place.calls == (1 if raised is Refused else 6)
    assert not (tmp_path / "live").exists()


def test_token_revoked_in_the_middle_keeps_what_was_landed(tmp_path: Path) -> None:
    world = workspace(6, 300)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        server.faults.extend([None] * 6 + [revoked])
        with pytest.raises(Refused, match="token_revoked"):
            place.fetch()
        assert place.landing.segments >= 3
        place.fetch()
        assert_arrived(place, world)


def test_identity_names_the_scopes_that_are_missing(tmp_path: Path) -> None:
    world = workspace(1, 1)
    world.scopes = "channels:read,channels:history,users:read"
    with live(world) as server:
        fetcher = SlackFetcher(Credential(TOKEN), base_url=f"{server.url}api/")
        told = fetcher.identity(Caller(fetcher.judge, FakeClock()))
    assert (told.name, told.id) == ("export bot in Fernhollow", "T0FERN")
    assert "groups:history" in told.missing
    assert "channels:read" not in told.missing


def test_bot_does_not_ask_for_what_it_is_not_in(tmp_path: Path) -> None:
    world = workspace(3, 60)
    world.channels[1]["is_member"] = False
    with live(world) as server:
        course = Place(tmp_path, server.url).fetch()
    assert world.calls["conversations.history"] == 2
    assert [*course.passed_over.values()] == [["#ext-customer-1"]]
    assert (course.done, course.total) == (3, 3)


# Weather.

AFTER = "Wed, 25 Feb 2026 06:20:00 GMT"


@pytest.mark.parametrize(
    "fault",
    [
        *(limited("7"), limited(AFTER), limited("0"), limited("soon"), limited(None)),
        limited("2", {"ok": False, "error": "ratelimited"}),
        *(status(500), status(502, b"<html>"), status(503, b"", Retry_After="3")),
        *(saying("internal_error"), reset, dropped, truncated, html),
        *(status(200, b"\xff\xfe\xff"), status(200, b""), status(200, b'["a list"]')),
    ],
)
def test_any_weather_on_any_call_changes_nothing(tmp_path: Path, fault: Fault) -> None:
    world = workspace(2, 120)
    with live(world) as server:
        calm = Place(tmp_path / "calm", server.url)
        calm.fetch()
        server.faults.extend([fault, None] * calm.calls)
        stormy = Place(tmp_path / "stormy", server.url)
        stormy.fetch()
        assert stormy.caller.counts.retries_total == server.failed == calm.calls
        assert_arrived(stormy, world)
    assert min(stormy.clock.waits) >= 0.5, "it never hammers"


def test_random_weather_over_ten_thousand_calls(tmp_path: Path) -> None:
    world = workspace(40, 24_000) if FULL else workspace(8, 2400)
    world.clip = 2
    with live(world) as server:
        server.random_faults = TRANSIENT
        place = Place(tmp_path, server.url)
        place.fetch()
        counts = place.caller.counts
        assert counts.api_calls > (10_000 if FULL else 1000)
        assert server.failed > counts.api_calls / 100
        assert counts.retries_total == server.failed
        assert counts.breaker_state == "closed"
        assert_arrived(place, world)


def test_pages_of_fifteen_and_one_call_a_minute(tmp_path: Path) -> None:
    """What Slack allows an app that is distributed; in runs of half an hour each."""
    world = workspace(4, 400)
    clock = FakeClock()
    world.clip, world.per_minute, world.clock = 15, 1, clock
    with live(world) as server:
        place = Place(tmp_path, server.url, clock)
        runs = 0
        while True:
            runs += 1
            try:
                place.fetch(seconds=1800)
                break
            except Deferred:
                assert place.read().account.balanced
        assert_arrived(place, world)
        assert runs > 1
        segments = len(list((tmp_path / "live").rglob("*.zst")))
        place.fetch()
        assert len(list((tmp_path / "live").rglob("*.zst"))) == segments
        assert place.caller.counts.rate_limit_hits_total > 20
        assert max(clock.waits) <= 62


def test_pages_of_fifteen_leave_time_for_what_is_new(tmp_path: Path) -> None:
    world = workspace(4, 2000)
    world.clip = 15
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        world.clock = place.clock
        world.per_minute = 1
        new = [world.say(one["id"], "something new") for one in world.channels]
        with pytest.raises(Deferred):
            place.fetch(seconds=1800)
        found = {m.message_id for read in place.read().items for m in read.messages}
        assert set(new) <= found


def test_unfinished_fetch_is_said_until_it_is_done(tmp_path: Path) -> None:
    world = workspace(1, 400)
    world.clip = 15
    with live(world) as server:
        place = Place(tmp_path, server.url)
        server.faults.extend([None] * 8 + [revoked])
        with pytest.raises(Refused):
            place.fetch()
        (read,) = place.read().items
        assert [f.kind for f in read.item.summary.findings] == ["unfinished_fetch"]
        assert 15 <= len(read.messages) < 400
        place.fetch()
        assert_arrived(place, world)


def test_empty_pages_are_no_end(tmp_path: Path) -> None:
    world = workspace(2, 300)
    world.empty_pages, world.clip = True, 40
    world.users = [user(n) for n in range(300)]
    with live(world) as server:
        place = Place(tmp_path, server.url)
        place.fetch()
        assert_arrived(place, world)


def test_cursor_that_ran_out_begins_again(tmp_path: Path) -> None:
    world = workspace(2, 60)
    world.clip = 5
    with live(world) as server:
        place = Place(tmp_path, server.url)
        server.faults.extend([None, None, saying("invalid_cursor")])  # the second page of users
        place.fetch()
        assert_arrived(place, world)


def test_thread_too_long_for_one_run_goes_on(tmp_path: Path) -> None:
    world = World(users=[user(0)], channels=[channel(0)])
    name = world.channels[0]["id"]
    thread = world.say(name, "many will answer")
    for number in range(100):
        world.reply(name, thread, f"reply {number}")
    world.clip = 5
    with live(world) as server:
        place = Place(tmp_path, server.url)
        for _ in range(3):
            server.faults.extend([None] * 8 + [revoked])
            with pytest.raises(Refused):
                place.fetch()
        place.fetch()
        assert_arrived(place, world)
        asked = [r.given.get("cursor") for r in server.requests if r.path.endswith("replies")]
        assert len(asked) < 30, "it never began again"


def test_thread_whose_page_ran_out_begins_again(tmp_path: Path) -> None:
    world = World(users=[user(0)], channels=[channel(0)])
    name = world.channels[0]["id"]
    thread = world.say(name, "many will answer")
    for number in range(30):
        world.reply(name, thread, f"reply {number}")
    world.clip = 5
    with live(world) as server:
        place = Place(tmp_path, server.url)
        server.faults.extend([None] * 7 + [revoked])
        with pytest.raises(Refused):
            place.fetch()
        server.faults.extend([None] * 4 + [saying("invalid_cursor")])
        place.fetch()
        assert not server.faults
        assert_arrived(place, world)


def test_duplicate_pages_change_nothing(tmp_path: Path) -> None:
    world = workspace(2, 200)
    world.clip = 20
    with live(world) as server:
        honest = server.answer
        last: dict[str, tuple[Answer | None, int]] = {}

        def stuttering(request: Request) -> Answer:
            """Every third page is the one before it, once more."""
            method = request.path
            answer = honest(request)
            before, count = last.get(method, (None, 0))
            last[method] = (answer, count + 1)
            more = before and before.body.get("has_more")
            if before and more and count % 3 == 2:
                return replace(before, body={**before.body})
            return answer

        server.answer = stuttering
        place = Place(tmp_path, server.url)
        place.fetch()
        assert_arrived(place, world)


def test_server_that_knows_only_cursors_is_followed(tmp_path: Path) -> None:
    world = workspace(2, 200)
    world.clip = 20
    with live(world) as server:
        honest = server.answer

        def timeless(request: Request) -> Answer:
            kept = {k: v for k, v in request.given.items() if k not in {"latest", "oldest"}}
            return honest(replace(request, given=kept))

        server.answer = timeless
        place = Place(tmp_path, server.url)
        place.fetch()
        assert_arrived(place, world)


@pytest.mark.parametrize("method", ["users.list", "conversations.history", "conversations.replies"])
@pytest.mark.parametrize("fresh_cursors", [True, False])
def test_listing_without_end_is_given_up(tmp_path: Path, method: str, fresh_cursors: bool) -> None:
    world = workspace(1, 60)
    with live(world) as server:
        honest = server.answer
        count = 0

        def endless(request: Request) -> Answer:
            nonlocal count
            answer = honest(request)
            if request.path.endswith(method):
                count += 1
                cursor = f"next:0:{count}" if fresh_cursors else "next:0:again"
                more = {"has_more": True, "response_metadata": {"next_cursor": cursor}}
                return Answer({**answer.body, **more})
            return answer

        server.answer = endless
        place = Place(tmp_path, server.url)
        with pytest.raises(Unavailable, match="does not end"):
            place.fetch()
    assert place.calls < 120


def test_breaker_keeps_away_from_who_is_down(tmp_path: Path) -> None:
    world = workspace(2, 50)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        server.faults.extend([None] * 4 + [status(500)] * 6)
        with pytest.raises(Unavailable):
            place.fetch()
        assert place.caller.counts.breaker_state == "open"
        assert max(place.clock.waits) >= 10
        place.fetch()
        assert_arrived(place, world)


# Kills.


def test_list_that_could_not_be_landed_to_its_end_is_landed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = workspace(2, 60)
    world.clip = 5
    written = 0

    def full_disk(path: Path, data: bytes) -> None:
        nonlocal written
        written += 1
        if written == 3:
            raise OSError(28, "No space left on device")
        write_whole(path, data)

    monkeypatch.setattr(landing, "LAND_BYTES", 1)
    monkeypatch.setattr(landing, "write_whole", full_disk)
    with live(world) as server:
        place = Place(tmp_path, server.url)
        with pytest.raises(OSError, match="No space"):
            place.fetch()
        place.fetch()
        assert_arrived(place, world)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_at_random_points_it_arrives_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = 50 if FULL else 12
    world = workspace(200, 100_000) if FULL else workspace(8, 1500)
    world.clip = 1000 if FULL else 40
    chance = random.Random(7)
    child: subprocess.Popen[bytes] | None = None
    left = 0

    def kill() -> None:
        nonlocal left
        left -= 1
        if left == 0 and child is not None:
            child.send_signal(signal.SIGKILL)

    with live(world) as server:
        server.hook = kill
        ended = 0
        for number in range(kills):
            left = chance.randrange(1, 900 if FULL else 60)
            command = [sys.executable, "-c", CHILD, str(tmp_path), server.url]
            child = subprocess.Popen(command, cwd=PROJECT, env=_quiet(), stderr=subprocess.PIPE)
            _, errors = child.communicate(timeout=120)
            ended += child.returncode == 0
            assert child.returncode in {0, -signal.SIGKILL}, errors.decode()
            reading = read_archive(source("slack"), tmp_path)
            assert not reading.problems
            list(changes(world, 5, number))
        assert ended < kills / 2, "it was hardly ever killed"
        left = 0
        place = Place(tmp_path, server.url)
        place.fetch()
        assert_arrived(place, world, seen=False)
        sys.stdout.write(f"{kills} kills, {ended} of them too late\n")


def _quiet() -> dict[str, str]:
    kept = {name: value for name, value in environment().items() if "proxy" not in name.lower()}
    return {**kept, "PYTHONPATH": str(PROJECT)}


# Beside an export.

ELSEWHERE = {"archive", "version", "known", "identity", "aliases"}


def fields(item: Any) -> dict[str, Any]:
    return msgspec.to_builtins(item)  # type: ignore[no-any-return]


def test_world_exported_and_world_fetched_are_equal_items(tmp_path: Path) -> None:
    world = workspace(5, 600)
    world.channels += [channel(5, is_private=True), channel(6, is_ext_shared=True, is_shared=True)]
    world.channels.append({"id": "D00000007", "is_im": True, "user": "U00000003"})
    for name in ("C00000005", "C00000006", "D00000007"):
        for number in range(20):
            world.say(name, f"hello {number} &amp; <https://acme.example/x|acme>", number % 4)
    thread = world.say("C00000005", "*bold* :wave: <#C00000001|ext-customer-1>")
    world.reply(
        "C00000005",
        thread,
        "reply",
        2,
        reactions=[{"name": "wave", "count": 1, "users": ["U00000001"]}],
    )
    world.edit("C00000005", thread, "edited")
    with live(world) as server:
        place = Place(tmp_path / "live", server.url)
        place.fetch()
    fetched = place.read().by_key
    exported = read_archive(source("slack"), world.export(tmp_path / "export")).by_key
    assert set(fetched) == set(exported)
    for key, one in exported.items():
        other = fetched[key]
        assert one.messages == other.messages, key
        # An export knows its folder; the API, where nobody wrote, no members.
        assert {**fields(other.item.head), "directory": ""} == {
            **fields(one.item.head),
            "directory": "",
        }
        summaries = [fields(read.item.summary) for read in (one, other)]
        assert {k for k in summaries[0] if summaries[0][k] != summaries[1].get(k)} <= ELSEWHERE


def test_export_and_api_together_are_one_conversation_in_its_newest_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = workspace(2, 200)
    name = world.channels[0]["id"]
    data = tmp_path / "data"
    world.export(data / "export")
    with live(world) as server:
        Place(data, server.url).fetch()
    first, second = sorted(ts for ts, m in world.messages[name].items() if "thread_ts" not in m)[:2]
    world.edit(name, first, "edited since")
    world.delete(name, second)
    new = world.say(name, "said since")
    with live(world) as server:
        _served(monkeypatch, server)
        assert _run(tmp_path) == 0
    output = json.loads((tmp_path / "out" / "o.json").read_bytes())
    (item,) = [c for c in _channels(output) if c["channel_id"] == name]
    messages = {m["message_id"]: m for m in item["messages"]}
    assert messages[first]["text"] == "edited since"
    assert messages[second]["deleted"] is True
    assert messages[new]["text"] == "said since"
    assert len(messages) == len(world.ever[name])
    accounting = output["statistics"]["accounting"]["slack"]
    assert accounting["found"] == sum(
        accounting[k] if isinstance(accounting[k], int) else sum(accounting[k].values())
        for k in ("accepted", "duplicate", "ignored", "quarantined")
    )


# The whole command.


def _served(monkeypatch: pytest.MonkeyPatch, server: Loopback) -> None:
    """Let the command ask this server instead of Slack."""

    def load(name: str, credential: Credential) -> SlackFetcher:
        assert name == "slack"
        return SlackFetcher(credential, base_url=f"{server.url}api/")

    monkeypatch.setattr(registry, "load_fetcher", load)
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    for name in os.environ.keys() - environment().keys() - {"SLACK_BOT_TOKEN"}:
        monkeypatch.delenv(name)


def _run(root: Path, *arguments: str) -> int:
    (root / "data").mkdir(exist_ok=True)
    places = {
        "data-dir": "data",
        "output": "out/o.json",
        "db-path": "out/s.db",
        "log-file": "l.log",
    }
    given = [part for name, path in places.items() for part in (f"--{name}", str(root / path))]
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return cli.main([*arguments, *given, "--mapping", str(MAPPING), "--include-unmatched"])
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _channels(output: dict[str, Any]) -> list[dict[str, Any]]:
    places = [*output["companies"].values(), output["review"], output["unmatched"]]
    return [item for place in places for item in place["slack_channels"]]


def test_run_fetches_first_and_an_unchanged_one_leaves_the_output_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = workspace(4, 300)
    with live(world) as server:
        _served(monkeypatch, server)
        assert _run(tmp_path, "--debug") == 0
        first = json.loads((tmp_path / "out" / "o.json").read_bytes())
        assert first["statistics"]["total_slack_channels"] == 4
        assert first["metadata"]["sample"] is False
        for item in _channels(first):
            told = {m["message_id"]: m["text"] for m in item["messages"]}
            assert told == {ts: m[0] for ts, m in truth(world, item["channel_id"]).items()}
        api = first["metadata"]["performance_stats"]["api"]
        assert api["slack"]["breaker_state"] == "closed"
        assert api["slack"]["api_calls"] == len(server.requests)
        assert _run(tmp_path, "--debug") == 0
        report = json.loads((tmp_path / "out" / "run.json").read_bytes())
        assert report["status"] == "unchanged"
        assert report["content_sha256"] == first["metadata"]["content_sha256"]
        calls = report["performance"]["api"]["slack"]["api_calls"]
        assert 0 < calls == len(server.requests) - api["slack"]["api_calls"]
        world.say("C00000002", "one more")
        assert _run(tmp_path) == 0
        third = json.loads((tmp_path / "out" / "o.json").read_bytes())
        assert third["metadata"]["content_sha256"] != first["metadata"]["content_sha256"]
    said = capsys.readouterr()
    assert "Fetched      slack: complete; calls" in said.out
    _nowhere(tmp_path, TOKEN, said.out + said.err)


def test_slack_that_is_down_costs_a_run_its_status_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = workspace(2, 50)
    world.export(tmp_path / "data" / "export")
    evil = {"ok": False, "error": f"see {TOKEN}\nSECOND LINE"}
    with Loopback(lambda _: Answer(evil, 401)) as server:
        _served(monkeypatch, server)
        assert _run(tmp_path, "--debug") == 3
    report = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert report["exit_status"] == 3
    assert (
        "not everything could be fetched (slack: Slack refuses the token (401))"
        in report["message"]
    )
    assert report["sources"]["slack"]["items"] == 2
    assert report["fetched"]["slack"]["status"] == "failed"
    said = capsys.readouterr()
    _nowhere(tmp_path, TOKEN, said.out + said.err)


def test_no_live_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = workspace(2, 50)
    world.export(tmp_path / "data" / "export")
    with live(world) as server:
        _served(monkeypatch, server)
        assert _run(tmp_path, "--no-live") == 0
        assert server.requests == []
        assert _run(tmp_path, "fetch", "--no-live") == 78
    assert not (tmp_path / "data" / "live").exists()


COMMAND = """
import sys
from etl import cli
from sources import registry
from sources.slack.fetch import SlackFetcher
url, *arguments = sys.argv[1:]
registry.load_fetcher = lambda _, credential: SlackFetcher(credential, base_url=url)
sys.exit(cli.main(arguments))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_it_waits_it_ends_at_once_and_keeps_what_it_has(
    tmp_path: Path, number: signal.Signals
) -> None:
    world = workspace(3, 90)
    (tmp_path / "data").mkdir()
    with live(world) as server:
        server.faults.extend([None] * 5 + [limited("600")])
        places = ["--data-dir", "data", "--log-file", "l", "--quiet"]
        child = subprocess.Popen(
            [sys.executable, "-c", COMMAND, f"{server.url}api/", "fetch", *places],
            cwd=tmp_path,
            env=_quiet() | UNMEASURED | {"SLACK_BOT_TOKEN": TOKEN},
            stderr=subprocess.PIPE,
        )
        while len(server.requests) < 5 or server.failed < 1:
            assert child.poll() is None, child.communicate()[1]
            threading.Event().wait(0.01)
        child.send_signal(number)
        _, said = child.communicate(timeout=30)
        assert child.returncode == 128 + number, said
        assert b"interrupted" in said
        place = Place(tmp_path / "data", server.url)
        assert Landing(place.root / "live", "slack", place.clock).cursor("users")
        place.fetch()
        assert_arrived(place, world)


def test_fetch_alone_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = workspace(2, 50)
    with live(world) as server:
        _served(monkeypatch, server)
        assert _run(tmp_path, "fetch", "--dry-run") == 0
        assert server.requests == []
        assert not (tmp_path / "data" / "live").exists()
        assert "slack: conversations.history" in capsys.readouterr().out
        assert _run(tmp_path, "fetch") == 0
        assert not (tmp_path / "out" / "o.json").exists()
        assert "Fetched      slack: complete" in capsys.readouterr().out
        assert _run(tmp_path, "check", "--online") == 0
        assert "slack     answers as export bot in Fernhollow (T0FERN)" in capsys.readouterr().out
        world.scopes = "channels:read"
        assert _run(tmp_path, "check", "--online") == 3
        assert "scopes that are missing: channels:history, " in capsys.readouterr().out


def _nowhere(root: Path, secret: str, said: str) -> None:
    """A secret stands in nothing that was written or said."""
    assert secret not in said
    import zstandard

    for path in root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if path.suffix == ".zst":
                data += zstandard.ZstdDecompressor().decompress(data)
            assert secret.encode() not in data, path


def test_no_other_machine_is_contacted(tmp_path: Path, here: list[Any]) -> None:
    world = workspace(1, 30)
    with live(world) as server:
        Place(tmp_path, server.url).fetch()
    assert {address[0] for address in here} == {"127.0.0.1"}


if __name__ == "__main__":
    shutil.rmtree(RECORDED, ignore_errors=True)
    recorded(RECORDED)
