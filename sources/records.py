"""The record vocabulary: what every source yields and everything else reads.

This module imports nothing of ours. All structs are frozen and keyword-only; a field
without a default is always written to the output, a field with one only when it
differs from it. Moments are RFC 3339 strings in UTC ending in ``Z``; all-day dates are
``YYYY-MM-DD``; a moment that the archive does not hold is ``None``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "slack_channels",
    "telegram_chats",
    "calendar_meetings",
    "hubspot_deals",
    "hubspot_companies",
    "hubspot_contacts",
    "hubspot_activities",
]
"""The array of the output in which an item stands."""

KINDS: tuple[Kind, ...] = (
    "slack_channels",
    "telegram_chats",
    "calendar_meetings",
    "hubspot_deals",
    "hubspot_companies",
    "hubspot_contacts",
    "hubspot_activities",
)

SOURCE_OF: dict[Kind, str] = {
    "slack_channels": "slack",
    "telegram_chats": "telegram",
    "calendar_meetings": "calendar",
    "hubspot_deals": "hubspot",
    "hubspot_companies": "hubspot",
    "hubspot_contacts": "hubspot",
    "hubspot_activities": "hubspot",
}
"""The source whose reader yields each."""

CONVERSATION_KINDS: frozenset[Kind] = frozenset({"slack_channels", "telegram_chats"})
"""The kinds whose items carry messages."""


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of everything below."""


class Finding(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something true about an item that its reader should know.

    ``kind`` is a stable word (``half_conversation``), ``detail`` a sentence for a
    person, without message text; ``count`` says how many records it concerns.
    """

    kind: str
    detail: str
    count: int = 1


class Media(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A file, contact, place, poll, call ... attached to a message.

    ``path`` is relative to the export and only present when the file was exported;
    ``missing`` gives the vendor's reason when it was not. ``votes`` says of each of a
    poll's ``options`` how it fared, in the vendor's words, where it is known.
    """

    kind: str
    title: str | None = None
    description: str | None = None
    status: str | None = None
    path: str | None = None
    url: str | None = None
    mime_type: str | None = None
    size: int | None = None
    duration_seconds: int | None = None
    missing: str | None = None
    options: tuple[str, ...] = ()
    votes: tuple[str, ...] = ()


class Reaction(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One emoji under a message: how many people, and who, as far as the source says."""

    emoji: str
    count: int
    people: tuple[str, ...] = ()


class Message(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One message of a Telegram chat or a Slack channel.

    ``message_id`` is the vendor's bare id (``"123"``, a Slack ``ts``). ``date`` is set
    only on service messages of Telegram HTML, which have a day but no time. ``targets``
    are the people a service message names beside its actor: invited, removed ...
    """

    author: str | None
    text: str
    timestamp: str | None
    message_id: str
    message_type: Literal["service", "regular"]
    is_service: bool
    date: str | None = None
    author_id: str | None = None
    is_ours: bool | None = None
    reply_to: str | None = None
    reply_elsewhere: bool = False
    thread_id: str | None = None
    forwarded_from: str | None = None
    forwarded_at: str | None = None
    media: tuple[Media, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    mention_ids: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    signature: str | None = None
    via_bot: str | None = None
    edited_at: str | None = None
    deleted: bool = False
    subtype: str | None = None
    targets: tuple[str, ...] = ()


class Chat(Record, frozen=True, kw_only=True, gc=False):
    """A Telegram chat, without its messages. ``chat_type`` is the vendor's own word."""

    chat_name: str
    chat_type: str | None
    directory: str
    message_count: int
    regular_message_count: int
    service_message_count: int
    participants: tuple[str, ...]
    participant_count: int
    unique_authors: tuple[str, ...]
    first_message_time: str | None
    last_message_time: str | None


class Participant(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Somebody who belongs to a conversation or wrote in it. ``organisation`` is the vendor's
    id of whom they belong to; of other organisations' people ``kind`` is ``external``.
    ``is_ours`` is settled when the output is written.
    """

    id: str
    name: str
    kind: Literal["member", "guest", "external", "bot", "unknown"]
    organisation: str | None = None
    email: str | None = None
    deactivated: bool = False
    is_ours: bool | None = None


class Channel(Chat, frozen=True, kw_only=True, gc=False):
    """A Slack conversation, without its messages. ``people`` stand behind the names of
    ``participants``, by id.
    """

    channel_id: str
    name: str
    is_ext_shared: bool
    is_private: bool
    topic: str
    purpose: str
    people: tuple[Participant, ...] = ()


class Person(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Somebody invited to a meeting; ``response`` is accepted, declined, tentative,
    needs-action, or ``None`` when the calendar does not say. ``is_ours`` is settled when
    the output is written: a reader does not know who we are.
    """

    name: str | None
    email: str | None
    response: str | None
    is_ours: bool | None = None


class Meeting(Record, frozen=True, kw_only=True, gc=False):
    """One instance of a calendar event.

    ``start`` and ``end`` are dates when ``all_day``. ``calendar`` names the calendar;
    ``marks`` holds ``birthday``, ``out-of-office``, ``private`` and the like.
    """

    uid: str
    title: str
    start: str | None
    end: str | None
    all_day: bool
    organizer: Person | None
    attendees: tuple[Person, ...]
    location: str | None
    link: str | None
    description: str
    calendar: str
    status: str
    recurring: bool
    marks: tuple[str, ...] = ()


class Deal(Record, frozen=True, kw_only=True, gc=False):
    """A CRM deal. ``amount`` is a decimal string, so that no cent is rounded away.
    ``deleted``: the vendor says that the record is no more, of this and of those below.
    """

    id: str
    name: str
    stage: str | None
    pipeline: str | None
    amount: str | None
    currency: str | None
    close_date: str | None
    create_date: str | None
    owner: str | None
    status: Literal["open", "won", "lost"]
    company_ids: tuple[str, ...]
    contact_ids: tuple[str, ...]
    company_names: tuple[str, ...] = ()
    contact_names: tuple[str, ...] = ()
    description: str | None = None
    deleted: bool = False


class CrmCompany(Record, frozen=True, kw_only=True, gc=False):
    """A company as the CRM knows it."""

    id: str
    name: str
    domain: str | None
    website: str | None
    owner: str | None
    create_date: str | None
    contact_ids: tuple[str, ...] = ()
    deal_ids: tuple[str, ...] = ()
    deleted: bool = False


class Contact(Record, frozen=True, kw_only=True, gc=False):
    """A person as the CRM knows them."""

    id: str
    name: str
    email: str | None
    emails: tuple[str, ...]
    company_name: str | None
    company_ids: tuple[str, ...]
    owner: str | None
    create_date: str | None
    job_title: str | None = None
    phone: str | None = None
    deal_ids: tuple[str, ...] = ()
    deleted: bool = False


class Activity(Record, frozen=True, kw_only=True, gc=False):
    """What somebody noted or did in the CRM: a note, a meeting, a call, a task ...

    ``type`` is the vendor's own word; ``body`` is plain text; ``date`` is when it was or
    begins, ``end`` when a meeting ends.
    """

    id: str
    type: str | None
    title: str
    body: str
    date: str | None
    owner: str | None
    create_date: str | None
    company_ids: tuple[str, ...]
    contact_ids: tuple[str, ...]
    deal_ids: tuple[str, ...]
    end: str | None = None
    company_names: tuple[str, ...] = ()
    contact_names: tuple[str, ...] = ()
    deal_names: tuple[str, ...] = ()


Head = Chat | Channel | Meeting | Deal | CrmCompany | Contact | Activity


class Summary(Record, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What matching, merging, statistics and reports need of an item.

    ``key`` is what makes two items the same: it survives a re-export and never
    contains a path. ``archive`` is where the item was read, relative to the data
    folder. ``identity`` holds further tokens under which the same item may be met in
    another unit (items sharing a token are offered to the source's ``merge``).
    ``version`` orders readings of one item, newest last: export date, then time of the
    last record, both as text, empty when unknown. ``known`` names the head's fields
    this archive could know, when an export may lack columns; empty means all of them.

    Evidence for matching: ``title`` and ``aliases`` (names of a chat, channel, meeting,
    deal), ``texts`` (other short texts that may hold a node address), ``emails`` (people
    taking part, lower case), ``domains`` (a CRM company's own), ``companies`` (names in
    the CRM's company field), ``company_ids``/``contact_ids``/``deal_ids`` (CRM ids, for
    joining), ``flags`` (``ext_shared``, ``personal``, ``public`` ...). ``mentioned`` are hosts
    that are only talked about (of links and addresses in messages): they suggest, no more.
    ``owners`` are those taking part whose own account was exported, by the name they have
    there and nobody else has.
    """

    key: str
    kind: Kind
    source: str
    archive: str
    title: str
    records: int = 0
    identity: tuple[str, ...] = ()
    version: tuple[str, str] = ("", "")
    known: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    company_ids: tuple[str, ...] = ()
    contact_ids: tuple[str, ...] = ()
    deal_ids: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Item(Record, frozen=True, kw_only=True, gc=False):
    """What closes an item in the stream a reader yields: the messages yielded since the
    previous item are this one's.
    """

    summary: Summary
    head: Head
