"""HubSpot's CRM, asked for what is new: owners, pipelines, deals, companies, contacts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Final

import orjson

from sources.hubspot import asking
from sources.hubspot.asking import MISSING_SCOPES, Answer, Crm, next_page
from sources.hubspot.objects import OBJECT_TYPES, OWNERS, PIPELINES, ObjectType
from sources.hubspot.updating import Update, is_due
from sources.live.calling import Caller, Refused, Rejected, Trouble, Turning, Unavailable
from sources.live.fetcher import Course, Identity
from sources.live.landing import Landing, Told
from sources.live.scope import Credential, Scope

_STREAMS: Final = (OWNERS, PIPELINES, *OBJECT_TYPES)


class HubSpotFetcher:
    """Asks one portal with the token of a private app."""

    service = "hubspot"

    def __init__(self, credential: Credential, *, base_url: str | None = None) -> None:
        self._credential = credential
        self._base_url = base_url

    def judge(self, error: Exception) -> Trouble | None:
        return asking.judge(error)

    def identity(self, caller: Caller) -> Identity:
        """Which portal it is; and what it says we lack, of all that a fetch asks."""
        crm = self._crm(caller)
        portal = str(_account(crm).get("portalId", ""))
        asked: list[Callable[[], object]] = [
            lambda: crm.owners(None, archived=False, limit=1),
            crm.pipelines,
            *(_first_of(crm, type_) for type_ in OBJECT_TYPES.values()),
        ]
        missing = []
        for ask in asked:
            try:
                ask()
            except Rejected as error:
                missing.append(error.detail.removeprefix(asking.LACKS))
        return Identity(name=_name(portal), id=portal, missing=tuple(missing))

    def fetch(self, landing: Landing, caller: Caller, scope: Scope, course: Course) -> None:
        """Bring all streams up to date, each by itself: where a scope is wanting, it is
        passed over.
        """
        crm = self._crm(caller)
        account = _account(crm)
        portal = str(account.get("portalId", ""))
        landing.account = {"portal": portal, "name": _name(portal)}
        _same_portal(landing)
        course.total = len(_STREAMS)
        failed: list[str] = []
        for stream in _STREAMS:
            try:
                _bring(stream, crm, landing, scope, account)
            except Rejected as error:
                if error.code != MISSING_SCOPES:
                    failed.append(f"{stream}: {error.detail}")
                else:
                    course.pass_over(stream, error.detail)
            course.done += 1
        if failed:
            raise Unavailable("; ".join(failed))
        if sum(map(len, course.passed_over.values())) == len(_STREAMS):
            raise Refused("the token may read nothing that is asked for", MISSING_SCOPES)

    def plan(self, landing: Landing, scope: Scope) -> Iterator[str]:
        yield "owners and pipelines, whole"
        for name in OBJECT_TYPES:
            cursor = landing.cursor(name)
            if cursor is None and scope.since and not scope.full:
                yield f"{name}: those changed since {scope.since}"
            elif cursor is not None and "pass" in cursor:
                yield f"{name}: all, from where the last fetch ended"
            elif cursor is None or scope.full:
                yield f"{name}: all"
            else:
                since = f", and from {scope.since} on" if scope.since else ""
                again = "; then all again" if is_due(cursor, landing.clock.time()) else ""
                yield f"{name}: those changed since the last fetch{since}, or deleted{again}"

    def _crm(self, caller: Caller) -> Crm:
        return Crm(self._credential.secret, self._base_url, caller)


def _first_of(crm: Crm, type_: ObjectType) -> Callable[[], object]:
    return lambda: crm.page(type_, None, limit=1)


def _account(crm: Crm) -> Answer:
    """What the portal says of itself, if it does."""
    try:
        return crm.account()
    except Rejected:
        return {}


def _name(portal: str) -> str:
    return f"portal {portal}" if portal else "a portal that does not say which"


def _same_portal(landing: Landing) -> None:
    """Two portals in one folder would become one: their numbers of records overlap."""
    ours = landing.account["portal"]
    for name in landing.streams():
        theirs = (landing.cursor(name) or {}).get("portal")
        if ours and theirs and ours != theirs:
            raise Refused(
                f"the token is one of portal {ours}, but portal {theirs} was fetched here before:"
                " use its token, or move live/hubspot out of the data folder"
            )


def _bring(stream: str, crm: Crm, landing: Landing, scope: Scope, account: Answer) -> None:
    if stream == OWNERS:
        _land_whole(stream, landing, _owners(crm))
    elif stream == PIPELINES:
        _land_whole(stream, landing, [({"method": "crm.pipelines.get_all"}, crm.pipelines())])
    else:
        with landing.stream(stream) as open_stream:
            update = Update(OBJECT_TYPES[stream], crm, landing, open_stream, account)
            update.all(scope.since, full=scope.full)


def _owners(crm: Crm) -> list[Told]:
    """All pages of those who are and of those who left."""
    told: list[Told] = []
    for archived in (False, True):
        turning, seen = Turning(), set[str]()
        after = None
        while True:
            answer = crm.owners(after, archived=archived)
            asked = {"method": "crm.owners.get_page", "archived": archived, "after": after}
            told.append((asked, answer))
            after = next_page(answer)
            if after is None:
                break
            ids = {str(each.get("id")) for each in answer["results"]}
            turning.more(after, new=not ids <= seen)
            seen |= ids
    return told


def _land_whole(name: str, landing: Landing, told: list[Told]) -> None:
    """Land what is short enough to be asked whole each time, if it is not as it was."""
    digest = hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
    with landing.stream(name) as stream:
        if (stream.cursor or {}).get("digest") != digest:
            stream.extend(told, {"portal": landing.account["portal"], "digest": digest})
