"""What is learnt of people: their names, and in whose chats they take part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from etl.matching.parts import Parts
from etl.matching.people import tagged
from etl.names.normalise import normalise

EVERYWHERE = 5
"""In the chats of so many companies there are only people of ours."""
_NAMED_SO = 2
"""So many people called alike have a first name in common."""


class PeopleMet:
    """Told of the people in every item. ``names`` are the words of their names."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._met: set[str] = set()
        self._last_names: dict[str, set[str]] = {}
        self._companies_of: dict[str, set[str]] = defaultdict(set)

    def meet(self, people: Sequence[str], title: str = "") -> None:
        """Learn the names of people, in a chat of that title."""
        strangers = [person for person in people if person not in self._met]
        if strangers:
            titled = frozenset(normalise(title).tokens)
            for person in strangers:
                self._learn(person, titled)

    def _learn(self, person: str, titled: Collection[str]) -> None:
        """``Acme Support`` in the chat of Acme is nobody called Acme."""
        names = normalise(tagged(person)[0]).tokens
        if len(names) > 1:
            if names[0] in titled:
                return  # until met elsewhere
            self._last_names.setdefault(names[0], set()).add(names[-1])
        self.names.update(names)
        self._met.add(person)

    def take_part(self, people: Sequence[str], parts: Parts) -> None:
        """Learn whose chat people take part in, as far as that makes a difference."""
        if not parts.said:
            return
        companies = {found.owners[0].company for piece in parts.pieces for found in piece.found}
        if len(companies) == 1:
            for person in people:
                known = self._companies_of[person]
                if len(known) < EVERYWHERE:
                    known.update(companies)

    def first_names(self) -> frozenset[str]:
        """Names that several people have before their last one."""
        return frozenset(name for name, last in self._last_names.items() if len(last) >= _NAMED_SO)

    def everywhere(self) -> frozenset[str]:
        """Those who take part in the chats of many different companies."""
        companies_of = self._companies_of.items()
        return frozenset(person for person, of in companies_of if len(of) >= EVERYWHERE)
