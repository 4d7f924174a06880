"""``check``: what a run would do."""

from __future__ import annotations

import argparse

from etl.check import check
from etl.settings import Settings
from etl.terminal import say


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Say it. Nothing is written."""
    said, status = check(settings, online=asked.online)
    say(said)
    return status
