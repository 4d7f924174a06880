"""The command line: arguments to settings, settings to a run, a run to an exit status."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from etl import __version__, exits

if TYPE_CHECKING:
    from etl.data_etl import DataETL
    from etl.report import Fetched, RunReport
    from etl.settings import Settings

EXAMPLES = """\
examples:
  python run_etl.py                                    read data/, write output/etl_output.json
  python run_etl.py fetch --dry-run                    what the live services would be asked
  python run_etl.py check                              say what a run would do; write nothing
  python run_etl.py --data-dir exports --mapping my_companies.csv --our-name "My Company"
  python run_etl.py --source telegram --limit 20       a quick look, under output/partial/
  python run_etl.py validate output/etl_output.json    hold an output against its contract
  python run_etl.py match --records FILE.jsonl         whose these records are, as JSON lines
  python run_etl.py explain "Acme Pay <> Ourco"        why this company, and why not that

exit status:
  0 fine, 2 wrong usage, 3 a source failed or too much is quarantined, 65 an output that
  breaks its contract or records that are none, 66 no input, 73 cannot create output,
  74 I/O error, 75 already running, 78 configuration, 130 or 143 interrupted, 1 a bug of ours
"""

log = logging.getLogger("etl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command these arguments give. Returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end a run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    asked = parser.parse_args(arguments)
    if (asked.file is None) == (asked.command in {"validate", "explain"}):
        parser.error("validate takes a file, explain a text, the other commands take none")
    given = sum(value is not None for value in (asked.records, asked.sample, asked.score))
    if given != (asked.command == "match"):
        parser.error("match takes --records, --sample or --score, the other commands do not")
    if (asked.dry_run and asked.command != "fetch") or (asked.online and asked.command != "check"):
        parser.error("fetch takes --dry-run, check takes --online, the other commands do not")
    try:
        _stop_on_signals()
        return _command(asked)
    except exits.EtlError as error:
        return _complain(str(error), error.exit_status)
    except exits.Interrupted as error:
        return _complain(str(error), error.exit_status)
    except ModuleNotFoundError as error:
        print(
            f"run_etl: the package {error.name} is not installed: run `make run`, or"
            " `python -m pip install -r requirements.txt`",
            file=sys.stderr,
        )
        return exits.Misconfigured.exit_status
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror or error}", exits.IoTrouble.exit_status)
    except Exception as error:
        if asked.debug:
            raise
        from etl.reading import unexpected

        said = f"{unexpected(error)}: a bug of ours; run again with --debug and report it"
        return _complain(said, exits.BUG)


def _command(asked: argparse.Namespace) -> int:
    if asked.command == "validate":
        return _validate(asked)
    settings = _settings(asked)
    if asked.command == "match":
        return _match(asked, settings)
    if asked.command == "explain":
        return _explain(asked, settings)
    if asked.command == "check":
        from etl.check import check

        said, status = check(settings, online=asked.online)
        _say(said)
        return status
    return _fetch(asked, settings) if asked.command == "fetch" else _run(asked, settings)


def _fetch(asked: argparse.Namespace, settings: Settings) -> int:
    from etl.fetching import plans, refuse_unconfigured
    from etl.logs import one_line
    from etl.summary import fetched_lines

    refuse_unconfigured(settings)
    if asked.dry_run:
        _say("\n".join(one_line(line) for line in plans(settings)))
        return exits.OK
    _open_log(asked, settings)
    fetched = _fetched(asked, settings)
    failed = any(one.status == "failed" for one in fetched.values())
    if failed or not asked.quiet:
        _say("\n".join(one_line(line) for line in fetched_lines(fetched)))
    return exits.TROUBLE if failed else exits.OK


def _fetched(asked: argparse.Namespace, settings: Settings) -> Mapping[str, Fetched]:
    """What the services said that a run of these settings asks first, if it asks any."""
    if not settings.fetched_sources or settings.data_dir.is_file():
        return {}
    from etl.fetching import fetch

    def tell(line: str) -> None:
        if not asked.quiet:
            print(line, file=sys.stderr, flush=True)

    return fetch(settings, tell)


def _open_log(asked: argparse.Namespace, settings: Settings) -> None:
    from etl.logs import log_to, log_to_terminal

    try:
        log_to(settings.log_file, debug=asked.debug)
    except OSError as error:
        said = f"{settings.log_file}: cannot be written ({error.strerror}); give --log-file"
        raise exits.CannotCreate(said) from error
    if asked.verbose or asked.debug:
        log_to_terminal(logging.DEBUG if asked.debug else logging.INFO)


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    from etl import summary
    from etl.data_etl import DataETL
    from etl.progress import progress_on

    _open_log(asked, settings)
    fetched = _fetched(asked, settings)
    with DataETL(settings=settings) as etl:
        etl.fetched = fetched
        etl.progress = progress_on(sys.stderr, quiet=asked.quiet)
        _stop_on_signals(etl)
        log.info("run of version %s over %s begins", __version__, etl.settings.data_dir)
        report = _run_mapped(etl)
    if not asked.quiet:
        _say(summary.summary(report, etl.settings.run_json))
    elif report.exit_status:
        _complain(report.message, report.exit_status)
    log.info("run ends: %s, exit status %d", report.message, report.exit_status)
    return report.exit_status


def _run_mapped(etl: DataETL) -> RunReport:
    try:
        etl.load_company_mapping()
    except FileNotFoundError as error:
        said = f"{error.filename}: no such file; give --mapping, or COMPANY_MAPPING"
        raise exits.NoInput(said) from error
    except OSError as error:
        said = f"{error.filename}: cannot be read as a mapping ({error.strerror}); give --mapping"
        raise exits.Misconfigured(said) from error
    return etl.run_etl()


def _validate(asked: argparse.Namespace) -> int:
    from etl.contract.validation import validate_file
    from etl.logs import one_line
    from etl.summary import validation_lines

    if not Path(asked.file).is_file():
        raise exits.NoInput(f"{asked.file}: no such file; a run writes output/etl_output.json")
    report = validate_file(asked.file)
    _say("\n".join(one_line(line) for line in validation_lines(report)))
    return exits.OK if report.ok else exits.QUALITY


def _match(asked: argparse.Namespace, settings: Settings) -> int:
    if asked.records is None:
        return _sheet(asked, settings)
    from etl.match_records import answers

    lines = answers(Path(asked.records), settings)
    while some := list(islice(lines, 1000)):
        _say("\n".join(some))
    return exits.OK


def _sheet(asked: argparse.Namespace, settings: Settings) -> int:
    from etl.explaining import as_run
    from etl.match_sheet import score_sheet, write_sheet

    if asked.score is not None:
        _say("\n".join(score_sheet(Path(asked.score))))
        return exits.OK
    if not asked.sample.isdigit() or not int(asked.sample):
        _parser().error(f"--sample is {asked.sample!r}: give a whole number of at least 1")
    path, count = write_sheet(as_run(settings), int(asked.sample))
    _say(f"{path}: {count:,} matches; write y or n into the column right, then match --score it")
    return exits.OK


def _explain(asked: argparse.Namespace, settings: Settings) -> int:
    from etl.explaining import explain
    from etl.logs import one_line

    _say("\n".join(one_line(line) for line in explain(asked.file, settings)))
    return exits.OK


def _settings(asked: argparse.Namespace) -> Settings:
    from etl.settings import HOME, SettingsError, read_env_file, resolve

    arguments = vars(asked)
    try:
        return resolve(arguments, read_env_file(HOME / ".env") | dict(os.environ))
    except SettingsError as error:
        # Wrong without any variable: the command line's fault, else the environment's.
        with suppress(SettingsError):
            resolve(arguments, {})
            raise exits.Misconfigured(str(error)) from error
        _parser().error(str(error))


def _stop_on_signals(etl: DataETL | None = None) -> None:
    """End the run in good order at the first signal, at once at the second."""
    seen: list[int] = []

    def stop(number: int, _frame: object) -> None:
        if seen:
            os._exit(128 + number)
        seen.append(number)
        if etl is not None:
            etl.stop()
        raise exits.Interrupted(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _say(text: str) -> None:
    """Print, unless nobody listens any more (``| head``)."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(said: str, status: int) -> int:
    from etl.logs import one_line

    log.error("%s", said)
    print(f"run_etl: {one_line(said)}", file=sys.stderr)
    return status


class _Parser(argparse.ArgumentParser):
    """Complains in one line, like everything else here."""

    def error(self, message: str) -> NoReturn:
        from etl.logs import one_line

        self.exit(exits.USAGE, f"run_etl: {one_line(message)} (--help shows the options)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="run_etl.py",
        description="Reads Telegram, Slack, Google Calendar and HubSpot export archives, works"
        " out which company each conversation, meeting and deal belongs to, and writes one"
        " JSON file with statistics.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="run",
        choices=("run", "fetch", "check", "validate", "match", "explain"),
        help="run (default); fetch: ask the live services, read nothing; check: say"
        " what a run would do, write nothing; validate FILE: hold an output against its"
        " contract; match: whose the records of a file are; explain TEXT: what"
        " happens to an item, a title, a name or an address, rung by rung",
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE|TEXT", help="the output to validate, or what to explain"
    )
    _add_places(parser.add_argument_group("where things are"))
    _add_reading(parser.add_argument_group("what is read, and how"))
    _add_asking(parser.add_argument_group("what live services are asked"))
    _add_matching(parser.add_argument_group("match takes one of"))
    _add_words(parser.add_argument_group("what is said"))
    return parser


def _add_places(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--data-dir", metavar="DIR", help="folder with exports [data, DATA_DIR]")
    add("--mapping", metavar="CSV", help="companies [data/company_mapping.csv, COMPANY_MAPPING]")
    add("--output", metavar="JSON", help="the output [output/etl_output.json, ETL_OUTPUT]")
    add("--db-path", metavar="DB", help="what was read before [output/etl_state.db, ETL_DB_PATH]")
    add("--log-file", metavar="LOG", help="the log [etl_ingestion.log, ETL_LOG_FILE]")


def _add_reading(group: argparse._ArgumentGroup) -> None:
    from sources.registry import SOURCES

    add = group.add_argument
    add("--source", action="append", choices=tuple(SOURCES), help="only this one; repeatable")
    add("--limit", metavar="N", help="at most N units per source")
    name = "our company's name [OUR_COMPANY_NAMES]"
    domain = "our e-mail domain [OUR_COMPANY_DOMAINS]"
    add("--our-name", action="append", metavar="NAME", help=f"{name}; repeatable")
    add("--our-domain", action="append", metavar="DOMAIN", help=f"{domain}; repeatable")
    exporter = "IANA zone of the exporting computer [TELEGRAM_TIMEZONE]"
    add("--telegram-timezone", metavar="ZONE", help=exporter)
    add("--hubspot-timezone", metavar="ZONE", help="IANA zone of the portal [HUBSPOT_TIMEZONE]")
    order = "dmy or mdy, for dates such as 03/04/2024 [HUBSPOT_DATE_ORDER]"
    add("--hubspot-date-order", metavar="ORDER", help=order)
    add("--hubspot-labels", metavar="TOML", help="further labels of columns [HUBSPOT_LABELS]")
    add("--calendar-from", metavar="DATE", help="expand recurring meetings from this day")
    add("--calendar-to", metavar="DATE", help="expand recurring meetings up to this day")
    add("--min-score", metavar="SCORE", help="matches trusted less go to review [0]")
    add("--include-unmatched", action="store_true", help="messages of unmatched chats, too")
    add("--max-errors", metavar="N|N%", help="quarantined units that are still fine [10%%]")
    add("--allow-shrink", action="store_true", help="accept that much of the input is gone")
    add("--fresh", action="store_true", help="forget what was read before")
    add("--max-workers", metavar="N", help="readers at a time [4, ETL_MAX_WORKERS]")
    add("--batch-size", metavar="N", help="units per batch [100, ETL_BATCH_SIZE]")
    add("--executor", choices=("auto", "thread", "process"), help="how readers run [auto]")


def _add_asking(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--no-live", action="store_true", help="ask no service, whatever is configured")
    add("--since", metavar="DATE", help="fetch: nothing older than this day")
    add("--full", action="store_true", help="fetch: all of it anew")
    channel = "fetch: only this conversation of Slack, by name or id; repeatable"
    add("--channel", action="append", metavar="NAME", help=channel)
    calendar = "fetch: only this calendar, by its id; repeatable"
    add("--calendar", action="append", metavar="ID", help=calendar)
    minutes = "how long a service may take; the next run goes on [30, ETL_FETCH_MINUTES]"
    add("--fetch-minutes", metavar="N", help=minutes)
    add("--dry-run", action="store_true", help="fetch: say what would be asked, ask nothing")
    add("--online", action="store_true", help="check: ask each service who we are")


def _add_matching(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--records", metavar="FILE", help="the records, one JSON object per line")
    add("--sample", metavar="N", help="write a sheet of N matches for a person to label")
    add("--score", metavar="SHEET", help="the precision that a labelled sheet shows")


def _add_words(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--quiet", action="store_true", help="no progress, no summary; errors only")
    add("--verbose", action="store_true", help="the log on the terminal, too")
    add("--debug", action="store_true", help="more of it, and tracebacks")
    add("--version", action="version", version=f"run_etl {__version__}")
