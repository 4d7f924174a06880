"""Peak memory of this process, on whatever system it runs."""

from __future__ import annotations

import sys


def peak_bytes() -> int:
    """The most memory this process ever held, in bytes; 0 where the system won't say."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
