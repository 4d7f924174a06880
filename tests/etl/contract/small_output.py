"""A small output that keeps the contract, made of the records that readers yield.

Every kind stands in it; one chat belongs to two companies; something is in review and
something unmatched. The statistics are counted here by hand, not by the code under test.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec

from sources.protocol import Account
from sources.records import (
    KINDS,
    Activity,
    Channel,
    Chat,
    Contact,
    CrmCompany,
    Deal,
    Finding,
    Head,
    Media,
    Meeting,
    Message,
    Person,
    Reaction,
)

Json = dict[str, Any]


def message(number: int, text: str, author: str | None = "Ann Reyes", **more: Any) -> Message:
    more.setdefault("timestamp", f"2024-05-0{number}T10:00:00Z")
    service = more.get("is_service", False)
    return Message(
        author=author,
        text=text,
        message_id=str(number),
        message_type="service" if service else "regular",
        **{"is_service": service, **more},
    )


GREETING = [
    message(1, "created the group", timestamp=None, date="2024-05-01", is_service=True),
    message(
        2,
        "Hello, here is the plan\nfor May",
        author_id="user2",
        is_ours=True,
        media=(Media(kind="photo", path="photos/plan.jpg", size=12),),
        reactions=(Reaction(emoji="👍", count=1, people=("Bo Lind",)),),
        links=("https://acme.example/plan",),
    ),
    message(3, "Thank you", "Bo Lind", reply_to="2", edited_at="2024-05-03T10:01:00Z"),
]
QUESTION = [message(4, "When do we start?", "Cy Ortiz"), message(5, "Tomorrow")]

CHAT = Chat(
    chat_name="Acme | Globex | Ours",
    chat_type="private_group",
    directory="chats/chat_1",
    message_count=3,
    regular_message_count=2,
    service_message_count=1,
    participants=("Ann Reyes", "Bo Lind"),
    participant_count=2,
    unique_authors=("Ann Reyes", "Bo Lind"),
    first_message_time="2024-05-02T10:00:00Z",
    last_message_time="2024-05-03T10:00:00Z",
)
CHANNEL = Channel(
    chat_name="ext-acme",
    chat_type="channel",
    directory="ext-acme",
    message_count=2,
    regular_message_count=2,
    service_message_count=0,
    participants=("Ann Reyes", "Cy Ortiz", "Di Voss"),
    participant_count=3,
    unique_authors=("Ann Reyes", "Cy Ortiz"),
    first_message_time="2024-05-04T10:00:00Z",
    last_message_time="2024-05-05T10:00:00Z",
    channel_id="C0ACME",
    name="ext-acme",
    is_ext_shared=True,
    is_private=False,
    topic="Launch",
    purpose="",
)
MEETING = Meeting(
    uid="m1@calendar.example",
    title="Acme / weekly",
    start="2024-05-06T09:00:00Z",
    end="2024-05-06T09:30:00Z",
    all_day=False,
    organizer=Person(name="Ann Reyes", email="ann@ours.example", response="accepted"),
    attendees=(Person(name=None, email="bo@acme.example", response=None),),
    location=None,
    link="https://meet.example/abc",
    description="",
    calendar="Work",
    status="confirmed",
    recurring=True,
)
HOLIDAY = msgspec.structs.replace(
    MEETING, uid="m2@calendar.example", title="Spring day", start="2024-05-07", end="2024-05-08",
    all_day=True, organizer=None, attendees=(), link=None, marks=("out-of-office",),
)  # fmt: skip
DEAL = Deal(
    id="77",
    name="Acme - pilot",
    stage="Closed won",
    pipeline="Sales",
    amount="1200.50",
    currency="EUR",
    close_date="2024-05-09",
    create_date="2024-04-01T08:00:00Z",
    owner="Ann Reyes",
    status="won",
    company_ids=("501",),
    contact_ids=("901",),
)
CRM_COMPANY = CrmCompany(
    id="501",
    name="Acme",
    domain="acme.example",
    website=None,
    owner=None,
    create_date=None,
    deal_ids=("77",),
)
CONTACT = Contact(
    id="901",
    name="Bo Lind",
    email="bo@acme.example",
    emails=("bo@acme.example",),
    company_name="Acme",
    company_ids=("501",),
    owner=None,
    create_date=None,
)
NOTE = Activity(
    id="301",
    type="Note",
    title="",
    body="They would like to begin in June.",
    date="2024-05-08T12:00:00Z",
    owner="Ann Reyes",
    create_date=None,
    company_ids=("501",),
    contact_ids=(),
    deal_ids=("77",),
)

MATCH: Json = {
    "method": "mapping_name",
    "score": 1,
    "evidence": {"text": "Acme", "field": "chat_name", "start": 0, "end": 4, "mapping_line": 2},
    "variant": None,
}


def built(thing: object) -> Any:
    """What the hot path's encoder makes of a record."""
    return json.loads(msgspec.json.encode(thing))


def item(
    key: str,
    head: Head,
    more: Json,
    messages: list[Message] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Json:
    return {
        "key": key,
        "source": key.partition(":")[0],
        "archive": "exports/may.zip!all",
        "findings": built(findings),
        **built(head),
        **({"messages": built(messages)} if messages is not None else {}),
        **more,
    }


def arrays(**filled: list[Json]) -> Json:
    return {kind: filled.get(kind, []) for kind in KINDS}


def company(line: int, name: str, **filled: list[Json]) -> Json:
    row = {
        "line": line,
        "variant_name": name,
        "slack_groups": [],
        "telegram_groups": [],
        "calendar_domains": [f"{name.lower()}.example"],
        "node_addresses": [],
        "variant_type": None,
    }
    return {"company_info": {"rows": [row], "variants": [name]}, **arrays(**filled)}


def companies() -> Json:
    zone = Finding(kind="zone_assumed", detail="No zone is known; read as UTC.", count=2)
    shared = [
        item("telegram:a1", CHAT, {"match": MATCH, "shared_with": [other]}, GREETING, (zone,))
        for other in ("Globex", "Acme")
    ]
    return {
        "Acme": company(
            2,
            "Acme",
            slack_channels=[item("slack:T1:C0ACME", CHANNEL, {"match": MATCH}, QUESTION)],
            telegram_chats=[shared[0]],
            calendar_meetings=[item("calendar:m1", MEETING, {"match": MATCH})],
            hubspot_deals=[item("hubspot:deal:77", DEAL, {"match": MATCH})],
            hubspot_companies=[item("hubspot:company:501", CRM_COMPANY, {"match": MATCH})],
            hubspot_contacts=[item("hubspot:contact:901", CONTACT, {"match": MATCH})],
            hubspot_activities=[item("hubspot:activity:301", NOTE, {"match": MATCH})],
        ),
        "Globex": company(3, "Globex", telegram_chats=[shared[1]]),
        "Initech GmbH": company(4, "Initech"),
    }


def output() -> Json:
    """The whole, without its hash. Nothing in it is shared: a test may change it."""
    doubtful = {
        "candidates": [{**MATCH, "company": "Acme"}],
        "settles": "a line in the mapping",
        "reason": "two companies claim the name",
    }
    nobody = {"nearest": None, "reason": "no name, domain or address of the mapping is in it"}
    near = {"text": "friday", "field": "title", "detail": "A word that many titles have."}
    head = msgspec.structs.replace(CHAT, chat_name="Friday lunch", directory="chats/chat_2")
    whole: Json = {
        "metadata": metadata(),
        "statistics": statistics(),
        "companies": companies(),
        "review": arrays(
            telegram_chats=[item("telegram:b2", head, doubtful)],
            hubspot_deals=[item("hubspot:deal:78", DEAL, doubtful)],
        ),
        "unmatched": arrays(
            telegram_chats=[item("telegram:c3", head, {**nobody, "nearest": near})],
            calendar_meetings=[item("calendar:m2", HOLIDAY, nobody)],
        ),
    }
    copy: Json = built(whole)
    return copy


def statistics() -> Json:
    counts = {  # matched, review, unmatched
        "slack_channels": (1, 0, 0),
        "telegram_chats": (1, 1, 1),
        "calendar_meetings": (1, 0, 1),
        "hubspot_deals": (1, 1, 0),
        "hubspot_companies": (1, 0, 0),
        "hubspot_contacts": (1, 0, 0),
        "hubspot_activities": (1, 0, 0),
    }
    has = {f"has_{source}": True for source in ("slack", "telegram", "calendar", "hubspot")}
    none = dict.fromkeys(has, False)
    no_deals = {
        **dict.fromkeys(("count", "open", "won", "lost"), 0),
        "total_value": {},
        "won_value": {},
    }
    account = Account(found=12, accepted=9, duplicate=1, ignored={"reply": 1}, quarantined=1)
    return {
        "total_companies": 3,
        "companies_with_slack": 1,
        "companies_with_telegram": 2,
        "companies_with_calendar": 1,
        "companies_with_hubspot": 1,
        **{f"total_{kind}": sum(places) for kind, places in counts.items()},
        **{f"matched_{kind}": places[0] for kind, places in counts.items()},
        "data_coverage": {
            "Acme": {"sources_count": 4, **has},
            "Globex": {"sources_count": 1, **none, "has_telegram": True},
            "Initech GmbH": {"sources_count": 0, **none},
        },
        "deal_totals": {
            "Acme": {
                "count": 1,
                "open": 0,
                "won": 1,
                "lost": 0,
                "total_value": {"EUR": "1200.50"},
                "won_value": {"EUR": "1200.50"},
            },
            "Globex": no_deals,
            "Initech GmbH": no_deals,
        },
        "findings": {"zone_assumed": {"items": 1, "count": 2}},
        "accounting": {
            "telegram": {**built(account), "expanded": 0, "units_quarantined": 1},
        },
        "items": {
            kind: dict(
                zip(
                    ("accepted", "matched", "review", "unmatched"),
                    (sum(places), *places),
                    strict=True,
                )
            )
            for kind, places in counts.items()
        },
    }


def metadata() -> Json:
    stages = (
        "company_mapping slack_ingestion telegram_ingestion calendar_ingestion "
        "hubspot_ingestion data_matching statistics_generation output_writing"
    )
    return {
        "schema_version": "1.0",
        "etl_version": "0.1.0",
        "generated_at": "2024-06-01T00:00:00.123456Z",
        "data_sources": ["calendar", "hubspot", "slack", "telegram"],
        "total_companies": 3,
        "content_sha256": "0" * 64,
        "sample": False,
        "partial": False,
        "performance_stats": {
            "total_duration_seconds": 0.5,
            "processing_times": dict.fromkeys(stages.split(), 0.1),
            "total_errors": 1,
            "error_rate": 0.1,
            "max_workers": 4,
            "batch_size": 100,
            "chats_per_second": 8.0,
            "megabytes_per_minute": 1.5,
            "peak_memory_mb": 60.25,
            "units_read": 9,
            "units_unchanged": 0,
            "api": {},
        },
    }


def hashed(whole: Json) -> bytes:
    """The bytes of an output, with the hash of its content."""
    rest = {key: value for key, value in whole.items() if key != "metadata"}
    content = json.dumps(rest, ensure_ascii=False).encode()[1:]
    if "metadata" not in whole:
        return b"{" + content
    digest = hashlib.sha256(content).hexdigest()
    head = json.dumps({**whole["metadata"], "content_sha256": digest}, ensure_ascii=False)
    return b'{"metadata": ' + head.encode() + b", " + content


def write(path: Path, whole: Json | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(hashed(whole if whole is not None else output()))
    return path
