"""HubSpot's SDK, as a fetch needs it: calls that bring the API's own JSON, and what its
errors mean. Whatever is a path or a name of the API's stands here and in
`sources.hubspot.objects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

import orjson

from sources.hubspot.objects import NOT_FOUND, ObjectType
from sources.live.calling import TIMEOUT, Caller, Trouble

PAGE, SEARCH_PAGE, BATCH = 100, 200, 100
"""The most that HubSpot gives of a listing, of a search; and takes in one question."""

MISSING_SCOPES: Final = "MISSING_SCOPES"
LACKS: Final = "the token lacks "
_CONNECT: Final = 10.0
_ACCOUNT = "/account-info/v3/details"
Answer = dict[str, Any]
Cursor = str | None


class _Misshapen(Exception):
    """JSON, but not the API's."""


class _InPart(Exception):
    """An answer to some of what was asked, and an error for the rest."""


class Crm:
    """What can be asked, through one caller. The SDK's objects are kept: each time one is
    asked for, it comes with connections of its own.
    """

    def __init__(self, token: str, base_url: str | None, caller: Caller) -> None:
        retry = import_module("urllib3.util.retry").Retry
        host = {"host": base_url.rstrip("/")} if base_url else {}
        # The caller tries again, so that it counts what it does; nor is a token led elsewhere.
        client = import_module("hubspot").HubSpot(access_token=token, retry=retry(total=0), **host)
        self._caller = caller
        self._basic = client.crm.objects.basic_api
        self._batch = client.crm.objects.batch_api
        self._search = client.crm.objects.search_api
        self._associations = client.crm.associations.v4.batch_api
        self._owners = client.crm.owners.owners_api
        self._pipelines = client.crm.pipelines.pipelines_api
        for api in (self._basic, self._batch, self._search, self._associations):
            api.api_client.set_default_header("Accept-Encoding", "gzip")

    def account(self) -> Answer:
        """Which portal this is. The SDK has no name for it."""
        call = self._basic.api_client.call_api
        head = {"Accept": "application/json"}
        oauth = {"auth_settings": ["oauth2"]}
        return self._ask(
            lambda how: call(_ACCOUNT, "GET", {}, [], head, **oauth, **how), "portalId"
        )

    def owners(self, after: Cursor, *, archived: bool, limit: int = PAGE) -> Answer:
        """A page of those who own things; those who left stand apart."""
        ask = self._owners.get_page
        return self._ask(lambda how: ask(limit=limit, archived=archived, **_at(after), **how))

    def pipelines(self) -> Answer:
        """All pipelines of deals, with their stages."""
        return self._ask(lambda how: self._pipelines.get_all("deals", **how))

    def page(
        self,
        type_: ObjectType,
        after: Cursor,
        *,
        archived: bool = False,
        associations: Iterable[str] = (),
        limit: int = PAGE,
    ) -> Answer:
        """A page of all objects, or of those deleted of late."""
        given = {"properties": [",".join(type_.properties)], "archived": archived, **_at(after)}
        if targets := ",".join(associations):
            given["associations"] = [targets]
        ask = self._basic.get_page
        return self._ask(lambda how: ask(type_.name, limit=limit, **given, **how))

    def read(self, type_: ObjectType, ids: Iterable[str]) -> Answer:
        """These objects, and which of them there are not."""
        body = {"properties": type_.properties, "inputs": [{"id": number} for number in ids]}
        ask = self._batch.read
        return self._ask(lambda how: ask(type_.name, body, archived=False, **how))

    def search(
        self, type_: ObjectType, filters: Iterable[tuple[str, str, str]], sort: str, **more: Any
    ) -> Answer:
        """Objects that meet all filters (property, operator, value), as ids and times."""
        told = [{"propertyName": p, "operator": o, "value": v} for p, o, v in filters]
        body = {
            "filterGroups": [{"filters": told}] if told else [],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": [type_.modified],
            "limit": SEARCH_PAGE,
            **more,
        }
        return self._ask(lambda how: self._search.do_search(type_.name, body, **how))

    def associations(
        self, type_: ObjectType, to: str, inputs: Iterable[Mapping[str, str]]
    ) -> Answer:
        """A page of the associations of each of these."""
        ask, body = self._associations.get_page, {"inputs": list(inputs)}
        return self._ask(lambda how: ask(type_.name, to, body, **how))

    def _ask(self, request: Callable[[Mapping[str, Any]], Any], key: str = "results") -> Answer:
        """The answer as it was said: the SDK's own records lose what they do not know."""
        how = {"_preload_content": False, "_request_timeout": (_CONNECT, TIMEOUT)}

        def asked() -> Answer:
            answer = orjson.loads(request(how).data)
            if not isinstance(answer, dict) or key not in answer:
                raise _Misshapen
            if any(each.get("category") != NOT_FOUND for each in answer.get("errors") or ()):
                raise _InPart
            return answer

        return self._caller.call(asked)


def next_page(answer: Mapping[str, Any]) -> Cursor:
    """Where a listing goes on; ``None`` at its end."""
    following = (answer.get("paging") or {}).get("next") or {}
    return following.get("after")


def judge(error: Exception) -> Trouble | None:
    """What an error of the SDK, or of what it stands on, means."""
    if isinstance(error, _Misshapen):
        return Trouble("transient", "the answer is none of this API's")
    if isinstance(error, _InPart):
        return Trouble("transient", "a part of the answer is an error")
    if isinstance(error, UnicodeDecodeError):  # the SDK, over an error in another encoding
        return Trouble("transient", "the answer is no text")
    module = type(error).__module__
    if module.startswith("urllib3."):
        return Trouble("transient", f"the connection failed ({type(error).__name__})")
    status = getattr(error, "status", None)
    if not module.startswith("hubspot.") or status is None:
        return None
    return _judged(int(status), _said(error), dict(getattr(error, "headers", None) or {}))


def _judged(status: int, said: Answer, headers: Mapping[str, str]) -> Trouble:
    after = {name.lower(): value for name, value in headers.items()}.get("retry-after")
    category = str(said.get("category") or "")
    told = (f"HTTP {status}" if status else "no secure connection") + (
        f", {category}" if category.isidentifier() else ""
    )
    if status == 429:
        policy = str(said.get("policyName") or "")
        if policy == "DAILY":
            return Trouble("quota", "the portal's calls of today are used up", policy)
        return Trouble("limited", "asked too often", policy, after)
    if status == 401:
        return Trouble("refused", "the token is not accepted: see HUBSPOT_API_KEY", category)
    if category == MISSING_SCOPES:
        return Trouble("rejected", LACKS + " or ".join(_scopes(said)), category)
    if status == 403:
        return Trouble("refused", f"access is refused ({told})", category)
    if status in _PASSING or status >= 500 or status < 300:
        return Trouble("transient", told, category, after)
    return Trouble("rejected", told, category or str(status))


_PASSING = {408, 423, 477}
"""Too slow; locked by somebody's change; moving to another place."""


def _said(error: Exception) -> Answer:
    with suppress(ValueError, TypeError):
        said = orjson.loads(getattr(error, "body", None) or b"")
        if isinstance(said, dict):
            return said
    return {}


def _scopes(said: Answer) -> list[str]:
    """The scopes that an answer names as wanting."""
    found: list[str] = []
    for each in said.get("errors") or ():
        context = each.get("context") if isinstance(each, dict) else None
        for scopes in (context or {}).values():
            found += [str(scope) for scope in scopes] if isinstance(scopes, list) else []
    return sorted(set(found)) or ["a scope"]


def _at(after: Cursor) -> dict[str, str]:
    return {} if after is None else {"after": after}
