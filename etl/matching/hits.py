"""What a rung of the ladder says of an item."""

from __future__ import annotations

import msgspec

from etl.matching.decisions import SCORES, Evidence, Field, Match, Method, Nearest
from etl.matching.owners import Owner, Owners


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A text that leads to owners; several tie. ``why`` a hit that settles nothing does
    not.
    """

    method: Method
    owners: Owners
    text: str
    field: Field
    start: int | None = None
    end: int | None = None
    why: str = ""
    detail: str = ""
    tokens: tuple[str, ...] = ()
    """Of a title or an alias, the words that lead there."""

    @property
    def ignored(self) -> bool:
        """Whether it only leads to what is nobody's."""
        return all(owner.ignored for owner in self.owners)

    def matches(self) -> list[Match]:
        """One for every company."""
        return [self._match(owner) for owner in self.owners if not owner.ignored]

    def _match(self, owner: Owner) -> Match:
        evidence = Evidence(
            text=self.text,
            field=self.field,
            start=self.start,
            end=self.end,
            mapping_line=owner.line,
            mapping_column=owner.column,
            detail=self.detail,
        )
        method, score = self.method, SCORES[self.method]
        return Match(
            company=owner.company,
            method=method,
            score=score,
            evidence=evidence,
            variant=owner.variant,
        )


class Rung(msgspec.Struct, frozen=True, gc=False):
    """What a rung found: ``hits`` answer, ``weak`` ones only suggest, ``nearest`` led
    nowhere. ``foreign`` names a company that is neither mapped nor ours.
    """

    hits: tuple[Hit, ...] = ()
    weak: tuple[Hit, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    foreign: str | None = None


NOTHING = Rung()
"""What a rung finds that has nothing to look at."""
