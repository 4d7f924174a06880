"""One unit read: the messages of a conversation, then what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from sources._archive import Locator, Tree, printable
from sources._conversation import Tally
from sources.protocol import Unit, Yielded
from sources.records import Finding, Message
from sources.slack.conversations import Conversation, conversation, unlisted
from sources.slack.directory import Directory, directory
from sources.slack.fields import string
from sources.slack.identity import id_in, identity_of, key_of, unlisted_key
from sources.slack.item import channel, item
from sources.slack.landed import Landed
from sources.slack.people import Names
from sources.slack.reading import Reading


def read_conversation(unit: Unit, tree: Tree) -> Iterator[Yielded]:
    """Yield runs of messages, then the conversation, or problems; at the end the account."""
    hints = dict(unit.hints)
    known = directory(tree, unit.context)
    yield from (problem for problem in known.problems if problem.retry)
    names = Names(known.people, known.channels)
    live = "live" in hints
    reading = (Landed if live else Reading)(tree, unit.files, names)
    tally = Tally()
    first: Message | None = None
    for thing in reading.stream():
        if isinstance(thing, list):
            first = first or next(iter(thing), None)
            tally.add(thing)
        yield thing
    entry = known.conversations.get(hints["id"])
    if live and entry is None:
        entry = unlisted(hints["id"], hints["id"])
    folder = hints["folder"] or _own_folder(hints["root"], tree.locator, entry)
    shown = entry or _described(reading.info, folder, known)
    reading.people.add(shown.members)
    key = key_of(shown.id) if shown.id else unlisted_key(known.people.team, folder, first)
    yield item(
        channel(shown, tally, reading.people, folder),
        shown,
        hosts=reading.hosts,
        key=key,
        identity=() if shown.id else identity_of(folder),
        newest=max(reading.newest, known.newest, hints["newest_day"]),
        archive=tree.display(hints["root"]).rstrip("/") or ".",
        aliases=_aliases(shown, reading.names_told),
        findings=_findings(shown, known, reading),
    )
    yield reading.account


def _own_folder(root: str, locator: Locator, entry: Conversation | None) -> str:
    """The name of a conversation's folder that is itself what was found."""
    if entry:
        return ""
    path = PurePath(root or printable(locator[-1]))
    return path.name if root or len(locator) == 1 else path.stem


def _described(info: Mapping[str, object], folder: str, known: Directory) -> Conversation:
    """What no list names, by what a dump says of it, else by its folder."""
    told = conversation(info, "public_channel")
    if told:
        return known.conversations.get(told.id, told)
    return unlisted(id_in(folder), string(info.get("name")) or folder)


def _aliases(entry: Conversation, renamed: Iterable[str]) -> Iterator[str]:
    yield from entry.previous_names
    yield from renamed
    yield entry.name


def _findings(shown: Conversation, known: Directory, reading: Reading) -> Iterator[Finding]:
    yield from reading.findings
    if not shown.listed:
        unknown = ["type"] if shown.chat_type == "unknown" else []
        unknown += ["members"] if shown.id else ["members", "id"]
        yield Finding(
            kind="unlisted_conversation",
            detail="the export's lists do not name this conversation: unknown are its "
            + ", ".join(unknown),
        )
    nameless = sum(1 for person in reading.people if person.name == person.id)
    if known.people.damaged:
        yield Finding(
            kind="people_unresolved",
            detail="the list of people is damaged; they are named as their messages name "
            "them, else by their ids",
            count=max(nameless, 1),
        )
