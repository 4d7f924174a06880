"""What a command says to the person who runs it."""

from __future__ import annotations

import logging
import os
import sys

log = logging.getLogger("etl")


def say(text: str) -> None:
    """Print, unless nobody listens any more (``| head``)."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(line: str) -> None:
    """How far it is, apart from what the command answers."""
    print(line, file=sys.stderr, flush=True)


def complain(said: str, status: int) -> int:
    """One line to standard error and to the log. Returns the exit status."""
    from etl.logs import one_line

    log.error("%s", said)
    print(f"run_etl: {one_line(said)}", file=sys.stderr)
    return status
