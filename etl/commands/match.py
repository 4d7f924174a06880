"""``match``: whose the records of a file are, and how right that is."""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

from etl import exits
from etl.settings import Settings
from etl.terminal import say


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Answer for records, write a sheet to label, or score a labelled one."""
    if sum(value is not None for value in (asked.records, asked.sample, asked.score)) != 1:
        raise exits.Misused("match takes one of --records, --sample and --score")
    if asked.records is not None:
        return _records(Path(asked.records), settings)
    if asked.score is not None:
        from etl.match_sheet import score_sheet

        say("\n".join(score_sheet(Path(asked.score))))
        return exits.OK
    return _sheet(asked.sample, settings)


def _records(path: Path, settings: Settings) -> int:
    from etl.match_records import answers

    lines = answers(path, settings)
    while some := list(islice(lines, 1000)):
        say("\n".join(some))
    return exits.OK


def _sheet(size: str, settings: Settings) -> int:
    from etl.match_sheet import write_sheet
    from etl.sample import as_run

    if not size.isdigit() or not int(size):
        raise exits.Misused(f"--sample is {size!r}: give a whole number of at least 1")
    path, count = write_sheet(as_run(settings), int(size))
    say(f"{path}: {count:,} matches; write y or n into the column right, then match --score it")
    return exits.OK
