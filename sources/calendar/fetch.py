"""Fetch from Google's Calendar API: the list of calendars, then the events of each.

A calendar is listed whole once; after that Google is asked what changed since, by the
token it gave. Series come as they were made, with the changes of single instances beside
them, as in an export; what was deleted comes as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from sources.calendar import EVENTS
from sources.live.calling import Caller, Refused, Rejected, Trouble, Turning
from sources.live.fetcher import Course, Identity
from sources.live.landing import Landing, Stream, Told
from sources.live.scope import Credential, Scope
from sources.live.segments import quoted, unquoted

CALENDARS = "calendars"
RENEWED = timedelta(days=7)
"""After so long a token is landed anew, though nothing changed: Google forgets old ones, and
series are only known as far as the last answer.
"""
_MADE_BY_GOOGLE = "@group.v.calendar.google.com"
_WHOLE = {"maxResults": 2500, "singleEvents": False, "showDeleted": True}
_FORGOTTEN = {"400", "410"}
"""What Google says of tokens that it does not know any more."""
_TOKENS = ("pageToken", "syncToken")


class CalendarFetcher:
    """Everything a person, or a service account that speaks for one, sees in Google Calendar."""

    service = "calendar"

    def __init__(self, credential: Credential, *, base_url: str | None = None) -> None:
        self._credential = credential
        self._endpoint = f"{base_url}calendar/v3/" if base_url else None
        self._access: Any = None
        self._service: Any = None
        self._resources: dict[str, Any] = {}

    def judge(self, error: Exception) -> Trouble | None:
        """What an error of Google's libraries means."""
        from sources.calendar.judging import judged

        return judged(error)

    def identity(self, caller: Caller) -> Identity:
        try:
            return self._identity(caller)
        finally:
            self._close()

    def _identity(self, caller: Caller) -> Identity:
        primary = self._ask(caller, "calendarList", "get", calendarId="primary")
        name = str(primary.get("id", ""))
        return Identity(name=name, id=name, missing=self._access.missing)

    def fetch(self, landing: Landing, caller: Caller, scope: Scope, course: Course) -> None:
        try:
            self._fetch(landing, caller, scope, course)
        finally:
            self._close()

    def _fetch(self, landing: Landing, caller: Caller, scope: Scope, course: Course) -> None:
        identity = self._identity(caller)
        landing.account = {"name": identity.name, "id": identity.id}
        if identity.missing:
            raise Refused(f"the token lacks {', '.join(identity.missing)}", "scopes")
        listed = self._calendars(landing, caller)
        chosen = _chosen(listed, landing, scope, course)
        course.total = len(chosen)
        for calendar in chosen:
            try:
                with landing.stream(EVENTS + quoted(calendar)) as stream:
                    _Events(self, caller, landing, calendar).fetch(stream, scope.full)
            except Rejected as error:
                course.pass_over(calendar, error.detail)
            course.done += 1

    def plan(self, landing: Landing, scope: Scope) -> Iterator[str]:
        """What a fetch would ask."""
        yield "the list of calendars"
        known = dict.fromkeys([*scope.calendars, *_landed(landing)])
        for calendar in scope.calendars or known:
            cursor = landing.cursor(EVENTS + quoted(calendar)) or {}
            begun = not scope.full and any(cursor.get(name) for name in _TOKENS)
            yield f"{calendar}: {'what changed since it was asked' if begun else 'all events'}"
        if not scope.calendars:
            yield "all events of each calendar in the list that is not named here"

    def _calendars(self, landing: Landing, caller: Caller) -> dict[str, str]:
        """Names of the calendars by their addresses; landed when they are others than before."""
        said = [*self.pages(caller, "calendarList", {"maxResults": 250, "showHidden": True})]
        entries = [entry for _, answer in said for entry in answer.get("items", ())]
        entries = [entry for entry in entries if entry.get("id") and not entry.get("deleted")]
        digest = _digest(sorted(entries, key=lambda entry: str(entry["id"])))
        with landing.stream(CALENDARS) as stream:
            if (stream.cursor or {}).get("digest") != digest:
                method = "calendarList.list"
                told = [({"method": method, **asked}, answer) for asked, answer in said]
                stream.extend(told, {"digest": digest})
        return {
            str(entry["id"]): str(entry.get("summaryOverride") or entry.get("summary") or "")
            for entry in entries
        }

    def pages(self, caller: Caller, thing: str, asked: dict[str, Any]) -> Iterator[Told]:
        """What was asked, and the answer, page by page. Raises `CallError`."""
        turning, seen = Turning(), set[str]()
        while True:
            answer = self._ask(caller, thing, "list", **asked)
            yield asked, answer
            if not (token := answer.get("nextPageToken")):
                return
            names = {
                str(item.get("etag")) + str(item.get("id")) for item in answer.get("items", ())
            }
            asked = asked | {"pageToken": turning.more(token, new=not names <= seen)}
            seen |= names

    def _ask(self, caller: Caller, thing: str, verb: str, **asked: Any) -> dict[str, Any]:
        from sources.calendar.judging import whole

        request = getattr(self._resource(thing), verb)(**asked)
        return caller.call(lambda: whole(request.execute(num_retries=0)))

    def _resource(self, thing: str) -> Any:
        """A part of the API; making one takes its time."""
        if thing not in self._resources:
            self._service = self._service or self._made()
            self._resources[thing] = getattr(self._service, thing)()
        return self._resources[thing]

    def _made(self) -> Any:
        from googleapiclient.discovery import build

        from sources.calendar.access import Access

        self._access = self._access or Access(self._credential)
        return build(
            "calendar",
            "v3",
            http=self._access.http(),
            client_options={"api_endpoint": self._endpoint} if self._endpoint else None,
            static_discovery=True,
            cache_discovery=False,
        )

    def _close(self) -> None:
        if self._service is not None:
            self._service.close()
        self._service = None
        self._resources.clear()


class _Events:
    """The events of one calendar, from where its stream stands to the end."""

    def __init__(
        self, fetcher: CalendarFetcher, caller: Caller, landing: Landing, calendar: str
    ) -> None:
        self._fetcher = fetcher
        self._caller = caller
        self._now = landing.stamp()
        self._calendar = calendar

    def fetch(self, stream: Stream, full: bool) -> None:
        """Raises `CallError`."""
        tokens = {} if full else self._tokens(stream)
        if "pageToken" in tokens:
            # The rest of a listing that was begun in an earlier run: much may have changed since.
            self._follow(stream, tokens)
            tokens = self._tokens(stream)
        self._follow(stream, tokens)

    def _tokens(self, stream: Stream) -> dict[str, str]:
        cursor = stream.cursor or {}
        return {name: cursor[name] for name in _TOKENS if cursor.get(name)}

    def _follow(self, stream: Stream, tokens: dict[str, str]) -> None:
        # Google forgets tokens, those of pages first: then from the beginning of the changes,
        # and at last of everything.
        since = {name: token for name, token in tokens.items() if name == "syncToken"}
        for attempt in [tokens, since] if "pageToken" in tokens else [tokens]:
            try:
                return self._listing(stream, attempt)
            except Rejected as error:
                if error.code not in _FORGOTTEN:
                    raise
        return self._listing(stream, {})

    def _listing(self, stream: Stream, tokens: dict[str, str]) -> None:
        held: list[Told] = []
        quiet = "syncToken" in tokens and "pageToken" not in tokens
        whole = {"calendarId": self._calendar, **_WHOLE, **tokens}
        for page in self._fetcher.pages(self._caller, "events", whole):
            held.append(page)
            quiet = quiet and self._says_nothing(*page, stream.cursor or {})
            if not quiet:
                for asked, answer in held:
                    said = {"method": "events.list", **asked}
                    stream.append(said, answer, self._cursor(asked, answer))
                held.clear()

    def _cursor(self, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
        """Where to go on after this answer."""
        calendar = _digest([answer.get(name) for name in ("summary", "timeZone", "accessRole")])
        cursor = {"calendar": calendar, "at": self._now, "syncToken": answer.get("nextSyncToken")}
        if token := answer.get("nextPageToken"):
            return cursor | {"syncToken": asked.get("syncToken"), "pageToken": token}
        return cursor

    def _says_nothing(
        self, asked: Mapping[str, Any], answer: Mapping[str, Any], before: Mapping[str, Any]
    ) -> bool:
        """Whether all is as it was, and not so long ago."""
        same = self._cursor(asked, answer)["calendar"] == before.get("calendar")
        age = _moment(self._now) - _moment(str(before.get("at")))
        return not answer.get("items") and same and age < RENEWED


def _chosen(listed: Mapping[str, str], landing: Landing, scope: Scope, course: Course) -> list[str]:
    """The calendars that were named, or all that there are, those fetched before included."""
    if not scope.calendars:
        for calendar in listed:
            if calendar.endswith(_MADE_BY_GOOGLE):
                course.pass_over(
                    calendar, "made by Google (holidays, birthdays); name it to have it"
                )
        own = [calendar for calendar in listed if not calendar.endswith(_MADE_BY_GOOGLE)]
        chosen = sorted({*own, *_landed(landing)})
        if not chosen:
            course.pass_over("all", "the list is empty: share calendars, and name them")
        return chosen
    chosen = []
    for name in scope.calendars:
        wanted = name.strip().casefold()
        found = [
            one for one, title in listed.items() if wanted in {one.casefold(), title.casefold()}
        ]
        if not found and "@" in name:  # shared with us, but not put on the list
            found = [name.strip()]
        if not found:
            course.pass_over(name, "no calendar of that name is in the list")
        chosen += found
    return sorted(set(chosen))


def _landed(landing: Landing) -> list[str]:
    streams = (name for name in landing.streams() if name.startswith(EVENTS))
    return [unquoted(name.removeprefix(EVENTS)) for name in streams]


def _digest(value: Any) -> str:
    packed = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(packed, digest_size=12).hexdigest()


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("0001-01-01T00:00:00Z")
