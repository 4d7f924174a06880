"""``status``: the last run, and what a run now would find."""

from __future__ import annotations

import argparse

from etl import exits
from etl.logs import one_line
from etl.settings import Settings
from etl.status import status
from etl.terminal import say


def run(_: argparse.Namespace, settings: Settings) -> int:
    """Say it. Nothing is written."""
    say("\n".join(one_line(line) for line in status(settings)))
    return exits.OK
