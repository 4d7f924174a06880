"""The head and the summary of a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from sources._conversation import Tally
from sources.records import Channel, Finding, Item, Summary
from sources.slack.conversations import Conversation
from sources.slack.hosts import Hosts
from sources.slack.mrkdwn import Words, links_in
from sources.slack.participants import Participants
from sources.slack.people import Names


def channel(entry: Conversation, tally: Tally, who: Participants, folder: str) -> Channel:
    """What is known of a conversation once its messages were counted."""
    names = who.names
    members = [names.person(member) or member for member in entry.members]
    tally.participants.update(members)
    return Channel(
        chat_name=_chat_name(entry, names, members),
        chat_type=entry.chat_type,
        directory=folder,
        channel_id=entry.id,
        name=entry.name or entry.id,
        is_ext_shared=entry.is_ext_shared,
        is_private=entry.is_private,
        topic=Words(names).text(entry.topic),
        purpose=Words(names).text(entry.purpose),
        people=tuple(who),
        **tally.fields(),
    )


def item(
    head: Channel,
    entry: Conversation,
    *,
    key: str,
    hosts: Hosts,
    identity: tuple[str, ...],
    newest: str,
    archive: str,
    aliases: Iterable[str],
    findings: Iterable[Finding],
) -> Item:
    """The conversation as it is matched and written."""
    names = dict.fromkeys(alias for alias in aliases if alias and alias != head.chat_name)
    links = [link for text in (entry.topic, entry.purpose) for link in links_in(text)]
    summary = Summary(
        key=key,
        kind="slack_channels",
        source="slack",
        archive=archive,
        title=head.chat_name,
        records=head.message_count,
        identity=identity,
        version=(newest, head.last_message_time or ""),
        aliases=tuple(sorted(names)),
        texts=tuple(text for text in (head.topic, head.purpose, *dict.fromkeys(links)) if text),
        emails=tuple(sorted({person.email for person in head.people if person.email})),
        mentioned=hosts.most(links),
        flags=entry.flags,
        findings=tuple(sorted(findings, key=lambda finding: finding.kind)),
    )
    return Item(summary=summary, head=head)


def _chat_name(entry: Conversation, names: Names, members: list[str]) -> str:
    if entry.chat_type == "im" and entry.other:
        return names.person(entry.other) or entry.other
    if entry.chat_type in {"im", "mpim"} and members:
        return ", ".join(sorted(members))
    return entry.name or entry.id
