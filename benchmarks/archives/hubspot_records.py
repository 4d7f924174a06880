"""Generated deals, companies and contacts: what they say, before any file is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.account.words import LANGUAGES, sentence, stranger
from benchmarks.archives.settings import ZONE

Facts = dict[str, Any]

_START = datetime(2021, 3, 1, 8)  # noqa: DTZ001 - a wall time of the portal
_OPEN = ("Appointment Scheduled", "Qualified To Buy", "Contract Sent", "Decision Maker Bought-In")
_OWNERS = ("Ada Fern", "Bo Holt", "Cy Marsh", "Íñigo Peña")
_FIRMS = (0, 1, 1, 1, 2)
_PEOPLE = (0, 1, 1, 3)
"""How many a deal has."""
_PIPELINES = ("Sales Pipeline", "Renewals", "Partners & resellers")


@dataclass(frozen=True)
class Named:
    """A company or a contact, as a deal refers to it."""

    id: str
    name: str
    host: str
    email: str = ""


@dataclass(frozen=True)
class Record:
    """Facts, and what else a row holds: its times as the portal's zone has them."""

    facts: Facts
    created: datetime
    closed: datetime | None = None
    companies: tuple[Named, ...] = ()


def rng_of(kind: str, number: int) -> Random:
    """Chance for one record alone."""
    return Random(f"hubspot:{kind}:{number}")  # noqa: S311 - not for secrets


def company_named(number: int) -> Named:
    """What a company is called, and its host."""
    rng = rng_of("name", number)
    language = rng.choice(LANGUAGES)
    name = f"{rng.choice(language.titles)} {number}"
    return Named(str(7_000_000_000 + number), name, f"company{number}.example")


def contact_named(number: int, companies: int) -> Named:
    """What a contact is called, and the address at a company of so many."""
    rng = rng_of("person", number)
    name = stranger(rng, rng.choice(LANGUAGES))
    host = company_named(number % companies).host
    return Named(str(8_000_000_000 + number), name, host, f"person{number}@{host}")


def deal(number: int, companies: int, contacts: int) -> Record:
    """A deal, mostly with a company and a contact or two."""
    rng = rng_of("deal", number)
    language = rng.choice(LANGUAGES)
    status = rng.choice(("open", "won", "lost"))
    pipeline = rng.choice(_PIPELINES)
    stage = {"won": "Closed Won", "lost": "Closed Lost"}.get(status) or rng.choice(_OPEN)
    if rng.random() < 0.3:
        stage = f"{stage} ({pipeline})"
    own = _distinct(company_named(rng.randrange(companies)) for _ in range(rng.choice(_FIRMS)))
    people = _distinct(
        contact_named(rng.randrange(contacts), companies) for _ in range(rng.choice(_PEOPLE))
    )
    created = _START + timedelta(minutes=rng.randrange(1_500_000))
    closed = _noon(created, rng) if rng.random() < 0.8 else None
    description = sentence(rng, language, rng.choice((4, 20, 140))) if rng.random() < 0.3 else None
    amount = f"{rng.randrange(100, 900_000)}{rng.choice(('', '.5', '.25'))}"
    has_amount = rng.random() < 0.9
    facts: Facts = {
        "id": str(9_000_000_000 + number),
        "name": f"{own[0].name if own else 'Prospect'}: {sentence(rng, language, 2)}",
        "stage": stage,
        "pipeline": pipeline,
        "amount": amount if has_amount else None,
        "currency": rng.choice(("EUR", "EUR", "USD", "GBP")) if has_amount else None,
        "close_date": _said(closed),
        "create_date": _said(created),
        "owner": rng.choice(_OWNERS) if rng.random() < 0.9 else None,
        "status": status,
        "company_ids": [one.id for one in own],
        "contact_ids": [one.id for one in people],
        "company_names": [one.name for one in own],
        "contact_names": [f"{one.name} ({one.email})" for one in people],
        "description": description,
        "texts": [description] if description and len(description) < 500 else [],
        "emails": [one.email for one in people],
    }
    facts["key"] = f"hubspot:deal:{facts['id']}"
    return Record(facts, created, closed, own)


def company(number: int, contacts: int, deals: int) -> Record:
    """A company."""
    rng = rng_of("company", number)
    named = company_named(number)
    created = _START + timedelta(minutes=rng.randrange(1_500_000))
    has_domain = rng.random() < 0.9
    website = f"https://www.{named.host}/en" if rng.random() < 0.5 else None
    hosts = [named.host] if has_domain else []
    if website:
        hosts.append(f"www.{named.host}")
    facts: Facts = {
        "id": named.id,
        "name": named.name,
        "domain": named.host if has_domain else None,
        "website": website,
        "owner": rng.choice(_OWNERS),
        "create_date": _said(created),
        "contact_ids": _some(rng, 8_000_000_000, contacts),
        "deal_ids": _some(rng, 9_000_000_000, deals),
        "domains": hosts,
    }
    facts["key"] = f"hubspot:company:{facts['id']}"
    return Record(facts, created)


def contact(number: int, companies: int) -> Record:
    """A contact."""
    rng = rng_of("contact", number)
    named = contact_named(number, companies)
    created = _START + timedelta(minutes=rng.randrange(1_500_000))
    own = company_named(number % companies)
    emails = [named.email, *([f"old.{named.email}"] if rng.random() < 0.1 else [])]
    facts: Facts = {
        "id": named.id,
        "name": named.name,
        "email": named.email,
        "emails": emails,
        "company_name": own.name,
        "company_ids": [own.id],
        "owner": rng.choice(_OWNERS),
        "create_date": _said(created),
        "job_title": rng.choice(("Head of R&D", "CTO", "Buyer, senior", None)),
        "phone": f"+34 555 {number:06}" if rng.random() < 0.5 else None,
    }
    facts["key"] = f"hubspot:contact:{facts['id']}"
    return Record(facts, created, companies=(own,))


def _distinct(named: Iterable[Named]) -> tuple[Named, ...]:
    return tuple({one.id: one for one in named}.values())


def _noon(created: datetime, rng: Random) -> datetime:
    return (created + timedelta(days=rng.randrange(300))).replace(hour=12, minute=0)


def _said(wall: datetime | None) -> str | None:
    if wall is None:
        return None
    return f"{wall.replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _some(rng: Random, base: int, many: int) -> list[str]:
    chosen = {base + rng.randrange(many) for _ in range(rng.choice((0, 1, 2, 5)))}
    return [str(number) for number in sorted(chosen)]
