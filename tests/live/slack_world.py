"""A Slack workspace that exists: what its API answers, and what an export of it holds.

Slack's own shapes and rules: pages newest first, replies apart from history, a parent that
says how many replies it has and when the latest came.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.live.loopback import Answer, Loopback, Request

TOKEN = "xoxb-1234567890-abcdefghijklmno"
PACIFIC = ZoneInfo("America/Los_Angeles")
BEGIN = 1_740_000_000
"""A moment of February 2025."""
ALL_SCOPES = (
    "channels:read,channels:history,groups:read,groups:history,im:read,im:history,"
    "mpim:read,mpim:history,users:read,users:read.email"
)


def user(number: int) -> dict[str, Any]:
    return {
        "id": f"U{number:08d}",
        "team_id": "T0FERN",
        "name": f"user{number}",
        "deleted": False,
        "real_name": f"User Number {number}",
        "is_bot": False,
        "updated": BEGIN,
        "profile": {
            "real_name": f"User Number {number}",
            "display_name": f"user {number}",
            "email": f"user{number}@fernhollow.example",
            "team": "T0FERN",
        },
    }


def channel(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"C{number:08d}",
        "name": f"ext-customer-{number}",
        "is_channel": True,
        "is_private": False,
        "is_archived": False,
        "is_ext_shared": False,
        "is_member": True,
        "created": BEGIN,
        "creator": "U00000000",
        "topic": {"value": f"topic {number}", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
        **more,
    }


def stamp(seconds: float) -> str:
    return f"{int(seconds)}.{int(seconds * 10**6) % 10**6:06d}"


@dataclass
class World:
    """``messages`` by channel and ``ts``, as Slack keeps them: replies among the others."""

    users: list[dict[str, Any]] = field(default_factory=list)
    channels: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    ever: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """What was ever there, in its last version, deleted or not."""
    scopes: str | None = ALL_SCOPES
    clip: int = 1000
    per_minute: int | None = None
    clock: Any = None
    empty_pages: bool = False
    closed: set[str] = field(default_factory=set)
    """Channels that the bot is not in."""
    calls: dict[str, int] = field(default_factory=dict)
    now: float = BEGIN
    _last_call: float = -(10**9)

    # What people do.

    def say(self, channel: str, text: str, who: int = 0, **more: Any) -> str:
        self.now += 1.000001
        ts = stamp(self.now)
        message = {
            "type": "message",
            "user": f"U{who:08d}",
            "text": text,
            "ts": ts,
            "team": "T0FERN",
            **more,
        }
        self._keep(channel, message)
        return ts

    def reply(self, channel: str, thread: str, text: str, who: int = 0, **more: Any) -> str:
        ts = self.say(channel, text, who, thread_ts=thread, **more)
        self._recount(channel, thread)
        return ts

    def edit(self, channel: str, ts: str, text: str) -> None:
        self.now += 1
        old = self.messages[channel][ts]
        edited = {"user": old["user"], "ts": stamp(self.now)}
        self._keep(channel, {**old, "text": text, "edited": edited})

    def delete(self, channel: str, ts: str) -> None:
        gone = self.messages[channel].pop(ts)
        if gone.get("thread_ts", ts) != ts:
            self._recount(channel, gone["thread_ts"])

    def _keep(self, channel: str, message: dict[str, Any]) -> None:
        for kept in (self.messages, self.ever):
            kept.setdefault(channel, {})[message["ts"]] = message

    def _recount(self, channel: str, thread: str) -> None:
        parent = self.messages[channel].get(thread)
        if parent is None:
            return
        replies = self._replies(channel, thread)
        counted = {k: v for k, v in parent.items() if k not in _COUNTED}
        if replies:
            counted |= {
                "thread_ts": thread,
                "reply_count": len(replies),
                "reply_users_count": len({r["user"] for r in replies}),
                "latest_reply": replies[-1]["ts"],
                "reply_users": sorted({r["user"] for r in replies}),
            }
        self._keep(channel, counted)

    def _replies(self, channel: str, thread: str) -> list[dict[str, Any]]:
        there = self.messages.get(channel, {}).values()
        found = [m for m in there if m.get("thread_ts") == thread and m["ts"] != thread]
        return sorted(found, key=lambda m: m["ts"])

    # What the API says.

    def answer(self, request: Request) -> Answer:
        method = request.path.rpartition("/")[2]
        assert request.method == "POST"
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Answer({"ok": False, "error": "invalid_auth"})
        if self.per_minute and method in {"conversations.history", "conversations.replies"}:
            wait = self._last_call + 60 / self.per_minute - self.clock.now
            if wait > 0:
                after = str(int(wait) + 1)
                return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": after})
            self._last_call = self.clock.now
        self.calls[method] = self.calls.get(method, 0) + 1
        answer = getattr(self, "_" + method.replace(".", "_"))(dict(request.given))
        headers = {} if self.scopes is None else {"x-oauth-scopes": self.scopes}
        return Answer(answer, 200, headers)

    def _auth_test(self, _: dict[str, str]) -> Any:
        who = {"user": "export bot", "user_id": "U0BOT", "bot_id": "B0BOT"}
        return {"ok": True, "url": "", "team": "Fernhollow", "team_id": "T0FERN", **who}

    def _users_list(self, given: dict[str, str]) -> Any:
        return self._page("members", self.users, given)

    def _conversations_list(self, given: dict[str, str]) -> Any:
        kinds = given["types"].split(",")
        found = [c for c in self.channels if _kind(c) in kinds]
        if given.get("exclude_archived") == "true":
            found = [c for c in found if not c["is_archived"]]
        return self._page("channels", found, given)

    def _conversations_history(self, given: dict[str, str]) -> Any:
        channel = given["channel"]
        if channel in self.closed:
            return {"ok": False, "error": "not_in_channel"}
        if channel not in {c["id"] for c in self.channels}:
            return {"ok": False, "error": "channel_not_found"}
        oldest, latest = given.get("oldest", "0"), given.get("latest", "9" * 11)
        there = sorted(self.messages.get(channel, {}), reverse=True)
        found = [
            message
            for ts in there
            if float(oldest) < float(ts) < float(latest)
            and (message := self.messages[channel][ts])
            and (message.get("thread_ts", ts) == ts or "thread_broadcast" in message.values())
        ]
        return {**self._page("messages", found, given), "pin_count": 0}

    def _conversations_replies(self, given: dict[str, str]) -> Any:
        channel, thread = given["channel"], given["ts"]
        replies = self._replies(channel, thread)
        parent = self.messages.get(channel, {}).get(thread)
        if parent is None and not replies:
            return {"ok": False, "error": "thread_not_found"}
        answer = self._page("messages", replies, given)
        answer["messages"][:0] = [parent] if parent else []  # on every page, as Slack may
        return answer

    def _page(self, member: str, entries: list[Any], given: dict[str, str]) -> Any:
        cursor = given.get("cursor", "")
        if cursor and not cursor.startswith("next:"):
            return {"ok": False, "error": "invalid_cursor"}
        start, _, empty = cursor.removeprefix("next:").partition(":")
        begin = int(start or 0)
        size = min(int(given.get("limit") or 100), self.clip)
        if self.empty_pages and not empty:
            # Slack may filter a whole page away, and yet there is more.
            return {"ok": True, member: [], **_more(f"next:{begin}:again")}
        page = entries[begin : begin + size]
        end = begin + len(page)
        return {"ok": True, member: page, **_more(f"next:{end}" if end < len(entries) else "")}

    # What an export of it holds.

    def export(self, root: Path) -> Path:
        """A standard export, with all kinds of conversations."""
        lists: dict[str, list[Any]] = {"channels": [], "groups": [], "mpims": [], "dms": []}
        kinds = dict(zip(("public_channel", "private_channel", "mpim", "im"), lists, strict=True))
        days: dict[Path, list[Any]] = {}
        for one in self.channels:
            lists[kinds[_kind(one)]].append(one)
            folder = root / (one.get("name") or one["id"])
            for ts in sorted(self.messages.get(one["id"], {})):
                day = datetime.fromtimestamp(float(ts), PACIFIC).date()
                days.setdefault(folder / f"{day}.json", []).append(self.messages[one["id"]][ts])
        for path, messages in days.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(messages), encoding="utf-8")
        root.mkdir(parents=True, exist_ok=True)
        for name, entries in {**lists, "users": self.users}.items():
            (root / f"{name}.json").write_text(json.dumps(entries), encoding="utf-8")
        return root


_COUNTED = {"thread_ts", "reply_count", "reply_users_count", "latest_reply", "reply_users"}


def _more(cursor: str) -> dict[str, Any]:
    return {"has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _kind(entry: dict[str, Any]) -> str:
    if entry.get("is_im"):
        return "im"
    if entry.get("is_mpim"):
        return "mpim"
    return "private_channel" if entry.get("is_private") else "public_channel"


def workspace(channels: int, messages: int, *, seed: int = 6, people: int = 20) -> World:
    """A workspace with so many conversations and messages, a fifth of them replies."""
    world = World(
        users=[user(number) for number in range(people)],
        channels=[channel(number) for number in range(channels)],
    )
    chance = random.Random(seed)
    threads: dict[str, list[str]] = {}
    pause = 365 * 86400 / max(messages, 1)
    for number in range(messages):
        world.now += pause
        name = world.channels[chance.randrange(channels)]["id"]
        known = threads.setdefault(name, [])
        who = chance.randrange(people)
        if known and chance.random() < 0.2:
            world.reply(name, chance.choice(known[-5:]), f"reply {number}", who)
        else:
            ts = world.say(name, f"message {number} for <@U{chance.randrange(people):08d}>", who)
            if chance.random() < 0.05:
                known.append(ts)
    return world


def live(world: World) -> Loopback:
    """A server that speaks for it."""
    return Loopback(world.answer)


def changes(world: World, count: int, seed: int) -> Iterator[str]:
    """Let people write, edit, delete and reply late; says what they did."""
    chance = random.Random(seed)
    for number in range(count):
        name = chance.choice(world.channels)["id"]
        there = [ts for ts, m in world.messages.get(name, {}).items() if "thread_ts" not in m]
        deed = chance.choice(("say", "edit", "delete", "reply", "late reply"))
        if deed == "say" or not there:
            world.say(name, f"new {seed}.{number}")
        elif deed == "edit":
            world.edit(name, chance.choice(there), f"edited {seed}.{number}")
        elif deed == "delete":
            world.delete(name, chance.choice(there))
        elif deed == "reply":
            world.reply(name, there[-1], f"reply {seed}.{number}")
        else:
            world.reply(name, there[0], f"late reply {seed}.{number}")
        yield deed
