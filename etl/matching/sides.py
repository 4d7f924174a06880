"""Whose side a person is on: who is one of us, and what says so. Of everybody else nothing
is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

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


class OurPerson(Record, frozen=True, order=True, gc=False, omit_defaults=True):
    """One of us, as the item has them (a name, or an address), and why; the vendor's id,
    where everybody has one.
    """

    who: str
    why: Why
    id: str | None = None


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
            return tuple(sorted(self._in_channel(people)))
        if summary.kind == "telegram_chats":
            found = {name: why for name in names if (why := self._in_chat(name, summary))}
        else:
            found = {who: why for who in summary.emails if (why := self._at(who, summary))}
        return tuple(OurPerson(who, found[who]) for who in sorted(found))

    def _is_ours(self, host: str | None) -> bool:
        return host in self._our_domains

    def _is_customers(self, host: str | None) -> bool:
        return host is not None and bool(self._index.owners("domain", host))

    def _in_chat(self, name: str, summary: Summary) -> Why | None:
        key = self._carried(name)
        if key in self._own.keys:
            return "name"
        if name in summary.owners:
            return None if self._index.called(key) else "owner"
        everywhere = not key and name in self._learnt.everywhere
        return "many_companies" if everywhere and _is_one(name) else None

    def _at(self, email: str, summary: Summary) -> Why | None:
        host = of_address(email)
        if self._is_ours(host):
            return "domain"
        return "owner" if email in summary.owners and not self._is_customers(host) else None

    def _in_channel(self, people: Iterable[Participant]) -> Iterator[OurPerson]:
        for person in people:
            if why := self._of_slack(person):
                yield OurPerson(person.name, why, person.id)

    def _of_slack(self, person: Participant) -> Why | None:
        if person.kind == "bot":
            return None
        host = of_address(person.email) if person.email else None
        if self._is_ours(host):
            return "domain"
        key = self._carried(person.name)
        if key in self._own.keys:
            return "name"
        customers = self._is_customers(host) or self._index.called(key)
        return "team" if person.kind == "member" and not customers else None

    def _carried(self, name: str) -> str:
        """The key of the company that somebody carries in their name; empty when none."""
        company = tagged(name)[1]
        return self._index.readings.of(company).key if company else ""


def _is_one(name: str) -> bool:
    """Whether a name is one person's wherever it stands: two people may be called Ann; first
    and last name are not shared so easily. Bots and those who left Telegram are nobody.
    """
    name = name.casefold()
    return len(name.split()) > 1 and name != "deleted account" and not name.endswith("bot")
