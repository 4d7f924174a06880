"""What lies in the data folder: units for each source, trouble, and the rest.

Every tree (the folder, each zip in it, each zip in those) is offered to the sources in
`DISCOVERY_ORDER`; what one claims the next does not see, so that a calendar sent in a
chat stays an attachment of that chat.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from etl.overseeing import Steps
from etl.unforeseen import unexpected
from sources._archive import LINK, Claims, FolderTree, Tree, is_zip, printable
from sources._opening import open_tree
from sources.errors import ArchiveError, Damaged, Hostile
from sources.protocol import Ignored, Problem, Source, Unit

ARCHIVE_SUFFIXES = (
    *(".zip", ".ics", ".csv", ".xlsx", ".xls"),
    *(".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".gz", ".tar.bz2", ".tar.xz"),
)
"""A file with such a name that nobody can read is trouble, not debris."""

NESTED_ZIPS = 2
MOST_ZIPS = 1000
"""Of one zip no more inner ones are opened, however they are nested."""
_MAPPING = re.compile(rb"\A[^\n]*\bbase[_ ]company\b", re.IGNORECASE)
"""The header of a mapping of companies: people keep several beside their exports."""
_BESIDE = (
    *("", "-journal", "-wal", "-shm", ".lock", ".lock.holder", ".spool", ".forgotten"),
    *(f"{mark}{number}" for mark in (".", ".corrupt-") for number in range(1, 10)),
)
"""What stands beside a state, an output, a log."""


@dataclass
class Inventory:
    """All that was found. Units per source stand in the order of their names."""

    units: dict[str, list[Unit]] = field(default_factory=dict)
    problems: list[tuple[str | None, Problem]] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Sources whose discovery broke down, and how."""
    opened: Counter[str] = field(default_factory=Counter)
    """How many zips were met inside a zip of the data folder."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of the files that there is a problem with, as far as it is one with a file."""

    @property
    def unit_count(self) -> int:
        """Units of all sources."""
        return sum(map(len, self.units.values()))

    @property
    def unit_bytes(self) -> dict[str, int]:
        """How much there is to read of each source."""
        return {name: sum(unit.size for unit in units) for name, units in self.units.items()}


class Look(NamedTuple):
    """A step of looking through: so many files for the exports of a source, or one file. The
    folder itself has no path.
    """

    label: str
    path: str = ""
    source: str = ""
    files: int = 1


def take(
    tree: FolderTree, sources: Sequence[Source], steps: Steps[Look] | None = None
) -> Inventory:
    """Look through a data folder. ``sources`` come in discovery order."""
    inventory = Inventory(units={source.name: [] for source in sources})
    _look_through(tree, sources, inventory, steps or Steps())
    _list_troubles(tree, inventory)
    for source, units in inventory.units.items():
        inventory.units[source] = _named_apart(units)
    inventory.problems.sort(key=lambda entry: (entry[1].path, entry[1].reason))
    inventory.unrecognised.sort()
    return inventory


def _named_apart(units: list[Unit]) -> list[Unit]:
    """Sorted by name. Paths that differ may be shown alike (names that are no UTF-8, a
    folder called like a zip): such units are numbered.
    """
    units.sort(key=lambda unit: (unit.name, unit.locator, [file.path for file in unit.files]))
    apart: list[Unit] = []
    seen: Counter[str] = Counter()
    for unit in units:
        seen[unit.name] += 1
        number = seen[unit.name]
        named = msgspec.structs.replace(unit, name=f"{unit.name}~{number}") if number > 1 else unit
        apart.append(named)
    return apart


def shown_paths(unit: Unit) -> list[str]:
    """The paths of all that is read for a unit, as people see them."""
    label = "".join(f"{printable(part)}!" for part in unit.locator[1:])
    return [label + printable(file.path) for file in (*unit.files, *unit.context)]


def listing_digest(tree: FolderTree) -> str:
    """A value that differs when any file of the folder may have changed."""
    digest = hashlib.blake2b(digest_size=16)
    for file in tree.files:
        digest.update(
            f"{file.path}\0{file.size}\0{file.stamp}\n".encode("utf-8", "surrogateescape")
        )
    digest.update(repr([str(error) for error in tree.errors]).encode())
    return digest.hexdigest()


def exclusions(root: Path, paths: Iterable[Path]) -> list[Path]:
    """The files of ours, as the walk below `root` would meet them."""
    found = [Path(f"{path.absolute()}{suffix}") for path in paths for suffix in _BESIDE]
    return [root / path.relative_to(root) for path in found if path.is_relative_to(root)]


def _look_through(
    tree: Tree,
    sources: Sequence[Source],
    inventory: Inventory,
    steps: Steps[Look],
) -> None:
    claims = Claims()
    rest = tree
    told = len(inventory.problems)
    for source in sources:
        rest = rest.without(claims)
        steps.now = Look(tree.label, source=source.name, files=len(rest.files))
        try:
            for found in source.discover(rest):
                _take_note(found, source.name, tree, claims, inventory)
        except Exception as error:
            # A bug in one source must not cost the others their run.
            inventory.failed[source.name] = unexpected(error)
    for file in rest.without(claims).files:
        steps.now = Look(tree.label, file.path)
        try:
            head = tree.head(file.path, 512)
            if is_zip(head):
                if not _may_open(tree, inventory):
                    continue
                inner = _open_inner(tree, file.path)
                if _is_office_document(inner):
                    inventory.unrecognised.append(tree.display(file.path))
                else:
                    # At once, so that no more than three are ever open.
                    _look_through(inner, sources, inventory, steps)
            elif _MAPPING.search(head):
                inventory.ignored.append(
                    Ignored(path=tree.display(file.path), reason="a company mapping")
                )
            elif file.path.lower().endswith(ARCHIVE_SUFFIXES):
                raise Damaged(tree.display(file.path), _foreign(file.path), _FOREIGN_REMEDY)
            else:
                inventory.unrecognised.append(tree.display(file.path))
        except ArchiveError as error:
            inventory.problems.append((None, Problem.of(error)))
    if troubled := {problem.path for _, problem in inventory.problems[told:]}:
        shown = ((tree.display(file.path), file.size) for file in tree.files)
        inventory.sizes.update((path, size) for path, size in shown if path in troubled)


def _take_note(
    found: Unit | Problem | Ignored, source: str, tree: Tree, claims: Claims, inventory: Inventory
) -> None:
    if isinstance(found, Unit):
        inventory.units[source].append(found)
        for file in (*found.files, *found.context):
            claims.add(file.path)
        return
    claims.add(found.path.removeprefix(tree.label))
    if isinstance(found, Problem):
        inventory.problems.append((source, found))
    else:
        inventory.ignored.append(found)


def _may_open(tree: Tree, inventory: Inventory) -> bool:
    """Whether one more zip in this tree is opened; the first one too many is told of."""
    if len(tree.locator) == 1:
        return True
    outer = tree.locator[1]
    inventory.opened[outer] += 1
    if inventory.opened[outer] == MOST_ZIPS + 1:
        detail = f"it holds more than {MOST_ZIPS} zips; the others are not opened"
        raise Hostile(printable(outer), detail)
    return inventory.opened[outer] <= MOST_ZIPS


def _open_inner(tree: Tree, path: str) -> Tree:
    if len(tree.locator) > NESTED_ZIPS:
        raise Damaged(
            tree.display(path), "a zip in a zip in a zip is not opened", "Unpack the outer zip."
        )
    opened = open_tree((*tree.locator, path))
    if not opened.files:
        raise Damaged(tree.display(path), "it is a zip that holds no file", _FOREIGN_REMEDY)
    return opened


def _is_office_document(tree: Tree) -> bool:
    """Workbooks and the like are zips too, but not of anybody's exports."""
    return any(file.path == "[Content_Types].xml" for file in tree.files)


def _list_troubles(tree: FolderTree, inventory: Inventory) -> None:
    inventory.problems.extend((None, Problem.of(error)) for error in tree.errors)
    claimed = tuple(i.path for i in inventory.ignored if i.path.endswith("/"))
    for path, what in tree.passed_over:
        shown = tree.display(path)
        if what == LINK and not shown.startswith(claimed):
            remedy = "Put the files themselves, or a mount, where the link is."
            detail = "a symbolic link, which is not followed"
            link = Problem(path=shown, reason="link", detail=detail, remedy=remedy)
            inventory.problems.append((None, link))
        else:
            inventory.ignored.append(Ignored(path=shown, reason=what))


_FOREIGN_REMEDY = "Export it again, or move it out of the data folder if it is not an export."


def _foreign(path: str) -> str:
    suffix = path.rpartition(".")[2].lower()
    return f"called .{suffix}, but no export that any source knows"
