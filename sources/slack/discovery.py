"""Exports in a tree: a unit for each conversation, a reason for every other file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple

from sources._archive import Claims, File, Tree, printable
from sources.live.segments import leftovers, streams
from sources.protocol import Found, Ignored, Unit
from sources.slack.conversations import Conversation
from sources.slack.directory import LISTED_AS, directory, list_order
from sources.slack.layout import (
    ATTACHMENTS,
    FOLDERS,
    OTHERS,
    PEOPLE,
    UNKNOWN,
    UPLOADED,
    Root,
    extra,
    is_day,
    is_list,
    may_be_dump,
    owned,
    roots,
)
from sources.slack.newest import newest_day
from sources.slack.scripts import scripted
from sources.slack.slackdump import archives, dumped
from sources.slack.text_export import text_exports
from sources.slack.windows import MESSAGES


class _Contents(NamedTuple):
    """``folders`` are conversations by name in NFC, however the disk spells it."""

    folders: dict[str, list[File]]
    lists: list[File]
    ignored: dict[str, str]


def discover(tree: Tree) -> Iterator[Found]:
    """All there is for the Slack reader in a tree."""
    landed = list(_landed(tree))
    yield from landed
    yield from leftovers(tree, "slack")
    tree = _without(tree, landed)
    refused = list(archives(tree))
    yield from refused
    tree = _without(tree, refused)
    found = roots(tree)
    # A dump may lie among anything; an export owns the folder it lies in.
    exports = [root for root in found if not root.dumps]
    yield from text_exports(tree, exports)
    contents = {root: _contents(tree, root, owned(root, found, tree.files)) for root in found}
    people = [
        file
        for root in exports
        for file in contents[root].lists
        if file.path.rpartition("/")[2] in PEOPLE
    ]
    idle: dict[str, None] = {}
    used: set[str] = set()
    for root in found:
        idle.update((file.path, None) for file in contents[root].lists)
        # Workspaces of an organisation share the people listed above them.
        outer = [file for file in people if root.path.startswith(_folder(file.path))]
        for thing in _export(tree, root, contents[root], outer):
            if isinstance(thing, Unit):
                used.update(file.path for file in thing.context)
            yield thing
    for path in idle:
        if path not in used:
            reason = "list of a Slack export without conversations"
            yield Ignored(path=tree.display(path), reason=reason)


def _without(tree: Tree, found: Sequence[Found]) -> Tree:
    """The tree without what was found in it."""
    if not found:
        return tree
    claims = Claims()
    for thing in found:
        if isinstance(thing, Unit):
            for file in (*thing.files, *thing.context):
                claims.add(file.path)
        else:
            claims.add(thing.path.removeprefix(tree.label))
    return tree.without(claims)


def _landed(tree: Tree) -> Iterator[Found]:
    """What the API told: a unit for each conversation that was asked for."""
    found = streams(tree, "slack")
    for root, group in groupby(found, key=lambda stream: stream.root):
        here = {stream.name: stream.files for stream in group}
        context = tuple(chain.from_iterable(here.get(name, ()) for name in LISTED_AS))
        # What may be readable next time is told by each unit, so that each is read again.
        yield from (p for p in directory(tree, context).problems if not p.retry)
        for name, files in here.items():
            if name.startswith(MESSAGES):
                yield _landed_unit(tree, root, name, files, context)
            elif name not in LISTED_AS:
                reason = "what a fetch of another version landed"
                yield Ignored(path=tree.display(f"{root}{name}/"), reason=reason)
        if not any(name.startswith(MESSAGES) for name in here):
            reason = "list of a Slack workspace without conversations"
            yield from (Ignored(path=tree.display(f.path), reason=reason) for f in context)


def _landed_unit(
    tree: Tree, root: str, stream: str, files: tuple[File, ...], context: tuple[File, ...]
) -> Unit:
    return Unit(
        source="slack",
        name=tree.display(f"{root}{stream}/"),
        locator=tree.locator,
        files=files,
        context=context,
        hints=(
            ("root", printable(root)),
            ("folder", ""),
            ("id", stream.removeprefix(MESSAGES)),
            ("newest_day", ""),
            ("live", "yes"),
        ),
    )


def _export(tree: Tree, root: Root, contents: _Contents, outer: list[File]) -> Iterator[Found]:
    context = tuple(sorted({*contents.lists, *outer}, key=lambda file: list_order(file.path)))
    known = directory(tree, context)
    units = list(_units(tree, root, contents, context, known.conversations))
    own = {tree.display(file.path) for file in contents.lists}
    # What may be readable next time is told by each unit, so that each is read again.
    yield from (p for p in known.problems if p.path in own and not (p.retry and units))
    yield from units
    for path, reason in contents.ignored.items():
        yield Ignored(path=tree.display(path), reason=reason)


def _units(
    tree: Tree,
    root: Root,
    contents: _Contents,
    context: tuple[File, ...],
    listed: dict[str, Conversation],
) -> Iterator[Unit]:
    entries = _entries_by_folder(listed.values())
    days = chain.from_iterable(contents.folders.values())
    day = newest_day(file.path.rpartition("/")[2] for file in days)
    used: set[str] = set()
    for folder, files in sorted(contents.folders.items()):
        entry = entries.get(folder)
        if entry:
            used.add(entry.id)
        yield _unit(tree, root, folder, entry, files, context, day)
    for entry in sorted(listed.values(), key=lambda entry: entry.id):
        if entry.id not in used:
            yield _unit(tree, root, "", entry, [], context, day)


def _unit(
    tree: Tree,
    root: Root,
    folder: str,
    entry: Conversation | None,
    files: list[File],
    context: tuple[File, ...],
    day: str,
) -> Unit:
    name = f"{folder}/" if folder or entry is None else f"#{entry.id}"
    if files and not any(is_day(file.path.rpartition("/")[2]) for file in files):
        # Beside a dump there may be a folder of its name, which is a unit of its own.
        name = f"{folder}.json"
    return Unit(
        source="slack",
        name=tree.display(root.path + ("" if root.bare and not folder else name)) or ".",
        locator=tree.locator,
        files=tuple(files),
        context=context,
        hints=(
            ("root", printable(root.path)),
            ("folder", printable(folder)),
            ("id", entry.id if entry else ""),
            ("newest_day", day),
        ),
    )


def _entries_by_folder(listed: Iterable[Conversation]) -> dict[str, Conversation]:
    """Conversations by what their folder may be called, name or id (of direct messages
    always the id); what two of them claim is nobody's.
    """
    claims: dict[str, set[str]] = {}
    entries: dict[str, Conversation] = {}
    for entry in listed:
        for name in {entry.id, nfc(entry.name) or entry.id}:
            claims.setdefault(name, set()).add(entry.id)
            entries[name] = entry
    return {name: entry for name, entry in entries.items() if len(claims[name]) == 1}


def _contents(tree: Tree, root: Root, files: Iterable[File]) -> _Contents:
    contents = _Contents({}, [], {})
    files = list(files)
    near = [file.path for file in files if "/" not in file.path[len(root.path) :]]
    dumps = {path: dump for path in near if (dump := _dump(tree, path))}
    attached = {*dumps.values()}
    for file in files:
        parts = file.path[len(root.path) :].split("/")
        if file.path in dumps:
            contents.folders.setdefault(dumps[file.path], []).append(file)
        elif parts[0] in attached and not is_day(parts[-1]):
            contents.ignored[f"{root.path}{parts[0]}/"] = UPLOADED
        elif root.bare and len(parts) == 1 and is_day(parts[0]):
            contents.folders.setdefault("", []).append(file)
        elif not _is_foreign(root, parts[0]):
            _sort(contents, root, file, ["", *parts] if root.bare else parts)
    for path in [path for path in contents.ignored if path.lower().endswith(OTHERS)]:
        # Somebody unpacked this export into a folder that holds other archives as well.
        if nfc(path[len(root.path) :].partition("/")[0]) not in contents.folders:
            del contents.ignored[path]
    for days in contents.folders.values():
        days.sort(key=lambda file: (file.path.rpartition("/")[2], file.path))
    return contents


def _dump(tree: Tree, path: str) -> str:
    """The id of the conversation that a file holds all of, or its name, or nothing."""
    if not may_be_dump(path.rpartition("/")[2]):
        return ""
    return dumped(tree, path) or nfc(scripted(tree, path))


def _is_foreign(root: Root, name: str) -> bool:
    """Whether a thing in a folder that is no whole export's is none of ours."""
    if root.bare:
        return name != ATTACHMENTS and extra(name) == UNKNOWN
    return root.dumps and not is_list(name) and extra(name) == UNKNOWN


def _sort(contents: _Contents, root: Root, file: File, parts: list[str]) -> None:
    name = parts[-1]
    if parts[0] in FOLDERS and len(parts) > 1:
        contents.ignored[f"{root.path}{parts[0]}/"] = FOLDERS[parts[0]]
    elif len(parts) > 2 and parts[1] == ATTACHMENTS:
        folder = "/".join(part for part in parts[:2] if part)
        contents.ignored[f"{root.path}{folder}/"] = UPLOADED
    elif len(parts) == 2 and is_day(name):
        contents.folders.setdefault(nfc(parts[0]), []).append(file)
    elif len(parts) == 1 and is_list(name):
        contents.lists.append(file)
    else:
        contents.ignored[file.path] = extra(name)


def nfc(name: str) -> str:
    """A name as lists spell it; macOS takes letters and accents apart."""
    return unicodedata.normalize("NFC", name)


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]
