"""``python -m benchmarks``: the figures of the documentation, on this machine."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import memory, speed, speed_report, tasks
from benchmarks.account import writing
from benchmarks.archives import comparison
from benchmarks.matching import measuring as measuring_matching
from benchmarks.matching.vocabulary import SETS

CACHE = Path(tempfile.gettempdir()) / "etl-benchmarks"


def _share(text: str) -> int:
    """``1/40``, ``40`` and ``1`` (all of it)."""
    one, slash, share = text.partition("/")
    if slash and one != "1":
        raise ValueError(text)
    number = int(share if slash else text)
    if number < 1:
        raise ValueError(text)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for_memory = commands.add_parser("memory", help=memory.__doc__)
    for_memory.add_argument("--scale", type=int, default=10, help="times as many, times long [10]")
    for_memory.add_argument("--chat", type=int, help="one chat of so many messages instead")
    for_account = commands.add_parser("account", help="write the account, print its sizes")
    for_speed = commands.add_parser("speed", help=speed.__doc__)
    for command in (for_account, for_speed):
        command.add_argument("--scale", type=_share, default=1, help="share of the account [1/1]")
        command.add_argument("--cache", type=Path, default=CACHE, help=f"kept here [{CACHE}]")
    for_speed.add_argument(
        "--reference", type=_share, help="share the reference reads [as --scale]"
    )
    for_speed.add_argument("--rounds", type=int, default=3, help="interleaved rounds [3]")
    for_speed.add_argument(
        "--cold-disk", action="store_true", help="drop the pages from the disk cache first"
    )
    for_sources = commands.add_parser("sources", help=comparison.__doc__)
    for_sources.add_argument("--scale", type=_share, default=1, help="share to read [1/1]")
    for_sources.add_argument("--cache", type=Path, default=CACHE, help=f"kept here [{CACHE}]")
    for_sources.add_argument("--rounds", type=int, default=3, help="interleaved rounds [3]")
    for_sources.add_argument(
        "--larger", type=int, default=10, help="memory also of times as much; 1: no memory [10]"
    )
    for_matching = commands.add_parser("matching", help=measuring_matching.__doc__)
    for_matching.add_argument("which", choices=sorted(SETS), help="to work with, to measure by")
    for_matching.add_argument("--records", type=int, default=8000, help="so many [8000]")
    for_matching.add_argument("--companies", type=int, default=300, help="mapped ones [300]")
    for_matching.add_argument("--seed", type=int, default=0, help="another than the set's own")
    for_matching.add_argument("--errors", type=int, default=0, help="print so many of them")
    for_matching.add_argument("--cache", type=Path, default=CACHE, help=f"kept here [{CACHE}]")
    for_task = commands.add_parser("task", help="what the others start: one measurement")
    for_task.add_argument("name", choices=sorted(tasks.TASKS))
    for_task.add_argument("folder", type=Path)
    for_task.add_argument("rest", nargs="*")
    return parser


def main() -> None:
    """Do what was asked."""
    asked = _parser().parse_args()
    if asked.command == "memory":
        if asked.chat:
            memory.one_chat(asked.chat)
        else:
            memory.main(asked.scale)
    elif asked.command == "account":
        print(speed_report.sizes(writing.account(asked.cache, asked.scale)))
    elif asked.command == "sources":
        wanted = comparison.Asked(asked.cache, asked.scale, asked.larger, asked.rounds)
        comparison.main(wanted)
    elif asked.command == "matching":
        where = asked.cache / "matching" / asked.which
        measuring_matching.main(
            where, asked.which, asked.records, asked.companies, asked.seed, asked.errors
        )
    elif asked.command == "task":
        tasks.main(asked.name, asked.folder, *asked.rest)
    else:
        reference = asked.reference or asked.scale
        speed.main(speed.Asked(asked.cache, asked.scale, reference, asked.rounds, asked.cold_disk))


if __name__ == "__main__":
    main()
