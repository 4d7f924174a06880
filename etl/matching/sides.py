"""Whose side a person is on: who is one of us, and what says so. Of everybody else nothing
is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from etl.matching.company_index import CompanyIndex
from etl.matching.learnt import Learnt
from etl.matching.people import tagged
from etl.matching.segments import OwnNames
from etl.names.domains import of_address
from sources.records import Participant, Record, Summary

Why = Literal["domain", "name", "owner", "team", "many_companies"]
"""An address of ours; our name in theirs (``Ann | Ourco``); the account or calendar that was
exported is theirs; a member, and no guest, of our Slack workspace; a part in the chats of so many
different companies that no customer has.
"""


class OurPerson(Record, frozen=True, order=True, gc=False):
    """One of us, as the item has them (a name, or an address), and why."""

    who: str
    why: Why


class Sides:
    """Says who is one of us. A customer's name or domain on somebody speaks against it."""

    def __init__(
        self, index: CompanyIndex, own: OwnNames, our_domains: frozenset[str], learnt: Learnt
    ) -> None:
        self._index, self._own, self._learnt = index, own, learnt
        self._our_domains = our_domains

    def our_people(
        self, summary: Summary, names: Iterable[str] = (), people: Sequence[Participant] = ()
    ) -> tuple[OurPerson, ...]:
        """Those of us in an item, each once, in the order of their names. ``names`` are of
        those in a Telegram chat, ``people`` those in a Slack channel.
        """
        if summary.kind == "slack_channels":
            found = dict(self._in_channel(people))
        elif summary.kind == "telegram_chats":
            found = {name: why for name in names if (why := self._in_chat(name, summary))}
        else:
            found = {who: why for who in summary.emails if (why := self._at(who, summary))}
        return tuple(OurPerson(who, found[who]) for who in sorted(found))

    def _is_ours(self, host: str | None) -> bool:
        return host in self._our_domains

    def _is_customers(self, host: str | None) -> bool:
        return host is not None and bool(self._index.owners("domain", host))

    def _in_chat(self, name: str, summary: Summary) -> Why | None:
        company = tagged(name)[1]
        key = self._index.readings.of(company).key if company else ""
        if key in self._own.keys:
            return "name"
        if name in summary.owners:
            return None if key and self._index.called(key) else "owner"
        everywhere = not company and name in self._learnt.everywhere
        return "many_companies" if everywhere and _is_one(name) else None

    def _at(self, email: str, summary: Summary) -> Why | None:
        host = of_address(email)
        if self._is_ours(host):
            return "domain"
        return "owner" if email in summary.owners and not self._is_customers(host) else None

    def _in_channel(self, people: Iterable[Participant]) -> Iterator[tuple[str, Why]]:
        """By name, for that is what messages bear: names that others have, too, say nothing."""
        called: dict[str, set[Why | None]] = {}
        for person in people:
            called.setdefault(person.name, set()).add(self._of_slack(person))
        for name, whys in called.items():
            if None not in whys:
                yield name, "domain" if "domain" in whys else "team"

    def _of_slack(self, person: Participant) -> Why | None:
        if person.kind == "bot":
            return None
        host = of_address(person.email) if person.email else None
        if self._is_ours(host):
            return "domain"
        return "team" if person.kind == "member" and not self._is_customers(host) else None


def _is_one(name: str) -> bool:
    """Whether a name is one person's wherever it stands: two people may be called Ann; first
    and last name are not shared so easily. Bots and those who left Telegram are nobody.
    """
    name = name.casefold()
    return len(name.split()) > 1 and name != "deleted account" and not name.endswith("bot")


class OurPeople(Record, frozen=True, kw_only=True, gc=False):
    """What is said of an item, as far as it says who is one of us."""

    our_people: tuple[OurPerson, ...] = ()


_said = msgspec.json.Decoder(OurPeople)
_encode = msgspec.json.encode
_OURS = b'"is_ours":true,'
_EMAIL = re.compile(rb'"email":"([^"\\]+)"')
_MEMBER = re.compile(rb'"name":("(?:[^"\\]|\\.)*"),(?="kind":)')
_AUTHOR = b'{"author":'
_FEW = 2
"""So many authors are found faster one by one."""


def of_said(said: bytes) -> tuple[OurPerson, ...]:
    """Who is one of us, of what is said of an item as JSON."""
    return _said.decode(said).our_people if b'"our_people"' in said else ()


def with_our_guests(head: bytes, people: Iterable[OurPerson]) -> bytes:
    """A meeting's record as JSON, our guests marked in it."""
    ours = {person.who.encode() for person in people}

    def marked(found: re.Match[bytes]) -> bytes:
        return found[0] + (b',"is_ours":true' if found[1].lower() in ours else b"")

    return _EMAIL.sub(marked, head) if ours else head


def with_our_members(head: bytes, people: Iterable[OurPerson]) -> bytes:
    """A Slack channel's record as JSON, our people marked in it."""
    ours = {_encode(person.who) for person in people}

    def marked(found: re.Match[bytes]) -> bytes:
        return found[0] + (_OURS if found[1] in ours else b"")

    return _MEMBER.sub(marked, head) if ours else head


def with_our_authors(chunk: bytes, people: Sequence[OurPerson]) -> bytes:
    """Messages as JSON, those of ours marked. Every message begins with its author, and
    what begins an object cannot stand within a text, where quotes are escaped.
    """
    names = tuple(_encode(person.who) + b"," for person in people)
    if len(names) <= _FEW:
        for name in names:
            # a third faster than `replace`, which counts first
            chunk = (_AUTHOR + name + _OURS).join(chunk.split(_AUTHOR + name))
        return chunk
    first, *messages = chunk.split(_AUTHOR)
    marked = (b"{" + _OURS + _AUTHOR[1:], _AUTHOR)
    pieces = [first]
    for message in messages:
        pieces += marked[not message.startswith(names)], message
    return b"".join(pieces)
