"""A reader in a process of its own: jobs come in, results go out, as pickles, through the
pipes it was started with by `etl.parent`.

It imports what reading needs and nothing else, because every run pays for it as many times
as it has workers.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, BinaryIO

import msgspec

from etl.memory import collect_rarely
from etl.reading import Job, read_batch

_DIE_WITH_PARENT = 1
"""``PR_SET_PDEATHSIG`` of ``prctl``."""
READY = "ready"
"""What it says first."""

Answer = dict[str, Any] | BaseException
"""The fields of a result but for its job, which whoever asked still has; or what was raised."""


def serve() -> None:
    """Read one job after the other, until there is nobody left to ask."""
    # Ctrl-C is for the run, which then tells its readers to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library may print must not get among the answers
    collect_rarely()
    jobs: SimpleQueue[Job] = SimpleQueue()
    threading.Thread(target=_take_in, args=(asked, jobs), daemon=True).start()
    with suppress(BrokenPipeError):
        _say(READY, answers)
        while True:
            _say(_answer(jobs.get()), answers)
    os._exit(0)  # nobody listens any more


def _take_in(asked: BinaryIO, jobs: SimpleQueue[Job]) -> None:
    """Ends the process with the run, in the middle of a job if need be: even a killed run
    lets go of its end of the pipe.
    """
    try:
        _end_with_the_run()  # before anything is read, and while the run looks for it
        while True:
            jobs.put(pickle.load(asked))  # noqa: S301 - from the run itself
    finally:
        os._exit(0)


def _end_with_the_run() -> None:
    """Where the system can end it with the run, it shall: a library that is at something
    without end lets no other thread of this process hear that the pipe was closed.
    """
    if sys.platform == "linux":
        with suppress(ImportError, AttributeError, OSError):
            from ctypes import CDLL  # not above: it takes some milliseconds

            CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _answer(job: Job) -> Answer:
    try:
        result = msgspec.structs.asdict(read_batch(job))
    except Exception as error:
        return _portable(error)
    del result["job"]
    return result


def _portable(error: Exception) -> Exception:
    """The error itself, if it survives the way."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - just made
    except Exception:
        from etl.unforeseen import unexpected

        return RuntimeError(unexpected(error))
    return error


def _say(what: Answer | str, answers: BinaryIO) -> None:
    pickle.dump(what, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()
