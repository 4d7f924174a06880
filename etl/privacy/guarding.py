"""Before a run touches anything: the list that is in force, and nothing left that it forbids."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from etl.exits import Misconfigured
from etl.inventory import Inventory
from etl.privacy.suppressed import Suppressed, list_of, load, missing, save
from etl.settings import Settings
from etl.state import State
from sources.protocol import Ignored

_ASKED = "forgotten"

log = logging.getLogger("etl")


def in_force(settings: Settings) -> Suppressed | None:
    """The list, if anything is forgotten. What a killed `forget` left is removed first, and a
    state made under another list. Call it under the run's lock. Raises `Misconfigured`.
    """
    path = list_of(settings.db_path)
    suppressed = load(path)
    if suppressed is None:
        return None
    from etl.privacy.sweeping import remove_state, sweep

    if suppressed.unfinished:
        log.warning("%s: what was to be forgotten was not removed to the end; it is now", path)
        sweep(settings, suppressed)
        suppressed = msgspec.structs.replace(suppressed, unfinished=False)
        save(path, suppressed)
    with State.as_left(settings.db_path) as state:
        other = _made_under_another(state, suppressed)
    if other:
        log.warning("%s: is another list than the last run's; all is read again", path)
        remove_state(settings.db_path)
    return suppressed


def outstanding(settings: Settings, state: State) -> str | None:
    """What a run would first do to obey the list, or why it would refuse to run. Changes
    nothing.
    """
    path = list_of(settings.db_path)
    try:
        suppressed = load(path)
        if suppressed is None and state.get(_ASKED) is not None:
            raise missing(path)
    except Misconfigured as error:
        return f"{error}; a run ends with {error.exit_status}"
    if suppressed is None:
        return None
    if suppressed.unfinished:
        return (
            f"{path}: `forget` was cut short, so what it lists may still be in state, outputs and"
            " logs. Run: that is removed first, and then all is read again without it"
        )
    if _made_under_another(state, suppressed):
        return f"{path}: is another list than the last run's; the next run reads all again"
    return None


def _made_under_another(state: State, suppressed: Suppressed) -> bool:
    same = state.get(_ASKED) == suppressed.asked.encode()
    return not same and bool([*state.query("SELECT 1 FROM units LIMIT 1")])


def remember_list(state: State, path: Path, suppressed: Suppressed | None) -> None:
    """Let the state know under which list it is made. Raises `Misconfigured` when the one it
    was made under is gone, so that nobody is brought back silently.
    """
    made_under = state.get(_ASKED)
    if suppressed is not None:
        state.put(_ASKED, suppressed.asked.encode())
    elif made_under is not None:
        raise missing(list_of(path))


def unnamed(found: Inventory, settings: Settings) -> Inventory:
    """What lies in the data folder, in which nothing forgotten is named."""
    suppressed = load(list_of(settings.db_path))
    if suppressed is None:
        return found
    from etl.privacy.rules import Rules

    rules = Rules(suppressed)
    for source, units in found.units.items():
        shown = [msgspec.structs.replace(unit, name=rules.shown(unit.name)) for unit in units]
        found.units[source] = sorted(shown, key=lambda unit: unit.name)
    found.problems = [(source, rules.problem(problem)) for source, problem in found.problems]
    found.ignored = [Ignored(path=rules.shown(i.path), reason=i.reason) for i in found.ignored]
    found.unrecognised = [*map(rules.shown, found.unrecognised)]
    return found
