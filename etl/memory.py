"""The memory of this process: its peak, on whatever system it runs, and how often it is searched
for what nobody holds any more.
"""

from __future__ import annotations

import gc
import sys

_OFTEN = 20_000
"""New objects between two searches. One page makes more than the 700 that Python waits for."""


def collect_rarely() -> None:
    """Look for cycles now and then, and never among what is imported so far."""
    gc.freeze()
    gc.set_threshold(_OFTEN)
    gc.enable()


def peak_bytes() -> int:
    """The most memory this process ever held, in bytes, to about a megabyte, for Linux adds up
    each processor's count now and then; 0 where the system won't say.
    """
    try:
        # What `getrusage` says on Linux begins with the peak of whoever started the process.
        with open("/proc/self/status", "rb") as told:
            (line,) = (line for line in told if line.startswith(b"VmHWM:"))
        return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
