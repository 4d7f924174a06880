"""Who we are, guessed from the items when nobody said: the name that stands beside most
others in titles, and the domain that takes part in most meetings.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from etl.matching.segments import walled
from etl.names.domains import of_address
from etl.names.normalise import normalise
from sources.records import Summary

_FEWEST = 5
"""Others beside a name, or meetings with a domain, below which nothing is proposed."""
_LONGEST = 3
_AHEAD = 2
"""So many times the next best a name must stand before."""
_CLOSED = frozenset({"telegram_chats", "calendar_meetings"})


class Proposal(NamedTuple):
    """A name or a domain that may be ours, and in how many items it stands."""

    value: str
    items: int


class OwnCompany:
    """Fed with every item, in any order, proposes our name and our domain."""

    def __init__(self) -> None:
        self._beside: dict[str, set[str]] = {}
        self._titles: Counter[str] = Counter()
        self._spelled: dict[str, Counter[str]] = {}
        self._meetings = 0
        self._domains: Counter[str] = Counter()

    def add(self, summary: Summary) -> None:
        """Take an item into account."""
        if summary.kind == "calendar_meetings" and summary.emails:
            self._meetings += 1
            self._domains.update({*map(of_address, summary.emails)} - {None})  # type: ignore[arg-type]
        if summary.kind in _CLOSED and "personal" not in summary.flags:
            self._learn(summary.title)

    def name(self) -> Proposal | None:
        """The name that stands beside the most different others."""
        ranked = sorted(self._beside, key=lambda key: (-len(self._beside[key]), key))
        if not ranked:
            return None
        first = ranked[0]
        next_best = len(self._beside[ranked[1]]) if len(ranked) > 1 else 0
        if len(self._beside[first]) < max(_FEWEST, _AHEAD * next_best):
            return None
        spellings = self._spelled[first]
        return Proposal(min(spellings, key=lambda s: (-spellings[s], s)), self._titles[first])

    def domain(self) -> Proposal | None:
        """The domain of those who take part in more than half of the meetings."""
        ranked = sorted(self._domains.items(), key=lambda pair: (-pair[1], pair[0]))
        if not ranked or ranked[0][1] < _FEWEST or 2 * ranked[0][1] <= self._meetings:
            return None
        return Proposal(*ranked[0])

    def proposed(self) -> tuple[str, ...]:
        """The name and the domain, as far as there are any."""
        return tuple(found.value for found in (self.name(), self.domain()) if found)

    def _learn(self, title: str) -> None:
        """Two pieces stand beside each other; three may be a topic, too."""
        name = normalise(title)
        runs = walled(name)
        keys = [("".join(name.tokens[run.first : run.last]), run) for run in runs]
        if len(keys) != 2 or keys[0][0] == keys[1][0]:
            return
        for (key, run), (other, _) in (keys, keys[::-1]):
            if run.last - run.first <= _LONGEST:
                self._beside.setdefault(key, set()).add(other)
                self._titles[key] += 1
                text = name.quote(run.first, run.last)[0]
                self._spelled.setdefault(key, Counter())[text] += 1
