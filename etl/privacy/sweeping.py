"""Every file that we wrote, and how what is forgotten leaves it: what a run makes anew is
removed, of logs and labelled sheets the lines that name it.
"""

from __future__ import annotations

import csv
import glob
import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from etl.files import remove_leftovers
from etl.frames import SPOOL_SUFFIX
from etl.keeping import kept_outputs
from etl.privacy.rules import Rules
from etl.privacy.suppressed import Suppressed
from etl.settings import Settings

_DELIMITER = re.compile(r'"?\w+"?([,;\t])')


def sweep(settings: Settings, suppressed: Suppressed) -> None:
    """Leave nothing of what the list says in any file of ours but that list. Call it under
    the run's lock. Raises ``OSError``.
    """
    rules = Rules(suppressed)
    remove_state(settings.db_path)
    for path in outputs(settings):
        path.unlink(missing_ok=True)
        remove_leftovers(path)
    for path in logs(settings):
        _rewrite(path, lambda text: _lines_left(text, rules))
    remove_leftovers(settings.match_sheet)
    _rewrite(settings.match_sheet, lambda text: _rows_left(text, rules))


def remove_state(db_path: Path) -> None:
    """Remove a state with all that lies beside it, but the list. All is read again then."""
    shutil.rmtree(f"{db_path}{SPOOL_SUFFIX}", ignore_errors=True)
    for path in states(db_path):
        path.unlink(missing_ok=True)


def states(db_path: Path) -> Iterator[Path]:
    """The state, its journals, and earlier ones that were moved aside."""
    name = glob.escape(db_path.name)
    for found in (db_path, *sorted(db_path.parent.glob(f"{name}.corrupt-*"))):
        yield from (Path(f"{found}{suffix}") for suffix in ("", "-wal", "-shm", "-journal"))


def outputs(settings: Settings) -> Iterator[Path]:
    """Every output, whole, narrowed, kept or beside the state, with what stands beside it."""
    for one in _whole_and_narrowed(settings):
        yield from kept_outputs(one.written_output)
        yield from (*one.written, one.fallback_output)


def logs(settings: Settings) -> Iterator[Path]:
    """The log, and those it was rotated to."""
    name = glob.escape(settings.log_file.name)
    found = sorted(settings.log_file.parent.glob(f"{name}.*"))
    yield settings.log_file
    yield from (path for path in found if path.suffix[1:].isdigit())


def _whole_and_narrowed(settings: Settings) -> tuple[Settings, Settings]:
    return replace(settings, sources=(), limit=None), replace(settings, limit=1)


def _rewrite(path: Path, left: Callable[[str], str]) -> None:
    """Where less is left of a text file, write that in its place: the file stays the same
    one, for it may be open as the log.
    """
    with suppress(FileNotFoundError), path.open("r+b") as file:
        had = file.read()
        kept = left(had.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if kept != had:
            file.seek(0)
            file.write(kept)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())


def _lines_left(text: str, rules: Rules) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if rules.places.redacted(line) == line)


def _rows_left(text: str, rules: Rules) -> str:
    """The rows of a sheet, which people labelled, without those that name somebody."""
    found = _DELIMITER.match(text.removeprefix("\ufeff"))
    kept = io.StringIO(newline="")
    delimiter = found[1] if found else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    writer = csv.writer(kept, delimiter=delimiter)
    had = [*rows]
    left = [row for row in had if not any(rules.places.redacted(cell) != cell for cell in row)]
    if len(left) == len(had):
        return text
    writer.writerows(left)
    return kept.getvalue()
