"""Guards round what may never come to an end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENOUGH = 30
"""Seconds of the processor; what is guarded takes a small part of one, whatever else runs."""


@contextmanager
def no_hang() -> Iterator[None]:
    """Fails what would take minutes or more; where there are no such signals, it takes them."""

    def give_up(_number: int, _frame: FrameType | None) -> NoReturn:
        raise AssertionError(f"after {_ENOUGH} s of the processor there is no end in sight")

    if not hasattr(signal, "ITIMER_PROF"):
        yield
        return
    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, _ENOUGH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def wait_until(holds: Callable[[], object]) -> None:
    """Wait for what another thread is about to do, but not for ever."""
    patience = time.monotonic() + _ENOUGH
    while not holds():
        assert time.monotonic() < patience, "it does not happen"
        time.sleep(0.01)
