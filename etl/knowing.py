"""The live items of a state, and the matcher that knows what they teach: the same for a run
and for whoever explains or samples what a run does.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import msgspec

from etl.frames import expanded
from etl.linking import completed, goes_on_as
from etl.mapping.rows import Mapping
from etl.matching.company_index import build_index
from etl.matching.matcher import Matcher
from etl.matching.own_company import OwnCompany
from etl.settings import Settings
from etl.state import State
from sources.records import Summary

_summaries = msgspec.msgpack.Decoder(Summary)


class _People(msgspec.Struct):
    participants: tuple[str, ...] = ()


_people = msgspec.json.Decoder(_People)


class LiveItem(NamedTuple):
    """A live item; the names of the people in a Telegram chat, for there they carry their
    company in their name; and its head, as the state holds it.
    """

    item: int
    summary: Summary
    people: tuple[str, ...]
    head: bytes


def live_items(state: State) -> Iterator[LiveItem]:
    """Every live item, with the associations that other items tell."""
    for item, blob, head in state.query(
        "SELECT item, summary, head FROM live JOIN items ON items.id = item ORDER BY item"
    ):
        summary = completed(state, _summaries.decode(blob))
        yield LiveItem(item, summary, _people_in(summary, head), head)


def crm_summary(state: State, key: str) -> Summary | None:
    """A live item by its key, or by that of one which was merged into it."""
    for (summary,) in state.query(
        "SELECT summary FROM live JOIN items ON id = item WHERE live.key = ? LIMIT 1", key
    ):
        return completed(state, _summaries.decode(summary))
    heir = goes_on_as(state, key)
    return crm_summary(state, heir) if heir else None


def knowing_matcher(
    state: State, mapping: Mapping, settings: Settings, own: OwnCompany | None = None
) -> Matcher:
    """A matcher by the mapping and the settings, with what all live items together teach;
    ``own`` sees them, too.
    """
    names, domains = settings.our_names, settings.our_domains
    index, lookup = build_index(mapping, names, domains), partial(crm_summary, state)
    matcher = Matcher(index, names, domains, lookup, min_score=settings.min_score)
    learner = matcher.learner()
    for live in live_items(state):
        learner.add(live.summary, live.people)
        if own is not None:
            own.add(live.summary)
    return matcher.knowing(learner.learnt())


def _people_in(summary: Summary, head: bytes) -> tuple[str, ...]:
    if summary.kind != "telegram_chats":
        return ()
    return _people.decode(expanded(head)).participants
