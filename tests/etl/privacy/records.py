"""Conversations and records of fictional people, as readers yield them."""

from __future__ import annotations

from typing import Any

import msgspec

from etl.frames import Chunk, FrameWriter, ItemFrame, expanded
from sources._conversation import Tally
from sources.records import Channel, Chat, Item, Meeting, Message, Participant, Summary


def message(number: int, author: str | None, text: str = "", **more: Any) -> Message:
    """A message of that many days into 2025, unless it is told when it was."""
    service = bool(more.pop("service", False))
    more.setdefault("timestamp", f"2025-01-{number:02}T10:00:00Z")
    return Message(
        author=author,
        text=text,
        message_id=str(number),
        message_type="service" if service else "regular",
        is_service=service,
        **more,
    )


def chat(title: str, messages: list[Message], **more: Any) -> Item:
    """A Telegram chat; ``people`` makes a Slack channel of it."""
    tally = Tally()
    tally.add(messages)
    people: tuple[Participant, ...] | None = more.pop("people", None)
    fields = {
        "chat_name": title,
        "chat_type": more.pop("chat_type", "private_group"),
        "directory": "chats/chat_1",
        **tally.fields(),
    }
    kind = "telegram_chats" if people is None else "slack_channels"
    summary = {
        "key": f"key of {title}",
        "kind": kind,
        "source": kind.partition("_")[0],
        "archive": "export",
        "title": title,
        "records": tally.count,
        **more,
    }
    if people is None:
        return Item(summary=Summary(**summary), head=Chat(**fields))
    rest: dict[str, Any] = {
        "name": title,
        "is_ext_shared": True,
        "is_private": False,
        "topic": "",
        "purpose": "",
    }
    head = Channel(**fields, **rest, channel_id="C1", people=people)
    return Item(summary=Summary(**summary), head=head)


def meeting(start: str, *, original: str = "", expanded: bool = False, **more: Any) -> Item:
    """A meeting of one day's start; ``original`` is when it was to begin at first."""
    head = {
        "uid": "u1",
        "title": "Sync",
        "start": start,
        "end": start,
        "all_day": False,
        "organizer": None,
        "attendees": (),
        "location": None,
        "link": None,
        "description": "",
        "calendar": "Work",
        "status": "confirmed",
        "recurring": expanded,
        **more,
    }
    summary = Summary(
        key=f"calendar:u1:{original or start}",
        kind="calendar_meetings",
        source="calendar",
        archive="work.ics",
        title=head["title"],
        records=1,
        flags=("expanded",) if expanded else (),
    )
    return Item(summary=summary, head=Meeting(**head))


def written(writer: FrameWriter) -> list[tuple[Summary, dict[str, Any], list[Message]]]:
    """What a writer was given: summaries, heads, messages."""
    found: list[tuple[Summary, dict[str, Any], list[Message]]] = []
    messages: list[Message] = []
    for frame in writer.close():
        if isinstance(frame, Chunk):
            run = b"[" + expanded(frame.data) + b"]"
            messages += msgspec.json.decode(run, type=list[Message])
        elif isinstance(frame, ItemFrame):
            summary = msgspec.msgpack.decode(frame.summary, type=Summary)
            found.append((summary, msgspec.json.decode(expanded(frame.head)), messages))
            messages = []
    return found
