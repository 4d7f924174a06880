"""Associations of CRM records, followed from either end.

An association may stand in the export of one of its two objects only: a deal whose own
export has no companies is still that of the company that lists it. What the live items say
of others is kept in temporary tables, by the keys that are spoken of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from etl.state import State
from sources.records import Summary

Field = Literal["company_ids", "contact_ids"]

_summaries = msgspec.msgpack.Decoder(Summary)
_COMPANY, _CONTACT, _DEAL = "hubspot:company:", "hubspot:contact:", "hubspot:deal:"
_LISTED = ("hubspot_deals", "hubspot_contacts")
_TABLES = (
    "DROP TABLE IF EXISTS temp.links",
    "DROP TABLE IF EXISTS temp.goes_on",
    "CREATE TEMP TABLE links (key TEXT, field TEXT, id TEXT)",
    "CREATE TEMP TABLE goes_on (old TEXT, key TEXT)",
)


def link(state: State) -> None:
    """Gather what the live companies and contacts say of deals and contacts, and which
    records go on for others.
    """
    for statement in _TABLES:
        state.execute(statement)
    state.execute("INSERT INTO links VALUES (?, ?, ?)", _links(state))
    state.execute(
        "INSERT INTO goes_on SELECT DISTINCT value, live.key"
        " FROM live JOIN items ON items.id = item, json_each(identity)"
        " WHERE kind GLOB 'hubspot_*' AND value GLOB 'hubspot:*'"
    )
    state.execute("CREATE INDEX temp.linked ON links (key)")
    state.execute("CREATE INDEX temp.went_on ON goes_on (old)")


def completed(state: State, summary: Summary) -> Summary:
    """The deal or contact, with the companies and contacts that list it."""
    if summary.kind not in _LISTED:
        return summary
    found: dict[str, set[str]] = {"company_ids": set(), "contact_ids": set()}
    for key in (summary.key, *summary.identity):
        for field, each in state.query("SELECT field, id FROM links WHERE key = ?", key):
            found[field].add(each)
    more = {
        field: (*had, *sorted(ids.difference(had)))
        for field, ids in found.items()
        if not ids.issubset(had := getattr(summary, field))
    }
    return msgspec.structs.replace(summary, **more) if more else summary


def goes_on_as(state: State, key: str) -> str | None:
    """The key of the one live record that this one was merged into."""
    found = [new for (new,) in state.query("SELECT key FROM goes_on WHERE old = ?", key)]
    return found[0] if len(found) == 1 else None


def _links(state: State) -> Iterator[tuple[str, Field, str]]:
    rows = state.query(
        "SELECT summary FROM live JOIN items ON id = item"
        " WHERE kind IN ('hubspot_companies', 'hubspot_contacts')"
    )
    for (blob,) in rows:
        summary = _summaries.decode(blob)
        company = summary.kind == "hubspot_companies"
        own = summary.key.removeprefix(_COMPANY if company else _CONTACT)
        # One of several records with its ID: whose portal the others are of, nobody knows.
        if ":" in own:
            continue
        field: Field = "company_ids" if company else "contact_ids"
        for deal in summary.deal_ids:
            yield _DEAL + deal, field, own
        for contact in summary.contact_ids:
            yield _CONTACT + contact, field, own
