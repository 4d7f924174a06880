"""The sums over all current units: what was found, what became of it, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from etl.inventory import shown_paths
from etl.merging import Merged
from etl.quarantine import Entry
from etl.reading import UnitReport
from etl.session import Session
from sources.protocol import Account, Problem

_reports = msgspec.msgpack.Decoder(UnitReport)


class Totals(NamedTuple):
    """Per source: accounts, units, units quarantined."""

    accounts: dict[str, Account]
    units: dict[str, int]
    quarantined_units: dict[str, int]
    quarantine: tuple[Entry, ...]
    """All there is of trouble, sorted by path; of one file and kind as it was met."""
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
    told: dict[Problem, _Told] = {}
    archives = 0
    for source, problem in session.inventory.problems:
        told.setdefault(problem, _Told(source, []))
        if source in accounts:
            units[source] += 1
            quarantined[source] += 1
            accounts[source] += Account(found=problem.found, quarantined=problem.found)
        elif source is None:
            archives += 1
    rows = session.state.query(
        "SELECT source, name, report FROM units JOIN current ON id = unit ORDER BY source, name"
    )
    for source, name, blob in rows:
        report = _reports.decode(blob)
        accounts[source] += report.account
        units[source] += 1
        quarantined[source] += bool(report.problems)
        for problem in report.problems:
            # A file that several units read (users.json) is one trouble, not many.
            told.setdefault(problem, _Told(source, [])).units.append(name)
    for source, problem in merged.problems:
        told.setdefault(problem, _Told(source, [])).units.append(problem.path)
    return Totals(
        accounts=accounts,
        units=dict(units),
        quarantined_units=dict(quarantined),
        quarantine=_entries(session, told),
        unreadable_archives=archives,
        lost=dict(Counter(lost)),
        retry=any(problem.retry for problem in told),
    )


class _Told(NamedTuple):
    """Whose problem something is."""

    source: str | None
    units: list[str]


def _entries(session: Session, told: Mapping[Problem, _Told]) -> tuple[Entry, ...]:
    sizes = _sizes(session, told)
    entries = (
        Entry(
            **msgspec.structs.asdict(problem),
            source=source,
            unit=min(units, default=None),
            units=len(units),
            bytes=sizes.get(problem.path),
            reader_version=_version(session, source),
        )
        for problem, (source, units) in told.items()
    )
    return tuple(sorted(entries, key=lambda entry: (entry.path, entry.reason)))


def _sizes(session: Session, told: Mapping[Problem, _Told]) -> dict[str, int]:
    """Of the files and units that there is a problem with."""
    sizes = dict(session.inventory.sizes)
    concerned = {(source, unit) for source, units in told.values() for unit in units}
    for source, units in session.inventory.units.items() if concerned else ():
        for unit in units:
            if (source, unit.name) in concerned:
                bytes_of = (file.size for file in (*unit.files, *unit.context))
                sizes.update(zip(shown_paths(unit), bytes_of, strict=True))
                sizes.setdefault(unit.name, unit.size)
    return sizes


def _version(session: Session, source: str | None) -> int | None:
    known = session.sources.get(source or "")
    return None if known is None else known.version
