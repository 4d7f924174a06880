"""The CRM API of a portal: the shapes, limits and errors of HubSpot's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.live.hubspot_portal import (
    MODIFIED,
    PIPELINES,
    SINGULAR,
    STAGES,
    START,
    TYPES,
    ZONE,
    Portal,
    Thing,
    iso,
)
from tests.live.loopback import Answer, Request

TOKEN = "pat-eu1-fictional"
SCOPES = {
    **{name: f"crm.objects.{name}.read" for name in TYPES},
    "owners": "crm.objects.owners.read",
    "pipelines": "crm.schemas.deals.read",
}
WALL = 10_000
PRIMARY = {("deals", "companies"): 5, ("contacts", "companies"): 1}
UNLABELLED = {
    ("deals", "companies"): 341,
    ("companies", "deals"): 342,
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
}


class CrmApi:
    """``scopes`` are those granted; ``unindexed`` the ids that the search does not know yet;
    ``inline`` is how many associations a listing tells.
    """

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.scopes = set(SCOPES.values())
        self.unindexed: set[str] = set()
        self.inline = 100
        self.portal_id = 4711

    def answer(self, request: Request) -> Answer:
        """The answer to a request."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        match request.path.strip("/").split("/"):
            case ["account-info", "v3", "details"]:
                return Answer({"portalId": self.portal_id, "timeZone": ZONE})
            case ["crm", "v3", "owners"]:
                return self._scoped("owners") or self._owners(request)
            case ["crm", "v3", "pipelines", "deals"]:
                return self._scoped("pipelines") or self._pipelines()
            case ["crm", "v3", "objects", kind] if kind in TYPES:
                return self._scoped(kind) or self._list(kind, request.given)
            case ["crm", "v3", "objects", kind, "batch", "read"] if kind in TYPES:
                return self._scoped(kind) or self._read(kind, request)
            case ["crm", "v3", "objects", kind, "search"] if kind in TYPES:
                return self._scoped(kind) or self._search(kind, request.body)
            case ["crm", "v4", "associations", kind, other, "batch", "read"]:
                return self._scoped(kind) or self._associations(kind, other, request.body)
        return error(404, "OBJECT_NOT_FOUND", "No such path.")

    def _scoped(self, what: str) -> Answer | None:
        if SCOPES[what] in self.scopes:
            return None
        message = "This app hasn't been granted all required scopes to make this call."
        context = {"requiredGranularScopes": [SCOPES[what]]}
        errors = [{"message": "One or more scopes are required.", "context": context}]
        return error(403, "MISSING_SCOPES", message, errors=errors)

    def _owners(self, request: Request) -> Answer:
        archived = request.given.get("archived", "").lower() == "true"
        found = [
            {
                "id": number,
                "email": email,
                "firstName": first,
                "lastName": last,
                "archived": archived,
                "createdAt": iso(START),
                "updatedAt": iso(START),
            }
            for number, (first, last, email, gone) in self.portal.owners.items()
            if gone == archived
        ]
        start = int(request.given.get("after", 0))
        limit = int(request.given.get("limit", 100))
        return Answer(paged(found[start:], limit, str(start + limit)))

    def _pipelines(self) -> Answer:
        results = [
            {
                "id": number,
                "label": label,
                "displayOrder": 0,
                "archived": False,
                "stages": [
                    {
                        "id": stage,
                        "label": words,
                        "archived": False,
                        "metadata": {"probability": chance, "isClosed": closed},
                    }
                    for stage, words, chance, closed in STAGES[number]
                ],
            }
            for number, label in PIPELINES.items()
        ]
        return Answer({"results": results})

    def _things(self, kind: str, given: Mapping[str, str]) -> dict[str, Thing]:
        archived = given.get("archived", "").lower() == "true"
        return (self.portal.archived if archived else self.portal.things)[kind]

    def _list(self, kind: str, given: Mapping[str, str]) -> Answer:
        limit = int(given.get("limit", 10))
        if limit > 100:
            return error(400, "VALIDATION_ERROR", "limit must not exceed 100")
        names = given.get("properties", "").split(",")
        targets = [name for name in given.get("associations", "").split(",") if name]
        things = (
            self.portal.archived
            if given.get("archived", "").lower() == "true"
            else self.portal.things
        )[kind]
        after = int(given.get("after", 0))
        numbers = [number for number in things if int(number) > after]
        page = sorted(numbers, key=int)[: limit + 1]
        results = [self._said(kind, things[n], names, targets) for n in page[:limit]]
        body: dict[str, Any] = {"results": results}
        if len(page) > limit:
            body["paging"] = {"next": {"after": page[limit - 1], "link": "https://not.asked"}}
        return Answer(body)

    def _read(self, kind: str, request: Request) -> Answer:
        numbers = [each["id"] for each in request.body["inputs"]]
        if len(numbers) > 100:
            return error(400, "VALIDATION_ERROR", "at most 100 inputs")
        things = (
            self.portal.archived
            if request.given.get("archived", "").lower() == "true"
            else self.portal.things
        )[kind]
        names = request.body["properties"]
        results = [self._said(kind, things[n], names) for n in numbers if n in things]
        body: dict[str, Any] = {"status": "COMPLETE", "results": results}
        missing = [number for number in numbers if number not in things]
        if missing:
            body["numErrors"] = 1
            message = f"Could not get some {SINGULAR[kind].upper()} objects."
            body["errors"] = [
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "message": message,
                    "context": {"ids": missing},
                }
            ]
        return Answer(body, 207 if missing else 200)

    def _search(self, kind: str, asked: Mapping[str, Any]) -> Answer:
        limit, after = int(asked.get("limit", 10)), int(asked.get("after") or 0)
        if limit > 200 or after + limit > WALL:
            return error(400, "VALIDATION_ERROR", "paging through more than 10000 results")
        if len(asked.get("sorts", ())) > 1:
            return error(400, "VALIDATION_ERROR", "only one sort")
        found = [
            thing
            for number, thing in self.portal.things[kind].items()
            if number not in self.unindexed and _meets(thing, asked.get("filterGroups", ()))
        ]
        if asked.get("sorts"):
            (sort,) = asked["sorts"]
            by = sort["propertyName"]
            backwards = sort["direction"] == "DESCENDING"
            # Among equals no order is promised; this one is the least helpful.
            found.sort(key=lambda thing: int(thing.id), reverse=not backwards)
            found.sort(key=lambda thing: _number(thing.properties[by]), reverse=backwards)
        page = [self._said(kind, thing, asked["properties"]) for thing in found[after:]]
        body = paged(page, limit, str(after + limit))
        return Answer({"total": len(found), **body})

    def _associations(self, kind: str, other: str, asked: Mapping[str, Any]) -> Answer:
        results, missing = [], []
        for each in asked["inputs"]:
            thing = self.portal.things[kind].get(each["id"])
            links = sorted(thing.associated[other].items()) if thing else []
            start = int(each.get("after") or 0)
            if not links:
                missing.append(each["id"])
                continue
            to = [
                {
                    "toObjectId": int(number),
                    "associationTypes": [
                        {"category": "HUBSPOT_DEFINED", "typeId": type_, "label": None}
                        for type_ in _association_types(kind, other, main)
                    ],
                }
                for number, main in links
            ]
            said = paged(to[start:], self.inline * 5, str(start + self.inline * 5))
            result = {"from": {"id": each["id"]}, "to": said["results"]}
            results.append(result | {"paging": said["paging"]} if "paging" in said else result)
        body: dict[str, Any] = {"status": "COMPLETE", "results": results}
        if missing:
            errors = [
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                    "message": f"No {other} is associated with {kind} {number}.",
                    "context": {"fromObjectId": [number]},
                }
                for number in missing
            ]
            body |= {"numErrors": len(errors), "errors": errors}
        return Answer(body, 207 if missing else 200)

    def _said(
        self, kind: str, thing: Thing, names: Iterable[str], targets: Iterable[str] = ()
    ) -> dict[str, Any]:
        said: dict[str, Any] = {
            "id": thing.id,
            "properties": {
                name: thing.properties.get(name)
                for name in (*names, "hs_object_id", "createdate", MODIFIED[kind])
            },
            "createdAt": thing.properties["createdate"],
            "updatedAt": thing.properties[MODIFIED[kind]],
            "archived": thing.archived_at is not None,
        }
        if thing.archived_at:
            said["archivedAt"] = iso(thing.archived_at)
            return said
        associations = {
            other: self._inline(kind, other, links)
            for other in targets
            if (links := thing.associated[other])
        }
        return said | {"associations": associations} if associations else said

    def _inline(self, kind: str, other: str, links: Mapping[str, bool]) -> dict[str, Any]:
        """An id stands there once for each label, and the labels of 100 are told."""
        word = f"{SINGULAR[kind]}_to_{SINGULAR[other]}"
        results = [
            {"id": number, "type": word if type_ in PRIMARY.values() else f"{word}_unlabeled"}
            for number, main in sorted(links.items())[: self.inline]
            for type_ in _association_types(kind, other, main)
        ]
        said: dict[str, Any] = {"results": results}
        if len(links) > self.inline:
            said["paging"] = {"next": {"after": str(self.inline), "link": "https://not.asked"}}
        return said


def error(status: int, category: str, message: str, **more: Any) -> Answer:
    body = {"status": "error", "message": message, "correlationId": "0", "category": category}
    return Answer(body | more, status)


def rate_limited(policy: str, **headers: str) -> Answer:
    """What HubSpot says when it was asked too often."""
    body = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": "0",
        "policyName": policy,
    }
    return Answer(body, 429, headers)


def paged(found: list[Any], limit: int, after: str) -> dict[str, Any]:
    if len(found) <= limit:
        return {"results": found}
    return {"results": found[:limit], "paging": {"next": {"after": after, "link": "https://no"}}}


def _association_types(kind: str, other: str, main: bool) -> Iterator[int]:
    if main and (kind, other) in PRIMARY:
        yield PRIMARY[kind, other]
    yield UNLABELLED[kind, other]


def _number(value: str | None) -> int:
    """A moment in milliseconds, or a number."""
    if value and not value.isdigit():
        return round(datetime.fromisoformat(value).timestamp() * 1000)
    return int(value or 0)


def _meets(thing: Thing, groups: Iterable[Mapping[str, Any]]) -> bool:
    tests = {"GTE": int.__ge__, "GT": int.__gt__, "EQ": int.__eq__, "LT": int.__lt__}
    return not groups or any(
        all(
            tests[each["operator"]](
                _number(thing.properties.get(each["propertyName"])), int(each["value"])
            )
            for each in group["filters"]
        )
        for group in groups
    )
