"""What somebody asks to be forgotten, looked up in what was read: which items and messages
these are, what else a person is called, and which archives hold them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from etl.frames import expanded
from etl.knowing import live_items
from etl.matching.matcher import Matcher
from etl.privacy.companies import is_theirs, readings
from etl.privacy.rules import Rules
from etl.privacy.suppressed import Entry, Suppressed, What
from etl.privacy.terms import Terms, hashed, normal, term
from etl.state import State
from sources.records import (
    CONVERSATION_KINDS,
    Activity,
    Channel,
    Chat,
    Contact,
    CrmCompany,
    Deal,
    Head,
    Item,
    Kind,
    Meeting,
    Summary,
)

_HEADS: dict[Kind, type[Head]] = {
    "slack_channels": Channel,
    "telegram_chats": Chat,
    "calendar_meetings": Meeting,
    "hubspot_deals": Deal,
    "hubspot_companies": CrmCompany,
    "hubspot_contacts": Contact,
    "hubspot_activities": Activity,
}
_FEW_DIGITS = 7
"""A telephone number has more; a shorter one is found in texts that do not mean it."""
_summaries = msgspec.msgpack.Decoder(Summary)


@dataclass
class Found:
    """What was found of one thing asked. ``items`` go as a whole, by kind; ``messages`` go out
    of others; ``named`` are records of others that name the person. ``archives`` hold it all.
    """

    what: What
    text: str
    entry: Entry
    also: set[str] = field(default_factory=set)
    items: Counter[Kind] = field(default_factory=Counter)
    messages: int = 0
    named: int = 0
    in_review: int = 0
    archives: set[str] = field(default_factory=set)

    @property
    def is_nowhere(self) -> bool:
        """Whether nothing that was read is meant."""
        return not (self.items or self.messages or self.named)


def given(salt: bytes, what: What, text: str) -> str:
    """What stands in the list for what was asked."""
    return hashed(salt, what, normal(text))


def find_chat(state: State, salt: bytes, text: str, since: str) -> Found:
    """The items of that key, or of exactly that title. Another item that bears the title of
    one that was asked by its key keeps it from being told by its title.
    """
    wanted = normal(text)
    by_key: list[tuple[int, Summary]] = []
    by_title: list[tuple[int, Summary]] = []
    bearers: Counter[str] = Counter()
    for item, summary, _, _ in live_items(state):
        names = {normal(name) for name in (summary.title, *summary.aliases)}
        bearers.update(names)
        if text == summary.key or text in readings(state, item).keys:
            by_key.append((item, summary))
        elif wanted in names:
            by_title.append((item, summary))
    hits = by_key or by_title
    titles = {
        normal(name)
        for _, summary in by_key
        if summary.kind in CONVERSATION_KINDS
        for name in (summary.title, *summary.aliases)
        if name and bearers[normal(name)] == 1
    }
    titles |= {wanted} if not by_key else set()
    found = _items(state, salt, "chat", text, hits, since)
    entry = found.entry
    named = {name for _, one in hits if one.kind in CONVERSATION_KINDS for name in _names(one)}
    found.entry = msgspec.structs.replace(
        entry,
        titles=tuple(sorted(hashed(salt, "title", title) for title in titles if title)),
        places=tuple(sorted({*entry.places, *(term(salt, name) for name in {*named, text})})),
    )
    return found


def find_company(
    state: State, matcher: Matcher, salt: bytes, text: str, known: Iterable[str], since: str
) -> Found:
    """The items that match a company of the mapping."""
    names = frozenset(name for name in known if normal(name) == normal(text))
    hits: list[tuple[int, Summary]] = []
    in_review = 0
    for item, summary, people, _ in live_items(state):
        decision = matcher.match(summary, people)
        if is_theirs(decision, names):
            hits.append((item, summary))
        elif any(match.company in names for match in decision.candidates):
            in_review += 1
    found = _items(state, salt, "company", text, hits, since)
    named = {name for _, one in hits if one.kind in CONVERSATION_KINDS for name in _names(one)}
    places = (term(salt, name) for name in {*named, *names, text})
    found.entry = msgspec.structs.replace(
        found.entry, places=tuple(sorted({*found.entry.places, *places}))
    )
    found.in_review = in_review
    return found


def find_person(state: State, salt: bytes, text: str, since: str) -> Found:
    """Everything of whoever is called that, or has that address or id."""
    also, keys = _called(state, salt, text)
    names = {name for called in {text, *also} for name in _both_ways(called)}
    entry = Entry(
        what="person",
        given=given(salt, "person", text),
        since=since,
        names=tuple(sorted(term(salt, name) for name in names)),
        keys=tuple(sorted(hashed(salt, "key", key) for key in keys)),
        places=tuple(sorted(term(salt, key) for key in keys)),
    )
    found = Found("person", text, entry, also=also)
    rules = Rules(Suppressed(salt=salt.hex(), entries=(entry,)))
    for item, summary, _, head in live_items(state):
        touched = _count(state, item, summary, _head(summary.kind, head), rules, found)
        if touched:
            found.archives.update(readings(state, item).units.values())
    return found


def _count(
    state: State, item: int, summary: Summary, head: Head, rules: Rules, found: Found
) -> bool:
    if rules.forgets(Item(summary=summary, head=head)):
        found.items[summary.kind] += 1
        return True
    here = rules.called_here(head)
    wrote = named = 0
    for message in state.messages(item):
        if rules.wrote(message, here):
            wrote += 1
        elif rules.without(message, here) is not message:
            named += 1
    named += rules.without(head, here) is not head and not wrote
    found.messages += wrote
    found.named += named
    return bool(wrote or named)


def _items(
    state: State,
    salt: bytes,
    what: What,
    text: str,
    hits: list[tuple[int, Summary]],
    since: str,
) -> Found:
    made_of = [readings(state, item) for item, _ in hits]
    keys = {key for one in made_of for key in one.keys}
    entry = Entry(
        what=what,
        given=given(salt, what, text),
        since=since,
        keys=tuple(sorted(hashed(salt, "key", key) for key in keys)),
        places=tuple(sorted(term(salt, key) for key in keys)),
    )
    return Found(
        what,
        text,
        entry,
        items=Counter(summary.kind for _, summary in hits),
        archives={name for one in made_of for name in one.units.values()},
    )


def _names(summary: Summary) -> Iterator[str]:
    return (name for name in (summary.title, *summary.aliases) if name)


def _called(state: State, salt: bytes, text: str) -> tuple[set[str], set[str]]:
    """What else the archives call them, one step from what was asked; and their contacts'
    keys. A single word is no name to look for everywhere.
    """
    one = Terms(salt, [term(salt, text)])
    ids: set[str] = set()
    names: set[str] = set()
    keys: set[str] = set()
    rows = state.query("SELECT id, key, kind, head FROM items")
    for item, key, kind, blob in [*rows]:
        head = _head(kind, blob)
        for person in _people(head):
            if any(map(one.is_one, person)):
                name, *rest = person
                names.add(name or "")
                ids.update(each for each in rest if each)
                if isinstance(head, Contact):
                    keys.add(key)
        if isinstance(head, Chat):
            for message in state.messages(item):
                if one.is_one(message.author) or one.is_one(message.author_id):
                    names.add(message.author or "")
                    ids.add(message.author_id or "")
    several = {name for name in names if len(normal(name).split()) > 1}
    return {each for each in ids | several if each and not one.is_one(each)}, keys


def _people(head: Head) -> Iterator[tuple[str | None, ...]]:
    """Everybody whom a record gives more than a name: that first, then what else."""
    if isinstance(head, Channel):
        yield from ((one.name, one.id, one.email) for one in head.people)
    elif isinstance(head, Meeting):
        everybody = (*head.attendees, *([head.organizer] if head.organizer else []))
        yield from ((one.name, one.email) for one in everybody)
    elif isinstance(head, Contact):
        phone = head.phone if sum(map(str.isdigit, head.phone or "")) >= _FEW_DIGITS else None
        yield (head.name, head.email, *head.emails, phone)


def _both_ways(name: str) -> tuple[str, ...]:
    """A name, and as it stands in lists: family name first."""
    first, _, last = name.rpartition(" ")
    return (name, f"{last} {first}") if first and "@" not in name else (name,)


def _head(kind: Kind, blob: bytes) -> Head:
    return msgspec.json.decode(expanded(blob), type=_HEADS[kind])
