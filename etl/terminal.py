"""What a command says to the person who runs it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from contextlib import suppress

log = logging.getLogger("etl")


def say(text: str) -> None:
    """Print, unless nobody listens any more (``| head``). Raises ``OSError``."""
    try:
        print(text, flush=True)
    except OSError as error:
        # What could not be printed would be tried again at the end of the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        error.filename = "standard output"
        if not isinstance(error, BrokenPipeError):
            raise


def say_lines(lines: Iterable[str]) -> None:
    """Print lines that names stand in: none of these breaks a line or steers a terminal."""
    from etl.logs import one_line

    say("\n".join(map(one_line, lines)))


def tell(line: str) -> None:
    """How far it is, apart from what the command answers."""
    print(line, file=sys.stderr, flush=True)


def complain(said: str, status: int) -> int:
    """One line to standard error and to the log. Returns the exit status."""
    from etl.logs import one_line

    log.error("%s", said)
    with suppress(OSError):  # the status tells, too
        print(f"run_etl: {one_line(said)}", file=sys.stderr)
    return status
