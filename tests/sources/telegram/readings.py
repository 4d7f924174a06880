"""Readings made straight from messages, as a merge sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sources._conversation import Tally
from sources.records import Finding, Item, Message, Summary
from sources.telegram.head import head_of
from sources.telegram.identity import VENDOR_ID, identity_of, key_of
from sources.telegram.kinship import Reading
from tests.reading import Read, ReadPart

ZONE = "zone_assumed_utc"


def said(number: int, text: str | None = None, /, **fields: object) -> Message:
    """A message of that minute."""
    told = {
        "author": "Ada",
        "text": f"text {number}" if text is None else text,
        "timestamp": f"2024-03-05T{10 + number // 60}:{number % 60:02}:00Z",
        "message_type": "regular",
        "is_service": False,
    }
    return Message(message_id=str(number), **(told | fields))  # type: ignore[arg-type]


def happened(number: int, text: str = "Ada pinned this message", /, **fields: object) -> Message:
    """A service message as pages have it: without a time."""
    told = {"message_type": "service", "is_service": True, "timestamp": None, "date": "2024-03-05"}
    return said(number, text, **(told | fields))


def read(
    messages: Iterable[Message],
    archive: str = "ChatExport_2024-03-06",
    *,
    title: str = "Acme",
    chat: str = "",
    directory: str = "",
    chat_type: str | None = None,
    findings: Mapping[str, int] | None = None,
) -> Read:
    """An export of these messages; one as JSON tells the ``chat``'s id."""
    messages = list(messages)
    tally = Tally()
    tally.add(messages)
    ids = (VENDOR_ID + chat,) if chat else ()
    summary = Summary(
        key=key_of(messages[0] if messages else None, title, None),
        kind="telegram_chats",
        source="telegram",
        archive=archive,
        title=title,
        records=len(messages),
        identity=(*ids, *identity_of([title])),
        version=(archive[-10:], tally.last or ""),
        findings=tuple(Finding(kind=k, detail="", count=n) for k, n in (findings or {}).items()),
    )
    head = head_of(tally, title, chat_type, directory or archive)
    return Read(Item(summary=summary, head=head), messages)


def reading(read: Read, unit: str = "unit") -> Reading:
    return Reading.of(ReadPart(read, unit))
