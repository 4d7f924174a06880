"""Time that passes only when somebody waits."""

from __future__ import annotations

from sources.live.calling import Clock

START = 1_772_000_000.0
"""A moment of 2026; the tests' worlds are older."""


class FakeClock(Clock):
    """``waits`` are the pauses that were made; ``stop`` says yes to whoever waits."""

    def __init__(self, chance: float = 0.5) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.stop = False
        self._chance = chance

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return START + self.now

    def random(self) -> float:
        return self._chance

    def sleep(self, seconds: float) -> bool:
        if seconds:
            self.waits.append(seconds)
        self.now += seconds
        return self.stop
