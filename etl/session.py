"""What a run holds while it runs: the lock, the state, the sources, and what lies in the
data folder. Opened once, closed once.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from etl import exits, inventory
from etl.files import remove_leftovers
from etl.frames import SPOOL_SUFFIX
from etl.keeping import kept_outputs
from etl.locking import exclusive
from etl.overseeing import Steps, overseen
from etl.preflight import keep_apart, make_room
from etl.privacy.guarding import in_force, remember_list, unnamed
from etl.privacy.suppressed import Suppressed, list_of
from etl.privacy.withheld import Withheld
from etl.settings import Settings
from etl.state import State, StoredUnit
from sources import registry
from sources._archive import FolderTree, printable
from sources.live.scope import FOLDER
from sources.protocol import Source

if TYPE_CHECKING:  # few runs are asked to
    from etl.verifying import Verification

log = logging.getLogger("etl")

LOOK_SECONDS = 60.0
LOOK_FILE_SECONDS = 0.1
"""What looking for a source's exports may take: hundreds of times what a file does."""


@dataclass
class Session:
    """An open run."""

    settings: Settings
    state: State
    spool_dir: str
    """Where readings too large for memory wait for the writer."""
    suppressed: Suppressed | None = None
    """What was forgotten, if anything."""
    verification: Verification | None = None
    """What `verify` found, in a run that was asked to."""

    def verify(self) -> None:
        """Hold what was read before to its content. Raises one of `etl.state.DAMAGE`."""
        from etl.verifying import verify

        threads = self.settings.max_workers
        self.verification = verify(self.state, self.stored, self.inventory.units, threads)

    @property
    def withheld(self) -> Withheld | None:
        """What is left out of what is read, if anything."""
        oldest, list_ = self.settings.oldest, self.suppressed
        if list_ is None:
            return Withheld(oldest=oldest) if oldest else None
        path = os.fspath(list_of(self.settings.db_path))
        return Withheld(oldest=oldest, path=path, digest=list_.digest)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources this run reads, in discovery order."""
        names = [n for n in registry.DISCOVERY_ORDER if n in self.settings.source_names]
        return {name: registry.load(name, self.settings.readers) for name in names}

    @cached_property
    def stored(self) -> dict[str, dict[str, StoredUnit]]:
        """What the state knew of them when the run began: units by name."""
        return {name: self.state.units(name) for name in self.sources}

    @cached_property
    def tree(self) -> FolderTree:
        """The data folder."""
        return data_tree(self.settings)

    @cached_property
    def inventory(self) -> inventory.Inventory:
        """What lies in it, as far as this run looks."""
        with overseen(_enough_for, _tell_of) as steps:
            return take_inventory(self.settings, self.tree, steps)


def _enough_for(look: inventory.Look) -> float:
    return LOOK_SECONDS + LOOK_FILE_SECONDS * look.files


def _tell_of(look: inventory.Look) -> None:
    """It cannot be broken off: who runs this must know why there is no end."""
    place = look.label + printable(look.path) or "the data folder"
    for_what = f" for exports of {look.source}" if look.source else ""
    log.warning(
        "%s: looking through it%s takes unreasonably long. If there is no end to it, leave"
        " (Ctrl-C twice), and move it out of the data folder",
        *(place, for_what),
    )


def take_inventory(
    settings: Settings, tree: FolderTree, steps: Steps[inventory.Look] | None = None
) -> inventory.Inventory:
    """What lies in the data folder. Every source looks, so that what belongs to one that
    is not read is not taken for another's; then the run is narrowed.
    """
    everybody = [registry.load(name, settings.readers) for name in registry.DISCOVERY_ORDER]
    found = inventory.take(tree, everybody, steps)
    for name in list(found.units):
        if name not in settings.source_names:
            del found.units[name]
        elif settings.limit is not None:
            del found.units[name][settings.limit :]
    others = {*registry.SOURCES} - {*settings.source_names}
    found.problems = [entry for entry in found.problems if entry[0] not in others]
    return unnamed(found, settings)


def data_tree(settings: Settings) -> FolderTree:
    """The data folder without the files of ours that may lie in it. Raises `NoInput`."""
    root = settings.data_dir
    if root.is_file():
        return FolderTree(root.resolve().parent, only=root.resolve().name)
    if not root.is_dir():
        raise exits.NoInput(f"{root}: no such folder; put exports into it, or give --data-dir")
    if not os.access(root, os.R_OK | os.X_OK):  # or a first run would write an empty output
        raise exits.NoInput(f"{root}: cannot be read; make it readable for the user who runs this")
    root = root.resolve()
    ours = [settings.mapping, settings.output, settings.db_path, settings.log_file]
    ours += [*settings.written, settings.fallback_output, fetch_lock(settings)]
    ours += [settings.output.parent / path.name for path in settings.written]
    ours += [*kept_outputs(settings.output), *kept_outputs(settings.written_output)]
    excluded = inventory.exclusions(root, [path.parent.resolve() / path.name for path in ours])
    if settings.data_dir_is_default:
        excluded.append(root / "sample")
        excluded.append(root / "company_mapping.csv")
    if settings.sample:
        excluded.append(root / "settings.env")
    return FolderTree(root, excluded)


def fetch_lock(settings: Settings) -> Path:
    """What stands for the right to land in the data folder."""
    return settings.data_dir / FOLDER / "fetch"


@contextmanager
def opened(settings: Settings, started_at: str) -> Iterator[Session]:
    """A run on these settings, alone. Raises `EtlError`."""
    with ExitStack() as stack:
        keep_apart(settings)
        make_room(settings)
        try:
            # There is a run.json beside every output: it stands for all that is written there.
            stack.enter_context(exclusive([settings.db_path, settings.run_json], started_at))
            suppressed = in_force(settings)
            state = State.open(settings.db_path)
        except OSError as error:
            raise exits.CannotCreate(exits.trouble(error, settings.db_path)) from error
        stack.callback(state.close)
        if state.moved_aside:
            log.warning(
                "%s: unusable, moved to %s; all is read again", state.path, state.moved_aside
            )
        for path in (*settings.written, settings.fallback_output):
            remove_leftovers(path)
        spool_dir = Path(f"{settings.db_path}{SPOOL_SUFFIX}")
        # What a killed run left; and at the end, whatever is there.
        shutil.rmtree(spool_dir, ignore_errors=True)
        spool_dir.mkdir(mode=0o700, exist_ok=True)
        stack.callback(shutil.rmtree, spool_dir, ignore_errors=True)
        remember_list(state, settings.db_path, suppressed)
        if settings.fresh and not settings.partial:
            state.clear()
            remember_list(state, settings.db_path, suppressed)
        yield Session(settings, state, os.fspath(spool_dir), suppressed=suppressed)
