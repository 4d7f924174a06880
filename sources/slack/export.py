"""Slack export archives as a source: standard exports, folder or zip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

import msgspec

from sources._archive import Locator, Tree
from sources._conversation import Tally, merged
from sources.protocol import Account, Found, Part, ReaderOptions, Unit, Yielded
from sources.records import Channel, Finding, Item, Kind, Message
from sources.slack.conversations import Conversation
from sources.slack.directory import Directory, directory
from sources.slack.discovery import discover
from sources.slack.item import channel, item
from sources.slack.moment import moment
from sources.slack.people import Names
from sources.slack.reading import Reading


class SlackExport:
    """Conversations of Slack exports; a unit is one conversation."""

    name = "slack"
    version = 1
    kinds: tuple[Kind, ...] = ("slack_channels",)

    def __init__(self, options: ReaderOptions | None = None) -> None:
        del options  # an export depends on no setting

    @property
    def settings(self) -> tuple[str | None, ...]:
        return ()

    def discover(self, tree: Tree) -> Iterable[Found]:
        return discover(tree)

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        hints = dict(unit.hints)
        known = directory(tree, unit.context)
        yield from (problem for problem in known.problems if problem.retry)
        names = Names(known.people, known.channels)
        reading = Reading(tree, unit.files, names)
        tally = Tally()
        for thing in reading.stream():
            if isinstance(thing, list):
                tally.add(thing)
            yield thing
        entry = known.conversations.get(hints["id"])
        folder = hints["folder"] or _own_folder(hints["root"], tree.locator, entry)
        shown = entry or Conversation(id="", name=folder, chat_type="unknown")
        yield item(
            channel(shown, tally, names, folder),
            shown,
            key=_key(entry, known, folder),
            archive=tree.display(hints["root"]).rstrip("/") or ".",
            emails=_emails(known, {*shown.members, *reading.author_ids}),
            aliases=_aliases(shown, reading.previous_names),
            findings=_findings(entry, known, names, reading),
        )
        yield reading.account

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        tally = Tally()
        dropped = 0
        for run, duplicates in merged(parts, _order):
            tally.add(run)
            dropped += duplicates
            if run:
                yield run
        yield _merged_item(parts, tally, dropped)
        yield Account(accepted=-dropped, duplicate=dropped)


def _key(entry: Conversation | None, known: Directory, folder: str) -> str:
    if entry:
        return f"slack:{entry.id}"
    return f"slack:{known.people.team or 'unknown'}:{folder}"


def _own_folder(root: str, locator: Locator, entry: Conversation | None) -> str:
    """The name of a conversation's folder that is itself what was found."""
    if entry:
        return ""
    path = PurePath(root or locator[-1])
    return path.name if root or len(locator) == 1 else path.stem


def _emails(known: Directory, people: Iterable[str]) -> set[str]:
    return {known.people.emails[who] for who in people if who in known.people.emails}


def _aliases(entry: Conversation, renamed: Iterable[str]) -> Iterator[str]:
    yield from entry.previous_names
    yield from renamed
    yield entry.name


def _findings(
    entry: Conversation | None, known: Directory, names: Names, reading: Reading
) -> Iterator[Finding]:
    yield from reading.findings
    if entry is None:
        yield Finding(
            kind="unlisted_conversation",
            detail="the export's lists do not name this conversation: "
            "its type, members and id are unknown",
        )
    nameless = sum(1 for who in reading.author_ids if who and names.person(who) is None)
    if known.people.damaged:
        yield Finding(
            kind="people_unresolved",
            detail="the list of people is damaged; they are named as their messages name "
            "them, else by their ids",
            count=max(nameless, 1),
        )


def _order(message: Message) -> tuple[int, ...]:
    return moment(message.message_id) or (0, 0)


def _merged_item(parts: Sequence[Part], tally: Tally, dropped: int) -> Item:
    newest = parts[-1].summary
    head = msgspec.json.decode(parts[-1].head, type=Channel)
    for part in parts:
        tally.participants.update(msgspec.json.decode(part.head, type=Channel).participants)
    people = tally.people
    head = msgspec.structs.replace(
        head,
        message_count=tally.count,
        regular_message_count=tally.regular,
        service_message_count=tally.service,
        participants=people,
        participant_count=len(people),
        unique_authors=tuple(sorted(tally.authors)),
        first_message_time=tally.first,
        last_message_time=tally.last,
    )
    titles = {part.summary.title for part in parts}
    aliases = titles.union(*(part.summary.aliases for part in parts)) - {newest.title}
    summary = msgspec.structs.replace(
        newest,
        records=tally.count,
        version=max(part.summary.version for part in parts),
        aliases=tuple(sorted(aliases)),
        emails=tuple(sorted(set().union(*(part.summary.emails for part in parts)))),
        findings=_merged_findings(parts, dropped),
    )
    return Item(summary=summary, head=head)


def _merged_findings(parts: Sequence[Part], dropped: int) -> tuple[Finding, ...]:
    kept = {
        finding for part in parts for finding in part.summary.findings if finding.kind != "merged"
    }
    kept.add(
        Finding(
            kind="merged",
            detail=f"made of {len(parts)} readings; {dropped} messages stood in more than one",
            count=len(parts),
        )
    )
    return tuple(sorted(kept, key=lambda finding: (finding.kind, finding.detail, finding.count)))
