"""Whether two readings are one chat. HTML names no chat, so the messages decide.

Readings that share ids are one chat when the shared ones agree; readings that share
none only when everything else speaks for it. Else they stay apart: two customers may
both have a chat called "Support".
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import msgspec

from sources.protocol import Part
from sources.records import Chat, Message, Summary
from sources.telegram.identity import VENDOR_ID, loose
from sources.telegram.likeness import UNTIMED, Columns, compare

_OF_ACCOUNT = re.compile(r"(?:^|[/!])chats/chat_\d+$")
_IN_DOUBT = {"zone_assumed_utc", "offset_is_standard_time", "zone_differs"}
OF_EVERYBODY = VENDOR_ID + "channel"
"""Begins the id of a supergroup or channel, in which everybody sees the same messages."""


@dataclass
class Reading:
    """One part, and of its messages ids, times and checksums."""

    part: Part
    head: Chat
    columns: Columns
    title: str
    vendor_ids: frozenset[str]

    @classmethod
    def of(cls, part: Part) -> Reading:
        summary = part.summary
        return cls(
            part=part,
            head=msgspec.json.decode(part.head, type=Chat),
            columns=Columns(part.messages()),
            title=loose(summary.title),
            vendor_ids=frozenset(t for t in summary.identity if t.startswith(VENDOR_ID)),
        )

    @property
    def summary(self) -> Summary:
        return self.part.summary

    @cached_property
    def authors(self) -> frozenset[str]:
        """Everybody who wrote in it."""
        return frozenset(self.head.unique_authors)

    @cached_property
    def is_sure(self) -> bool:
        """Whether its times are true, not read in a zone that had to be assumed."""
        return _IN_DOUBT.isdisjoint(finding.kind for finding in self.summary.findings)

    @cached_property
    def begins_a_chat(self) -> bool:
        """Whether it opens with the chat's creation: then nothing came before it."""
        first = next(iter(self.part.messages()), None)
        return first is not None and first.subtype == "created"

    @cached_property
    def is_whole_export(self) -> bool:
        """Whether the chat was exported by itself, and not with all of an account, of which
        somebody may have kept the chats but not their list.
        """
        directory = self.head.directory
        return directory == self.summary.archive and not _OF_ACCOUNT.search(directory)

    def messages(self) -> Iterator[Message]:
        """Its messages in ascending order, whatever its pages' order."""
        if self.columns.ascending:
            return self.part.messages()
        return iter(sorted(self.part.messages(), key=lambda message: int(message.message_id)))


def same(one: Reading, other: Reading) -> bool | None:
    """Whether two readings are one chat; none when their messages do not say."""
    if one.vendor_ids and other.vendor_ids:
        common = one.vendor_ids & other.vendor_ids
        # Two people's chats with a third bear the same id, but not the same messages.
        if not common or any(token.startswith(OF_EVERYBODY) for token in common):
            return bool(common)
    if one.summary.archive == other.summary.archive and one.vendor_ids == other.vendor_ids:
        return False  # a full export holds each of its chats once
    if _agree_throughout(one.columns, other.columns):
        return True
    alike = one.title == other.title
    found = compare(one.columns, other.columns)
    if (found.shared and not found.timed) or not one.columns.ids:
        # "Channel created", message 1, says little by itself; nothing but it says enough.
        return True if alike and _say_the_same(one, other) else None
    return found.verdict(alike=alike)


def _say_the_same(one: Reading, other: Reading) -> bool:
    """Whether two without a time in common hold the same, from the same day on: the key of
    a chat that begins with a service message is made of its day.
    """
    begin_alike = not one.columns.ids or one.summary.key == other.summary.key
    same_ids = one.columns.ids == other.columns.ids
    return begin_alike and same_ids and one.columns.texts == other.columns.texts


def _agree_throughout(one: Columns, other: Columns) -> bool:
    """Whether two hold quite the same messages as far as both reach, some with a time: told
    many times faster than by comparing one by one.
    """
    if not one.ids or not other.ids:
        return False
    first, last = max(one.ids[0], other.ids[0]), min(one.ids[-1], other.ids[-1])
    a, b = (slice(bisect_left(c.ids, first), bisect_right(c.ids, last)) for c in (one, other))
    return (
        one.ids[a] == other.ids[b]
        and one.times[a] == other.times[b]
        and one.texts[a] == other.texts[b]
        and any(time != UNTIMED for time in one.times[a])
    )


def continues(later: Reading, earlier: Reading) -> bool:
    """Whether one is a later stretch of the other, exported by itself beside it."""
    ends, begins = earlier.head.last_message_time, later.head.first_message_time
    return (
        earlier.columns.ids[-1] < later.columns.ids[0]
        and _have_people_in_common(earlier.authors, later.authors)
        and (ends is None or begins is None or ends <= begins)
        and earlier.is_whole_export
        and later.is_whole_export
        and earlier.title == later.title
        and _agree(earlier.head.chat_type, later.head.chat_type)
        and _are_neighbours(earlier.summary.archive, later.summary.archive)
        and not later.begins_a_chat
    )


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _have_people_in_common(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether the same people wrote in both, as far as anybody is named: two of them, or all
    there are of one. One alone may be us, who write in the chats of every customer.
    """
    if not some or not others:
        return True
    return len(some & others) >= min(2, len(some), len(others))


def _are_neighbours(one: str, other: str) -> bool:
    """Whether two folders lie side by side, or one in the other."""
    parents = [path.rpartition("/")[0] for path in (one, other)]
    inside = one.startswith(other + "/") or other.startswith(one + "/") or "." in (one, other)
    return parents[0] == parents[1] or inside
