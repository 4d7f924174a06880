"""The sums over all current units: what was found, what became of it, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from etl.merging import Merged
from etl.reading import UnitReport
from etl.session import Session
from sources.protocol import Account, Problem

_reports = msgspec.msgpack.Decoder(UnitReport)


class Totals(NamedTuple):
    """Per source: accounts, units, units quarantined. ``problems`` are all there are."""

    accounts: dict[str, Account]
    units: dict[str, int]
    quarantined_units: dict[str, int]
    problems: tuple[Problem, ...]
    unreadable_archives: int
    lost: dict[str, int]
    """Units read before that lie in what cannot be read now. They are no part of the
    statistics, which know only what is there.
    """
    retry: bool
    """Whether something failed that may work next time."""

    @property
    def trouble(self) -> tuple[int, int]:
        """Units quarantined, of how many; an archive nobody can open counts as one."""
        unreachable = self.unreadable_archives + sum(self.lost.values())
        bad = sum(self.quarantined_units.values()) + unreachable
        return bad, sum(self.units.values()) + unreachable


def total(session: Session, merged: Merged, lost: Iterable[str] = ()) -> Totals:
    """Add up what is known of the current units and of what could not become one; ``lost``
    names the source of every unit that is out of reach.
    """
    names = list(session.sources)
    accounts = {name: merged.accounts.get(name, Account()) for name in names}
    units, quarantined = Counter(dict.fromkeys(names, 0)), Counter(dict.fromkeys(names, 0))
    problems: list[Problem] = []
    archives = 0
    for source, problem in session.inventory.problems:
        problems.append(problem)
        if source in accounts:
            units[source] += 1
            quarantined[source] += 1
            accounts[source] += Account(found=problem.found, quarantined=problem.found)
        elif source is None:
            archives += 1
    rows = session.state.query(
        "SELECT source, report FROM units JOIN current ON id = unit ORDER BY source, name"
    )
    for source, blob in rows:
        report = _reports.decode(blob)
        accounts[source] += report.account
        units[source] += 1
        quarantined[source] += bool(report.problems)
        problems.extend(report.problems)
    problems.extend(merged.problems)
    return Totals(
        accounts=accounts,
        units=dict(units),
        quarantined_units=dict(quarantined),
        # A file that several units read (users.json) is one trouble, not many.
        problems=tuple(dict.fromkeys(problems)),
        unreadable_archives=archives,
        lost=dict(Counter(lost)),
        retry=any(problem.retry for problem in problems),
    )
