"""A HubSpot portal: what is true in it, and what happens there.

The truth is told in records made here, by nothing of the reader's. Times are whole minutes,
as an export has no seconds.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from sources.records import Contact, CrmCompany, Deal

ZONE = "Europe/Madrid"
TYPES = ("deals", "companies", "contacts")
MODIFIED = dict.fromkeys(TYPES, "hs_lastmodifieddate") | {"contacts": "lastmodifieddate"}
SINGULAR = {"deals": "deal", "companies": "company", "contacts": "contact"}
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
CrmRecord = Deal | CrmCompany | Contact
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
    """Time stands still in it until it is told to pass."""

    now: datetime = START
    things: dict[str, dict[str, Thing]] = field(default_factory=lambda: {t: {} for t in TYPES})
    archived: dict[str, dict[str, Thing]] = field(default_factory=lambda: {t: {} for t in TYPES})
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
        """It comes back as it was, alone, and as if nothing had happened."""
        thing = self.archived[kind].pop(number)
        thing.archived_at = None
        thing.associated = {other: {} for other in TYPES if other != kind}
        self.things[kind][number] = thing

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

    def truth(self, kind: str) -> dict[str, CrmRecord]:
        """The records of one type that are not deleted, by key."""
        things = self.things[kind].items()
        return {f"hubspot:{SINGULAR[kind]}:{n}": self.record(kind, thing) for n, thing in things}

    def record(self, kind: str, thing: Thing) -> CrmRecord:
        """What an object is, in our words."""
        if kind == "deals":
            return self._deal(thing)
        return self._company(thing) if kind == "companies" else self._contact(thing)

    def name_of(self, kind: str, number: str) -> str:
        """As an export names an associated company or contact."""
        said = self.things[kind][number].properties
        if kind == "companies":
            return said["name"] or ""
        return f"{said['firstname']} {said['lastname']} ({said['email']})"

    def _deal(self, thing: Thing) -> Deal:
        said = thing.properties
        pipeline, stage = said["pipeline"] or "", said["dealstage"] or ""
        label = next(each[1] for each in STAGES[pipeline] if each[0] == stage)
        companies, contacts = ordered(thing, "companies"), ordered(thing, "contacts")
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
            company_names=tuple(self.name_of("companies", n) for n in companies),
            contact_names=tuple(self.name_of("contacts", n) for n in contacts),
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
            contact_ids=ordered(thing, "contacts"),
            deal_ids=ordered(thing, "deals"),
        )

    def _contact(self, thing: Thing) -> Contact:
        said = thing.properties
        companies = ordered(thing, "companies")
        more = (said["hs_additional_emails"] or "").split(";")
        names = [self.name_of("companies", number) for number in companies]
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
            deal_ids=ordered(thing, "deals"),
        )

    def _owner(self, said: Mapping[str, str | None]) -> str | None:
        number = said["hubspot_owner_id"]
        if not number:
            return None
        first, last, email, _ = self.owners[number]
        return f"{first} {last}".strip() or email


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


def ordered(thing: Thing, other: str) -> tuple[str, ...]:
    links = thing.associated[other]
    return tuple(sorted(links, key=lambda number: (not links[number], int(number))))
