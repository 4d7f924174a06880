"""What a run leaves out, as questions: is this item forgotten, is this message too old, what is
left of this record once the names of the forgotten are out of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from etl.privacy.suppressed import Suppressed, load, missing
from etl.privacy.terms import Terms, hashed, normal, term
from etl.privacy.withheld import Withheld
from sources.protocol import Problem
from sources.records import (
    Activity,
    Channel,
    Chat,
    Contact,
    Head,
    Item,
    Media,
    Meeting,
    Message,
    Participant,
    Person,
    Reaction,
    Summary,
)

_AS_THEY_ARE = frozenset(
    {
        *("key", "kind", "source", "archive", "identity", "version", "known", "flags"),
        *("company_ids", "contact_ids", "deal_ids", "message_id", "message_type", "timestamp"),
        *("date", "edited_at", "forwarded_at", "emoji", "mime_type", "path"),
    }
)
"""Fields in which nobody is named, or that are seen to one by one."""

_NOBODY = frozenset({"organizer", "owner", "via_bot", "forwarded_from", "signature", "email"})
"""Fields that may be empty: who was named there alone is no more."""

_OF_SEVERAL = ("group", "channel", "mpim")
"""How the vendors' words end for what is no talk between two."""

_CRM_COMPANY, _CRM_CONTACT = "hubspot:company:", "hubspot:contact:"
_TITLED = "telegram:title:"

_R = TypeVar("_R", bound=msgspec.Struct)


class Rules:
    """What is left out, asked of one record after the other."""

    def __init__(self, suppressed: Suppressed | None = None, oldest: str = "") -> None:
        self.oldest = oldest
        entries = suppressed.entries if suppressed else ()
        self._salt = suppressed.key if suppressed else b""
        self.people = Terms(self._salt, (name for one in entries for name in one.names))
        every = (term for one in entries for term in (*one.names, *one.places))
        self.places = Terms(self._salt, every)
        self._keys = frozenset(key for one in entries for key in one.keys)
        theirs = (one for one in entries if one.what == "company")
        self._joined = frozenset(key for one in theirs for key in one.keys)
        self._titles = frozenset(title for one in entries for title in one.titles)
        self._companies = frozenset(one.given for one in entries if one.what == "company")

    def companies(self, names: Iterable[str]) -> frozenset[str]:
        """Those of these companies that are forgotten."""
        if not self._companies:
            return frozenset()
        return frozenset(n for n in names if self._hash("company", normal(n)) in self._companies)

    def forgets(self, item: Item) -> bool:
        """Whether all of an item is left out: itself, the person, or a talk with them alone."""
        summary, head = item.summary, item.head
        if self._hash("key", summary.key) in self._keys:
            return True
        if self._joined and self._is_joined(summary):
            return True
        names = (summary.title, *summary.aliases)
        if self._titles and any(self._hash("title", normal(n)) in self._titles for n in names):
            return True
        if not self.people:
            return False
        if isinstance(head, Contact):
            names = (head.name, head.email or "", *head.emails)
        elif not (isinstance(head, Chat) and _is_with_one(head)):
            return False
        return any(map(self.people.is_one, names))

    def is_old(self, day: str) -> bool:
        """Whether a record of that day, or moment, is older than anything kept. What has
        none is kept.
        """
        return bool(day) and day[:10] < self.oldest

    def shown(self, path: str) -> str:
        """A path, unless it names somebody or something forgotten: then what stands for it."""
        if not self.places or self.places.redacted(path) == path:
            return path
        return f"forgotten-{self._hash('path', path)}"

    def problem(self, problem: Problem) -> Problem:
        """A problem that names nobody forgotten."""
        detail = self.places.redacted(problem.detail)
        return msgspec.structs.replace(problem, path=self.shown(problem.path), detail=detail)

    def without(self, value: _R, here: Terms | None = None) -> _R:
        """A record without the people forgotten: out of its lists, and out of its texts.
        ``here`` is what they are called in this item, which need not be who they are elsewhere.
        """
        changes: dict[str, Any] = {}
        for name in value.__struct_fields__:
            had = getattr(value, name)
            if not had or name in _AS_THEY_ARE:
                continue
            if name in _NOBODY and self._is_them(had, here):
                changes[name] = None
                continue
            left = self._left(had, here, drop=not isinstance(value, Media))
            if left is not had:
                changes[name] = left
        if isinstance(value, Reaction) and "people" in changes:
            changes["count"] = value.count - len(value.people) + len(changes["people"])
        return msgspec.structs.replace(value, **changes) if changes else value

    def summary_without(self, summary: Summary, here: Terms | None = None) -> Summary:
        """The same of a summary, whose keys and tokens must go on meeting their like."""
        left = self.without(summary, here)
        renamed = (left.title, left.aliases) != (summary.title, summary.aliases)
        return msgspec.structs.replace(
            left,
            key=self._token(summary.key),
            archive=self.shown(summary.archive),
            identity=tuple(
                f"{_TITLED}{self._hash('token', token)}"
                if renamed and token.startswith(_TITLED)
                else self._token(token)
                for token in summary.identity
            ),
        )

    def called_here(self, head: Head) -> Terms | None:
        """What the people forgotten are called in this item, where it says who is who: a nickname
        that is somebody else's elsewhere.
        """
        people = head.people if isinstance(head, Channel) else ()
        names = {one.name for one in people if self._is_them(one)}
        names = {name for name in names if not self.people.is_one(name)}
        return Terms(self._salt, (term(self._salt, name) for name in names)) if names else None

    def wrote(self, message: Message, here: Terms | None = None) -> bool:
        """Whether a message is of somebody forgotten, or their words passed on."""
        is_one = self.people.is_one
        return (
            is_one(message.author_id)
            or is_one(message.author)
            or is_one(message.forwarded_from)
            or is_one(message.signature)
            or (here is not None and message.author_id is None and here.is_one(message.author))
        )

    def _is_joined(self, summary: Summary) -> bool:
        """Whether the CRM ties it to a forgotten company, or only to its people."""
        told = [f"{_CRM_COMPANY}{id_}" for id_ in summary.company_ids]
        told = told or [f"{_CRM_CONTACT}{id_}" for id_ in summary.contact_ids]
        return any(self._hash("key", key) in self._joined for key in told)

    def _left(self, had: Any, here: Terms | None, *, drop: bool) -> Any:
        if isinstance(had, str):
            said = self.people.redacted(had)
            return said if here is None else here.redacted(said)
        if isinstance(had, tuple):
            kept = [each for each in had if not (drop and self._is_them(each, here))]
            left = [self._left(each, here, drop=drop) for each in kept]
            left = [each for each in left if not (isinstance(each, Reaction) and each.count < 1)]
            same = len(left) == len(had) and all(a is b for a, b in zip(left, had, strict=True))
            return had if same else tuple(left)
        return self.without(had, here) if isinstance(had, msgspec.Struct) else had

    def _is_them(self, who: object, here: Terms | None = None) -> bool:
        is_one = self.people.is_one
        if isinstance(who, str):
            return is_one(who) or (here is not None and here.is_one(who))
        if isinstance(who, Person):
            return is_one(who.name) or is_one(who.email)
        if isinstance(who, Participant):
            return is_one(who.id) or is_one(who.name) or is_one(who.email)
        return False

    def _token(self, token: str) -> str:
        if self.people.redacted(token) == token:
            return token
        source, colon, _ = token.partition(":")
        return f"{source if colon else 'item'}:forgotten:{self._hash('token', token)}"

    def _hash(self, what: str, text: str) -> str:
        return hashed(self._salt, what, text)


def _is_with_one(head: Chat) -> bool:
    """Whether a conversation is one with somebody alone: by its type, else by who wrote."""
    if head.chat_type in (None, "unknown"):
        return len(head.unique_authors) < 3
    return not head.chat_type.endswith(_OF_SEVERAL)


def day_of(head: Head, key: str) -> str:
    """The day by which a record that is no conversation grows old; none for what the CRM says
    of companies, contacts and deals, which is true today.
    """
    if isinstance(head, Meeting):
        # The start it once had, too: a newer reading that moved it must stay to say so.
        original = key[-20:] if key.endswith("Z") else key[-10:]
        return max(head.end or "", head.start or "", original)[:10]
    if isinstance(head, Activity):
        return (head.end or head.date or head.create_date or "")[:10]
    return ""


@lru_cache(maxsize=4)
def rules_of(withheld: Withheld) -> Rules:
    """What a worker asks. Raises `Misconfigured` when the list is no more."""
    if not withheld.path:
        return Rules(oldest=withheld.oldest)
    suppressed = load(Path(withheld.path))
    if suppressed is None:
        raise missing(Path(withheld.path))
    return Rules(suppressed, withheld.oldest)
