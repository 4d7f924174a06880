"""Fetching Slack: people, conversations, and of each conversation what is new or changed.

History is asked for in windows of time, threads by their first message. What an answer
says of a thread's replies (how many, the latest) tells when to ask for the thread again,
so a late reply is found under however old a message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from sources.live.calling import Caller, Refused, Rejected, Trouble, Turning
from sources.live.fetcher import Course, Identity
from sources.live.landing import Landing, Stream
from sources.live.scope import Credential, Scope
from sources.slack.api import NOT_IN_CHANNEL, SCOPES, SlackApi, judge
from sources.slack.fields import mapping, objects, string
from sources.slack.moment import Moment
from sources.slack.windows import (
    BEGINNING,
    MESSAGES,
    PAGE,
    Cursor,
    Window,
    before,
    divided,
    mark,
    moment_of,
)

PEOPLE_PAGE = 200
"""What Slack advises to ask for at once."""
LOOK_BACK_SECONDS = 7 * 86400
"""Before a conversation's last message: threads are asked for again whatever is said of
them, for an edited reply shows nowhere else; and what is older waits for the rest.
"""
KINDS = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}
"""Kinds of conversations, and the family of scopes that lets a token read them."""
_NO_MORE = {"has_more": False, "response_metadata": {"next_cursor": ""}}

Said = tuple[Mapping[str, Any], dict[str, Any]]
"""What was asked, and the answer."""


Page = tuple[Mapping[str, Any], dict[str, Any], dict[str, Mapping[str, Any]], str | None]
"""Also the messages of history it holds that no page before it held, by ``ts``, and how
far down it reaches, if anywhere.
"""


class SlackFetcher:
    """What a bot token, or a user's, can read of a workspace."""

    service = "slack"

    def __init__(self, credential: Credential, *, base_url: str | None = None) -> None:
        self._api = SlackApi(credential.secret, base_url)

    def judge(self, error: Exception) -> Trouble | None:
        return judge(error)

    def identity(self, caller: Caller) -> Identity:
        answer, scopes = self._api.whoami(caller)
        missing = tuple(scope for scope in SCOPES if scopes is not None and scope not in scopes)
        name = f"{string(answer.get('user'))} in {string(answer.get('team'))}"
        return Identity(name=name, id=string(answer.get("team_id")), missing=missing)

    def fetch(self, landing: Landing, caller: Caller, scope: Scope, course: Course) -> None:
        answer, scopes = self._api.whoami(caller)
        names = ("team", "team_id", "enterprise_id", "user", "user_id", "bot_id")
        account = {name: string(answer[name]) for name in names if answer.get(name)}
        landing.account = {"name": account.get("team", ""), **account}
        _Fetch(self._api, landing, caller, scope, course).run(_kinds(scopes, course))

    def plan(self, landing: Landing, scope: Scope) -> Iterator[str]:
        known = [name for name in landing.streams() if name.startswith(MESSAGES)]
        yield "auth.test, users.list and conversations.list, to their ends"
        since = f" from {scope.since} on" if scope.since else ""
        if scope.channels:
            yield f"only of these conversations: {', '.join(scope.channels)}"
        if scope.full or not known:
            yield f"conversations.history and conversations.replies of every conversation{since}"
            return
        cursors = [_cursor(landing.cursor(name), scope) for name in known]
        windows = sum(len(cursor.windows) for cursor in cursors)
        holes = sum(window.mark is None for cursor in cursors for window in cursor.windows)
        pending = sum(len(cursor.pending) for cursor in cursors)
        yield (
            f"of {len(known):,} conversations known: {windows:,} windows of history{since},"
            f" {holes:,} of them never listed to their end, and {pending:,} threads left over;"
            " threads that changed; and conversations that are new"
        )


class _Fetch:
    """One fetch of one workspace."""

    def __init__(
        self, api: SlackApi, landing: Landing, caller: Caller, scope: Scope, course: Course
    ) -> None:
        self._api = api
        self._landing = landing
        self._caller = caller
        self._scope = scope
        self._course = course
        self._page = 0
        """The most that came at once when there was more."""
        self._settled: set[tuple[str, str]] = set()

    def run(self, kinds: list[str]) -> None:
        """All there is to ask, the newest of every conversation first."""
        self._people()
        asked = {"types": ",".join(kinds), "limit": PAGE, "exclude_archived": "false"}
        found = self._listing("conversations", "conversations.list", "channels", asked)
        chosen = self._chosen(found)
        # By chance, so that a time that is always too short is not always too short for
        # the same ones.
        chosen.sort(key=lambda _: self._landing.clock.random())
        self._course.total = len(chosen)
        chosen = [channel for channel in chosen if self._may_read(channel)]
        for newest_only in (True, False):
            readable = []
            for channel in chosen:
                try:
                    self._conversation(channel, newest_only=newest_only)
                    readable.append(channel)
                except Rejected as error:
                    self._course.pass_over(_shown(channel), str(error))
                self._course.done += newest_only
            chosen = readable

    def _may_read(self, channel: Mapping[str, Any]) -> bool:
        """Whether it is worth asking: a bot reads only what it is in."""
        if channel.get("is_member") is not False or "bot_id" not in self._landing.account:
            return True
        self._course.pass_over(_shown(channel), NOT_IN_CHANNEL)
        self._course.done += 1
        return False

    def _people(self) -> None:
        try:
            self._listing("users", "users.list", "members", {"limit": PEOPLE_PAGE})
        except Rejected as error:
            self._course.pass_over("the list of people", str(error))

    def _chosen(self, found: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The conversations that were asked for: those named, else all."""
        if not self._scope.channels:
            return found
        wanted = {name.removeprefix("#") for name in self._scope.channels}
        chosen = [c for c in found if {string(c.get("id")), string(c.get("name"))} & wanted]
        known = {string(c.get(key)) for c in chosen for key in ("id", "name")}
        for name in sorted(wanted - known):
            self._course.pass_over(name, "no conversation that this token sees has that name")
        return chosen

    def _listing(
        self, stream: str, method: str, member: str, given: Mapping[str, Any]
    ) -> list[Mapping[str, Any]]:
        """What a method lists, to its end; landed when it says anything new."""
        said = list(self._pages(method, member, given))
        entries = {string(e.get("id")): e for _, answer in said for e in objects(answer[member])}
        cursor = {"mark": mark(entries.values())}
        with self._landing.stream(stream) as landed:
            if self._scope.full or landed.cursor != cursor:
                for number, (asked, answer) in enumerate(said, 1):
                    landed.append(asked, answer, cursor if number == len(said) else {})
        return [entries[name] for name in sorted(entries) if name]

    def _pages(
        self, method: str, member: str, given: Mapping[str, Any], cursor: str = ""
    ) -> Iterator[Said]:
        """Page by page to the end: an empty one, or a short one, is no end; where a cursor
        ran out, from the beginning.
        """
        turning = Turning()
        seen: set[str] = set()
        while True:
            asked = {**given, **({"cursor": cursor} if cursor else {})}
            try:
                answer = self._api.ask(self._caller, method, asked)
            except Rejected as error:
                if error.code != "invalid_cursor" or not cursor:
                    raise
                turning.more("again", new=False)
                cursor = ""
                continue
            answer.setdefault(member, [])
            yield {"method": method, **asked}, answer
            names = {string(e.get("ts") or e.get("id")) for e in objects(answer[member])}
            cursor = turning.more(_next(answer), new=not names <= seen)
            seen |= names
            if not cursor:
                return

    # One conversation.

    def _conversation(self, channel: Mapping[str, Any], *, newest_only: bool) -> None:
        name = string(channel["id"])
        with self._landing.stream(MESSAGES + name) as landed:
            cursor = _cursor(landed.cursor, self._scope if newest_only else None)
            recent, before_it = _recent(cursor), dict(cursor.threads)
            number = 0
            while number < len(cursor.windows):
                span = self._span(name, cursor, number, recent, newest_only=newest_only)
                if not span:
                    number += 1
                elif cursor.windows[number].mark is None:
                    number = self._list(landed, name, cursor, number)
                else:
                    number = self._compare(landed, name, cursor, number, span)
            # Where nothing is said of a thread, an edited reply may still be.
            late = {t: (s, "") for t, (s, _) in before_it.items() if _replied(s) > recent}
            threads = (late if newest_only else {}) | cursor.pending
            for thread, (said, page) in threads.items():
                self._thread(landed, name, cursor, thread, said, page)

    def _span(
        self, name: str, cursor: Cursor, number: int, recent: Moment, *, newest_only: bool
    ) -> int:
        """How many windows from this one on are to be asked for together now: as many as
        fit on a page, once the first of them is due.
        """
        span = count = 0
        since = moment_of(_since(self._scope))
        for place, window in enumerate(cursor.windows[number:], number):
            top = moment_of(cursor.windows[place - 1].lower) if place else (10**12, 0)
            due = span or not newest_only or window.mark is None or top > recent
            if not due or top <= since or (name, window.lower) in self._settled:
                break
            count += window.count
            if span and (window.mark is None or count > (self._page or cursor.page)):
                break
            span += 1
            if window.mark is None:
                break
        return span

    def _list(self, landed: Stream, name: str, cursor: Cursor, number: int) -> int:
        """List a window for the first time; says which is the next one below it."""
        lower, top = _bounds(cursor, number)
        for asked, answer, fresh, bottom in self._history(name, lower, top):
            cursor.newest = max(cursor.newest, *fresh, "", key=moment_of)
            cursor.pending.update(_changed(cursor, fresh))
            if bottom is not None:
                end = number + (bottom == lower)
                number = self._settle(name, cursor, slice(number, end), divided(fresh, bottom))
            cursor.page = self._page or cursor.page
            landed.append(asked, answer, cursor)
        return number

    def _compare(self, landed: Stream, name: str, cursor: Cursor, number: int, span: int) -> int:
        """Ask for windows again, and land those that say something new, as if they had been
        asked for alone; says which is the next one below them.
        """
        lower, top = _bounds(cursor, number, span)
        pages = list(self._history(name, lower, top))
        messages = {ts: message for _, _, fresh, _ in pages for ts, message in fresh.items()}
        known = cursor.newest
        cursor.newest = max(known, *messages, "", key=moment_of)
        # A free workspace hides what is old: that says nothing about it.
        hidden = any(answer.get("is_limited") for _, answer, _, _ in pages)
        for _ in range(span):
            window = cursor.windows[number]
            lower, top = _bounds(cursor, number)
            held = {ts: m for ts, m in messages.items() if _within(ts, lower, top)}
            fresh = {ts: m for ts, m in held.items() if moment_of(ts) > moment_of(known)}
            same = window.mark == mark(held[ts] for ts in held.keys() - fresh.keys())
            told = fresh if same else held
            if not told and (same or hidden):
                number = self._settle(name, cursor, slice(number, number + 1), [window])
                continue
            number = self._settle(name, cursor, slice(number, number + 1), divided(held, lower))
            cursor.pending.update(_changed(cursor, told))
            if not (same or hidden):
                cursor.pending.update(_gone(cursor, held, lower, top))
            asked = {**pages[0][0], "oldest": known if same else before(lower)}
            asked |= {"latest": top} if top is not None else {}
            answer = {**pages[0][1], "messages": [*told.values()], **_NO_MORE}
            answer |= {"is_limited": True} if hidden else {}
            cursor.page = self._page or cursor.page
            landed.append(asked, answer, cursor)
        return number

    def _settle(self, name: str, cursor: Cursor, place: slice, windows: list[Window]) -> int:
        """Put windows in their place, not to be asked for again in this fetch; says which
        is the next one below them.
        """
        cursor.windows[place] = windows
        self._settled.update((name, window.lower) for window in windows)
        return int(place.start) + len(windows)

    def _history(self, name: str, lower: str, top: str | None) -> Iterator[Page]:
        """The pages of a stretch of time, newest first. Each is asked for by time, which
        never expires; Slack's own cursor leads on over pages that hold nothing.
        """
        turning = Turning()
        cursor = ""
        while True:
            asked = {"channel": name, "limit": PAGE}
            asked |= {"oldest": before(lower)} if lower != BEGINNING else {}
            asked |= {"latest": top} if top is not None else {}
            asked |= {"cursor": cursor} if cursor else {}
            answer = self._api.ask(self._caller, "conversations.history", asked)
            messages = _by_ts(objects(answer.setdefault("messages", [])))
            fresh = {ts: m for ts, m in messages.items() if _within(ts, lower, top)}
            more = answer.get("has_more") is True or bool(_next(answer))
            bottom = min(fresh, key=moment_of, default=None) if more else lower
            yield {"method": "conversations.history", **asked}, answer, fresh, bottom
            if not more:
                return
            self._page = max(self._page, len(messages))
            if fresh:
                top, cursor = bottom, ""
            elif not messages:  # else it is a page of before, once more
                cursor = _next(answer)
            turning.more(f"{top} {cursor}", new=bool(fresh))

    def _thread(
        self, landed: Stream, name: str, cursor: Cursor, thread: str, said: str, page: str
    ) -> None:
        """Ask for a thread, all of it; land it when it says anything new."""
        known = cursor.threads.get(thread)
        given = {"channel": name, "ts": thread, "limit": PAGE}
        pages: Iterable[Said] = self._pages("conversations.replies", "messages", given, page)
        try:
            # Where it may be as it was, it is compared; so long a one as goes on, goes on.
            if known is not None and not page:
                pages = list(pages)
                messages = [m for _, answer in pages for m in objects(answer["messages"])]
                if known == (said, mark(_by_ts(messages).values())):
                    return
            replies: dict[str, Mapping[str, Any]] = {}
            for asked, answer in pages:
                replies |= _by_ts(objects(answer["messages"]))
                cursor.pending[thread] = (said, _next(answer))
                if not _next(answer):
                    del cursor.pending[thread]
                    cursor.threads[thread] = (said, mark(replies.values()))
                landed.append(asked, answer, cursor)
        except Rejected as error:
            if error.code != "thread_not_found":
                raise
            cursor.threads.pop(thread, None)
            cursor.pending.pop(thread, None)
            gone = {"ok": False, "error": error.code, "messages": []}
            landed.append({"method": "conversations.replies", **given}, gone, cursor)


def _kinds(scopes: frozenset[str] | None, course: Course) -> list[str]:
    """The kinds of conversations that a token may list and read."""
    kinds = []
    for kind, family in KINDS.items():
        needed = {f"{family}:read", f"{family}:history"}
        if scopes is None or needed <= scopes:
            kinds.append(kind)
        else:
            lacking = ", ".join(sorted(needed - scopes))
            course.pass_over(f"every {kind}", f"the token lacks the scope {lacking}")
    if not kinds:
        raise Refused("the token may read no kind of conversation; give the app its scopes")
    return kinds


def _cursor(landed: Mapping[str, Any] | None, scope: Scope | None) -> Cursor:
    """Where to go on; from the beginning where nothing was landed."""
    since = _since(scope)
    if landed is None or (scope is not None and scope.full):
        return Cursor(windows=[Window(since)])
    cursor = msgspec.convert(landed, Cursor)
    if scope is not None and scope.since and moment_of(since) < moment_of(cursor.windows[-1].lower):
        cursor.windows.append(Window(since))
    return cursor


def _since(scope: Scope | None) -> str:
    if scope is None or scope.since is None:
        return BEGINNING
    day = datetime.fromisoformat(scope.since).replace(tzinfo=UTC)
    return f"{int(day.timestamp())}.000000"


def _recent(cursor: Cursor) -> Moment:
    """From when on a conversation is looked at again first."""
    replied = (_replied(said) for said, _ in cursor.threads.values())
    seconds, micros = max(moment_of(cursor.newest), *replied, (0, 0))
    return seconds - LOOK_BACK_SECONDS, micros


def _said(message: Mapping[str, Any]) -> str:
    """What a message says of the replies to it; nothing when it has none."""
    count = message.get("reply_count")
    return f"{count}:{string(message.get('latest_reply'))}" if count else ""


def _replied(said: str) -> Moment:
    """When the latest reply came, of what a message says of its replies."""
    return moment_of(said.partition(":")[2])


def _changed(
    cursor: Cursor, messages: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[str, str]]:
    """The threads that these messages begin and that must be asked for."""
    changed = {}
    for ts, message in messages.items():
        said = _said(message)
        known = cursor.threads.get(ts, ("", 0))[0]
        waiting = cursor.pending.get(ts, (None, ""))[0]
        if said not in {known, waiting}:
            changed[ts] = (said, "")
    return changed


def _gone(
    cursor: Cursor, there: Collection[str], lower: str, top: str | None
) -> dict[str, tuple[str, str]]:
    """The threads whose first message a window held and holds no more."""
    threads = cursor.threads
    return {ts: ("", "") for ts in threads if ts not in there and _within(ts, lower, top)}


def _bounds(cursor: Cursor, number: int, span: int = 1) -> tuple[str, str | None]:
    """From where to where a window reaches, or several."""
    windows = cursor.windows
    return windows[number + span - 1].lower, windows[number - 1].lower if number else None


def _within(ts: str, lower: str, top: str | None) -> bool:
    when = moment_of(ts)
    return moment_of(lower) <= when and (top is None or when < moment_of(top))


def _by_ts(messages: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {_ts(message): message for message in messages}


def _ts(message: Mapping[str, Any]) -> str:
    return string(message.get("ts"))


def _next(answer: Mapping[str, Any]) -> str:
    return string(mapping(answer.get("response_metadata")).get("next_cursor"))


def _shown(channel: Mapping[str, Any]) -> str:
    name = string(channel.get("name"))
    return f"#{name}" if name else string(channel.get("id"))
