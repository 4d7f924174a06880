"""Fetching Slack: who we are, people, conversations, and then each of these in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from sources.live.calling import Caller, Refused, Rejected, Trouble
from sources.live.fetcher import Course, Identity
from sources.live.landing import Landing
from sources.live.scope import Credential, Scope
from sources.slack.api import NOT_IN_CHANNEL, SCOPES, SlackApi, judge
from sources.slack.fields import objects, string
from sources.slack.history import History
from sources.slack.windows import BEGINNING, MESSAGES, PAGE, Cursor, Window, mark, moment_of

PEOPLE_PAGE = 200
"""What Slack advises to ask for at once."""
KINDS = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}
"""Kinds of conversations, and the family of scopes that lets a token read them."""


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
        rest = [h for h in map(self._newest, chosen) if h is not None]
        for channel, history in rest:
            self._update(channel, history, newest_only=False)

    def _newest(self, channel: Mapping[str, Any]) -> tuple[Mapping[str, Any], History] | None:
        """Bring what is newest in a conversation, if it can be read at all."""
        history = History(self._api, self._caller, string(channel["id"]), _since(self._scope))
        readable = self._may_read(channel) and self._update(channel, history, newest_only=True)
        self._course.done += 1
        return (channel, history) if readable else None

    def _update(self, channel: Mapping[str, Any], history: History, *, newest_only: bool) -> bool:
        with self._landing.stream(MESSAGES + string(channel["id"])) as landed:
            cursor = _cursor(landed.cursor, self._scope, landed.number)
            try:
                history.update(landed, cursor, newest_only=newest_only)
            except Rejected as error:
                self._course.pass_over(_shown(channel), str(error))
                return False
        return True

    def _may_read(self, channel: Mapping[str, Any]) -> bool:
        """Whether it is worth asking: a bot reads only what it is in."""
        if channel.get("is_member") is not False or "bot_id" not in self._landing.account:
            return True
        self._course.pass_over(_shown(channel), NOT_IN_CHANNEL)
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
        said = list(self._api.pages(self._caller, method, member, given))
        entries = {string(e.get("id")): e for _, answer in said for e in objects(answer[member])}
        cursor = {"mark": mark(entries.values())}
        with self._landing.stream(stream) as landed:
            if self._scope.full or landed.cursor != cursor:
                landed.extend(said, cursor)
        return [entries[name] for name in sorted(entries) if name]


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


def _cursor(landed: Mapping[str, Any] | None, scope: Scope, number: int = 1) -> Cursor:
    """Where to go on; from the beginning where nothing was landed."""
    since = _since(scope)
    if landed is None or scope.full:
        return Cursor(windows=[Window(since)], anew=number)
    cursor = msgspec.convert(landed, Cursor)
    if scope.since and moment_of(since) < moment_of(cursor.windows[-1].lower):
        cursor.windows.append(Window(since))
    return cursor


def _since(scope: Scope) -> str:
    if scope.since is None:
        return BEGINNING
    day = datetime.fromisoformat(scope.since).replace(tzinfo=UTC)
    return f"{int(day.timestamp())}.000000"


def _shown(channel: Mapping[str, Any]) -> str:
    name = string(channel.get("name"))
    return f"#{name}" if name else string(channel.get("id"))
