"""The items of the output: a record, where it was read, and why it stands where it does."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from etl.contract.records import (
    Activity,
    Channel,
    Chat,
    Contact,
    CrmCompany,
    Deal,
    Finding,
    Meeting,
    Message,
    Model,
    Place,
)

# What a key must outlive: the folder an export happened to be in, and Telegram's
# numbering of folders, which changes from export to export.
PASSING = re.compile(r"^[/\\]|^[A-Za-z]:[/\\]|(?:^|[:/\\])chat_[0-9]+(?:$|[:/\\])")


def _lasting(key: str) -> str:
    """The key, unless it says where the item was read."""
    if PASSING.search(key):
        raise ValueError("must not contain a path or a numbered folder")
    return key


Key = Annotated[str, Field(min_length=1), AfterValidator(_lasting)]
Score = Annotated[float, Field(ge=0, le=1)]


class Evidence(Model):
    """What a match rests on."""

    text: str = Field(description="The text that matched.")
    field: str = Field(description="The field of the item in which it stands.")
    start: int | None = Field(None, ge=0, description="Where it begins in that field.")
    end: int | None = Field(None, ge=0, description="Where it ends, not included.")
    mapping_line: int | None = Field(None, ge=1, description="Line of the mapping it fits.")
    mapping_column: str | None = Field(None, description="Column of the mapping it fits.")
    detail: str = Field("", description="What the other items say of it; missing when nothing.")


class Match(Model):
    """Why an item belongs to the company it stands under."""

    method: str = Field(description="The rule that matched, as a stable word.")
    score: Score = Field(description="How much the rule is trusted, 0 to 1.")
    evidence: Evidence = Field(description="What it rests on.")
    variant: str | None = Field(description="The variant_name it names; null when none.")


class Candidate(Match):
    """A company that an item in review may belong to."""

    company: str = Field(description="The base_company.")


class Nearest(Model):
    """The nearest thing seen in an item of no known company."""

    text: str = Field(description="The text.")
    field: str = Field(description="The field of the item in which it stands.")
    detail: str = Field(description="Why it is not enough, as a sentence.")
    company: str | None = Field(None, description="The base_company it comes near, if one.")


class OurPerson(Model):
    """One of us in an item."""

    who: str = Field(description="As the item has them: a name, or an address.")
    why: Literal["domain", "name", "owner", "team", "many_companies"] = Field(
        description="An address of ours; our name in theirs; the account or calendar that was"
        " exported is theirs; a member of our Slack workspace; a part in many companies' chats."
    )
    id: str | None = Field(None, description="The vendor's id, where everybody has one.")


class Item(Model):
    """What every item has."""

    key: Key = Field(description="Makes two items the same; survives a re-export.")
    source: str = Field(description="slack, telegram, calendar or hubspot.")
    archive: Place = Field(
        description="Where it was read, relative to the data folder; ! stands after a zip."
    )
    findings: list[Finding] = Field(description="What its reader should know.")
    our_people: list[OurPerson] = Field(
        default=[], description="Who of us takes part, and what says so; missing when nobody is."
    )


class Matched(Model):
    """What an item under a company has."""

    match: Match = Field(description="Why it stands under this company.")
    candidates: list[Candidate] = Field(
        [], description="Further companies it may belong to; missing when none."
    )
    shared_with: list[str] = Field(
        [], description="The other companies it also stands under, sorted; missing when none."
    )


class Reviewed(Model):
    """What an item in review has."""

    candidates: list[Candidate] = Field(description="The companies it may belong to, and why.")
    settles: str | None = Field(description="What would settle it; null when nothing is known.")
    reason: str = Field(description="Why a person should look.")


class Unassigned(Model):
    """What an unmatched item has."""

    nearest: Nearest | None = Field(description="What comes nearest to a match; null when nothing.")
    reason: str = Field(description="Why no company was found.")


class Messages(Model):
    """What a conversation under a company has."""

    messages: list[Message] = Field(description="The messages, in the conversation's order.")


class MaybeMessages(Model):
    """What a conversation elsewhere may have."""

    messages: list[Message] | None = Field(
        None, description="The messages; only with --include-unmatched."
    )


class MatchedChannel(Matched, Messages, Channel, Item):
    """A Slack conversation under its company."""


class MatchedChat(Matched, Messages, Chat, Item):
    """A Telegram chat under its company."""


class MatchedMeeting(Matched, Meeting, Item):
    """A meeting under its company."""


class MatchedDeal(Matched, Deal, Item):
    """A deal under its company."""


class MatchedCrmCompany(Matched, CrmCompany, Item):
    """A CRM company under its company."""


class MatchedContact(Matched, Contact, Item):
    """A contact under its company."""


class MatchedActivity(Matched, Activity, Item):
    """An activity under its company."""


class ReviewedChannel(Reviewed, MaybeMessages, Channel, Item):
    """A Slack conversation in review."""


class ReviewedChat(Reviewed, MaybeMessages, Chat, Item):
    """A Telegram chat in review."""


class ReviewedMeeting(Reviewed, Meeting, Item):
    """A meeting in review."""


class ReviewedDeal(Reviewed, Deal, Item):
    """A deal in review."""


class ReviewedCrmCompany(Reviewed, CrmCompany, Item):
    """A CRM company in review."""


class ReviewedContact(Reviewed, Contact, Item):
    """A contact in review."""


class ReviewedActivity(Reviewed, Activity, Item):
    """An activity in review."""


class UnmatchedChannel(Unassigned, MaybeMessages, Channel, Item):
    """A Slack conversation of no known company."""


class UnmatchedChat(Unassigned, MaybeMessages, Chat, Item):
    """A Telegram chat of no known company."""


class UnmatchedMeeting(Unassigned, Meeting, Item):
    """A meeting of no known company."""


class UnmatchedDeal(Unassigned, Deal, Item):
    """A deal of no known company."""


class UnmatchedCrmCompany(Unassigned, CrmCompany, Item):
    """A CRM company of no known company."""


class UnmatchedContact(Unassigned, Contact, Item):
    """A contact of no known company."""


class UnmatchedActivity(Unassigned, Activity, Item):
    """An activity of no known company."""
