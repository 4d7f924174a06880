"""What slackdump writes besides Slack's own layout: dumps, which are read, and archives,
which are recognised so that they can be refused plainly.

A dump is one ``<conversation>.json`` per conversation, and one
``<conversation>-<ts>.json`` per thread that was asked for by itself; an archive is a
database, until version 3.1 a folder of compressed chunks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from sources._archive import Tree
from sources.errors import ArchiveError
from sources.protocol import Ignored, Problem
from sources.slack.arrays import plain

_dump = re.compile(r"([CDG](?=[A-Z]*[0-9])[A-Z0-9]{7,})(?:-[0-9]+\.[0-9]+)?\.json").fullmatch
_begins_dump = re.compile(rb'\s*\{.*?"messages"\s*:\s*(?:\[|null)', re.DOTALL).match
_chunk = re.compile(r"([CDG][A-Z0-9]{7,}.*|channels|users|workspace)\.json\.gz").fullmatch
_DATABASES = (".sqlite", ".sqlite3", ".db")
_UPLOADS = {"__uploads", "__avatars", "attachments"}
_PART = "part of a slackdump archive"


def dumped(tree: Tree, path: str) -> str:
    """The id of the conversation that a file is a dump of, or nothing."""
    match = _dump(path.rpartition("/")[2])
    return match[1] if match and _begins_dump(plain(_head(tree, path))) else ""


def archives(tree: Tree) -> Iterator[Problem | Ignored]:
    """Refusals of slackdump's archives."""
    chunks: dict[str, list[str]] = defaultdict(list)
    for file in tree.files:
        if not file.path.endswith((*_DATABASES, ".json.gz")):
            continue
        folder, _, name = file.path.rpartition("/")
        if not _UPLOADS.isdisjoint(folder.split("/")):
            continue
        if name.endswith(_DATABASES) and _is_database(tree, file.path, name):
            yield _refusal(tree.display(file.path), "a database", name)
            for suffix in ("-shm", "-wal"):
                if any(other.path == file.path + suffix for other in tree.files):
                    yield Ignored(path=tree.display(file.path + suffix), reason=_PART)
        elif _chunk(name):
            chunks[folder].append(file.path)
    for folder, paths in sorted(chunks.items()):
        # One file alone of such a name may be anything.
        if len(paths) > 1 and all(_head(tree, path)[:2] == b"\x1f\x8b" for path in paths):
            yield _refusal(tree.display(folder) or ".", "a folder of compressed chunks", "FOLDER")
            for path in paths:
                yield Ignored(path=tree.display(path), reason=_PART)


def _is_database(tree: Tree, path: str, name: str) -> bool:
    head = _head(tree, path)
    return head.startswith(b"SQLite format 3\0") and (
        name == "slackdump.sqlite" or (b"S_USER" in head and b"CHUNK" in head)
    )


def _refusal(path: str, what: str, source: str) -> Problem:
    return Problem(
        path=path,
        reason="slackdump_archive",
        detail=f"this is slackdump's own archive, {what}; it is not read",
        remedy=f"Convert it with `slackdump convert -f export {source}`, and put what that "
        "writes here instead.",
    )


def _head(tree: Tree, path: str) -> bytes:
    try:
        return tree.head(path, 65536)
    except ArchiveError:
        return b""
