"""What a run did: for machines as ``run.json``, for people as a summary."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from etl.quarantine import Entry
from sources.records import Record


class SourceReport(Record, frozen=True, kw_only=True, gc=False):
    """One source's line of the summary. Raw things are message tags, array items,
    VEVENTs or rows; items are conversations, meetings, deals, companies, contacts.
    """

    units: int
    units_read: int
    units_unchanged: int
    units_quarantined: int
    found: int
    accepted: int
    duplicate: int
    ignored: dict[str, int]
    quarantined: int
    items: int
    matched: int
    review: int
    unmatched: int
    failed: str | None = None
    notes: dict[str, int] = msgspec.field(default_factory=dict)
    """What the reader counted about how it read: pages by the way they took."""


class Trouble(Record, frozen=True, kw_only=True, gc=False):
    """How many units of how many are concerned by the quarantine (an archive that nobody can
    open counts as one), and how many of them the settings tolerate.
    """

    units: int = 0
    of: int = 0
    tolerated: str = ""
    too_much: bool = False

    @property
    def verdict(self) -> str:
        """Whether that is still fine."""
        held = "more than" if self.too_much else "tolerated, within"
        return f"{held} --max-errors {self.tolerated}"


class Performance(Record, frozen=True, kw_only=True, gc=False):
    """The ``performance_stats`` of the metadata."""

    total_duration_seconds: float
    processing_times: dict[str, float]
    total_errors: int
    error_rate: float
    max_workers: int
    batch_size: int
    chats_per_second: float
    megabytes_per_minute: float
    peak_memory_mb: float
    units_read: int
    units_unchanged: int
    api: dict[str, Any] = msgspec.field(default_factory=dict)


class Fetched(Record, frozen=True, kw_only=True, gc=False):
    """What became of asking one live service. ``deferred`` goes on in the next run by
    itself; ``failed`` wants somebody to look. ``done`` counts its streams.
    """

    status: Literal["complete", "deferred", "failed"]
    detail: str
    account: str
    done: int
    segments: int
    bytes_landed: int
    seconds: float
    passed_over: dict[str, tuple[str, ...]]
    api: dict[str, Any]
    """Counts of calls, and how the breaker stands."""


class FailedRun(Record, frozen=True, kw_only=True, gc=False):
    """What is left to say of a run that did not come to its end."""

    status: Literal["failed"] = "failed"
    exit_status: int
    message: str
    etl_version: str
    started_at: str
    finished_at: str


class Verified(Record, frozen=True, kw_only=True, gc=False):
    """What ``--verify`` found: units looked at; those that had no hash yet; those that changed
    though nobody could tell by size and time, or by more than that; what was damaged in the
    state. All of these were read again.
    """

    units: int = 0
    first: int = 0
    changed: int = 0
    damaged: int = 0


class Move(Record, frozen=True, kw_only=True, gc=False):
    """An item that stands elsewhere than after the last run: under companies, or in
    ``review`` or ``unmatched``.
    """

    key: str
    title: str
    before: str
    now: str


class Advice(Record, frozen=True, kw_only=True, gc=False):
    """How many rows there are, our own name and domain where nobody gave them, the words that
    stand beside most companies' names, with how many, and the names of others, with how often.
    """

    suggestions: int = 0
    our_name: str | None = None
    our_name_items: int = 0
    our_domain: str | None = None
    our_domain_items: int = 0
    words: dict[str, int] = {}
    names_of_others: dict[str, int] = {}


class RunReport(Record, frozen=True, kw_only=True, gc=False):
    """Everything about a run that is not in the output's content."""

    status: Literal["complete", "unchanged"]
    exit_status: int
    message: str
    etl_version: str
    started_at: str
    finished_at: str
    output: str | None
    content_sha256: str | None
    output_left_alone: bool
    sample: bool
    partial: bool
    sources: dict[str, SourceReport]
    companies: dict[str, int]
    without_data: dict[str, str]
    findings: dict[str, dict[str, int]]
    quarantine: tuple[Entry, ...]
    unrecognised: tuple[str, ...]
    passed_over: dict[str, int]
    vanished: int
    lost: dict[str, int]
    mapping_issues: tuple[str, ...]
    executor: str
    performance: Performance
    fetched: dict[str, Fetched] = {}
    advice: Advice = Advice()
    trouble: Trouble = Trouble()
    moved: int = 0
    moves: tuple[Move, ...] = ()
    verified: Verified | None = None
    disagreements: tuple[str, ...] = ()
    """Where the accounts, and what was written, do not come out even."""
