"""The records that ``match --records`` takes, as items; and its answers, as they are printed.

A record is a JSON object with ``id`` (text, or a number), ``source``, and what that source
knows: Telegram's ``title``, ``chat_type`` and ``participants``; Slack's ``name`` and
``is_ext_shared``; the calendar's ``title`` and ``attendees``; HubSpot's ``deal_name``,
``associated_company`` and ``contact_emails``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from etl.matching.decisions import Decision, Match
from sources.records import Kind, Summary

Record = Mapping[str, Any]

PEOPLE = "participants"
"""Where a record names the people who take part."""


def as_item(record: Record) -> Summary:
    """The record as an item. Raises `ValueError`, saying what is wrong with it."""
    shape, given = _SHAPES.get(str(record.get("source"))), record.get("id")
    if shape is None or isinstance(given, bool) or not isinstance(given, str | int | float):
        known = ", ".join(_SHAPES)
        raise ValueError(f"give an id that is text or a number, and a source out of {known}")
    return shape(record)


def people(record: Record) -> tuple[str, ...]:
    """The names of those who take part."""
    return _texts(record, PEOPLE)


def answer(record: Record, decision: Decision) -> dict[str, Any]:
    """What is printed of a record: base companies and, where one is named, the variant."""
    matches = decision.matches
    best = max(matches, key=lambda match: match.score, default=None)
    names = [match.company for match in matches]
    names += [match.variant for match in matches if match.variant]
    return {
        "id": record["id"],
        "companies": names,
        "review": [match.company for match in decision.candidates],
        "method": best.method if best else None,
        "score": best.score if best else None,
        "evidence": [_evidence(match) for match in matches],
        "reason": decision.reason,
    }


def _evidence(match: Match) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(match.evidence)
    return {"company": match.company, "method": match.method, "score": match.score, **said}


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _texts(record: Record, name: str) -> tuple[str, ...]:
    values = record.get(name)
    if not values or not isinstance(values, list):
        return ()
    return tuple([value for value in values if isinstance(value, str)])


def _item(
    record: Record,
    kind: Kind,
    title: str,
    *,
    flags: tuple[str, ...] = (),
    emails: tuple[str, ...] = (),
    companies: tuple[str, ...] = (),
) -> Summary:
    source = record["source"]
    return Summary(
        key=f"{source}:{record['id']}",
        kind=kind,
        source=source,
        archive="",
        title=title,
        flags=flags,
        emails=tuple([address.lower() for address in emails]) if emails else (),
        companies=companies,
    )


def _chat(record: Record) -> Summary:
    kind = _text(record, "chat_type")
    flags: tuple[str, ...] = ()
    if kind.startswith(("personal", "public")):
        flags = ("personal",) if kind.startswith("personal") else ("public",)
    return _item(record, "telegram_chats", _text(record, "title"), flags=flags)


def _channel(record: Record) -> Summary:
    flags = ("ext_shared",) if record.get("is_ext_shared") else ()
    return _item(record, "slack_channels", _text(record, "name"), flags=flags)


def _meeting(record: Record) -> Summary:
    emails = _texts(record, "attendees")
    return _item(record, "calendar_meetings", _text(record, "title"), emails=emails)


def _deal(record: Record) -> Summary:
    company = _text(record, "associated_company")
    emails = _texts(record, "contact_emails")
    companies = (company,) if company else ()
    title = _text(record, "deal_name")
    return _item(record, "hubspot_deals", title, emails=emails, companies=companies)


_SHAPES: dict[str, Callable[[Record], Summary]] = {
    "telegram": _chat,
    "slack": _channel,
    "calendar": _meeting,
    "hubspot": _deal,
}
