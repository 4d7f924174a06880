"""Whose side a person is on: who is one of us, and what says so. Of everybody else nothing
is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from etl.matching.learnt import Learnt
from etl.matching.people import tagged
from etl.matching.segments import OwnNames
from etl.names.domains import of_address
from etl.names.normalise import normalise
from sources.records import Record, Summary

Why = Literal["domain", "name", "many_companies", "team"]
"""An address of ours; our name in theirs (``Ann | Ourco``); a part in the chats of so many
different companies that no customer has; a member, and no guest, of our Slack workspace.
"""


class OurPerson(Record, frozen=True, order=True, gc=False):
    """One of us, as the item has them (a name, or an address), and why."""

    who: str
    why: Why


def our_people(
    summary: Summary,
    participants: Iterable[str],
    own: OwnNames,
    our_domains: frozenset[str],
    learnt: Learnt,
) -> tuple[OurPerson, ...]:
    """Those of us in an item, in the order of their names."""
    ours = (email for email in summary.emails if our_domains and of_address(email) in our_domains)
    found = [OurPerson(email, "domain") for email in ours]
    if summary.kind == "telegram_chats":
        whys = ((person, _why(person, own, learnt)) for person in participants)
        found.extend(OurPerson(person, why) for person, why in whys if why)
    return tuple(sorted(set(found)))


def _why(person: str, own: OwnNames, learnt: Learnt) -> Why | None:
    company = tagged(person)[1]
    if company:
        return "name" if normalise(company).key in own.keys else None
    return "many_companies" if person in learnt.everywhere and _is_one(person) else None


def _is_one(person: str) -> bool:
    """Whether a name is one person's wherever it stands: two people may be called Ann; first
    and last name are not shared so easily. Bots and those who left Telegram are nobody.
    """
    name = person.casefold()
    return len(name.split()) > 1 and name != "deleted account" and not name.endswith("bot")


class OurPeople(Record, frozen=True, kw_only=True, gc=False):
    """What is said of an item, as far as it says who is one of us."""

    our_people: tuple[OurPerson, ...] = ()


_said = msgspec.json.Decoder(OurPeople)
_EMAIL = re.compile(rb'"email":"([^"\\]+)"')


def of_said(said: bytes) -> tuple[OurPerson, ...]:
    """Who is one of us, of what is said of an item as JSON."""
    return _said.decode(said).our_people if b'"our_people"' in said else ()


def with_our_guests(head: bytes, people: Iterable[OurPerson]) -> bytes:
    """A meeting's record as JSON, our guests marked in it."""
    ours = {person.who.encode() for person in people if person.why == "domain"}

    def marked(found: re.Match[bytes]) -> bytes:
        return found[0] + (b',"is_ours":true' if found[1].lower() in ours else b"")

    return _EMAIL.sub(marked, head) if ours else head


def with_our_authors(chunk: bytes, people: Iterable[OurPerson]) -> bytes:
    """Messages as JSON, those of ours marked. Every message begins with its author, and
    what begins an object cannot stand within a text, where quotes are escaped.
    """
    for person in people:
        if person.why != "domain":
            begins = b'{"author":' + msgspec.json.encode(person.who) + b","
            # a third faster than `replace`, which counts first
            chunk = (begins + b'"is_ours":true,').join(chunk.split(begins))
    return chunk
