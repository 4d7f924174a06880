"""Whose everything is: what all items teach, every item matched by it, and what follows for the
mapping.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from etl import placing
from etl.advising import advice, write_suggestions
from etl.knowing import knowing_matcher
from etl.logs import log_findings
from etl.mapping.read import Mapping
from etl.mapping.rows import MappedCompany
from etl.matching.learnt import Learnt
from etl.matching.own_company import OwnCompany
from etl.matching.suggesting import Suggesting
from etl.report import Advice
from etl.session import Session
from etl.statistics import Statistics

if TYPE_CHECKING:  # only where something is forgotten
    from etl.privacy.companies import Unsaid


class Attributed(NamedTuple):
    """The counts made in passing, and what advises the mapping's owner."""

    statistics: Statistics
    suggesting: Suggesting
    own: OwnCompany | None
    learnt: Learnt

    def advice(self, output: Path) -> Advice:
        """What to say to them; rows to paste are written beside that output."""
        rows = write_suggestions(output, self.suggesting)
        return advice(rows, self.own, self.learnt)


def attribute(
    session: Session,
    mapping: Mapping,
    companies: dict[str, MappedCompany],
    unsaid: Unsaid | None,
) -> Attributed:
    """Match every live item and settle where it stands in the output, among these companies."""
    settings, state = session.settings, session.state
    statistics = Statistics(companies)
    own = None if settings.our_names and settings.our_domains else OwnCompany()
    matcher = knowing_matcher(state, mapping, settings, own)
    suggesting = matcher.suggesting(own.proposed() if own else ())
    log_findings(placing.place_all(state, matcher, statistics, suggesting, unsaid))
    return Attributed(statistics, suggesting, own, matcher.learnt)
