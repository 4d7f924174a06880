"""One message of ``result.json``, as a record. Touches neither disk nor clock."""

from __future__ import annotations

import re
from collections import Counter

from sources.records import Media, Message, Reaction
from sources.telegram.clock import Clock
from sources.telegram.json_fields import (
    Raw,
    array,
    integer,
    mapping,
    moment,
    name,
    peer,
    plain,
    string,
)
from sources.telegram.json_media import media_of
from sources.telegram.json_rich import rich_of
from sources.telegram.json_service import UNSUPPORTED, actor_of, kind_of, reply_of, targets_of
from sources.telegram.markup import take_link

_LOCAL = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)", re.ASCII)
_ADDRESSES = {"link": "", "email": "mailto:", "phone": "tel:"}
_OPENED = ("https://", "http://", "tg://")
_REACTIONS = {"paid": "⭐"}
_CALLS = ("phone_call", "conference_call")


class MessageParser:
    """Makes records of the messages of one chat; ``notes`` counts what was assumed.

    Of the chat only its type matters, and whose id an incoming call bears.
    """

    def __init__(self, clock: Clock, chat_type: str, chat_id: str | None) -> None:
        self._clock = clock
        self._broadcast = chat_type in {"private_channel", "public_channel"}
        self._other = chat_id
        self.notes: Counter[str] = Counter()

    def parse(self, value: object) -> Message:
        """The message. Raises ValueError when it is none, or has no id."""
        raw = mapping(value)
        number = integer(raw.get("id"))
        if number is None:
            raise ValueError("no message id")
        kind = raw.get("type")
        if kind == "unsupported":
            return _unsupported(number)
        if kind == "service" or "action" in raw:
            return self._service(raw, number)
        return self._regular(raw, number)

    def _service(self, raw: Raw, number: int) -> Message:
        if raw.get("action") in _CALLS:
            return self._call(raw, number)
        subtype, sentence = kind_of(raw, broadcast=self._broadcast)
        reply = reply_of(raw)
        author, author_id = actor_of(raw)
        return Message(
            author=author,
            text=plain(raw.get("text")) or sentence,
            timestamp=self._time(raw),
            message_id=str(number),
            message_type="service",
            is_service=True,
            author_id=author_id,
            reply_to=None if reply is None else str(reply),
            media=media_of(raw),
            subtype=subtype,
            targets=targets_of(raw),
        )

    def _call(self, raw: Raw, number: int) -> Message:
        """A call is something two people said, as on the pages."""
        actor = peer(raw.get("actor_id"))
        seconds = integer(raw.get("duration_seconds"))
        status = _call_status(raw, ours=actor != self._other)
        if seconds:
            status += f" ({seconds} seconds)"
        return Message(
            author=name(raw, "actor"),
            text="",
            timestamp=self._time(raw),
            message_id=str(number),
            message_type="regular",
            is_service=False,
            author_id=actor,
            media=(Media(kind="call", status=status, duration_seconds=seconds),),
            subtype="call",
        )

    def _regular(self, raw: Raw, number: int) -> Message:
        reply = integer(raw.get("reply_to_message_id"))
        elsewhere = "reply_to_peer_id" in raw
        author = name(raw, "from")
        if author is None:
            self.notes["author_unknown"] += 1
        origin = "forwarded_from" if "forwarded_from" in raw else "saved_from"
        buttons = [mapping(b) for row in array(raw.get("inline_bot_buttons")) for b in array(row)]
        links, mentions, mention_ids = _links_and_mentions(raw, buttons)
        text, media, labels = _text(raw), media_of(raw), [string(b.get("text")) for b in buttons]
        if "rich_message" in raw:
            rich = rich_of(mapping(raw["rich_message"]))
            text, media, labels = text or rich.text, media + rich.media, [*rich.buttons, *labels]
            links, mentions, mention_ids = (
                tuple(dict.fromkeys(found + more))
                for found, more in zip(rich[3:], (links, mentions, mention_ids), strict=True)
            )
        return Message(
            author=author,
            text=text,
            timestamp=self._time(raw),
            message_id=str(number),
            message_type="regular",
            is_service=False,
            author_id=peer(raw.get("from_id")),
            reply_to=None if reply is None or elsewhere else str(reply),
            reply_elsewhere=elsewhere,
            forwarded_from=name(raw, origin),
            media=media,
            reactions=tuple(map(_reaction, array(raw.get("reactions")))),
            links=links,
            mentions=mentions,
            mention_ids=mention_ids,
            buttons=tuple(labels),
            signature=string(raw.get("author")) or None,
            via_bot=string(raw.get("via_bot")).removeprefix("@") or None,
            edited_at=self._edited(raw),
        )

    def _time(self, raw: Raw) -> str | None:
        """The true moment; before 3.7.6 (June 2022) only the wall time was written."""
        if integer(raw.get("date_unixtime")) == 0:  # a message emptied by its deletion
            self.notes["time_unreadable"] += 1
            return None
        time = moment(raw.get("date_unixtime"))
        if time is not None:
            return time
        return self._clock.utc(_printed(raw.get("date")))

    def _edited(self, raw: Raw) -> str | None:
        time = moment(raw.get("edited_unixtime"))
        printed = _printed(raw.get("edited")) if time is None else ""
        return self._clock.original(printed) if printed else time


def local_day(raw: object) -> str | None:
    """The day a message was written on, on the exporting computer's calendar."""
    match = _LOCAL.match(string(mapping(raw).get("date")))
    return match[0][:10] if match else None


def _unsupported(number: int) -> Message:
    """Of which tdesktop tells nothing but that there is something."""
    return Message(
        author=None,
        text=UNSUPPORTED,
        timestamp=None,
        message_id=str(number),
        message_type="service",
        is_service=True,
        subtype="unsupported",
    )


def _printed(value: object) -> str:
    """A wall time as pages print it, which is how the clock reads it. Until 2021 one around
    the moment zero stood for none: a message that nobody edited, one that was deleted.
    """
    match = _LOCAL.fullmatch(string(value))
    if match is None or match[1] <= "1970":
        return ""
    return f"{match[3]}.{match[2]}.{match[1]} {match[4]}"


def _text(raw: Raw) -> str:
    return plain(raw["text"] if "text" in raw else raw.get("text_entities"))


def _links_and_mentions(
    raw: Raw, buttons: list[Raw]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Addresses, names of people, and ids of those who have no name of Telegram's."""
    links: dict[str, None] = {}
    mentions: dict[str, None] = {}
    ids: dict[str, None] = {}
    # Entities came with 4.1.2 (September 2022); before, the text's own parts say it.
    parts = array(raw.get("text_entities")) or array(raw.get("text"))
    for part in parts:
        if isinstance(part, dict):
            kind, text = string(part.get("type")), string(part.get("text"))
            if kind in _ADDRESSES:
                take_link(_ADDRESSES[kind] + text, "", text, links, mentions)
            elif kind == "text_link":
                take_link(string(part.get("href")), "", text, links, mentions)
            elif kind in {"mention", "mention_name"} and text:
                mentions[text] = None
                if (who := peer(part.get("user_id"))) is not None:
                    ids[who] = None
    for button in buttons:
        address = string(button.get("data")).strip()
        if button.get("type") != "callback" and address.lower().startswith(_OPENED):
            links[address] = None
    return tuple(links), tuple(mentions), tuple(ids)


def _reaction(value: object) -> Reaction:
    raw = mapping(value)
    kind = string(raw.get("type"))
    recent = [name(mapping(who), "from") for who in array(raw.get("recent"))]
    people = tuple(who for who in recent if who is not None)
    count = integer(raw.get("count"))
    return Reaction(
        emoji=string(raw.get("emoji")) or _REACTIONS.get(kind, kind),
        count=len(people) if count is None else count,
        people=people,
    )


def _call_status(raw: Raw, *, ours: bool) -> str:
    if raw.get("is_active") is True:  # of a call among several
        return "Ongoing"
    reason = "missed" if raw.get("is_missed") is True else string(raw.get("discard_reason"))
    if ours:
        return "Cancelled" if reason == "missed" else "Outgoing"
    return {"missed": "Missed", "busy": "Declined"}.get(reason, "Incoming")
