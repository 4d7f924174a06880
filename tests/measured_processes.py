"""A plugin of coverage: which of the processes that tests start are measured (`make coverage`)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

_CONFIG = "COVERAGE_PROCESS_CONFIG"


def coverage_init(*_: Any) -> None:
    """Called wherever measuring begins: from here on every process is started so that it can be.

    Readers are started with ``-S``, which leaves out what coverage hangs on to. A Python that
    is cut off from its surroundings, and what another command runs (strace, a shell with
    limits), is left alone: measuring writes files of its own.
    """
    start = subprocess.Popen.__init__

    def measured(self: subprocess.Popen[Any], args: Any, *others: Any, **named: Any) -> None:
        command = [os.fspath(arg) for arg in args] if isinstance(args, list | tuple) else []
        if command[:1] == [sys.executable] and "-I" not in command:
            args = [arg for arg in command if arg != "-S"]
        else:
            named["env"] = {**(named.get("env") or os.environ), _CONFIG: ""}
        start(self, args, *others, **named)

    subprocess.Popen.__init__ = measured  # type: ignore[method-assign]
