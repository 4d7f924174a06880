"""What is round a run does not change what it gives: zone, language, hash seed, readers, the
order of folders, the clock.
"""

from __future__ import annotations

import random

import pytest

from tests.faults.stage import Stage, ended
from tests.faults.tally import FULL, Tally, number

SURROUNDINGS = [
    {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"},
    {"TZ": "America/St_Johns", "LANG": "tr_TR.ISO-8859-9", "PYTHONUTF8": "0"},
    {"TZ": "UTC-14", "LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii", "PYTHONHASHSEED": "0"},
    {"TZ": "Europe/Dublin", "LC_ALL": "de_DE@euro", "PYTHONCOERCECLOCALE": "0"},
]
READERS = [
    *(("--executor", "process", "--max-workers", str(count)) for count in (1, 3, 16)),
    *(("--executor", "thread", "--max-workers", str(count)) for count in (1, 4, 16)),
    ("--executor", "auto", "--batch-size", "1"),
    ("--executor", "process", "--batch-size", "2"),
]
CLOCKS = ("clock_ahead", "clock_behind", "clock_going_back")


@pytest.mark.parametrize("share", range(4))
def test_surroundings_do_not_change_the_content(stage: Stage, tally: Tally, share: int) -> None:
    chance = random.Random(share)
    for trial in range(number(1, 10)):
        first = trial % 2 == 0
        stage.reset(first=first)
        order = chance.choice([(), ("listing_backwards",)]) if FULL else ("listing_backwards",)
        readers = READERS[(share + 4 * trial) % len(READERS)]
        end = ended(stage.start(*readers, sabotage=order, **SURROUNDINGS[(share + trial) % 4]))
        tally.count("C3 surroundings", stage.broken(end, (0,), first=first))


@pytest.mark.parametrize("clock", CLOCKS)
def test_clock_that_jumps_changes_nothing(stage: Stage, tally: Tally, clock: str) -> None:
    for _ in range(number(1, 10)):
        stage.reset()
        end = stage.run(sabotage=[clock])
        performance = stage.place.report["performance"]
        durations = [
            performance["total_duration_seconds"],
            *performance["processing_times"].values(),
        ]
        broken = [f"other: it took {s} s" for s in durations if not 0 <= s < 60]
        tally.count("C2 clocks", [*broken, *stage.broken(end, (0,))])


@pytest.mark.parametrize("clock", CLOCKS)
def test_clock_that_jumps_does_not_hide_a_change(stage: Stage, tally: Tally, clock: str) -> None:
    """Between two runs, with a change of the exports after it."""
    stage.reset(first=True)
    page = stage.place.data / "calendar" / "fernhollow.ics"
    whole = page.read_bytes()
    try:
        # As many bytes: when it was written is all that tells it from what it was.
        page.write_bytes(whole.replace(b"SUMMARY:", b"SUMMARY:X", 1).replace(b"\r\n", b"\n", 1))
        assert page.stat().st_size == len(whole)
        assert stage.run(sabotage=[clock]).status == 0
    finally:
        page.write_bytes(whole)
    tally.count("C2 a change after such a clock", stage.broken(stage.run(), (0,)))
