"""A title taken apart, and what is known of it."""

from __future__ import annotations

from etl.matching.company_index import CompanyIndex
from etl.matching.decisions import Field, Method
from etl.matching.hits import Hit
from etl.matching.learnt import Learnt
from etl.matching.owners import Owners
from etl.matching.parts import Found, Parts
from etl.matching.people import OF_PEOPLE
from etl.matching.segments import OwnNames
from sources.records import Summary

PERSONAL = "a personal chat may be about anything"
PUBLIC = "a public channel may be about anybody"


class Title:
    """A title taken apart, and what is known of it.

    ``ours``: our name stands there, or goes without saying: a deal, a shared channel.
    ``doubt``: why no piece settles anything, when none does.
    """

    __slots__ = (
        *("channel", "deal", "doubt", "field", "known", "learnt", "meeting", "ours", "own"),
        "parts",
    )

    def __init__(
        self,
        parts: Parts,
        known: CompanyIndex,
        own: OwnNames,
        learnt: Learnt,
        field: Field,
        summary: Summary,
    ) -> None:
        self.parts, self.known, self.own, self.learnt = parts, known, own, learnt
        self.field, self.doubt = field, _doubt(summary)
        self.deal = summary.kind == "hubspot_deals"
        self.channel = summary.kind == "slack_channels"
        self.meeting = summary.kind == "calendar_meetings"
        shared = self.channel and (
            "ext_shared" in summary.flags or not learnt.sharing.isdisjoint(parts.name.tokens)
        )
        self.ours = parts.said or shared or self.deal

    def tokens(self, first: int, last: int) -> tuple[str, ...]:
        """The tokens from ``first`` up to ``last``."""
        return self.parts.name.tokens[first:last]

    def hit(
        self,
        method: Method,
        owners: Owners,
        first: int,
        last: int,
        *,
        why: str = "",
        detail: str = "",
    ) -> Hit:
        """What these tokens lead to."""
        name = self.parts.name
        text, start, end = name.quote(first, last)
        return Hit(
            method, owners, text, self.field, start, end, why, detail, name.tokens[first:last]
        )

    def is_common(self, found: Found) -> bool:
        """Whether the name is also a word, or a person's name."""
        return "".join(self.tokens(found.first, found.last)) in self.learnt.common


def _doubt(summary: Summary) -> str:
    """A public channel of our own Slack is no stranger's, one of Telegram may be."""
    if not summary.flags:
        return ""
    if not OF_PEOPLE.isdisjoint(summary.flags):
        return PERSONAL
    if summary.kind == "telegram_chats" and "public" in summary.flags:
        return PUBLIC
    return ""
