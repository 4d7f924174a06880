"""The published contract of ``etl_output.json``, version 1.0, as Pydantic models.

``python -m etl.contract`` prints it as JSON Schema (``docs/output.schema.json``).
Nothing that reads or writes at speed imports this; a test holds the records equal to
`sources.records`. Fields may be added, with a new minor version; none is renamed or
dropped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from etl.contract.items import (
    Item,
    MatchedActivity,
    MatchedChannel,
    MatchedChat,
    MatchedContact,
    MatchedCrmCompany,
    MatchedDeal,
    MatchedMeeting,
    ReviewedActivity,
    ReviewedChannel,
    ReviewedChat,
    ReviewedContact,
    ReviewedCrmCompany,
    ReviewedDeal,
    ReviewedMeeting,
    UnmatchedActivity,
    UnmatchedChannel,
    UnmatchedChat,
    UnmatchedContact,
    UnmatchedCrmCompany,
    UnmatchedDeal,
    UnmatchedMeeting,
)
from etl.contract.records import Count, Day, Decimal, Model, Moment

__all__ = [
    "SCHEMA_VERSION",
    "Company",
    "Item",
    "Metadata",
    "Output",
    "Review",
    "Statistics",
    "Unmatched",
    "load",
    "schema",
]

SCHEMA_VERSION = "1.0"

Seconds = Annotated[float, Field(ge=0)]


class ProcessingTimes(Model):
    """Seconds spent in each stage."""

    company_mapping: Seconds = Field(description="Reading the mapping.")
    slack_ingestion: Seconds = Field(description="Reading Slack.")
    telegram_ingestion: Seconds = Field(description="Reading Telegram.")
    calendar_ingestion: Seconds = Field(description="Reading calendars.")
    hubspot_ingestion: Seconds = Field(description="Reading HubSpot.")
    data_matching: Seconds = Field(description="Matching items to companies.")
    statistics_generation: Seconds = Field(description="Making the statistics.")
    output_writing: Seconds = Field(description="Writing this file.")


class PerformanceStats(Model):
    """How the run went."""

    total_duration_seconds: Seconds = Field(description="Wall-clock time of the run.")
    processing_times: ProcessingTimes = Field(description="Where the time went.")
    total_errors: Count = Field(description="Things that could not be read.")
    error_rate: float = Field(ge=0, le=1, description="Their share of what was to be read.")
    max_workers: int = Field(ge=1, description="Workers at a time.")
    batch_size: int = Field(ge=1, description="Units read in one go, at most.")
    chats_per_second: float = Field(ge=0, description="Conversations read per second.")
    megabytes_per_minute: float = Field(ge=0, description="Megabytes read per minute.")
    peak_memory_mb: float | None = Field(
        ge=0, description="Most memory in use, workers included; null when unknown."
    )
    units_read: Count = Field(description="Units read in this run.")
    units_unchanged: Count = Field(description="Units remembered from earlier runs.")
    api: dict[str, Any] = Field(description="What was asked of live services, by service.")


class Metadata(Model):
    """About this run: the only part that differs between two runs on the same input."""

    schema_version: Literal["1.0"] = Field(description="The version of this contract.")
    etl_version: str = Field(description="The version of the program.")
    generated_at: Moment = Field(description="When this file was written.")
    data_sources: list[str] = Field(description="The sources that were read.")
    total_companies: Count = Field(description="Companies in the mapping.")
    content_sha256: str = Field(
        pattern="^[0-9a-f]{64}$",
        description='SHA-256 of the bytes from the quote that opens "statistics" to the last '
        "brace, both included.",
    )
    sample: bool = Field(description="Whether this is the sample that comes with the program.")
    partial: bool = Field(description="Whether the run was narrowed (one source, a limit).")
    nothing_before: Day | None = Field(
        None, description="Messages, meetings and notes before this day were left out, if any were."
    )
    performance_stats: PerformanceStats = Field(description="Time, speed, memory, errors.")


class Seen(Model):
    """The nearest thing seen to a company."""

    text: str = Field(description="The text.")
    detail: str = Field(description="Why it is not enough, as a sentence.")


class Coverage(Model):
    """Which sources know a company, and how much of it."""

    sources_count: int = Field(ge=0, le=4, description="How many of the four do.")
    has_slack: bool = Field(description="Whether it has a Slack channel.")
    has_telegram: bool = Field(description="Whether it has a Telegram chat.")
    has_calendar: bool = Field(description="Whether it has a meeting.")
    has_hubspot: bool = Field(description="Whether it has a deal, CRM company or contact.")
    matched: Count = Field(0, description="Items that stand under it.")
    review: Count = Field(0, description="Items in review of which it is a candidate.")
    nearest: Seen | None = Field(
        None, description="The nearest thing seen; only of a company without any item."
    )


class FindingCount(Model):
    """How often one kind of finding was made."""

    items: Count = Field(description="Accepted items with it, each counted once.")
    count: Count = Field(description="Records it concerns: the counts of the findings, added.")


class SourceAccount(Model):
    """What became of the raw things (message tags, array items, VEVENTs, rows) of a source.

    found = accepted + duplicate + all ignored + quarantined.
    """

    found: Count = Field(description="Raw things, counted by code other than the parser.")
    accepted: Count = Field(description="Those that are in the items.")
    duplicate: Count = Field(description="Those met more than once, the further times.")
    ignored: dict[str, Count] = Field(description="Those passed over on purpose, by reason.")
    quarantined: Count = Field(description="Those that could not be read.")
    expanded: Count = Field(description="Instances made from recurrences, counted apart.")
    units_quarantined: Count = Field(description="Units that could not be read at all.")


class ItemCount(Model):
    """Where the items of one kind stand: accepted = matched + review + unmatched."""

    accepted: Count = Field(description="All, each counted once.")
    matched: Count = Field(description="Those under at least one company.")
    review: Count = Field(description="Those in review.")
    unmatched: Count = Field(description="Those of no known company.")


class ItemCounts(Model):
    """Where the items stand, kind by kind."""

    slack_channels: ItemCount = Field(description="Slack conversations.")
    telegram_chats: ItemCount = Field(description="Telegram chats.")
    calendar_meetings: ItemCount = Field(description="Meetings.")
    hubspot_deals: ItemCount = Field(description="Deals.")
    hubspot_companies: ItemCount = Field(description="CRM companies.")
    hubspot_contacts: ItemCount = Field(description="Contacts.")
    hubspot_activities: ItemCount = Field(description="Notes, meetings, calls ... of the CRM.")


class DealTotals(Model):
    """The deals under one company, but for deleted ones. A deal of several companies
    counts under each.
    """

    count: Count = Field(description="All of them: open + won + lost.")
    open: Count = Field(description="Those not closed.")
    won: Count = Field(description="Those won.")
    lost: Count = Field(description="Those lost.")
    total_value: dict[str, Decimal] = Field(
        description="Sum of all amounts by currency, as text so that no cent is rounded away; "
        "'unknown' where the deal names none. Deals without an amount add nothing."
    )
    won_value: dict[str, Decimal] = Field(description="The same of the deals won.")


class Statistics(Model):
    """The whole in figures. An item under several companies counts once."""

    total_companies: Count = Field(description="Companies in the mapping.")
    companies_with_slack: Count = Field(description="Companies with a Slack channel.")
    companies_with_telegram: Count = Field(description="Companies with a Telegram chat.")
    companies_with_calendar: Count = Field(description="Companies with a meeting.")
    companies_with_hubspot: Count = Field(
        description="Companies with a deal, CRM company, contact or activity."
    )
    total_slack_channels: Count = Field(description="Accepted Slack conversations.")
    total_telegram_chats: Count = Field(description="Accepted Telegram chats.")
    total_calendar_meetings: Count = Field(description="Accepted meetings.")
    total_hubspot_deals: Count = Field(description="Accepted deals.")
    total_hubspot_companies: Count = Field(description="Accepted CRM companies.")
    total_hubspot_contacts: Count = Field(description="Accepted contacts.")
    total_hubspot_activities: Count = Field(description="Accepted activities of the CRM.")
    matched_slack_channels: Count = Field(description="Slack conversations under a company.")
    matched_telegram_chats: Count = Field(description="Telegram chats under a company.")
    matched_calendar_meetings: Count = Field(description="Meetings under a company.")
    matched_hubspot_deals: Count = Field(description="Deals under a company.")
    matched_hubspot_companies: Count = Field(description="CRM companies under a company.")
    matched_hubspot_contacts: Count = Field(description="Contacts under a company.")
    matched_hubspot_activities: Count = Field(description="Activities under a company.")
    records: dict[str, Count] = Field(
        {}, description="Records (messages, meetings, rows) of accepted items, by source."
    )
    data_coverage: dict[str, Coverage] = Field(description="Which sources know each company.")
    deal_totals: dict[str, DealTotals] = Field(
        {}, description="The deals of each company, and what they are worth."
    )
    findings: dict[str, FindingCount] = Field(description="Findings on accepted items, by kind.")
    accounting: dict[str, SourceAccount] = Field(
        description="What became of everything found, by source."
    )
    items: ItemCounts = Field(description="Where the items stand, by kind.")


class MappingRow(Model):
    """One row of the mapping."""

    line: int = Field(ge=1, description="Its line in the mapping.")
    variant_name: str | None = Field(description="The variant it is about; null when none.")
    slack_groups: list[str] = Field(description="Slack conversations it names.")
    telegram_groups: list[str] = Field(description="Telegram chats it names.")
    calendar_domains: list[str] = Field(description="E-mail domains it names.")
    node_addresses: list[str] = Field(description="Node addresses it names.")
    variant_type: str | None = Field(description="The kind of variant; null when none.")


class CompanyInfo(Model):
    """What the mapping says of a company."""

    rows: list[MappingRow] = Field(description="Its rows, in the mapping's order.")
    variants: list[str] = Field(description="Its variant names.")


class Company(Model):
    """A mapped company with everything that belongs to it; each array is sorted by key."""

    company_info: CompanyInfo = Field(description="What the mapping says of it.")
    slack_channels: list[MatchedChannel] = Field(description="Its Slack conversations.")
    telegram_chats: list[MatchedChat] = Field(description="Its Telegram chats.")
    calendar_meetings: list[MatchedMeeting] = Field(description="Its meetings.")
    hubspot_deals: list[MatchedDeal] = Field(description="Its deals.")
    hubspot_companies: list[MatchedCrmCompany] = Field(description="Its CRM companies.")
    hubspot_contacts: list[MatchedContact] = Field(description="Its contacts.")
    hubspot_activities: list[MatchedActivity] = Field(description="Its notes, meetings ...")


class Review(Model):
    """Items with evidence too thin or too contradictory to attribute, sorted by key."""

    slack_channels: list[ReviewedChannel] = Field(description="Slack conversations.")
    telegram_chats: list[ReviewedChat] = Field(description="Telegram chats.")
    calendar_meetings: list[ReviewedMeeting] = Field(description="Meetings.")
    hubspot_deals: list[ReviewedDeal] = Field(description="Deals.")
    hubspot_companies: list[ReviewedCrmCompany] = Field(description="CRM companies.")
    hubspot_contacts: list[ReviewedContact] = Field(description="Contacts.")
    hubspot_activities: list[ReviewedActivity] = Field(description="Notes, meetings ...")


class Unmatched(Model):
    """Items of no known company, sorted by key."""

    slack_channels: list[UnmatchedChannel] = Field(description="Slack conversations.")
    telegram_chats: list[UnmatchedChat] = Field(description="Telegram chats.")
    calendar_meetings: list[UnmatchedMeeting] = Field(description="Meetings.")
    hubspot_deals: list[UnmatchedDeal] = Field(description="Deals.")
    hubspot_companies: list[UnmatchedCrmCompany] = Field(description="CRM companies.")
    hubspot_contacts: list[UnmatchedContact] = Field(description="Contacts.")
    hubspot_activities: list[UnmatchedActivity] = Field(description="Notes, meetings ...")


class Output(Model):
    """The whole file. The keys stand in this order."""

    metadata: Metadata = Field(description="About this run.")
    statistics: Statistics = Field(description="The whole in figures.")
    companies: dict[str, Company] = Field(
        description="Every company of the mapping by base_company, even when nothing is known."
    )
    review: Review = Field(description="Items that somebody should look at.")
    unmatched: Unmatched = Field(description="Items of no known company.")


def load(path: str | Path) -> Output:
    """A small output as objects; the shape is checked, the facts are not (`validation`)."""
    return Output.model_validate_json(Path(path).read_bytes())


def schema() -> dict[str, Any]:
    """The contract as JSON Schema."""
    generated = Output.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}
