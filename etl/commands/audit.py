"""``audit``: archives counted again, and held against the output, or against another result."""

from __future__ import annotations

import argparse
from pathlib import Path

from etl import clock, exits
from etl.audit.auditing import Asked, audit
from etl.audit.columns import NAMES
from etl.audit.telling import told
from etl.sample import as_run
from etl.settings import Settings
from etl.terminal import say_lines, tell

_EVERY = 5.0


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Count, compare, say what disagrees."""
    if not (asked.operands and asked.against):
        settings = as_run(settings)
    result = Path(asked.against) if asked.against else settings.written_output
    places = [Path(place) for place in asked.operands] or [settings.data_dir]
    for path in places:
        if not path.exists():
            raise exits.NoInput(f"{path}: no such file or folder; give an export")
    if not result.is_file():
        what = "give a result as JSON, JSON lines or CSV" if asked.against else "run first"
        raise exits.NoInput(f"{result}: no such file; {what}")
    data = settings.data_dir
    ours = [
        settings.mapping,
        settings.output,
        settings.db_path,
        settings.log_file,
        settings.run_json,
    ]
    found = audit(
        Asked(
            places=places,
            result=result,
            base=data if data.is_dir() else data.parent,
            leave_out=[*ours, *([data / "sample"] if settings.data_dir_is_default else [])],
            whole=not asked.operands,
            zone=settings.readers.telegram_timezone,
            columns=_columns(asked.columns),
        ),
        _Ticker(quiet=asked.quiet).tick,
    )
    say_lines(told(found, places, result))
    return exits.OK if found.agrees else exits.QUALITY


def _columns(given: str | None) -> dict[str, str]:
    """``id=MsgId,time=When`` taken apart. Raises `Misused`."""
    columns = {}
    for pair in given.split(",") if given else ():
        what, _, name = pair.partition("=")
        if what.strip() not in NAMES or not name.strip():
            raise exits.Misused(f"--columns takes {', '.join(NAMES)}, as in id=MsgId,time=When")
        columns[what.strip()] = name.strip()
    return columns


class _Ticker:
    """Says now and then how far it is."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._stopwatch = clock.Stopwatch()
        self._next = _EVERY
        self._many: dict[str, int] = {}

    def tick(self, what: str, many: int) -> None:
        self._many[what] = self._many.get(what, 0) + many
        if not self._quiet and self._stopwatch.elapsed > self._next:
            self._next = self._stopwatch.elapsed + _EVERY
            tell(f"{self._many[what]} {what}")
