"""``python -m benchmarks``: the figures of the documentation, on this machine."""

from __future__ import annotations

import argparse

from benchmarks import memory

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
commands = parser.add_subparsers(dest="command", required=True)
for_memory = commands.add_parser("memory", help=memory.__doc__)
for_memory.add_argument("--scale", type=int, default=10, help="times as many, times as long [10]")
asked = parser.parse_args()
memory.main(asked.scale)
