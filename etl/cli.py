"""The command line: arguments to settings, settings to a run, a run to an exit status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn

from etl import __version__, exits
from etl.interrupting import signals_given_back, stop_on_signals
from etl.memory import collect_rarely
from etl.terminal import complain, tell

if TYPE_CHECKING:
    from etl.settings import Settings

EXAMPLES = """\
examples:
  python run_etl.py                                    read data/, write output/etl_output.json
  python run_etl.py fetch --dry-run                    what the live services would be asked
  python run_etl.py check                              say what a run would do; write nothing
  python run_etl.py status                             the last run, and what changed since
  python run_etl.py --data-dir exports --mapping my_companies.csv --our-name "My Company"
  python run_etl.py --source telegram --limit 20       a quick look, under output/partial/
  python run_etl.py quarantine list                    what could not be read, and what to do
  python run_etl.py validate output/etl_output.json    hold an output against its contract
  python run_etl.py audit --against old_result.csv     what it lost, doubled, left without author
  python run_etl.py match --records FILE.jsonl         whose these records are, as JSON lines
  python run_etl.py explain "Acme Pay <> Ourco"        why this company, and why not that
  python run_etl.py forget --person NAME --dry-run     what would leave all we wrote

exit status:
  0 fine, 2 wrong usage, 3 a source failed or too much is quarantined, 65 a result that
  disagrees with the archives or breaks its contract, records that are none, or anything
  quarantined with --on-error fail, 66 no input, 73 cannot create output, 74 I/O error,
  75 already running, 78 configuration, 130 or 143 interrupted, 1 a bug of ours
"""

_CALLED = 18
"""How wide the column of the commands is in help."""


@dataclass(frozen=True)
class Command:
    """A command: what it is for, what stands behind its name, the options that are its own."""

    help: str
    operands: str = ""
    at_least: int = 0
    at_most: int = 0
    options: tuple[str, ...] = ()


COMMANDS = {
    "run": Command("read what is new, match, write (default)"),
    "fetch": Command("ask the live services, read nothing", options=("dry_run",)),
    "check": Command("say what a run would do, write nothing", options=("online",)),
    "status": Command("the last run, what changed since, what is left of a killed one"),
    "quarantine": Command(
        "what could not be read", "list | show N|PATH | retry [PATH...]", at_most=1000
    ),
    "audit": Command(
        "count archives again, hold a result against them",
        *("[ARCHIVE...]", 0, 1000),
        options=("against", "columns"),
    ),
    "validate": Command("hold an output against its contract", "FILE", 1, 1),
    "match": Command(
        "whose records of your own are (--records); how right it is (--sample, --score)",
        options=("records", "sample", "score"),
    ),
    "forget": Command(
        "remove a --chat, --person or --company from all we wrote, and keep it away",
        options=("chat", "person", "company", "undo", "yes", "dry_run"),
    ),
    "explain": Command("what happens to an item, a title, a name or an address", "TEXT", 1, 1),
}
"""Each is a module of `etl.commands`. An option may belong to several of them; one that
belongs to none is a setting, and all take it.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command these arguments give. Returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end a run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    asked = parse(arguments)
    with signals_given_back():
        return _run(asked)


def _run(asked: argparse.Namespace) -> int:
    try:
        stop_on_signals()
        settings = _settings(asked)
        command = importlib.import_module(f"etl.commands.{asked.command}")
        collect_rarely()
        status: int = command.run(asked, settings)
    except exits.Misused as error:
        _parser().error(str(error))
    except (exits.EtlError, exits.Interrupted) as error:
        return complain(str(error), error.exit_status)
    except ModuleNotFoundError as error:
        install = "run `make run`, or `python -m pip install -r requirements.txt`"
        tell(f"run_etl: the package {error.name} is not installed: {install}")
        return exits.Misconfigured.exit_status
    except OSError as error:
        return complain(exits.trouble(error), exits.IoTrouble.exit_status)
    except Exception as error:
        from etl.unforeseen import traced, unexpected

        if asked.debug:
            tell(traced(error))
        said = f"{unexpected(error)}: a bug of ours; run again with --debug and report it"
        return complain(said, exits.BUG)
    return status


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments understood. Ends the process, with a line, where they cannot be."""
    parser = _parser()
    asked = parser.parse_intermixed_args(arguments)
    command = COMMANDS[asked.command]
    if not command.at_least <= len(asked.operands) <= command.at_most:
        parser.error(f"{asked.command} takes {command.operands or 'no further words'}")
    owned = {name for some in COMMANDS.values() for name in some.options}
    for name in sorted(owned - {*command.options}):
        if getattr(asked, name) not in (None, False):
            owners = " and ".join(n for n, some in COMMANDS.items() if name in some.options)
            parser.error(f"--{name.replace('_', '-')} is for {owners}, not for {asked.command}")
    return asked


def _settings(asked: argparse.Namespace) -> Settings:
    from etl.given import SettingsError, read_env_file, resolve
    from etl.settings import HOME

    arguments = vars(asked)
    try:
        return resolve(arguments, read_env_file(HOME / ".env") | dict(os.environ))
    except SettingsError as error:
        # Wrong without any variable: the command line's fault, else the environment's.
        with suppress(SettingsError):
            resolve(arguments, {})
            raise exits.Misconfigured(str(error)) from error
        _parser().error(str(error))


class _Parser(argparse.ArgumentParser):
    """Complains in one line, like everything else here."""

    def error(self, message: str) -> NoReturn:
        from etl.logs import one_line

        self.exit(exits.USAGE, f"run_etl: {one_line(message)} (--help shows the options)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="run_etl.py",
        usage="%(prog)s [COMMAND [...]] [options]",
        description="Reads Telegram, Slack, Google Calendar and HubSpot export archives, works"
        " out which\ncompany each conversation, meeting and deal belongs to, and writes one JSON"
        f" file with statistics.\n\n{_commands()}",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    shown_above = argparse.SUPPRESS
    add("command", nargs="?", default="run", choices=COMMANDS, metavar="COMMAND", help=shown_above)
    add("operands", nargs="*", metavar="...", help=shown_above)
    _add_places(parser.add_argument_group("where things are"))
    _add_reading(parser.add_argument_group("what is read, and how"))
    _add_asking(parser.add_argument_group("what live services are asked"))
    _add_matching(parser.add_argument_group("match takes one of"))
    _add_auditing(parser.add_argument_group("what audit holds against the archives"))
    _add_forgetting(parser.add_argument_group("forget takes any of"))
    _add_words(parser.add_argument_group("what is said"))
    return parser


def _commands() -> str:
    """The commands for help, each on a line, or on two where it takes many words."""
    lines = ["commands:"]
    for name, some in COMMANDS.items():
        called = f"{name} {some.operands}".rstrip()
        if len(called) > _CALLED:
            lines.append(f"  {called}")
            called = ""
        lines.append(f"  {called:<{_CALLED}}  {some.help}")
    return "\n".join(lines)


def _add_places(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--data-dir", metavar="DIR", help="folder with exports [data, DATA_DIR]")
    add("--mapping", metavar="CSV", help="companies [data/company_mapping.csv, COMPANY_MAPPING]")
    add("--output", metavar="JSON", help="the output [output/etl_output.json, ETL_OUTPUT]")
    add("--db-path", metavar="DB", help="what was read before [output/etl_state.db, ETL_DB_PATH]")
    add("--keep", metavar="N", help="earlier outputs to keep beside it, packed [0, ETL_KEEP]")
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
    age = "leave out what was said and took place more days ago [ETL_MAX_AGE]"
    add("--max-age", metavar="DAYS", help=age)
    add("--min-score", metavar="SCORE", help="matches trusted less go to review [0]")
    add("--include-unmatched", action="store_true", help="messages of unmatched chats, too")
    add("--max-errors", metavar="N|N%", help="quarantined units that are still fine [10%%]")
    add(
        "--on-error",
        choices=("quarantine", "fail"),
        help="fail: write nothing when there is any [quarantine]",
    )
    add("--allow-shrink", action="store_true", help="accept that much of the input is gone")
    add("--fresh", action="store_true", help="forget what was read before")
    add("--verify", action="store_true", help="believe contents, not sizes and times")
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
    add("--dry-run", action="store_true", help="fetch, forget: say what would be done, do nothing")
    add("--online", action="store_true", help="check: ask each service who we are")


def _add_matching(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--records", metavar="FILE", help="the records, one JSON object per line")
    add("--sample", metavar="N", help="write a sheet of N matches for a person to label")
    add("--score", metavar="SHEET", help="the precision that a labelled sheet shows")


def _add_auditing(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    against = "another result instead of the output: JSON, JSON lines or CSV"
    add("--against", metavar="FILE", help=against)
    add("--columns", metavar="NAMES", help="what its columns are, as id=MsgId,time=When")


def _add_forgetting(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    item = "an item, by its key or its exact title; repeatable"
    add("--chat", action="append", metavar="TEXT", help=item)
    person = "somebody, by name, address or id; repeatable"
    add("--person", action="append", metavar="TEXT", help=person)
    company = "all that matches a company, by its base_company; repeatable"
    add("--company", action="append", metavar="NAME", help=company)
    add("--undo", action="store_true", help="let these, or all, come back")
    add("--yes", action="store_true", help="do not ask before removing")


def _add_words(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--quiet", action="store_true", help="no progress, no summary; errors only")
    add("--verbose", action="store_true", help="the log on the terminal, too")
    add("--debug", action="store_true", help="more of it, and tracebacks, which quote nothing")
    add("--version", action="version", version=f"run_etl {__version__}")
