"""``etl_ingestion.log``: one record one line, whatever a company is called; rotating;
readable by its owner only.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from etl.exits import CannotCreate, trouble
from sources._durable import make_folder
from sources.protocol import Account, Problem
from sources.records import Summary

FORMAT = "%(asctime)s - %(levelname)s - %(message)s"
_RECORD = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - [A-Z]+ - ")
_BEGINS = b"0000-00-00 00:00:00,000 - "
MAX_BYTES = 10 * 2**20
BACKUPS = 5
SHOWN = 100
"""Lines per kind of finding: 200,000 deals without a zone must not push out the rest."""

# Who starts a run decides where its log goes; until then, nowhere.
logging.getLogger("etl").addHandler(logging.NullHandler())

STEERING = (
    *(*range(0x20), *range(0x7F, 0xA0)),
    *(0x061C, 0x200E, 0x200F, 0x2028, 0x2029),
    *(*range(0x202A, 0x202F), *range(0x2066, 0x206A)),
)
"""Control characters, and what some programs take for a line break, or that reverses text."""

_ESCAPES = {code: ascii(chr(code))[1:-1] for code in STEERING}


_IN_JSON = {code: f"\\u{code:04x}" for code in _ESCAPES}


def one_line(text: str) -> str:
    """The text on one line, without anything that steers a terminal."""
    return text if text.isprintable() else text.translate(_ESCAPES)


def one_line_of_json(text: str) -> str:
    """The same of JSON without line breaks, which goes on meaning the same."""
    # nothing of `STEERING` is printable, and to see that takes a tenth of the time
    return text if text.isprintable() else text.translate(_IN_JSON)


def open_log(path: Path, *, verbose: bool, debug: bool) -> None:
    """Log to that file, and to the terminal where asked. Raises `CannotCreate`."""
    try:
        log_to(path, debug=debug)
    except OSError as error:
        said = f"{path}: cannot be written ({error.strerror}); give --log-file"
        raise CannotCreate(said) from error
    if verbose or debug:
        log_to_terminal(logging.DEBUG if debug else logging.INFO)


def log_findings(summaries: Iterable[Summary]) -> None:
    """A line per finding of every item, up to `SHOWN` of a kind, and how many there are."""
    counts: Counter[str] = Counter()
    log = logging.getLogger("etl")
    for summary in summaries:
        for finding in summary.findings:
            counts[finding.kind] += 1
            if counts[finding.kind] <= SHOWN:
                log.info("%s (%s): %s", summary.archive, summary.key, finding.detail)
    for kind, count in sorted(counts.items()):
        log.info("items with %s: %d%s", kind, count, f", {SHOWN} shown" * (count > SHOWN))


def log_notes(accounts: Mapping[str, Account]) -> None:
    """A line per source that counted how it read: each count, and its share of them all."""
    log = logging.getLogger("etl")
    for name, account in accounts.items():
        total = sum(account.notes.values())
        if total:
            shares = (f"{note} {n} ({n / total:.1%})" for note, n in account.notes.items())
            log.info("%s: %s", name, ", ".join(shares))


def log_problems(problems: Iterable[Problem]) -> None:
    """A line per entry of the quarantine: where, what, what to do."""
    log = logging.getLogger("etl")
    for problem in problems:
        log.warning("%s: %s. %s", problem.path, problem.detail.rstrip("."), problem.remedy)


class OneLine(logging.Formatter):
    """Makes one line of every record: a name cannot forge a second one."""

    def format(self, record: logging.LogRecord) -> str:
        return one_line(super().format(record))


class _PrivateFile(RotatingFileHandler):
    told = False

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, mode=0o600)
        return TextIOWrapper(
            os.fdopen(descriptor, "ab"), self.encoding, "backslashreplace", line_buffering=True
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging calls it so
        """Once, in one line: a full disk is no reason to end a run, nor to flood a terminal."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self.told:
            self.told = True
            said = trouble(error, self.baseFilename)
            sys.stderr.write(f"run_etl: {one_line(said)}; the run goes on without a log\n")


def log_to(path: Path, *, debug: bool) -> logging.Handler:
    """Send the run's log to that file. Raises ``OSError`` when it cannot be written, and when
    it holds something else: a mapping with lines of a log in it is lost.
    """
    make_folder(path.parent)
    if path.is_file():
        if not _is_log(path):
            raise FileExistsError(errno.EEXIST, "exists and is no log", str(path))
        _end_last_line(path)
    handler = _PrivateFile(path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8")
    handler.setFormatter(OneLine(FORMAT))
    log = logging.getLogger("etl")
    log.setLevel(logging.DEBUG if debug else logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    return handler


def _is_log(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(64)
    # The only line may be torn.
    return _RECORD.match(start) is not None or _BEGINS.startswith(re.sub(rb"\d", b"0", start))


def _end_last_line(path: Path) -> None:
    """A full disk or a lost machine may have torn it; the next record is not to suffer."""
    with path.open("r+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")


def log_to_terminal(level: int) -> logging.Handler:
    """Send what is at least that grave to standard error, too."""
    handler = logging.StreamHandler()
    handler.setLevel(level)
    handler.setFormatter(OneLine("%(levelname)s: %(message)s"))
    logging.getLogger("etl").addHandler(handler)
    return handler
