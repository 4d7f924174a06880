"""``run``: everything, from the data folder to the output."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Set as AbstractSet

from etl import __version__, exits, summary
from etl.commands.fetch import fetch_first
from etl.data_etl import DataETL
from etl.interrupting import stop_on_signals
from etl.logs import open_log
from etl.progress import progress_on
from etl.report import RunReport
from etl.settings import Settings
from etl.terminal import complain, say

log = logging.getLogger("etl")


def run(
    asked: argparse.Namespace, settings: Settings, *, again: AbstractSet[str] = frozenset()
) -> int:
    """Fetch where a service is configured, read, match, write, and say how it went. Units
    that are called `again`, or files in them, are read whether or not they changed.
    """
    open_log(settings.log_file, verbose=asked.verbose, debug=asked.debug)
    fetched = fetch_first(asked, settings)
    with DataETL(settings=settings) as etl:
        etl.fetched = fetched
        etl.again = again
        etl.progress = progress_on(sys.stderr, quiet=asked.quiet)
        stop_on_signals(etl.stop)
        log.info("run of version %s over %s begins", __version__, etl.settings.data_dir)
        report = _mapped(etl)
    if not asked.quiet:
        say(summary.summary(report, etl.settings.run_json))
    elif report.exit_status:
        complain(report.message, report.exit_status)
    log.info("run ends: %s, exit status %d", report.message, report.exit_status)
    return report.exit_status


def _mapped(etl: DataETL) -> RunReport:
    try:
        etl.load_company_mapping()
    except FileNotFoundError as error:
        said = f"{error.filename}: no such file; give --mapping, or COMPANY_MAPPING"
        raise exits.NoInput(said) from error
    except OSError as error:
        said = f"{error.filename}: cannot be read as a mapping ({error.strerror}); give --mapping"
        raise exits.Misconfigured(said) from error
    return etl.run_etl()
