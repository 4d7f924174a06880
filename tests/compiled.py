"""What of ours a process of its own loads: compiled, or as Python."""

from __future__ import annotations

import subprocess
import sys

from tests.running import PROJECT


def printed(code: str, **environment: str) -> str:
    """What this prints, in a Python with nothing else in its environment."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
