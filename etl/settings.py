"""What a run depends on besides its input: one frozen object, made at the door by `etl.given`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sources.live.scope import Credential, Scope
from sources.protocol import ReaderOptions
from sources.registry import SOURCES

HOME = Path(__file__).resolve().parent.parent
"""Where ``run_etl.py`` stands: defaults resolve beside it."""

SUGGESTIONS = "mapping_suggestions.csv"
"""Rows for the mapping, beside the output."""


@dataclass(frozen=True)
class Tolerance:
    """How many quarantined units a run may have and still be called fine."""

    amount: float = 10.0
    percent: bool = True

    def exceeded(self, quarantined: int, units: int) -> bool:
        """Whether that many of that many units are too many."""
        if self.percent:
            return quarantined * 100 > self.amount * max(units, 1)
        return quarantined > self.amount

    def __str__(self) -> str:
        return f"{self.amount:g}{'%' if self.percent else ''}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a run depends on besides its input."""

    data_dir: Path = HOME / "data"
    mapping: Path = HOME / "data" / "company_mapping.csv"
    output: Path = HOME / "output" / "etl_output.json"
    db_path: Path = HOME / "output" / "etl_state.db"
    log_file: Path = HOME / "etl_ingestion.log"
    max_workers: int = 4
    batch_size: int = 100
    executor: str = "auto"
    sources: tuple[str, ...] = ()
    limit: int | None = None
    fresh: bool = False
    verify: bool = False
    keep: int = 0
    include_unmatched: bool = False
    allow_shrink: bool = False
    our_names: tuple[str, ...] = ()
    our_domains: tuple[str, ...] = ()
    min_score: float = 0.0
    readers: ReaderOptions = field(default_factory=ReaderOptions)
    oldest: str = ""
    """The first day of which messages, meetings and notes are kept; all, when empty."""
    max_errors: Tolerance = field(default_factory=Tolerance)
    on_error: str = "quarantine"
    sample: bool = False
    live: bool = True
    fetch_minutes: int = 30
    scope: Scope = field(default_factory=Scope)
    credentials: Mapping[str, Credential] = field(default_factory=dict, repr=False)

    @property
    def partial(self) -> bool:
        """Whether the run was narrowed and so does not see everything."""
        return bool(self.sources) or self.limit is not None

    @property
    def data_dir_is_default(self) -> bool:
        """Whether ``data/`` beside ``run_etl.py`` is what is read."""
        return self.data_dir.resolve() == (HOME / "data").resolve()

    @property
    def written_output(self) -> Path:
        """Where this run's output goes: a narrowed run has a folder of its own."""
        return self.output.parent / "partial" / self.output.name if self.partial else self.output

    @property
    def run_json(self) -> Path:
        """Where the facts of the run go."""
        return self.written_output.parent / "run.json"

    @property
    def quarantine(self) -> Path:
        """Where the list of what could not be read goes."""
        return self.run_json.with_name("quarantine.jsonl")

    @property
    def match_sheet(self) -> Path:
        """Where the matches go that somebody is to label."""
        return self.output.with_name("match_sheet.csv")

    @property
    def written(self) -> tuple[Path, ...]:
        """The output, and all that a run writes beside it."""
        suggestions = self.written_output.with_name(SUGGESTIONS)
        return self.written_output, self.run_json, self.quarantine, suggestions

    @property
    def fallback_output(self) -> Path:
        """Where the output goes when it cannot be written there."""
        infix = ".partial" if self.partial else ""
        return self.db_path.with_name(f"{self.output.stem}{infix}.fallback.json")

    @property
    def fetched_sources(self) -> tuple[str, ...]:
        """The sources that this run asks before it reads."""
        return tuple(name for name in self.source_names if name in self.credentials and self.live)

    @property
    def source_names(self) -> tuple[str, ...]:
        """The sources this run reads."""
        return self.sources or tuple(SOURCES)
