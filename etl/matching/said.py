"""Which words are said beside anybody's name."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

Side = Literal["before", "after"]
"""Where words stand: before the company's name in the title, or after it."""

OFTEN = 3
"""A spelling or a pair that is met so often is no accident."""
NOBODY: frozenset[str] = frozenset()


class Words(msgspec.Struct, frozen=True, dict=True):
    """Which companies' names each phrase was met beside, by side, and each of its tokens;
    which phrases also stand apart from the names of several; beside whom one with a number
    was met, to the number; how often a phrase was met beside each, where more than once; and
    which are always behind names, mostly again and again behind the same: parts of names.
    """

    before: dict[str, frozenset[str]] = {}
    after: dict[str, frozenset[str]] = {}
    tokens: dict[str, frozenset[str]] = {}
    apart: frozenset[str] = frozenset()
    numbered: dict[str, frozenset[str]] = {}
    pairs: dict[tuple[str, str], int] = {}
    of_names: frozenset[str] = frozenset()

    def support(self, phrase: str, company: str) -> tuple[dict[Side, int], int]:
        """Beside how many other companies a phrase was met: on each side, and on any."""
        before = self.before.get(phrase, NOBODY)
        after = self.after.get(phrase, NOBODY)
        sides: dict[Side, int] = {
            "before": len(before) - (company in before),
            "after": len(after) - (company in after),
        }
        if not before or not after:
            return sides, max(sides.values())
        either = len(before) + len(after) - self._both[phrase]
        return sides, either - (company in before or company in after)

    @cached_property
    def _both(self) -> dict[str, int]:
        """The companies that a phrase was met beside on both sides; counted once, for they may be
        thousands.
        """
        phrases = self.before.keys() & self.after.keys()
        return {phrase: len(self.before[phrase] & self.after[phrase]) for phrase in phrases}

    def best(self, most: int) -> dict[str, int]:
        """The phrases that stand beside most companies, and beside how many."""
        phrases = self.before.keys() | self.after.keys()
        counted = {phrase: self.support(phrase, "")[1] for phrase in phrases}
        return {
            phrase: counted[phrase] for phrase in ranked(counted)[:most] if counted[phrase] >= OFTEN
        }


def ranked(counted: dict[str, int]) -> list[str]:
    """The most frequent first."""
    return sorted(counted, key=lambda key: (-counted[key], key))
