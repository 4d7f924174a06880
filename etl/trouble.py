"""What a run does of trouble: the list of what could not be read is left, and the run goes on, or
ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl import exits, quarantine
from etl.quarantine import Entry
from etl.session import Session


def keep_quarantine(session: Session, entries: Sequence[Entry]) -> None:
    """Leave the list of a run that writes no output. Raises `exits.IoTrouble`."""
    path = session.settings.quarantine
    try:
        quarantine.write(path, entries)
    except OSError as error:
        raise exits.IoTrouble(exits.trouble(error, path)) from error


def refuse_trouble(
    session: Session, entries: Sequence[Entry], failed: Mapping[str, str | None]
) -> None:
    """Raise `exits.NotWhole` when there is trouble, and the run is to end then."""
    if session.settings.on_error != "fail":
        return
    keep_quarantine(session, entries)
    said = [f"{name} failed: {why}" for name, why in failed.items() if why]
    said += [f"{one.path}: {one.detail.rstrip('.')}. {one.remedy}" for one in entries[:1]]
    if said:
        raise exits.NotWhole(
            f"{said[0]} (--on-error fail: the last output stays, what was read is kept; in"
            f" quarantine: {len(entries):,}, see `quarantine list`)"
        )
