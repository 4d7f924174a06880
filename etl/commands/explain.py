"""``explain``: why this company, and why not that."""

from __future__ import annotations

import argparse

from etl import exits
from etl.explaining import explain
from etl.settings import Settings
from etl.terminal import say_lines


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Print what every rung says of the text."""
    (text,) = asked.operands
    say_lines(explain(text, settings))
    return exits.OK
