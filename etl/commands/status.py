"""``status``: the last run, and what a run now would find."""

from __future__ import annotations

import argparse

from etl import exits
from etl.settings import Settings
from etl.status import status
from etl.terminal import say_lines


def run(_: argparse.Namespace, settings: Settings) -> int:
    """Say it. Nothing is written."""
    say_lines(status(settings))
    return exits.OK
