"""`DataETL`: the run; and its steps, one by one, for a notebook.

A step is a thin method over the pipeline; ``run_etl`` is all of them in order::

    mapping ─┐
    inventory ─▶ ingest (four handlers side by side) ─▶ merge ─▶ match ─▶ output
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from etl import (
    __version__,
    accounts,
    clock,
    exits,
    pipeline,
    remembered,
    reporting,
    trouble,
)
from etl.accounts import Totals
from etl.executors import Workers
from etl.files import write_json
from etl.given import read_env_file, resolve
from etl.ingesting import Ingested, Pending, Progress, Silence
from etl.items import Items
from etl.logs import log_notes, log_problems
from etl.mapping.read import Mapping as CompanyMapping
from etl.mapping.read import read_mapping
from etl.mapping.rows import MappedCompany
from etl.merging import Merged
from etl.preflight import keep_apart
from etl.quarantine import Entry, dated
from etl.readers import Readers
from etl.report import FailedRun, Fetched, Performance, RunReport
from etl.reporting import Made, Read
from etl.room import Plan
from etl.sample import as_run
from etl.session import Session, opened
from etl.settings import HOME, Settings
from etl.soundness import is_sound
from etl.state import DAMAGE
from etl.state_file import disk_trouble, move_aside

if TYPE_CHECKING:
    from etl.attributing import Attributed
    from etl.privacy.companies import Unsaid  # only where something is forgotten
    from etl.statistics import Statistics

log = logging.getLogger("etl")


class DataETL:
    """Export archives in, one matched and accounted-for output out.

    Without `settings`, those of the environment and ``.env`` hold; `max_workers` and
    `batch_size` go before either when they are not the defaults. Use it in a ``with``
    statement, or call `close`, unless all you call is `run_etl`.
    """

    def __init__(
        self, max_workers: int = 4, batch_size: int = 100, *, settings: Settings | None = None
    ) -> None:
        if settings is None:
            settings = resolve({}, read_env_file(HOME / ".env") | dict(os.environ))
        if max_workers != Settings.max_workers:
            settings = replace(settings, max_workers=max_workers)
        if batch_size != Settings.batch_size:
            settings = replace(settings, batch_size=batch_size)
        self.settings = as_run(settings)
        self.progress: Progress = Silence()
        self.fetched: Mapping[str, Fetched] = {}
        """What live services were asked before this run, for its report."""
        self.again: AbstractSet[str] = frozenset()
        """Units, and files in them, that are read whether or not they changed."""
        self._stopwatch = clock.Stopwatch()
        self._started_at = clock.now()
        self._open = ExitStack()
        self._session: Session | None = None
        self._readers = Readers(self.settings.executor, self.settings.max_workers)
        self._plan = Plan(self.settings)
        self._mapping: CompanyMapping | None = None
        self._mapping_bytes = b""
        self._ingested: dict[str, Ingested] = {}
        self._merged = Merged()
        self._added_up: Totals | None = None
        self._attributed: Attributed | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of readers, state and locks."""
        self._session = None
        self._open.close()

    def stop(self) -> None:
        """Begin no more work; what was read is kept. Safe to call from a signal handler,
        which then ends the run by raising.
        """
        self._readers.stop()

    def load_company_mapping(self) -> CompanyMapping:
        """The mapping, read once. Raises ``FileNotFoundError`` when there is none."""
        if self._mapping is None:
            with self._stopwatch.phase("company_mapping"):
                self._mapping_bytes = self.settings.mapping.read_bytes()
                self._mapping = self._usable(
                    read_mapping(self._mapping_bytes, our_domains=self.settings.our_domains)
                )
        return self._mapping

    def ingest_slack_data(self) -> Items:
        """Slack conversations by key."""
        return self._ingest_alone("slack")

    def ingest_telegram_data(self) -> Items:
        """Telegram chats by key."""
        return self._ingest_alone("telegram")

    def ingest_calendar_data(self) -> Items:
        """Meetings by key."""
        return self._ingest_alone("calendar")

    def ingest_hubspot_data(self) -> Items:
        """Deals, CRM companies and contacts by key."""
        return self._ingest_alone("hubspot")

    def match_data_to_companies(self) -> Statistics:
        """Match everything ingested and settle where it stands in the output; returns the
        counts made in passing, for `generate_summary_stats`.
        """
        # Not above, nor what `_finish` needs: most runs find that nothing changed.
        from etl.attributing import attribute

        session = self._opened()
        if not self._ingested:
            self._ingest(*session.sources)
        mapping = self.load_company_mapping()
        with self._stopwatch.phase("data_matching"):
            if gone := self._forgotten():
                gone.let_go_all(session, mapping, lambda: self._ingest(*self._ingested))
            self._attributed = attribute(session, mapping, self._companies(), gone)
        return self._attributed.statistics

    def generate_summary_stats(self, matched_data: Statistics) -> dict[str, Any]:
        """The ``statistics`` of the output."""
        totals = self._totals()
        with self._stopwatch.phase("statistics_generation"):
            return matched_data.result(totals.accounts, totals.quarantined_units)

    def run_etl(self) -> RunReport:
        """Everything, from the data folder to the output. Raises `exits.EtlError`, and
        ``FileNotFoundError`` when there is no mapping.
        """
        keep_apart(self.settings)
        try:
            return self._run_to_the_end()
        except (exits.AlreadyRunning, exits.CannotCreate):
            raise  # what stands there may not be ours
        except (exits.EtlError, exits.Interrupted) as error:
            with suppress(OSError):
                write_json(self.settings.run_json, self._failed(error))
            raise

    def _run_to_the_end(self) -> RunReport:
        self.load_company_mapping()
        try:
            return self._run_or_begin_anew()
        except sqlite3.OperationalError as error:
            trouble = disk_trouble(error, self.settings.db_path)
            raise exits.IoTrouble(exits.trouble(trouble, needed=self._plan.needed)) from error
        except OSError as error:
            raise exits.IoTrouble(exits.trouble(error, needed=self._plan.needed)) from error

    def _run_or_begin_anew(self) -> RunReport:
        try:
            with self:
                return self._run()
        except sqlite3.OperationalError:  # no room, no permission: the file itself is sound
            raise
        except DAMAGE:
            return self._run_anew()
        except Exception as error:
            # What nobody foresaw, or too little input, may be what a damaged state tells.
            known = isinstance(error, exits.EtlError) and not isinstance(error, exits.NoInput)
            if known or is_sound(self.settings.db_path):
                raise
            return self._run_anew()

    def _run_anew(self) -> RunReport:
        moved = move_aside(self.settings.db_path)
        log.warning("%s: damaged, moved to %s; all is read again", self.settings.db_path, moved)
        self._ingested.clear()
        with self:
            return self._run()

    def _failed(self, error: exits.EtlError | exits.Interrupted) -> FailedRun:
        return FailedRun(
            exit_status=error.exit_status,
            message=str(error),
            etl_version=__version__,
            started_at=self._started_at,
            finished_at=clock.now(),
        )

    def _run(self) -> RunReport:
        mapping = self.load_company_mapping()
        session = self._opened()
        for issue in self._issues(mapping):
            log.warning("%s, %s", self.settings.mapping.name, issue)
        given = remembered.inputs(session, self._mapping_bytes)
        last = None if self.settings.verify else remembered.last_run(session)
        nothing_new = remembered.unchanged(last, given, self._stopwatch, self._started_at)
        if nothing_new is not None and not self.again:
            trouble.keep_quarantine(session, nothing_new.quarantine)
            trouble.refuse_trouble(session, nothing_new.quarantine, {})
            return self._reported(nothing_new)
        if not self.settings.partial and not any(session.stored.values()):
            # All of it must be read: the readers start while it is looked through.
            self._readers.start_early(pipeline.readable_bytes(session))
        vanished = len(list(pipeline.vanished(session)))
        self._ingest(*session.sources)
        entries = self._quarantined(session)
        statistics = self.generate_summary_stats(self.match_data_to_companies())
        read = Read(self._ingested, self._totals(), entries, vanished)
        return self._finish(session, read, statistics, given)

    def _quarantined(self, session: Session) -> tuple[Entry, ...]:
        """What could not be read. Raises `exits.NotWhole` when that is to end the run."""
        found, before = self._totals().quarantine, remembered.quarantine_before(session)
        entries = dated(found, before, self._started_at)
        log_problems(entries)
        failed = {name: done.failed for name, done in self._ingested.items()}
        trouble.refuse_trouble(session, entries, failed)
        return entries

    def _forgotten(self) -> Unsaid | None:
        """The companies of the mapping that are forgotten, if any."""
        suppressed = self._opened().suppressed
        if suppressed is None:
            return None
        from etl.privacy.companies import unsaid

        return unsaid(suppressed, self.load_company_mapping().companies)

    def _companies(self) -> dict[str, MappedCompany]:
        """The companies of the mapping, without those that are forgotten."""
        every, gone = self.load_company_mapping().companies, self._forgotten()
        return {n: c for n, c in every.items() if gone is None or n not in gone.companies}

    def _issues(self, mapping: CompanyMapping) -> list[str]:
        gone = self._forgotten()
        return [gone.text(str(issue)) if gone else str(issue) for issue in mapping.issues]

    def _usable(self, mapping: CompanyMapping) -> CompanyMapping:
        for issue in mapping.issues:
            if issue.kind == "missing_column":
                raise exits.Misconfigured(f"{self.settings.mapping}, {issue}; name the columns")
        return mapping

    def _opened(self) -> Session:
        if self._session is None:
            self._session = self._open.enter_context(opened(self.settings, self._started_at))
            self._open.callback(self._readers.close)
        return self._session

    def _ingest_alone(self, name: str) -> Items:
        session = self._opened()
        self._ingest(name)
        return Items(session.state, session.sources[name].kinds)

    def _ingest(self, *names: str) -> None:
        """Run these handlers side by side, over one pool of readers, and settle."""
        session = self._opened()
        if not self._ingested:
            pipeline.check_input(session)
            if self.settings.verify:
                session.verify()
        pending = {name: pipeline.pending(session, name, self.again) for name in names}
        self._plan = pipeline.planned(session, pending, self.progress)
        with (
            self._readers.ready(self._plan.size) as workers,
            ThreadPoolExecutor(len(names), "handler") as handlers,
        ):
            handle = partial(self._handle, workers)
            for done in handlers.map(handle, names, pending.values()):
                self._ingested[done.source] = done
        self._merged = pipeline.settle(session, list(self._ingested))
        self._added_up = None

    def _handle(self, workers: Workers, name: str, units: Pending) -> Ingested:
        with self._stopwatch.phase(f"{name}_ingestion"):
            return pipeline.ingest(self._opened(), name, units, workers, self.progress)

    def _totals(self) -> Totals:
        """The sums over what was ingested last, added up once."""
        if self._added_up is None:
            session = self._opened()
            with self._stopwatch.phase("statistics_generation"):
                lost = [source for source, _ in pipeline.lost(session)]
                self._added_up = accounts.total(session, self._merged, lost)
        return self._added_up

    def _finish(
        self, session: Session, read: Read, statistics: dict[str, Any], given: dict[str, str]
    ) -> RunReport:
        from etl import finishing, moving
        from etl.closing import Ledger, disagreements

        assert self._attributed is not None
        log_notes(read.totals.accounts)

        def performance() -> Performance:
            return reporting.performance(session, read, self._stopwatch, self.fetched)

        with self._stopwatch.phase("output_writing"):
            infos = {name: company.info() for name, company in self._companies().items()}
            ledger = Ledger()
            written = finishing.write_output(
                session, statistics, infos, performance, read.entries, ledger
            )
            self._plan = Plan(self.settings)
            uneven = disagreements(read.totals.accounts, self._attributed.statistics, ledger)
            made = Made(
                statistics=statistics,
                written=written,
                advice=self._attributed.advice(self.settings.written_output),
                moved=(0, ()) if self.settings.partial else moving.moves(session.state),
                disagreements=tuple(uneven),
            )
            for said in made.disagreements:
                log.error("%s", said)
        report = reporting.report(
            session,
            read,
            made,
            run_performance=performance(),
            started_at=self._started_at,
            mapping_issues=self._issues(self.load_company_mapping()),
            executor=self._readers.kind,
        )
        remembered.remember(session, given, report, written.front, retry=read.totals.retry)
        return self._reported(report)

    def _reported(self, report: RunReport) -> RunReport:
        """The output is where it should be."""
        self.settings.fallback_output.unlink(missing_ok=True)
        report = reporting.with_fetched(report, self.fetched)
        write_json(self.settings.run_json, report)
        return report
