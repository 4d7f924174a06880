"""Where the exports in a tree are, and what each file of one is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sources._archive import File, Tree
from sources.errors import ArchiveError
from sources.records import Record
from sources.slack.arrays import plain
from sources.slack.conversations import LISTS
from sources.slack.scripts import scripted
from sources.slack.slackdump import dumped

ORGANISATION = "org_users.json"
PEOPLE = (ORGANISATION, "users.json")
"""Members of an Enterprise Grid organisation, of a workspace; the later one wins."""

UNKNOWN = "unknown file in a Slack export"

FOLDERS = {
    "__uploads": "uploaded files of a Slack export",
    "__avatars": "profile pictures of a Slack export",
}
"""Folders beside the conversations that hold none."""

WORKSPACES = "teams"
"""The folder of an organisation's export that holds one export for each workspace."""

ATTACHMENTS = "attachments"
"""A folder inside a conversation: its uploaded files."""

UPLOADED = "uploaded files of a Slack conversation"

_KNOWN = {
    "integration_logs.json": "log of app installations, no messages",
    "canvases.json": "list of canvases, no messages",
    "content_flags.json": "moderation flags, no messages",
    "huddle_transcripts.json": "transcripts of huddles, no messages",
    "lists.json": "list of lists, no messages",
    "file_conversations.json": "list of canvases with comments, no messages",
    "workspace.json": "description of the workspace, no messages",
    "canvas_in_the_conversation.json": "canvas of a conversation, no messages",
}

OTHERS = (".zip", ".ics", ".csv", ".tsv", ".xlsx", ".xls")
"""What may be an export of its own when it lies beside the conversations, not in one."""

_is_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json").fullmatch
# What only Slack writes: an id with its letter; a message with its ts.
_LIST_ENTRY = re.compile(rb'\s*\[\s*\{.*?"id"\s*:\s*"[CDGUW][A-Z0-9]{2,}"', re.DOTALL)
_EMPTY_LIST = re.compile(rb"\s*\[\s*\]\s*")
_MESSAGE = re.compile(rb'"ts"\s*:\s*"[0-9]{1,11}\.[0-9]')


class Root(Record, frozen=True, kw_only=True, gc=False):
    """An export: its folder with a trailing slash, empty for the tree itself. A ``bare``
    one is the folder of one conversation, without the lists around it; ``dumps`` says that
    there are dumps of conversations in the folder, which need not be theirs alone.
    """

    path: str
    bare: bool = False
    dumps: bool = False


def roots(tree: Tree) -> list[Root]:
    """The exports of a tree, in order. What is attached to a message is none."""
    named: dict[str, list[str]] = defaultdict(list)
    days: dict[str, list[str]] = defaultdict(list)
    for file in tree.files:
        folder, _, name = file.path.rpartition("/")
        if name in LISTS or name in PEOPLE:
            named[folder + "/" if folder else ""].append(file.path)
        elif name.endswith(".json") and _is_day(name):
            days[folder].append(file.path)
    inside: dict[str, list[str]] = defaultdict(list)
    for folder in days:
        if folder:
            inside[folder[: folder.rfind("/") + 1]].append(days[folder][0])
    found: list[Root] = []
    for path in sorted(named):
        if not _attached(path, found) and _is_export(tree, named[path], inside[path]):
            found.append(Root(path=path))
    found += [
        Root(path=path)
        for path in named.keys() - {root.path for root in found}
        if any(root.path.startswith(f"{path}{WORKSPACES}/") for root in found)
    ]
    found += _bare(tree, days, found)
    covered = tuple(root.path for root in found)
    conversations = {f"{folder}/" for folder in days if folder.startswith(covered)}
    found += _dumps(tree, {*covered, *conversations})
    return sorted(found, key=lambda root: root.path)


def is_day(name: str) -> bool:
    """Whether a file of that name holds messages."""
    return _is_day(name) is not None


def is_list(name: str) -> bool:
    """Whether a file of that name lists conversations or people."""
    return name in LISTS or name in PEOPLE


def may_be_dump(name: str) -> bool:
    """Whether a file of that name is none that has another meaning in an export."""
    return not is_day(name) and not is_list(name) and extra(name) == UNKNOWN


def extra(name: str) -> str:
    """What a file that holds no messages is, as the reason to pass it over."""
    if name.startswith("external_") and name.endswith(".json"):
        return "list of external connections, no messages"
    return _KNOWN.get(name, UNKNOWN)


def owned(root: Root, all_roots: Iterable[Root], files: Sequence[File]) -> Iterator[File]:
    """The files of an export, of all sorted ones, without those of exports inside it."""
    inside = [
        other for other in all_roots if other.path != root.path and other.path.startswith(root.path)
    ]
    inner = tuple(other.path for other in inside if not other.dumps)
    dumps = {other.path for other in inside if other.dumps}
    start = bisect_left(files, root.path, key=lambda file: file.path)
    end = bisect_left(files, True, start, key=lambda file: not file.path.startswith(root.path))
    for file in files[start:end]:
        if not file.path.startswith(inner) and not (dumps and _with_dumps(file.path, dumps)):
            yield file


def _with_dumps(path: str, dumps: set[str]) -> bool:
    """Whether a file is a folder's of dumps: in it, or in a folder in it without days."""
    folder, _, name = path.rpartition("/")
    around = folder.rpartition("/")[0]
    return f"{folder}/" in dumps or (not is_day(name) and f"{around}/" in dumps)


def _attached(path: str, found: Iterable[Root]) -> bool:
    """Whether this folder was uploaded to a conversation of an export around it."""
    for root in found:
        if path.startswith(root.path):
            parts = path[len(root.path) :].split("/")
            if parts[0] in FOLDERS or ATTACHMENTS in parts[1:2]:
                return True
    return False


def _is_export(tree: Tree, named: list[str], days: list[str]) -> bool:
    heads = {path.rpartition("/")[2]: _head(tree, path) for path in named}
    lists = [head for name, head in heads.items() if name in LISTS]
    if any(_LIST_ENTRY.match(head) for head in (lists if not days else heads.values())):
        return True
    if days and any(_MESSAGE.search(_head(tree, path)) for path in days[:20]):
        return True
    # An export of nothing: empty lists, beside people at most.
    empty = all(_EMPTY_LIST.fullmatch(head) for head in lists)
    return (
        empty
        and "channels.json" in heads
        and any(
            _EMPTY_LIST.fullmatch(head) or _LIST_ENTRY.match(head)
            for name, head in heads.items()
            if name in PEOPLE
        )
    )


def _bare(tree: Tree, days: dict[str, list[str]], found: list[Root]) -> Iterator[Root]:
    covered = tuple(root.path for root in found)
    for folder, paths in sorted(days.items()):
        path = folder + "/" if folder else ""
        if path.startswith(covered):
            continue
        if any(_MESSAGE.search(_head(tree, day)) for day in paths[:20]):
            yield Root(path=path, bare=True)


def _dumps(tree: Tree, known: set[str]) -> Iterator[Root]:
    """Folders with dumps that are not known to be something else."""
    for file in tree.files:
        *folders, name = file.path.split("/")
        if not name.endswith(".json") or not may_be_dump(name):
            continue
        path = "".join(f"{folder}/" for folder in folders)
        # What was uploaded to a conversation is no export.
        if path in known or not {*FOLDERS, ATTACHMENTS}.isdisjoint(folders):
            continue
        if dumped(tree, file.path) or scripted(tree, file.path):
            known.add(path)
            yield Root(path=path, dumps=True)


def _head(tree: Tree, path: str) -> bytes:
    try:
        return plain(tree.head(path, 16384))
    except ArchiveError:
        return b""
