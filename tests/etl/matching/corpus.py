"""A mapping and a corpus of titles, learnt from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from etl.mapping.read import read_mapping
from etl.matching.company_index import build_index
from etl.matching.decisions import Decision
from etl.matching.matcher import Matcher
from sources.records import Kind, Summary

OURS = ("Ourco", "OC")
OUR_DOMAINS = ("ourco.example",)
NAMES = (
    *("acme", "brindle", "corvid-one", "dunlin", "emberfold", "figtree", "gorse", "halyard"),
    *("island", "juniper-labs", "kestrelmere"),
)
ROWS = "base_company,calendar_domain\n" + "".join(f"{name},{name}.example\n" for name in NAMES)
SOURCES: dict[str, Kind] = {
    "slack": "slack_channels",
    "telegram": "telegram_chats",
    "calendar": "calendar_meetings",
    "deal": "hubspot_deals",
}

Entry = tuple[Summary, tuple[str, ...]]


def item(source: str, title: str, *people: str, **more: Any) -> Entry:
    """An item and the people in it."""
    summary = Summary(
        key="k", kind=SOURCES[source], source=source, archive="a", title=title, **more
    )
    return summary, people


def chats(*titles: str) -> list[Entry]:
    """Closed groups of these titles."""
    return [item("telegram", title) for title in titles]


def beside(template: str, *names: str) -> list[Entry]:
    """Closed groups of that title, ``C`` being each of these names."""
    return chats(*(template.replace("C", name) for name in names))


BILLING = beside("C billing <> Ourco", "Acme", "Brindle", "Dunlin", "Emberfold", "Figtree")
"""Enough to know that ``billing`` is no part of a name."""


def learnt(corpus: Iterable[Entry], rows: str = ROWS) -> Matcher:
    """A matcher that learnt from these."""
    index = build_index(read_mapping(rows.encode()), OURS, OUR_DOMAINS)
    matcher = Matcher(index, OURS, OUR_DOMAINS, lambda _: None)
    learner = matcher.learner()
    for summary, people in corpus:
        learner.add(summary, people)
    return matcher.knowing(learner.learnt())


def decide(entry: Entry, *corpus: Entry, rows: str = ROWS) -> Decision:
    """Whose an item is, learning from it and the others."""
    return learnt([*corpus, entry], rows).match(*entry)


def said(decision: Decision) -> tuple[str, list[tuple[str, str]]]:
    """The status, and companies with methods."""
    found = decision.matches or decision.candidates
    return decision.status, [(match.company, match.method) for match in found]
