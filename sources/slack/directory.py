"""The people and conversations of an export, read once per process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from sources._archive import File, Locator, Tree
from sources.errors import ArchiveError
from sources.live.segments import SUFFIX, read_segment, stream_of
from sources.protocol import Problem
from sources.slack.arrays import Array, decode, plain, without_tokens
from sources.slack.conversations import LISTS, Conversation, by_id, conversation
from sources.slack.fields import mapping, string
from sources.slack.layout import ORGANISATION
from sources.slack.newest import newest_change
from sources.slack.people import People


class Directory(NamedTuple):
    """``newest`` is when the latest change was made that the files tell; ``problems`` say
    which of them could not be read, and what that costs.
    """

    people: People
    conversations: dict[str, Conversation]
    channels: dict[str, str]
    newest: str
    problems: tuple[Problem, ...]


CONVERSATIONS = "conversations"
LISTED_AS = {CONVERSATIONS: "channels", "users": "members"}
"""Streams of the API, and the member of an answer that lists them."""

_known: dict[tuple[Locator, tuple[File, ...]], Directory] = {}
_KEEP = 4
_HOME = ("team_id", "enterprise_id")


def directory(tree: Tree, files: tuple[File, ...]) -> Directory:
    """What these files of a tree list, people and conversations alike; remembered, since
    every conversation of an export asks for the same.
    """
    key = (tree.locator, files)
    found = _known.get(key) or _directory(tree, files)
    # What could not be read this time may be readable the next.
    if not any(problem.retry for problem in found.problems):
        _known[key] = found
        for stale in list(_known)[:-_KEEP]:
            _known.pop(stale, None)
    return found


def _directory(tree: Tree, files: tuple[File, ...]) -> Directory:
    problems: list[Problem] = []
    users: list[object] = []
    own: list[object] = []
    listed: list[Conversation] = []
    home: set[str] = set()
    damaged, newest = False, ""
    for file in sorted(files, key=lambda file: list_order(file.path)):
        name = list_name(file.path)
        array = _read(tree, file, problems, home)
        newest = max(newest, newest_change(array.entries))
        if name == CONVERSATIONS:
            # Of an API's answers the last one counts; of an export's lists the first.
            listed[:0] = _conversations(array, "public_channel", tree.display(file.path), problems)
        elif name in LISTS:
            listed += _conversations(array, LISTS[name], tree.display(file.path), problems)
        else:
            nobody = sum(1 for user in array.entries if not string(mapping(user).get("id")))
            problems += _nameless(nobody, array, "nobody", tree.display(file.path))
            users += array.entries
            own = array.entries or own
            # An API's answer lists them all, so a later one makes good for what is lost.
            lost = damaged and not file.path.endswith(SUFFIX)
            damaged = lost or array.damage is not None
    conversations = by_id(listed)
    return Directory(
        people=People(
            users,
            own=own,
            home=home,
            damaged=damaged,
            grid=any(file.path.endswith(ORGANISATION) for file in files),
        ),
        conversations=conversations,
        channels={entry.id: entry.name for entry in listed if entry.name},
        newest=newest,
        problems=tuple(problems),
    )


def list_name(path: str) -> str:
    """What a file lists: its name, or the stream that it is a segment of."""
    return stream_of(path) if path.endswith(SUFFIX) else path.rpartition("/")[2]


def list_order(path: str) -> tuple[int, int, str]:
    """Where a file stands among its siblings: outer folders first, inner ones correct them."""
    name = path.rpartition("/")[2]
    kinds = tuple(LISTS)
    return path.count("/"), kinds.index(name) if name in LISTS else -1, path


def _read(tree: Tree, file: File, problems: list[Problem], home: set[str]) -> Array:
    name = file.path.rpartition("/")[2]
    cost = (
        "the conversations it lists lose their type and members"
        if name in LISTS
        else "people are named as their messages name them, else by their ids"
    )
    remedy = f"Export again; until then {cost}."
    path = tree.display(file.path)
    try:
        if file.path.endswith(SUFFIX):
            return Array(list(_landed(tree, file.path, home)))
        array = decode(without_tokens(plain(tree.read(file.path))))
    except ArchiveError as error:
        problem = Problem.of(error)
        if not file.path.endswith(SUFFIX):  # of what was landed the error says what to do
            problem = msgspec.structs.replace(problem, remedy=remedy)
        problems.append(problem)
        return Array([], error.detail)
    if array.damage:
        reason = "truncated" if array.cut else "damaged"
        problems.append(Problem(path=path, reason=reason, detail=array.damage, remedy=remedy))
    return array


def _landed(tree: Tree, path: str, home: set[str]) -> Iterator[object]:
    """What the API listed, page by page; and to ``home`` whose it took us for."""
    segment = read_segment(tree, path)
    home.update(filter(None, (string(segment.account.get(of)) for of in _HOME)))
    for said in segment.said:
        answer = mapping(said.answer)
        entries = answer.get(LISTED_AS[list_name(path)])
        yield from entries if isinstance(entries, list) else ()


def _conversations(
    array: Array, chat_type: str, path: str, problems: list[Problem]
) -> list[Conversation]:
    read = [conversation(entry, chat_type) for entry in array.entries]
    problems += _nameless(read.count(None), array, "no conversation", path)
    return [entry for entry in read if entry is not None]


def _nameless(count: int, array: Array, whom: str, path: str) -> list[Problem]:
    if not count:
        return []
    detail = f"{count} of {len(array.entries)} entries name {whom}"
    return [Problem(path=path, reason="damaged", detail=detail, remedy="Export again.")]
