"""``--verify``: what was read before is believed by its content, not by size and time.

A unit's content is hashed only where it is asked for: such a run reads again whatever has no
hash yet, or another one, and remembers the new. So the first of them reads everything.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

from etl.report import Verified
from etl.soundness import refuse_damage, unsound_units
from etl.state import State, StoredUnit
from sources._archive import Locator, Tree
from sources._opening import open_tree
from sources.errors import ArchiveError
from sources.protocol import Unit

_BLOCK = 2**20

log = logging.getLogger("etl")

Stored = Mapping[str, Mapping[str, StoredUnit]]
"""Units the state knows, by source and name."""


@dataclass
class Verification:
    """Which units hold what was read of them."""

    contents: dict[str, dict[str, str]] = field(default_factory=dict)
    """The hash of every unit whose files can be read, by source and name."""
    unsound: set[int] = field(default_factory=set)
    """Units of which the state has lost something."""
    said: Verified = field(default_factory=Verified)

    def holds(self, source: str, name: str, unit: StoredUnit) -> bool:
        """Whether what the state knows of that unit may be believed."""
        content = self.contents[source].get(name)
        return unit.id not in self.unsound and content is not None and content == unit.content


def verify(
    state: State, stored: Stored, found: Mapping[str, Iterable[Unit]], threads: int
) -> Verification:
    """Hold the state to its seals, and the files to their hashes. Raises one of
    `etl.state.DAMAGE` where the state as a whole cannot be believed.
    """
    for (said,) in state.query("PRAGMA integrity_check"):
        if said != "ok":
            raise state.damaged(said)
    refuse_damage(state)
    units, merges = unsound_units(state)
    state.execute("DELETE FROM merges WHERE id = ?", ((merge,) for merge in merges))
    made = Verification(unsound=units)
    with ThreadPoolExecutor(threads, "verifier") as pool:
        for source, of_source in found.items():
            listed = list(of_source)
            hashes = pool.map(_Hashing().of_unit, listed)
            made.contents[source] = {
                unit.name: content
                for unit, content in zip(listed, hashes, strict=True)
                if content is not None
            }
    made.said = _said(made, stored, len(merges))
    return made


def _said(made: Verification, stored: Stored, merges: int) -> Verified:
    """What came of it; the log names every unit."""
    changed = first = 0
    for source, known in stored.items():
        for name, unit in known.items():
            content = made.contents.get(source, {}).get(name)
            if unit.id in made.unsound:
                log.warning("%s: %s: damaged in the state; read again", source, name)
            elif unit.content is None:
                first += content is not None
            elif content is not None and content != unit.content:
                log.warning("%s: %s: its content changed; read again", source, name)
                changed += 1
    return Verified(
        units=sum(map(len, made.contents.values())),
        first=first,
        changed=changed,
        damaged=len(made.unsound) + merges,
    )


class _Hashing:
    """Hashes units; a file that many of them read is read once."""

    def __init__(self) -> None:
        self._of_context = cache(_of_file)

    def of_unit(self, unit: Unit) -> str | None:
        """A hash over all that its reader reads, or ``None`` where that cannot be read."""
        digest = hashlib.blake2b(digest_size=16)
        try:
            tree = open_tree(unit.locator)
            for file in unit.files:
                digest.update(_of_tree(tree, file.path))
            for file in unit.context:
                digest.update(self._of_context(unit.locator, file.path))
        except ArchiveError:
            return None
        return digest.hexdigest()


def _of_file(locator: Locator, path: str) -> bytes:
    return _of_tree(open_tree(locator), path)


def _of_tree(tree: Tree, path: str) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    with tree.open(path) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.digest()
