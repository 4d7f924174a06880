"""Who reads in a run: started early where that is plainly worth it, and gone with the run."""

from __future__ import annotations

from etl.executors import Workers, choose, worker_count


class Readers:
    """The workers of a run, one pool after the other. ``executor`` and ``most`` are what was
    asked for.
    """

    def __init__(self, executor: str, most: int) -> None:
        self._executor = executor
        self._count = worker_count(most)
        self._last: Workers | None = None
        self._early: Workers | None = None

    @property
    def kind(self) -> str:
        """What those that read last were; nothing when nobody did."""
        return self._last.kind if self._last else ""

    def start_early(self, size: int) -> None:
        """Begin to start processes, where that many bytes are plainly worth it."""
        if choose(self._executor, size, self._count) == "process":
            self._early = self._begun(size)

    def ready(self, size: int) -> Workers:
        """Who will read that many bytes: those that were started early, if any."""
        workers, self._early = self._early or self._begun(size), None
        return workers

    def _begun(self, size: int) -> Workers:
        self._last = Workers(choose(self._executor, size, self._count), self._count)
        return self._last

    def stop(self) -> None:
        """Have them take no more work. Safe to call from a signal handler."""
        if self._last is not None:
            self._last.stopping.set()

    def close(self) -> None:
        """Let go of them, whether or not they were asked for anything."""
        self._early = None
        if self._last is not None:
            self._last.close()
