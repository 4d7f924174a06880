"""Ctrl-C and SIGTERM: in good order at the first, at once at the second."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from etl.exits import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_on_signals(stop: Callable[[], None] | None = None) -> None:
    """From now on, the first signal calls `stop` and raises `Interrupted`; the second leaves."""
    seen: list[int] = []

    def interrupted(number: int, _frame: object) -> None:
        if seen:
            os._exit(128 + number)
        seen.append(number)
        if stop is not None:
            stop()
        raise Interrupted(number, reading=stop is not None)

    for number in SIGNALS:
        signal.signal(number, interrupted)


@contextmanager
def signals_given_back() -> Iterator[None]:
    """Afterwards signals do what they did before: of a run that is over nothing is to be kept."""
    before = [(number, signal.getsignal(number)) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler or signal.SIG_DFL)
