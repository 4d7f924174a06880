"""What is measured in a process of its own: ``python -m benchmarks task NAME FOLDER ...``."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from benchmarks.account.writing import Account


def parse_reference(account: Account) -> dict[str, float]:
    """Parse and extract with the reference, pages already in memory, one thread."""
    from benchmarks import reference

    pages = [path.read_bytes() for path in account.pages()]
    return _timed(lambda: sum(len(reference.page(data)) for data in pages))


def parse_ours(account: Account) -> dict[str, float]:
    """The same with ours: bytes to canonical form to records."""
    from sources.telegram.clock import Clock
    from sources.telegram.page import canonical, parse_page

    chats = [[page for _, page in chat] for chat in _chats(account)]

    def read() -> int:
        count = 0
        for chat in chats:
            clock = Clock()
            for data in chat:
                count += len(parse_page(canonical(data), clock).messages)
        return count

    return _timed(read)


def paths(account: Account) -> dict[str, int]:
    """How many pages were read by layout, and how many through a tree."""
    from sources.telegram.clock import Clock
    from sources.telegram.page import canonical, parse_page

    taken: Counter[str] = Counter()
    for chat in _chats(account):
        taken.update(parse_page(canonical(data), Clock()).way for _, data in chat)
    return dict(taken)


def reference_run(account: Account, output: str) -> dict[str, float]:
    """The reference's whole pipeline."""
    from benchmarks import reference

    reference.main(account.export, Path(output))
    return {}


def compare(account: Account, output: str) -> dict[str, int]:
    """The output of one of our runs against the oracle."""
    from benchmarks.comparing import differences

    return differences(account, Path(output))


TASKS: dict[str, Callable[..., dict[str, float] | dict[str, int]]] = {
    task.__name__: task for task in (parse_reference, parse_ours, paths, reference_run, compare)
}


def main(name: str, folder: Path, *rest: str) -> None:
    """Do it, and print what came of it as JSON."""
    print(json.dumps(TASKS[name](Account(folder), *rest)))


def _timed(work: Callable[[], int]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    messages = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu": cpu, "wall": wall, "messages": messages}


def _chats(account: Account) -> Iterator[list[tuple[Path, bytes]]]:
    for _, pages in groupby(account.pages(), key=lambda path: path.parent):
        yield [(path, path.read_bytes()) for path in pages]
