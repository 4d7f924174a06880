"""The tool, run with something wrong: what is wrong comes first, then its own arguments.

Told nothing, it serves: runs it is asked for over standard input, each in a fork, so that
the imports are paid for once. A fork is a process of its own, which may be killed.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import Any

from tests.faults import injecting, sabotage

PATIENCE = 60
"""Seconds after which a run is said to hang."""


def run(wrong: dict[str, Any], arguments: list[str]) -> int:
    """One run, with the functions of `sabotage` and the `injecting.Fault` that are told."""
    import etl.data_etl  # noqa: F401 - what is to be replaced must be there
    from etl.cli import main

    for name in wrong.get("sabotage", ()):
        getattr(sabotage, name)()
    if fault := wrong.get("fault"):
        injecting.install(injecting.Fault(**fault))
    return main(arguments)


def _serve() -> None:
    _prepare()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _become(asked["stdout"], asked["stderr"])
            sys.exit(run(asked["wrong"], asked["arguments"]))
        print(child, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(stdout: str, stderr: str) -> None:
    """A process group of its own, which nobody waits for in vain."""
    os.setsid()
    signal.alarm(PATIENCE)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in ((1, stdout), (2, stderr)):
        os.dup2(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), number)


def _prepare() -> None:
    """Import what a run imports, and what it looks up once."""
    import etl.commands.run
    import etl.names.domains
    from sources import registry
    from sources.protocol import ReaderOptions

    for name in registry.DISCOVERY_ORDER:
        registry.load(name, ReaderOptions())
    etl.names.domains.registrable("acme.example")
    gc.freeze()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(run(json.loads(sys.argv[1]), sys.argv[2:]))
    _serve()
