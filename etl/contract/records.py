"""The records of the output as Pydantic models: the published side of `sources.records`.

A test holds every class here equal to the struct of the same name there: fields,
types, and which of them may be missing.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$"
ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _in_calendar(text: str) -> str:
    """The text, unless no calendar or clock has it (a 31 February, say)."""
    if "T" in text:
        datetime.fromisoformat(text)
    else:
        date.fromisoformat(text)
    return text


def _relative(path: str) -> str:
    """The path, unless it leads outside the folder it is relative to."""
    if ABSOLUTE.match(path) or ".." in re.split(r"[/\\]", path):
        raise ValueError("must be relative and must not lead outside")
    return path


Moment = Annotated[str, Field(pattern=MOMENT), AfterValidator(_in_calendar)]
"""RFC 3339, in UTC, ending in ``Z``."""

Day = Annotated[str, Field(pattern=DAY), AfterValidator(_in_calendar)]
"""``YYYY-MM-DD``."""

When = Annotated[str, Field(pattern=f"{MOMENT}|{DAY}"), AfterValidator(_in_calendar)]
"""A moment, or a day where the source has no more."""


def _inside(place: str) -> str:
    """A place in the data folder, unless it leads outside. Where a backslash is a letter like
    any other, folders may have it in their names.
    """
    if place.startswith("/") or ".." in place.split("/"):
        raise ValueError("must be relative and must not lead outside")
    return place


RelativePath = Annotated[str, AfterValidator(_relative)]
Place = Annotated[str, AfterValidator(_inside)]
Count = Annotated[int, Field(ge=0)]
Decimal = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
"""A decimal number as text, so that no cent is rounded away."""


class Model(BaseModel):
    """Base of everything in the contract: exact types, no field that is not described."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Finding(Model):
    """Something true about an item that its reader should know."""

    kind: str = Field(description="A stable word, such as half_conversation.")
    detail: str = Field(description="A sentence for a person, without message text.")
    count: int = Field(1, ge=1, description="How many records it concerns; 1 when missing.")


class Media(Model):
    """A file, contact, place, poll, call ... attached to a message."""

    kind: str = Field(description="What it is: photo, file, voice, poll, contact ...")
    title: str | None = Field(None, description="File name or title.")
    description: str | None = Field(None, description="What the source says of it.")
    status: str | None = Field(None, description="The source's status line, such as a size.")
    path: RelativePath | None = Field(
        None, description="Where it is, relative to the export; only when it was exported."
    )
    url: str | None = Field(None, description="Its address, without any token.")
    mime_type: str | None = Field(None, description="Its MIME type.")
    size: int | None = Field(None, description="Its size in bytes.")
    duration_seconds: int | None = Field(None, description="How long it plays.")
    missing: str | None = Field(None, description="Why the file is not in the export.")
    options: list[str] = Field([], description="The answers of a poll.")
    votes: list[str] = Field([], description="How each answer fared, in the vendor's words.")


class Reaction(Model):
    """One emoji under a message."""

    emoji: str = Field(description="The emoji, or the name of a custom one.")
    count: int = Field(description="How many people reacted with it.")
    people: list[str] = Field([], description="Who they are, as far as the source says.")


class Message(Model):
    """One message of a Telegram chat or a Slack channel."""

    author: str | None = Field(description="Display name of who wrote it; null when unknown.")
    text: str = Field(description="The text, with its line breaks.")
    timestamp: Moment | None = Field(
        description="When it was sent; null when the archive holds no time (then see date)."
    )
    message_id: str = Field(description="The vendor's bare id: 123, -999999943, a Slack ts.")
    message_type: Literal["service", "regular"] = Field(
        description="regular: somebody wrote it; service: the product announced it."
    )
    is_service: bool = Field(description="Whether message_type is service.")
    date: Day | None = Field(None, description="The day of a service message without a time.")
    author_id: str | None = Field(None, description="The vendor's id of the author.")
    is_ours: bool | None = Field(
        None, description="Whether the author is on our side; missing when unknown."
    )
    reply_to: str | None = Field(None, description="message_id of the message it answers.")
    reply_elsewhere: bool = Field(
        False, description="Whether reply_to is a message of another conversation."
    )
    thread_id: str | None = Field(None, description="message_id of the first of its thread.")
    forwarded_from: str | None = Field(None, description="Who wrote it first, when forwarded.")
    forwarded_at: Moment | None = Field(None, description="When it was first sent.")
    media: list[Media] = Field([], description="What is attached.")
    reactions: list[Reaction] = Field([], description="Emojis under it.")
    links: list[str] = Field([], description="Addresses in the text, then of buttons.")
    mentions: list[str] = Field([], description="People named in the text.")
    mention_ids: list[str] = Field([], description="The vendor's ids of people named in the text.")
    buttons: list[str] = Field([], description="Labels of the buttons under it.")
    signature: str | None = Field(None, description="The author's signature in a channel.")
    via_bot: str | None = Field(None, description="The inline bot it was sent through.")
    edited_at: Moment | None = Field(None, description="When it was last edited.")
    deleted: bool = Field(False, description="Whether only its trace is left.")
    subtype: str | None = Field(None, description="The kind of service message, as a word.")
    targets: list[str] = Field(
        [], description="Whom a service message names beside its author: invited, removed ..."
    )

    @model_validator(mode="after")
    def _one_type(self) -> Self:
        if self.is_service != (self.message_type == "service"):
            raise ValueError("is_service and message_type disagree")
        return self


class Chat(Model):
    """A Telegram chat, without its messages."""

    chat_name: str = Field(description="The title.")
    chat_type: str | None = Field(description="The vendor's own word for its kind.")
    directory: Place = Field(description="Its folder inside the archive.")
    message_count: Count = Field(description="Regular and service messages together.")
    regular_message_count: Count = Field(description="Messages that somebody wrote.")
    service_message_count: Count = Field(description="Messages that the product announced.")
    participants: list[str] = Field(
        description="Authors, known members and actors of service messages, sorted."
    )
    participant_count: Count = Field(description="How many participants there are.")
    unique_authors: list[str] = Field(description="Who wrote at least one message, sorted.")
    first_message_time: Moment | None = Field(description="Time of the earliest message.")
    last_message_time: Moment | None = Field(description="Time of the latest message.")

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if self.message_count != self.regular_message_count + self.service_message_count:
            raise ValueError("message_count is not regular_message_count + service_message_count")
        if self.participant_count != len(self.participants):
            raise ValueError("participant_count is not the number of participants")
        for name, people in (
            ("participants", self.participants),
            ("unique_authors", self.unique_authors),
        ):
            if people != sorted(set(people)):
                raise ValueError(f"{name} must be sorted and name nobody twice")
        return self


class Participant(Model):
    """Somebody who belongs to a conversation or wrote in it."""

    id: str = Field(description="The vendor's id.")
    name: str = Field(description="Display name; the id when none is known.")
    kind: Literal["member", "guest", "external", "bot", "unknown"] = Field(
        description="external: of another organisation; unknown: no list names them."
    )
    organisation: str | None = Field(
        None, description="The vendor's id of the workspace or organisation they belong to."
    )
    email: str | None = Field(None, description="E-mail address, where the archive has it.")
    deactivated: bool = Field(False, description="Whether the account is no longer in use.")
    is_ours: bool | None = Field(
        None, description="Whether one of us; missing when nothing says so."
    )


class Channel(Chat):
    """A Slack conversation, without its messages."""

    channel_id: str = Field(description="Slack's id, such as C0123456789.")
    name: str = Field(description="The name, without the number sign.")
    is_ext_shared: bool = Field(description="Whether it is shared with another organisation.")
    is_private: bool = Field(description="Whether only invited people see it.")
    topic: str = Field(description="The topic, or an empty text.")
    purpose: str = Field(description="The purpose, or an empty text.")
    people: list[Participant] = Field([], description="Who participants are, sorted by id.")


class Person(Model):
    """Somebody invited to a meeting."""

    name: str | None = Field(description="Display name; null when the calendar has none.")
    email: str | None = Field(description="E-mail address; null when the calendar has none.")
    response: str | None = Field(
        description="accepted, declined, tentative, needs-action; null when not said."
    )
    is_ours: bool | None = Field(
        None, description="Whether one of us; missing when nothing says so."
    )


class Meeting(Model):
    """One instance of a calendar event."""

    uid: str = Field(description="The calendar's id of the event; instances share it.")
    title: str = Field(description="The title, or an empty text.")
    start: When | None = Field(description="A moment, or a day when all_day.")
    end: When | None = Field(description="A moment, or a day when all_day; not included.")
    all_day: bool = Field(description="Whether start and end are days without a time.")
    organizer: Person | None = Field(description="Who invited; null when not said.")
    attendees: list[Person] = Field(description="Who is invited; rooms are not people.")
    location: str | None = Field(description="Where it takes place.")
    link: str | None = Field(description="The address of the video conference.")
    description: str = Field(description="The description as plain text, or an empty text.")
    calendar: str = Field(description="The calendar's name.")
    status: str = Field(description="confirmed, tentative or cancelled.")
    recurring: bool = Field(description="Whether it is one of a series.")
    marks: list[str] = Field([], description="birthday, out-of-office, private and the like.")

    @model_validator(mode="after")
    def _days_when_all_day(self) -> Self:
        for name, when in (("start", self.start), ("end", self.end)):
            if when is not None and self.all_day == ("T" in when):
                raise ValueError(f"{name} must be {'a day' if self.all_day else 'a moment'}")
        return self


class Deal(Model):
    """A CRM deal."""

    id: str = Field(description="The CRM's record id.")
    name: str = Field(description="The deal's name.")
    stage: str | None = Field(description="Its stage, in the CRM's words.")
    pipeline: str | None = Field(description="The pipeline it is in.")
    amount: Decimal | None = Field(
        description="A decimal number as text, so that no cent is rounded away."
    )
    currency: str | None = Field(description="The currency's code.")
    close_date: When | None = Field(description="When it was or should be closed.")
    create_date: When | None = Field(description="When it was created.")
    owner: str | None = Field(description="Who of us is responsible.")
    status: Literal["open", "won", "lost"] = Field(description="What has become of it.")
    company_ids: list[str] = Field(description="Record ids of associated companies.")
    contact_ids: list[str] = Field(description="Record ids of associated contacts.")
    company_names: list[str] = Field([], description="Names of associated companies.")
    contact_names: list[str] = Field([], description="Names of associated contacts.")
    description: str | None = Field(None, description="The description as plain text.")
    deleted: bool = Field(False, description="Whether the CRM says that it is no more.")


class CrmCompany(Model):
    """A company as the CRM knows it."""

    id: str = Field(description="The CRM's record id.")
    name: str = Field(description="The company's name.")
    domain: str | None = Field(description="Its domain.")
    website: str | None = Field(description="Its web address.")
    owner: str | None = Field(description="Who of us is responsible.")
    create_date: When | None = Field(description="When it was created.")
    contact_ids: list[str] = Field([], description="Record ids of associated contacts.")
    deal_ids: list[str] = Field([], description="Record ids of associated deals.")
    deleted: bool = Field(False, description="Whether the CRM says that it is no more.")


class Activity(Model):
    """What somebody noted or did in the CRM: a note, a meeting, a call, a task ..."""

    id: str = Field(description="The CRM's record id.")
    type: str | None = Field(description="What it is, in the CRM's words; null when not said.")
    title: str = Field(description="The title, or an empty text: notes have none.")
    body: str = Field(description="What was written, as plain text, or an empty text.")
    date: When | None = Field(description="When it was, or begins.")
    owner: str | None = Field(description="Who of us it is assigned to.")
    create_date: When | None = Field(description="When it was created.")
    company_ids: list[str] = Field(description="Record ids of associated companies.")
    contact_ids: list[str] = Field(description="Record ids of associated contacts.")
    deal_ids: list[str] = Field(description="Record ids of associated deals.")
    end: When | None = Field(None, description="When a meeting ends.")
    company_names: list[str] = Field([], description="Names of associated companies.")
    contact_names: list[str] = Field([], description="Names of associated contacts.")
    deal_names: list[str] = Field([], description="Names of associated deals.")


class Contact(Model):
    """A person as the CRM knows them."""

    id: str = Field(description="The CRM's record id.")
    name: str = Field(description="The full name, or an empty text.")
    email: str | None = Field(description="The main e-mail address.")
    emails: list[str] = Field(description="All e-mail addresses.")
    company_name: str | None = Field(description="The company's name as the contact has it.")
    company_ids: list[str] = Field(description="Record ids of associated companies.")
    owner: str | None = Field(description="Who of us is responsible.")
    create_date: When | None = Field(description="When it was created.")
    job_title: str | None = Field(None, description="What they do.")
    phone: str | None = Field(None, description="The telephone number.")
    deal_ids: list[str] = Field([], description="Record ids of associated deals.")
    deleted: bool = Field(False, description="Whether the CRM says that it is no more.")
