"""Where each item stands in the output: every live item is matched once, in passing, and
only the verdicts are kept, in a temporary table of the state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from etl.frames import expanded
from etl.knowing import live_items
from etl.marking import of_said, with_our_guests, with_our_members
from etl.matching.decisions import Decision, Match
from etl.matching.matcher import Matcher
from etl.matching.sides import OurPerson
from etl.matching.suggesting import Suggesting
from etl.state import State
from etl.statistics import Statistics
from sources.records import Participant, Summary

if TYPE_CHECKING:  # only where something is forgotten
    from etl.privacy.companies import Unsaid

_summaries = msgspec.msgpack.Decoder(Summary)
_BATCH = 1000
_PLACEMENTS = (
    "CREATE TEMP TABLE placements"
    " (bucket TEXT, company TEXT, kind TEXT, key TEXT, item INTEGER, said BLOB)"
)


class Placement(NamedTuple):
    """An item of an array of the output: its summary, its record as JSON, what is said of it
    there beyond both, and who in it is one of us.
    """

    item: int
    summary: Summary
    head: bytes
    said: bytes
    ours: tuple[OurPerson, ...] = ()


class _People(msgspec.Struct):
    people: tuple[Participant, ...] = ()


_people = msgspec.json.Decoder(_People)


def place_all(
    state: State,
    matcher: Matcher,
    statistics: Statistics,
    suggesting: Suggesting | None = None,
    unsaid: Unsaid | None = None,
) -> Iterator[Summary]:
    """Match and place every live item, yielding each in passing. Companies that are forgotten
    are not named.
    """
    rows: list[tuple[Any, ...]] = []
    state.execute("DROP TABLE IF EXISTS temp.placements")
    state.execute(_PLACEMENTS)
    sides = matcher.sides()
    for item, summary, people, head in live_items(state):
        decision = matcher.match(summary, people)
        if unsaid is not None:
            decision = unsaid.decision(decision)
        statistics.add(summary, decision)
        if suggesting is not None:
            suggesting.add(summary, decision)
        if summary.kind == "hubspot_deals" and decision.matches:
            statistics.add_deal(state.head(item), decision)
        ours = sides.our_people(summary, people, _in_channel(summary, head))
        for bucket, company, said in _places(decision, ours):
            rows.append((bucket, company, summary.kind, summary.key, item, said))
        if len(rows) >= _BATCH:
            _store(state, rows)
        yield summary
    _store(state, rows)
    state.execute("CREATE INDEX temp.placed ON placements (bucket, company, kind, key)")


def _in_channel(summary: Summary, head: bytes) -> tuple[Participant, ...]:
    return _people.decode(expanded(head)).people if summary.kind == "slack_channels" else ()


def placed(state: State, bucket: str, company: str, kind: str) -> Iterator[Placement]:
    """The items of one array of the output, sorted by key."""
    # Equal keys should not be; should they ever, their content orders them.
    rows = state.query(
        "SELECT item, summary, head, said FROM placements JOIN items ON items.id = item"
        " WHERE bucket = ? AND company = ? AND placements.kind = ?"
        " ORDER BY placements.key, head, summary",
        bucket,
        company,
        kind,
    )
    for item, summary, head, said in rows:
        ours = of_said(said)
        record = expanded(head)
        if ours and kind == "calendar_meetings":
            record = with_our_guests(record, ours)
        elif ours and kind == "slack_channels":
            record = with_our_members(record, ours)
        yield Placement(item, _summaries.decode(summary), record, said, ours)


def _places(
    decision: Decision, ours: tuple[OurPerson, ...] = ()
) -> Iterator[tuple[str, str, bytes]]:
    side: dict[str, Any] = {"our_people": ours} if ours else {}
    if decision.status == "matched":
        names = [match.company for match in decision.matches]
        for match in decision.matches:
            said: dict[str, Any] = {"match": _match(match), **side}
            if decision.candidates:
                said["candidates"] = _candidates(decision)
            if len(names) > 1:
                said["shared_with"] = [name for name in names if name != match.company]
            yield "companies", match.company, msgspec.json.encode(said)
    elif decision.status == "review":
        said = {
            "candidates": _candidates(decision),
            "settles": decision.settles,
            "reason": decision.reason,
            **side,
        }
        yield "review", "", msgspec.json.encode(said)
    else:
        said = {"nearest": decision.nearest, "reason": decision.reason, **side}
        yield "unmatched", "", msgspec.json.encode(said)


def _candidates(decision: Decision) -> list[dict[str, Any]]:
    return [{"company": match.company, **_match(match)} for match in decision.candidates]


def _match(match: Match) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(match)
    said.pop("company")
    if not match.evidence.detail:
        del said["evidence"]["detail"]
    return said


def _store(state: State, rows: list[tuple[Any, ...]]) -> None:
    state.execute("INSERT INTO placements VALUES (?, ?, ?, ?, ?, ?)", rows)
    rows.clear()
