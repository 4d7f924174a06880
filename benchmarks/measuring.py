"""What a command costs: a process of its own, its children included."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sources._compiled import INTERPRETED

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Cost:
    """CPU seconds of all processes, wall seconds, peak memory of the largest process."""

    cpu: float
    wall: float
    peak_mb: float = 0.0
    printed: str = ""


def run(*command: str | Path) -> Cost:
    """Run Python with these arguments to its end. Raises CalledProcessError.

    Needs POSIX: nothing else tells what the children of a child used.
    """
    whole = [sys.executable, *map(str, command)]
    start = time.perf_counter()
    process = subprocess.Popen(
        whole, cwd=PROJECT, env=_environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, whole)
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * kilobyte / 1e6, printed)


def _environment() -> dict[str, str]:
    """Without the settings somebody may have for runs of his own; modules compiled to bytecode
    once, as everywhere but in a shell that forbids it.
    """
    settings = ("ETL_", "DATA_DIR", "COMPANY_MAPPING", "OUR_COMPANY", "TELEGRAM_", "HUBSPOT_")
    ours = (*settings, "PYTHONDONTWRITEBYTECODE")
    return {
        name: value
        for name, value in os.environ.items()
        if name == INTERPRETED or not name.startswith(ours)
    }


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(cost.cpu for cost in costs),
        median(cost.wall for cost in costs),
        max(cost.peak_mb for cost in costs),
    )


def remember(files: Iterable[Path]) -> None:
    """Read these files, so that the system has their pages: it may have let go of them while
    something else was measured.
    """
    for path in files:
        path.read_bytes()


def forget(files: Iterable[Path]) -> None:
    """Ask the system to drop its copy of these files, so that the disk is read."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in files:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def machine() -> str:
    """What it was measured on, without the name of the host."""
    return (
        f"{platform.python_implementation()} {platform.python_version()},"
        f" {os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    )
