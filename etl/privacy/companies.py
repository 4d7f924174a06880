"""A company that is forgotten: what matches it leaves as it is met, and nothing says its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from etl.knowing import knowing_matcher, live_items
from etl.mapping.rows import Mapping
from etl.matching.decisions import Decision
from etl.matching.matcher import Matcher
from etl.privacy.guarding import unnamed
from etl.privacy.rules import Rules
from etl.privacy.suppressed import Entry, Suppressed, list_of, save
from etl.privacy.terms import hashed, term
from etl.session import Session
from etl.state import State
from sources.records import CONVERSATION_KINDS


def is_theirs(decision: Decision, companies: frozenset[str]) -> bool:
    """Whether an item belongs to one of these companies, or may belong to no other."""
    if any(match.company in companies for match in decision.matches):
        return True
    candidates = decision.candidates if decision.status == "review" else ()
    return bool(candidates) and all(match.company in companies for match in candidates)


def matched(state: State, matcher: Matcher, companies: frozenset[str]) -> list[int]:
    """The live items that belong to one of these companies."""
    return [
        live.item
        for live in live_items(state)
        if is_theirs(matcher.match(live.summary, live.people), companies)
    ]


class Readings(NamedTuple):
    """What an item was made of: the keys of all its readings and its own, and their units."""

    keys: frozenset[str]
    units: dict[int, str]


def readings(state: State, item: int) -> Readings:
    """What became that item."""
    keys: set[str] = set()
    units: dict[int, str] = {}
    rows = state.query(
        "SELECT key, items.unit, parts FROM items LEFT JOIN merges ON merges.id = merge"
        " WHERE items.id = ?",
        item,
    )
    for key, unit, parts in rows:
        keys.add(key)
        ids = [int(part) for part in (parts or "").rstrip("!").split(",") if part]
        for each in (*ids, *([item] if unit is not None else [])):
            found = state.query(
                "SELECT key, units.id, name FROM items JOIN units ON units.id = unit"
                " WHERE items.id = ?",
                each,
            )
            for key_of_part, unit_id, name in found:
                keys.add(key_of_part)
                units[unit_id] = name
    return Readings(frozenset(keys), units)


def let_go(session: Session, items: list[int]) -> None:
    """Put these items on the list, for they are a forgotten company's whatever becomes of the
    mapping; and let go of the units they were read from, to be read again without them.
    """
    assert session.suppressed is not None
    state, salt = session.state, session.suppressed.key
    found = [readings(state, item) for item in items]
    summaries = [state.summary(item) for item in items]
    titles = {one.title for one in summaries if one.kind in CONVERSATION_KINDS and one.title}
    keys = {key for one in found for key in one.keys}
    session.suppressed = _grown(
        session.suppressed,
        keys={hashed(salt, "key", key) for key in keys},
        places={term(salt, name) for name in keys | titles},
    )
    save(list_of(session.settings.db_path), session.suppressed)
    state.execute(
        "DELETE FROM merges WHERE id = (SELECT merge FROM items WHERE id = ?)",
        ((item,) for item in items),
    )
    gone = {unit for one in found for unit in one.units}
    state.evict(gone)
    for stored in session.stored.values():
        for name in [name for name, unit in stored.items() if unit.id in gone]:
            del stored[name]
    unnamed(session.inventory, session.settings)


def leave_no_trace(session: Session) -> None:
    """Leave nothing of what was let go on any page of the state; then the list is settled."""
    assert session.suppressed is not None
    session.state.leave_no_trace()
    session.suppressed = msgspec.structs.replace(session.suppressed, unfinished=False)
    save(list_of(session.settings.db_path), session.suppressed)


def _grown(suppressed: Suppressed, keys: set[str], places: set[str]) -> Suppressed:
    entries = list(suppressed.entries)
    last = max(number for number, one in enumerate(entries) if one.what == "company")
    had = entries[last]
    entries[last] = msgspec.structs.replace(
        had,
        keys=tuple(sorted({*had.keys, *keys})),
        places=tuple(sorted({*had.places, *places})),
    )
    return msgspec.structs.replace(suppressed, entries=tuple(entries), unfinished=True)


def unsaid(suppressed: Suppressed, names: Iterable[str]) -> Unsaid | None:
    """Those of these companies that are forgotten, if any."""
    found = Rules(suppressed).companies(names)
    return Unsaid(found) if found else None


class Unsaid:
    """These companies are forgotten: nothing of theirs stays, and nothing names them."""

    def __init__(self, companies: frozenset[str]) -> None:
        salt = os.urandom(16)
        self.companies = companies
        names = [term(salt, name) for name in companies]
        entry = Entry(what="company", given="", since="", names=tuple(names))
        self._rules = Rules(Suppressed(salt=salt.hex(), entries=(entry,)))

    def decision(self, decision: Decision) -> Decision:
        """What is said of an item that is not theirs."""
        kept = tuple(one for one in decision.candidates if one.company not in self.companies)
        nearest = decision.nearest
        if nearest is not None and nearest.company in self.companies:
            nearest = None
        decision = msgspec.structs.replace(decision, candidates=kept, nearest=nearest)
        return self._rules.without(decision)

    def let_go_all(self, session: Session, mapping: Mapping, ingest: Callable[[], None]) -> None:
        """Have units in which there is something new of theirs read again without it, until
        nothing is left of them: what others teach changes with what goes.
        """
        found = False
        settings = session.settings
        while items := matched(
            session.state, knowing_matcher(session.state, mapping, settings), self.companies
        ):
            found = True
            let_go(session, items)
            ingest()
        if found:
            leave_no_trace(session)

    def text(self, text: str) -> str:
        """A text without their names."""
        return self._rules.people.redacted(text)
