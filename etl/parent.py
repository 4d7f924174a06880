"""A reader's process as the run sees it: started, told, heard, killed when it takes too long,
and started again. What runs in it is `etl.child`.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from etl.overseeing import START_SECONDS, Overseer, enough_for
from etl.reading import Job, Result

END_SECONDS = 2.0
STARTS = 3
"""How often in a row it is tried to start one."""


class ChildLost(Exception):
    """A process that reads is no more."""


class ChildDied(ChildLost):
    """It was killed from outside, or by what it read."""


class ChildStalled(ChildLost):
    """It took longer than any reading does, and was killed by us."""


class NoChild(ChildLost):
    """None can be started."""


class Child:
    """A process that reads what it is told to, and is started again when it died."""

    def __init__(self, overseer: Overseer) -> None:
        self._overseer = overseer
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False

    def start(self) -> None:
        """Begin to start it. Raises `NoChild`."""
        # Never forked: the run has threads, and other systems have no fork.
        command = lean("from etl.child import serve; serve()")
        pipe = subprocess.PIPE
        self._killed = False
        try:
            with _signals_left_to_the_run():
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe)  # noqa: S603 - our own
        except OSError as error:
            raise NoChild from error

    def wait_until_ready(self) -> None:
        """Return when it can be told to read. Raises `NoChild`."""
        try:
            with self._overseer.within(START_SECONDS, self._kill):
                self._heard()
        except ChildLost as error:
            raise NoChild from error

    def stand_by(self) -> None:
        """Be there: start it again where it died. Raises `NoChild`."""
        for tried in range(1, STARTS + 1):
            if self._process is not None:
                return
            try:
                self.start()
                self.wait_until_ready()
            except NoChild:
                if tried == STARTS or self._killed:
                    raise

    def read(self, job: Job) -> Result:
        """Have it read a batch. Raises `ChildLost`, and what it raised itself."""
        self.stand_by()
        with self._overseer.within(enough_for(job), self._kill):
            self._tell(job)
            answer = self._heard()
        if isinstance(answer, MemoryError):
            self.end()  # and so give back all that it holds
        if isinstance(answer, BaseException):
            raise answer
        return Result(job=job, **answer)

    def end(self) -> None:
        """Let go of it: it ends when nobody can tell it anything any more, or is killed."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):  # what it was not told any more
            self._process.stdin.close()
        self._process.stdout.close()
        with self._overseer.within(END_SECONDS, self._process.kill):
            self._process.wait()
        self._process = None

    def _kill(self) -> None:
        self._killed = True
        if self._process is not None:
            self._process.kill()

    def _tell(self, job: Job) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            pickle.dump(job, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError as error:
            raise self._lost() from error

    def _heard(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            return pickle.load(self._process.stdout)  # noqa: S301 - from our own child
        except (EOFError, pickle.UnpicklingError) as error:
            raise self._lost() from error
        except MemoryError:  # of ours: the rest of the answer is still in the pipe
            self.end()
            raise

    def _lost(self) -> ChildLost:
        self.end()
        return ChildStalled() if self._killed else ChildDied()


def lean(code: str) -> list[str]:
    """The command of a Python that runs this, and loads no more than it needs. Where modules are
    found it is told, so it need not look; nor for cycles among what it imports.
    """
    # msgspec takes from typing what it does not find in typing_extensions, which would load so
    # much that a start took a quarter longer. Whoever asks for that later finds it.
    prepared = (
        f"import gc, sys; gc.disable(); sys.path[:] = {sys.path!a};"
        " sys.modules['typing_extensions'] = None; import msgspec;"
        " del sys.modules['typing_extensions'];"
    )
    return [sys.executable, "-S", "-c", f"{prepared} {code}"]


@contextmanager
def _signals_left_to_the_run() -> Iterator[None]:
    """What is started inside never sees the terminal's Ctrl-C, not even while it starts:
    a blocked signal stays blocked in a new process.
    """
    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover - Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
