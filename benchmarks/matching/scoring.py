"""How good answers are, against labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from benchmarks.matching.records import Labelled


class Score(NamedTuple):
    """Companies answered rightly, wrongly, and not; of records of nobody, how many got one."""

    records: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    nobodys: int = 0
    given: int = 0

    @property
    def precision(self) -> float:
        """Of what was answered, what was right."""
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self) -> float:
        """Of what there was to find, what was found."""
        return self.right / ((self.right + self.missed) or 1)

    @property
    def f1(self) -> float:
        """Both in one."""
        return 2 * self.right / ((2 * self.right + self.wrong + self.missed) or 1)

    @property
    def false_positives(self) -> float:
        """The share of what is nobody's that somebody got."""
        return self.given / (self.nobodys or 1)


def scores(labelled: Iterable[Labelled], answers: Mapping[str, frozenset[str]]) -> dict[str, Score]:
    """By source, by kind, by noise, and all together."""
    sums: dict[str, Counter[str]] = {}
    for each in labelled:
        got = answers.get(each.record["id"], frozenset())
        best = max(each.accept, key=lambda right: (-len(right ^ got), len(right & got)))
        nobodys = each.accept == (frozenset(),)
        counts = {
            "records": 1,
            "right": len(best & got),
            "wrong": len(got - best),
            "missed": len(best - got),
            "nobodys": int(nobodys),
            "given": int(nobodys and bool(got)),
        }
        for group in ("all", each.record["source"], f"kind {each.kind}", f"noise {each.noise}"):
            sums.setdefault(group, Counter()).update(counts)
    return {group: Score(**counts) for group, counts in sums.items()}
