"""What was tried, and which promises broke: counted by fault, told in one table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

FULL = os.environ.get("FAULTS_FULL") == "1"
"""Whether the long numbers were asked for: ``make test-faults``."""

KINDS = ("loss", "tear", "traceback", "hang", "other")
"""How a promise breaks; what is broken begins with one of these words and a colon."""

Counts = dict[str, dict[str, int]]
"""By fault: ``trials``, and how often which kind broke."""


def number(quick: int, full: int) -> int:
    """How many trials are wanted now."""
    return full if FULL else quick


class Tally:
    """Counts trials."""

    def __init__(self) -> None:
        self.counts: Counts = {}
        self.broken: list[str] = []

    def count(self, fault: str, broken: Iterable[str] = (), *, trials: int = 1) -> None:
        """So many trials of a fault, and what broke in them."""
        counts = self.counts.setdefault(fault, {"trials": 0})
        counts["trials"] += trials
        for said in broken:
            kind = said.partition(":")[0]
            kind = kind if kind in KINDS else "other"
            counts[kind] = counts.get(kind, 0) + 1
            self.broken.append(f"{fault}: {said}")


def added(tallies: Iterable[Mapping[str, Mapping[str, int]]]) -> Counts:
    """One tally of many."""
    total: dict[str, Counter[str]] = {}
    for tally in tallies:
        for fault, counts in tally.items():
            total.setdefault(fault, Counter()).update(counts)
    return {fault: dict(counts) for fault, counts in sorted(total.items())}


def table(counts: Counts) -> Iterator[str]:
    """The lines of a table in Markdown."""
    yield "| fault | trials | losses | tears | tracebacks | hangs | other |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for fault, of in counts.items():
        numbers = (of.get(kind, 0) for kind in ("trials", *KINDS))
        yield f"| {fault} | {' | '.join(f'{number:,}' for number in numbers)} |"
    whole = [sum(of.get(kind, 0) for of in counts.values()) for kind in ("trials", *KINDS)]
    yield f"| all | {' | '.join(f'{number:,}' for number in whole)} |"
