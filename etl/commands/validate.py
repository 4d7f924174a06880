"""``validate``: an output held against its contract."""

from __future__ import annotations

import argparse
from pathlib import Path

from etl import exits
from etl.contract.validation import validate_file
from etl.settings import Settings
from etl.summary import validation_lines
from etl.terminal import say_lines


def run(asked: argparse.Namespace, _: Settings) -> int:
    """Print where the file breaks the contract, if it does."""
    (file,) = asked.operands
    if not Path(file).is_file():
        raise exits.NoInput(f"{file}: no such file; a run writes output/etl_output.json")
    report = validate_file(file)
    say_lines(validation_lines(report))
    return exits.OK if report.ok else exits.QUALITY
