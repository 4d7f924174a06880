"""The audit: what archives hold, counted by `etl.audit.counter`, against what a result says."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import zstandard

from etl.audit.columns import Columns
from etl.audit.comparing import Tally, compare
from etl.audit.counter.met import Untold
from etl.audit.counter.walk import count
from etl.audit.holdings import Holdings
from etl.audit.results import read
from etl.audit.rows import SOURCES, Item, Row
from etl.audit.verdicts import Account, Counts, Line, Verdicts
from etl.audit.walking import Preamble
from etl.exits import Malformed, NoInput
from sources.records import Record

Tick = Callable[[str, int], None]
_NOTHING = frozenset(("broken", "end of a list"))
"""What some JSON has that is no export."""


class Asked(NamedTuple):
    """What is audited: these archives, against this result. ``base`` is what paths in the
    result are relative to; ``whole``: the archives are all that the result was made of.
    """

    places: Sequence[Path]
    result: Path
    base: Path
    leave_out: Collection[Path] = ()
    whole: bool = True
    zone: str | None = None
    columns: Mapping[str, str] = {}


class _Metadata(Record, frozen=True, kw_only=True, gc=False):
    """What only an output of ours says of itself."""

    content_sha256: str
    data_sources: tuple[str, ...] = SOURCES
    partial: bool = False


class _Statistics(Record, frozen=True, kw_only=True, gc=False):
    accounting: dict[str, Counts] = {}


class Audit(NamedTuple):
    """What came out. ``counted`` is by source and kind, ``distinct`` what should be there by
    source, ``columns`` which ones of somebody else's result were taken for what.
    """

    lines: tuple[Line, ...]
    untold: tuple[Untold, ...]
    counted: Mapping[tuple[str, str], int]
    distinct: Mapping[str, int]
    counted_only: int
    columns: Mapping[str, tuple[str, ...]]

    @property
    def agrees(self) -> bool:
        """Whether nothing disagrees."""
        return not any(line.disagrees for line in self.lines)


def audit(asked: Asked, tick: Tick) -> Audit:
    """Count, compare, judge. Raises `NoInput` where there is nothing to count, and `Malformed`
    where the result is none.
    """
    columns = Columns(asked.columns)
    with Holdings() as holdings:
        for place in asked.places:
            found = count(place, _label(place, asked.base), _unpacked, asked.leave_out)
            holdings.meet(found, lambda many: tick("counted in the archives", many))
        if not any(kind not in _NOTHING for _, kind in holdings.kinds):
            places = ", ".join(map(str, asked.places))
            why = "".join(f" ({one.file or '.'}: {one.why})" for one in holdings.untold[:1])
            raise NoInput(f"{places}: nothing there that can be counted{why}; give an export")
        said: list[Preamble] = []
        rows = _heard(read(asked.result, columns), said)
        holdings.hear(rows, lambda many: tick("read of the result", many))
        if columns.absent:
            absent = ", ".join(sorted(columns.absent))
            raise Malformed(f"{asked.result}: has no column {absent}; see --columns")
        tallies = compare(holdings, ZoneInfo(asked.zone) if asked.zone else None)
        account = _account(asked, said)
        lines = tuple(Verdicts(holdings, account).lines(tallies))
        return Audit(
            lines=lines,
            untold=tuple(holdings.untold),
            counted=holdings.kinds,
            distinct=_distinct(tallies),
            counted_only=sum(not i.listed for i in holdings.items.values()),
            columns={} if account.ours else {k: tuple(v) for k, v in columns.used.items()},
        )


def _distinct(tallies: Sequence[Tally]) -> dict[str, int]:
    distinct: dict[str, int] = {}
    for tally in tallies:
        if tally.groups:
            distinct[tally.source] = distinct.get(tally.source, 0) + tally.distinct
    return dict(sorted(distinct.items()))


def _label(place: Path, base: Path) -> str:
    """What stands before paths of this place, so that they are as in the output."""
    with suppress(ValueError):
        inner = place.resolve().relative_to(base.resolve())
        if not place.is_dir():
            inner = inner.parent
        return "" if inner == Path() else f"{inner.as_posix()}/"
    return f"{place.name}/" if place.is_dir() else ""


def _unpacked(stream: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(stream))


def _heard(found: Iterator[Row | Item | Preamble], said: list[Preamble]) -> Iterator[Row | Item]:
    for one in found:
        if isinstance(one, Preamble):
            said.append(one)
        else:
            yield one


def _account(asked: Asked, said: list[Preamble]) -> Account:
    """What the result says of itself, and the report of its run beside it, if it is ours."""
    try:
        metadata = msgspec.convert(said[0].metadata if said else None, _Metadata)
    except msgspec.ValidationError:
        return Account()
    try:
        statistics = msgspec.convert(said[0].statistics, _Statistics)
    except msgspec.ValidationError as error:
        raise Malformed(f"{asked.result}: its statistics are not as a run writes them") from error
    quarantined: dict[str, list[int]] = {}
    with suppress(OSError, ValueError, KeyError, TypeError):
        report = json.loads((asked.result.parent / "run.json").read_bytes())
        if report["content_sha256"] == metadata.content_sha256:
            for problem in report["quarantine"]:
                quarantined.setdefault(problem["path"], []).append(problem["found"])
    return Account(
        ours=True,
        partial=metadata.partial,
        sources=metadata.data_sources,
        quarantined={path: sum(n) if all(n) else 0 for path, n in quarantined.items()},
        accounting=statistics.accounting,
        all_archives=asked.whole,
    )
