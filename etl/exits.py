"""How a run may end, as the shell sees it; numbers from sysexits where they fit.

::

    EtlError            one line: what, where, what to do
    ├── Misused          2
    ├── Malformed       65
    ├── NotWhole        65
    ├── NoInput         66
    ├── CannotCreate    73
    ├── IoTrouble       74
    ├── AlreadyRunning  75
    └── Misconfigured   78
    Interrupted         128 + signal; no Exception, so that nobody takes it for trouble
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

OK = 0
BUG = 1
USAGE = 2
TROUBLE = 3
"""Finished, but a source failed or too much is quarantined."""
QUALITY = 65


class EtlError(Exception):
    """A run that cannot go on; its message is for the person who started it."""

    exit_status = BUG


class Misused(EtlError):
    """A command was given what it does not take."""

    exit_status = USAGE


class Malformed(EtlError):
    """A file does not hold what it should: a result, records, a sheet, a list of ours."""

    exit_status = QUALITY


class NotWhole(EtlError):
    """Something could not be read, and the run was told to end then."""

    exit_status = QUALITY


class NoInput(EtlError):
    """There is nothing to read, or much less than there was."""

    exit_status = 66


class CannotCreate(EtlError):
    """The output cannot be made where it should be."""

    exit_status = 73


class IoTrouble(EtlError):
    """The disk would not do what it was asked."""

    exit_status = 74


class AlreadyRunning(EtlError):
    """Another run holds the state or the output."""

    exit_status = 75


class Misconfigured(EtlError):
    """The settings contradict themselves or the machine."""

    exit_status = 78


class Interrupted(BaseException):
    """A signal asked to stop. What a run has read by then is kept."""

    def __init__(self, signal_number: int, *, reading: bool = False) -> None:
        kept = ": what was read so far is kept, the next run goes on from it"
        super().__init__(f"interrupted{kept if reading else '; run again'}")
        self.exit_status = 128 + signal_number


_ROOM = "free some space there and run again"
_ACCESS = "make it readable and writable for the user who runs this, or give another place"
_DISK = "see whether that disk is sound, and run again"
_OTHERS = "close whatever else has it open, and run again"
_REMEDIES = {
    "ENOSPC": _ROOM,
    "EDQUOT": _ROOM,
    "EFBIG": _ROOM,
    "EIO": _DISK,
    "EBUSY": _OTHERS,
    "EACCES": _ACCESS,
    "EPERM": _ACCESS,
    "EROFS": _ACCESS,
    "ENOTDIR": _ACCESS,
}


def trouble(
    error: OSError, place: object = "", needed: Callable[[Path], int | None] | None = None
) -> str:
    """What the system would not do, where (`place`, where it does not say), and what to do. Of
    a full disk also what is free; and how much is `needed` there, if that can tell.
    """
    named = isinstance(error.filename, str | bytes | os.PathLike)
    where = os.fsdecode(error.filename) if named else place
    code = errno.errorcode.get(error.errno or 0, "")
    said = f"{f'{where}: ' if where else ''}{error.strerror or type(error).__name__}"
    if code == "ENOSPC" and Path(str(where)).is_absolute():  # the terminal is no place on a disk
        said += _room(Path(str(where)), needed)
    return f"{said}; {_REMEDIES.get(code, 'mend that, and run again')}"


def _room(path: Path, needed: Callable[[Path], int | None] | None) -> str:
    try:
        free = shutil.disk_usage(path.parent).free
        size = needed(path) if needed else None
    except OSError:
        return ""
    if size is None:
        return f" ({free:,} bytes are free)"
    return f" (about {size:,} bytes are needed there, {free:,} are free)"
