"""``explain``: why this company, and why not that."""

from __future__ import annotations

import argparse

from etl import exits
from etl.explaining import explain
from etl.logs import one_line
from etl.settings import Settings
from etl.terminal import say


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Print what every rung says of the text."""
    (text,) = asked.operands
    say("\n".join(one_line(line) for line in explain(text, settings)))
    return exits.OK
