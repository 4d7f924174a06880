"""Ctrl-C and SIGTERM: in good order at the first, at once at the second."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from etl.exits import Interrupted


def stop_on_signals(stop: Callable[[], None] | None = None) -> None:
    """From now on, the first signal calls `stop` and raises `Interrupted`; the second leaves."""
    seen: list[int] = []

    def interrupted(number: int, _frame: object) -> None:
        if seen:
            os._exit(128 + number)
        seen.append(number)
        if stop is not None:
            stop()
        raise Interrupted(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
