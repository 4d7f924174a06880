"""A HubSpot portal: what is true in it, and what its API and its export say of that.

The truth is told in records made here, by nothing of the reader's. Times are whole minutes,
as an export has no seconds.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sources.records import Contact, CrmCompany, Deal
from tests.live.loopback import Answer, Request

TOKEN = "pat-eu1-fictional"
ZONE = "Europe/Madrid"
TYPES = ("deals", "companies", "contacts")
SCOPES = {
    **{name: f"crm.objects.{name}.read" for name in TYPES},
    "owners": "crm.objects.owners.read",
    "pipelines": "crm.schemas.deals.read",
}
MODIFIED = dict.fromkeys(TYPES, "hs_lastmodifieddate") | {"contacts": "lastmodifieddate"}
PRIMARY = {("deals", "companies"): 5, ("contacts", "companies"): 1}
UNLABELLED = {
    ("deals", "companies"): 341,
    ("companies", "deals"): 342,
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
}
SINGULAR = {"deals": "deal", "companies": "company", "contacts": "contact"}
WALL = 10_000
START = datetime(2024, 1, 1, tzinfo=UTC)
STAGES = {
    "default": [
        ("appointmentscheduled", "Appointment Scheduled", "0.2", "false"),
        ("closedwon", "Closed Won", "1.0", "true"),
        ("closedlost", "Closed Lost", "0.0", "true"),
    ],
    "7001": [("7011", "Proof sent", "0.4", "false"), ("7012", "Harbour won", "1.0", "true")],
}
PIPELINES = {"default": "Sales Pipeline", "7001": "Renewals"}
Status = Literal["open", "won", "lost"]
STATUS: dict[str, Status] = {
    "appointmentscheduled": "open",
    "closedwon": "won",
    "closedlost": "lost",
    "7011": "open",
    "7012": "won",
}
WORDS = ("Acorn", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Heron", "Isle", "Jade")


@dataclass
class Thing:
    """An object: its properties, and by type whom it is associated with, main ones marked."""

    id: str
    properties: dict[str, str | None]
    archived_at: datetime | None = None
    associated: dict[str, dict[str, bool]] = field(default_factory=dict)


@dataclass
class Portal:
    """``scopes`` are those granted; ``unindexed`` ids the search does not know yet; ``calls``
    counts what was honestly answered, by what was asked.
    """

    now: datetime = START
    things: dict[str, dict[str, Thing]] = field(default_factory=lambda: {t: {} for t in TYPES})
    archived: dict[str, dict[str, Thing]] = field(default_factory=lambda: {t: {} for t in TYPES})
    scopes: set[str] = field(default_factory=lambda: set(SCOPES.values()))
    unindexed: set[str] = field(default_factory=set)
    portal_id: int = 4711
    inline: int = 100
    next_id: int = 9000
    owners: dict[str, tuple[str, str, str, bool]] = field(
        default_factory=lambda: {
            "61": ("Pat", "Example", "pat@ourco.example", False),
            "62": ("", "", "sales@ourco.example", False),
            "63": ("Gone", "Person", "gone@ourco.example", True),
        }
    )

    # What happens in it.

    def tick(self, minutes: int = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def create(self, kind: str, **properties: str | None) -> Thing:
        self.next_id += 7
        number = str(self.next_id)
        moment = iso(self.now)
        thing = Thing(number, {"hs_object_id": number, "createdate": moment, **properties})
        thing.properties[MODIFIED[kind]] = moment
        thing.associated = {other: {} for other in TYPES if other != kind}
        self.things[kind][number] = thing
        return thing

    def edit(self, kind: str, number: str, **properties: str | None) -> None:
        thing = self.things[kind][number]
        thing.properties |= properties
        thing.properties[MODIFIED[kind]] = iso(self.now)

    def associate(self, kind: str, number: str, other: str, to: str, *, main: bool) -> None:
        links = self.things[kind][number].associated[other]
        if main:
            links.update(dict.fromkeys(links, False))
        links[to] = main
        self.things[other][to].associated[kind].setdefault(number, False)

    def part(self, kind: str, number: str, other: str, to: str) -> None:
        """Associations end without a trace in the times of the objects."""
        del self.things[kind][number].associated[other][to]
        del self.things[other][to].associated[kind][number]

    def delete(self, kind: str, number: str) -> None:
        thing = self.things[kind].pop(number)
        thing.archived_at = self.now
        for other, links in thing.associated.items():
            for to in links:
                self.things[other][to].associated[kind].pop(number, None)
        self.archived[kind][number] = thing

    def purge(self, kind: str, number: str) -> None:
        """Deleted so long ago that nothing is left."""
        self.delete(kind, number)
        del self.archived[kind][number]

    def restore(self, kind: str, number: str) -> None:
        thing = self.archived[kind].pop(number)
        thing.archived_at = None
        thing.associated = {other: {} for other in TYPES if other != kind}
        self.things[kind][number] = thing
        self.edit(kind, number)

    def unite(self, kind: str, gone: str, into: str) -> None:
        """One record goes on for two."""
        self.purge(kind, gone)
        merged = self.things[kind][into].properties.get("hs_merged_object_ids")
        self.edit(kind, into, hs_merged_object_ids=f"{merged};{gone}" if merged else gone)

    def touch_all(self, kind: str) -> None:
        """What editing a pipeline does to its deals: all at once."""
        for number in self.things[kind]:
            self.edit(kind, number)

    # What is true.

    def truth(self, kind: str) -> dict[str, Deal | CrmCompany | Contact]:
        """The records of one type that are not deleted, by key."""
        make = {"deals": self._deal, "companies": self._company, "contacts": self._contact}[kind]
        word = SINGULAR[kind]
        return {f"hubspot:{word}:{n}": make(thing) for n, thing in self.things[kind].items()}

    def _deal(self, thing: Thing) -> Deal:
        said = thing.properties
        pipeline, stage = said["pipeline"] or "", said["dealstage"] or ""
        label = next(each[1] for each in STAGES[pipeline] if each[0] == stage)
        companies, contacts = _ordered(thing, "companies"), _ordered(thing, "contacts")
        return Deal(
            id=thing.id,
            name=said["dealname"] or "",
            stage=f"{label} ({PIPELINES[pipeline]})",
            pipeline=PIPELINES[pipeline],
            amount=said["amount"],
            currency=said["deal_currency_code"],
            close_date=said["closedate"],
            create_date=said["createdate"],
            owner=self._owner(said),
            status=STATUS[stage],
            company_ids=companies,
            contact_ids=contacts,
            company_names=tuple(self._name("companies", n) for n in companies),
            contact_names=tuple(self._name("contacts", n) for n in contacts),
            description=said["description"],
        )

    def _company(self, thing: Thing) -> CrmCompany:
        said = thing.properties
        return CrmCompany(
            id=thing.id,
            name=said["name"] or "",
            domain=said["domain"],
            website=said["website"],
            owner=self._owner(said),
            create_date=said["createdate"],
            contact_ids=_ordered(thing, "contacts"),
            deal_ids=_ordered(thing, "deals"),
        )

    def _contact(self, thing: Thing) -> Contact:
        said = thing.properties
        companies = _ordered(thing, "companies")
        more = (said["hs_additional_emails"] or "").split(";")
        names = [self._name("companies", number) for number in companies]
        return Contact(
            id=thing.id,
            name=f"{said['firstname']} {said['lastname']}",
            email=said["email"],
            emails=tuple(filter(None, [said["email"], *more])),
            company_name=said["company"] or (names[0] if names else None),
            company_ids=companies,
            owner=self._owner(said),
            create_date=said["createdate"],
            job_title=said["jobtitle"],
            phone=said["phone"],
            deal_ids=_ordered(thing, "deals"),
        )

    def _owner(self, said: Mapping[str, str | None]) -> str | None:
        number = said["hubspot_owner_id"]
        if not number:
            return None
        first, last, email, _ = self.owners[number]
        return f"{first} {last}".strip() or email

    def _name(self, kind: str, number: str) -> str:
        said = self.things[kind][number].properties
        if kind == "companies":
            return said["name"] or ""
        return f"{said['firstname']} {said['lastname']} ({said['email']})"

    # What its export says.

    def export(self, folder: Path, day: str) -> None:
        """The CSV files of all three types, with labels, in the portal's zone."""
        folder.mkdir(parents=True, exist_ok=True)
        for kind in TYPES:
            rows = [self._row(kind, thing) for thing in self.things[kind].values()]
            path = folder / f"hubspot-crm-exports-all-{kind}-{day}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
                writer.writeheader()
                writer.writerows(rows)

    def _row(self, kind: str, thing: Thing) -> dict[str, str | None]:
        said = thing.properties
        row = {
            "Record ID": thing.id,
            "Create Date": local(said["createdate"]),
            "Last Modified Date": local(said[MODIFIED[kind]]),
            "Merged object IDs": said.get("hs_merged_object_ids"),
        }
        if kind == "deals":
            deal = self._deal(thing)
            row |= {
                "Deal Name": deal.name,
                "Deal Stage": deal.stage,
                "Pipeline": deal.pipeline,
                "Amount": deal.amount,
                "Currency": deal.currency,
                "Close Date": local(deal.close_date),
                "Deal owner": deal.owner,
                "Is Closed Won": str(deal.status == "won").lower(),
                "Is closed lost": str(deal.status == "lost").lower(),
                "Deal Description": deal.description,
                "Associated Contact": ";".join(deal.contact_names),
            }
        elif kind == "companies":
            row |= {
                "Company name": said["name"],
                "Company Domain Name": said["domain"],
                "Website URL": said["website"],
                "Company owner": self._owner(said),
            }
        else:
            row |= {
                "First Name": said["firstname"],
                "Last Name": said["lastname"],
                "Email": said["email"],
                "Additional email addresses": said["hs_additional_emails"],
                "Phone Number": said["phone"],
                "Job Title": said["jobtitle"],
                "Company Name": said["company"],
                "Contact owner": self._owner(said),
            }
        if kind != "companies":
            companies = _ordered(thing, "companies")
            main = [n for n, primary in thing.associated["companies"].items() if primary]
            names = [self._name("companies", number) for number in companies]
            row |= {
                "Associated Company IDs (Primary)": ";".join(main),
                "Associated Company IDs": ";".join(companies),
                "Associated Company": ";".join(names),
            }
        for other in ("contacts", "deals"):
            if other != kind:
                label = f"Associated {SINGULAR[other].title()} IDs"
                row[label] = ";".join(_ordered(thing, other))
        return row

    # What its API says.

    def answer(self, request: Request) -> Answer:
        """The answer to a request, as HubSpot would give it."""
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
        archived = request.given.get("archived") == "true"
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
            for number, (first, last, email, gone) in self.owners.items()
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

    def _list(self, kind: str, given: Mapping[str, str]) -> Answer:
        limit = int(given.get("limit", 10))
        if limit > 100:
            return error(400, "VALIDATION_ERROR", "limit must not exceed 100")
        names = given.get("properties", "").split(",")
        targets = [name for name in given.get("associations", "").split(",") if name]
        things = (self.archived if given.get("archived") == "true" else self.things)[kind]
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
        things = (self.archived if request.given.get("archived") == "true" else self.things)[kind]
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
            for number, thing in self.things[kind].items()
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
            thing = self.things[kind].get(each["id"])
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


def portal(deals: int, seed: int = 6) -> Portal:
    """A portal of so many deals, with a company for three and a contact for two of them."""
    chance = random.Random(seed)
    made = Portal()
    owners = [*made.owners, None]
    for n in range(max(deals // 3, 1)):
        made.tick(chance.randint(1, 40))
        made.create(
            "companies",
            name=f"{chance.choice(WORDS)} {chance.choice(WORDS)} {n}",
            domain=f"c{n}.example" if n % 5 else None,
            website=f"https://www.c{n}.example/" if n % 3 else None,
            hubspot_owner_id=chance.choice(owners),
        )
    for n in range(max(deals // 2, 1)):
        made.tick(chance.randint(1, 40))
        made.create(
            "contacts",
            firstname=chance.choice(WORDS),
            lastname=f"Person{n}",
            email=f"p{n}@c{n}.example",
            hs_additional_emails=f"p{n}@mail.example;q{n}@mail.example" if n % 7 == 0 else None,
            phone=f"+34 600 {n:06d}" if n % 2 else None,
            jobtitle="Buyer" if n % 3 else None,
            company="Typed by hand" if n % 11 == 0 else None,
            hubspot_owner_id=chance.choice(owners),
        )
    companies, contacts = list(made.things["companies"]), list(made.things["contacts"])
    for number in contacts:
        for place, company in enumerate(chance.sample(companies, min(len(companies), 2))):
            made.associate("contacts", number, "companies", company, main=place == 0)
    for n in range(deals):
        made.tick(chance.randint(1, 40))
        pipeline = chance.choice(list(PIPELINES))
        stage = chance.choice(STAGES[pipeline])[0]
        status = STATUS[stage]
        deal = made.create(
            "deals",
            dealname=f"{chance.choice(WORDS)}, phase “{n}”",
            pipeline=pipeline,
            dealstage=stage,
            amount=chance.choice([None, str(n), f"{n}.5", f"{n * 1000}.25"]),
            deal_currency_code=chance.choice([None, "EUR", "USD"]),
            closedate=iso(made.now + timedelta(days=30)) if n % 4 else None,
            description="Two lines,\nwith a comma" if n % 6 == 0 else None,
            hubspot_owner_id=chance.choice(owners),
            hs_is_closed_won=str(status == "won").lower(),
            hs_is_closed_lost=str(status == "lost").lower(),
            hs_is_closed=str(status != "open").lower(),
        )
        for place, company in enumerate(chance.sample(companies, min(len(companies), n % 3))):
            made.associate("deals", deal.id, "companies", company, main=place == 0)
        for contact in chance.sample(contacts, min(len(contacts), n % 4)):
            made.associate("deals", deal.id, "contacts", contact, main=False)
    made.tick(600)
    return made


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")


def local(moment: str | None) -> str | None:
    if moment is None:
        return None
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M")


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


def _ordered(thing: Thing, other: str) -> tuple[str, ...]:
    links = thing.associated[other]
    return tuple(sorted(links, key=lambda number: (not links[number], int(number))))


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
