from __future__ import annotations

import os
import signal

import pytest

from etl.exits import Interrupted
from etl.interrupting import SIGNALS, signals_given_back, stop_on_signals


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_stops_what_is_under_way_and_raises(number: signal.Signals) -> None:
    stopped: list[bool] = []
    with signals_given_back():
        stop_on_signals(lambda: stopped.append(True))
        with pytest.raises(Interrupted) as caught:
            os.kill(os.getpid(), number)
    assert stopped == [True]
    assert caught.value.exit_status == 128 + number
    assert "what was read so far is kept" in str(caught.value)


def test_who_reads_nothing_does_not_say_that_it_is_kept() -> None:
    with signals_given_back():
        stop_on_signals()
        with pytest.raises(Interrupted, match=r"^interrupted; run again$"):
            os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_signals_do_what_they_did_before() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with signals_given_back():
        stop_on_signals()
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in SIGNALS] == before
