"""The steps between the data folder and the state: is there input, read it, settle what
there is.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import msgspec

from etl import current
from etl.executors import Workers
from etl.exits import NoInput
from etl.frames import SpoolTrouble
from etl.ingesting import Handler, Ingested, Pending, Progress, changed
from etl.inventory import shown_paths
from etl.logs import SHOWN
from etl.merging import Merged, merge_all, merged_before
from etl.quarantine import within
from etl.room import Plan
from etl.session import Session
from etl.soundness import refuse_damage
from etl.state import DAMAGE, State, StoredUnit
from etl.unforeseen import traced, unexpected

SHRINK_PERCENT = 20
"""More units than this gone at once is taken for an accident."""

_DATA_DIR = "data_dir"
_READABLE = (".html", ".json", ".zip", ".ics", ".csv", ".xlsx", ".zst")
_LOST = "lost"

log = logging.getLogger("etl")


def check_input(session: Session) -> None:
    """Refuse to go on when there is nothing, or suddenly much less, to read.

    Raises `NoInput`; the last good output stays.
    """
    inventory, settings = session.inventory, session.settings
    for path in inventory.unrecognised[:SHOWN]:
        log.info("%s: not an export that any source knows; passed over", path)
    log.info("%d files passed over in all", len(inventory.unrecognised))
    if not inventory.unit_count and not inventory.problems:
        do = "put some there, or give --data-dir" if settings.data_dir.is_dir() else "give another"
        raise NoInput(f"{settings.data_dir}: no export found; {do}")
    if settings.partial or settings.allow_shrink or _other_folder(session):
        return
    if shrunk := shrinking(session):
        raise NoInput(
            f"{settings.data_dir}: {shrunk} (an unmounted drive?); the last output stays. If it"
            " is meant, run with --allow-shrink"
        )


def shrinking(session: Session) -> str | None:
    """How much is gone, when it is too much to believe."""
    gone, known = len(list(vanished(session))), sum(len(s) for s in session.stored.values())
    if (gone - _new(session)) * 100 <= SHRINK_PERCENT * known:
        return None
    return f"{gone} of {known} units read before are gone"


def readable_bytes(session: Session) -> int:
    """How much lies in files named like exports: what a first run will read at the least."""
    files = session.tree.files
    return sum(file.size for file in files if file.path.lower().endswith(_READABLE))


def vanished(session: Session) -> Iterator[StoredUnit]:
    """Units read before that are gone, but for those that `lost` gives."""
    return (unit for _, unit, explained in _absent(session) if not explained)


def lost(session: Session) -> list[tuple[str, StoredUnit]]:
    """Units read before that lie in what cannot be read now, each with its source."""
    return [(source, unit) for source, unit, explained in _absent(session) if explained]


def _absent(session: Session) -> Iterator[tuple[str, StoredUnit, bool]]:
    """Units read before that were not found, and whether a reported trouble explains it. A
    narrowed run does not look for them.
    """
    if session.settings.partial:
        return
    troubled = tuple(problem.path for _, problem in session.inventory.problems)
    for source, stored in session.stored.items():
        if source in session.inventory.failed:
            continue
        present = {unit.name for unit in session.inventory.units.get(source, ())}
        for name, unit in stored.items():
            if name not in present:
                yield source, unit, _explained(name, troubled)


def pending(session: Session, name: str, again: AbstractSet[str] = frozenset()) -> Pending:
    """The units of a source that are new or changed, and those that are called so, or that
    read a file that is called so.
    """
    units = session.inventory.units.get(name, [])
    known = {} if session.settings.fresh else session.stored.get(name, {})
    if again:
        concerned = {unit.name for unit in units if again & {unit.name, *shown_paths(unit)}}
        known = {unit: one for unit, one in known.items() if unit not in concerned}
    if (verified := session.verification) is not None:
        known = {unit: one for unit, one in known.items() if verified.holds(name, unit, one)}
    return changed(session.sources[name], units, known, session.settings.oldest)


def planned(session: Session, pending: Mapping[str, Pending], progress: Progress) -> Plan:
    """What is about to be read; and a word of any disk that is too small for what comes of it."""
    sizes = {name: sum(unit.size for unit, _ in units) for name, units in pending.items()}
    plan = Plan(session.settings, sizes, session.inventory.unit_bytes)
    for disk in plan.disks():
        if disk.is_short:
            said = f"{disk}; free some there, or give --output and --db-path another place"
            log.warning("%s", said)
            progress.warn(said)
    return plan


def ingest(
    session: Session, name: str, units: Pending, workers: Workers, progress: Progress
) -> Ingested:
    """Run one source's handler; whatever breaks in it is its own."""
    found = len(session.inventory.units.get(name, []))
    handler = Handler(
        source=session.sources[name],
        options=session.settings.readers,
        state=session.state,
        workers=workers,
        batch_size=session.settings.batch_size,
        spool_dir=session.spool_dir,
        progress=progress,
        withheld=session.withheld,
        contents=session.verification.contents[name] if session.verification else {},
    )
    try:
        done = handler.ingest(found, units)
    except (*DAMAGE, SpoolTrouble):
        # Not the source's: no handler can go on without the state and its disk.
        workers.stopping.set()
        raise
    except Exception as error:
        log.error("%s: failed (%s)", name, unexpected(error))  # noqa: TRY400 - no text of theirs
        log.debug("%s: %s", name, traced(error))
        return Ingested(source=name, units=found, failed=unexpected(error))
    done.failed = session.inventory.failed.get(name)
    log.info(
        "%s: %d units found, %d read, %d unchanged (%.1f s)",
        *(name, done.units, done.read, done.unchanged, done.seconds),
    )
    return done


def settle(session: Session, names: list[str]) -> Merged:
    """Settle which items there are: units that are gone leave (unless the run was
    narrowed), and what was met twice becomes one.
    """
    state = session.state
    current.begin(state)
    for name in names:
        if name in session.inventory.failed:
            state.execute("INSERT INTO current SELECT id FROM units WHERE source = ?", [(name,)])
        else:
            state.execute(
                "INSERT INTO current SELECT id FROM units WHERE source = ? AND name = ?",
                ((name, unit.name) for unit in session.inventory.units[name]),
            )
    whole = not session.settings.partial and set(names) == set(session.sources)
    if whole:
        # What is lost is not current, but remembered: every run until it can be read again
        # says how much that is.
        kept = {unit.id for _, unit in lost(session)}
        absent = state.query("SELECT id FROM units WHERE id NOT IN (SELECT unit FROM current)")
        state.evict([unit for (unit,) in absent if unit not in kept])
        state.put(_LOST, msgspec.json.encode(sorted(kept)))
    merged = merge_all(state, session.sources, session.spool_dir)
    if whole:
        in_force = set(merged.merges)
        stale = [(i,) for (i,) in state.query("SELECT id FROM merges") if i not in in_force]
        state.execute("DELETE FROM merges WHERE id = ?", stale)
    if any(session.stored.values()):
        refuse_damage(state)
    if session.settings.oldest and _grew_old(session):
        state.leave_no_trace()
    current.make_live(state, merged)
    return merged


def _grew_old(session: Session) -> bool:
    """Whether something that was remembered is too old now, and so was let go."""
    oldest = session.settings.oldest
    units = (unit for stored in session.stored.values() for unit in stored.values())
    return not all(unit.report.holds(oldest) for unit in units)


def settle_as_left(state: State) -> None:
    """Settle which items there are as the last whole run did, writing nothing that lasts."""
    lost = state.get(_LOST)
    current.begin(state)
    state.execute(
        "INSERT INTO current SELECT id FROM units WHERE id NOT IN (SELECT value FROM json_each(?))",
        [((lost or b"[]").decode(),)],
    )
    current.make_live(state, merged_before(state))


def _new(session: Session) -> int:
    """Units never read before: a renamed folder, next month's export. What is unmounted
    brings none.
    """
    return sum(
        unit.name not in session.stored[source]
        for source, units in session.inventory.units.items()
        for unit in units
    )


def _other_folder(session: Session) -> bool:
    """Whether the last run read another folder; remembers this one."""
    here = os.fsencode(session.settings.data_dir.resolve())
    before = session.state.get(_DATA_DIR)
    session.state.put(_DATA_DIR, here)
    if before is None or before == here:
        return False
    log.warning(
        "the last run read %s; what it found there leaves the output", Path(os.fsdecode(before))
    )
    return True


def _explained(name: str, troubled: tuple[str, ...]) -> bool:
    """Whether a trouble that is reported lies within that unit, or the unit within it."""
    return any(within(name, path) or within(path, name) for path in troubled)
