"""One chat of a ``result.json``: its messages as they stream by, and its item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

import msgspec

from sources._conversation import RUN, Tally
from sources.protocol import Account, Problem, Yielded
from sources.records import Item, Message, Record, Summary
from sources.telegram.clock import Clock
from sources.telegram.findings import finding
from sources.telegram.head import head_of, take
from sources.telegram.identity import VENDOR_ID, Sample, export_date, identity_of, key_of
from sources.telegram.json_fields import string
from sources.telegram.json_message import MessageParser, local_day
from sources.telegram.json_shape import PERSONAL, PUBLIC, peer_of, title_of
from sources.telegram.json_stream import Cut, JsonText
from sources.telegram.owner import Writer, in_json
from sources.telegram.seen import Seen

_AGAIN = "Export the chat again."
_FIELDS = frozenset(("name", "type", "id"))
_TELLING = 3
"""Messages of one's own alone that make one ask where the others' are."""


class Place(Record, frozen=True, kw_only=True, gc=False):
    """Where chats are read from, as people see it."""

    source: str
    path: str
    archive: str
    directory: str


Fields = dict[str, object]
"""What a chat says of itself besides its messages: name, type, id."""


class Around(Protocol):
    """What is known of a chat from elsewhere in the file."""

    @property
    def owner(self) -> str | None:
        """Who exported it, as far as the file has told."""

    @property
    def is_guessed(self) -> bool:
        """Whether the file's encoding had to be guessed, as far as it has been read."""

    def fields(self) -> Fields:
        """What this chat says of itself behind its messages."""


def take_fields(text: JsonText, fields: Fields) -> None:
    """Take what the chat that comes next says of itself. Raises `Cut`, with the rest taken."""
    for name in text.members():
        if name in _FIELDS:
            fields[name] = text.value()
        else:
            text.skip()


class Chat:
    """Reads one chat. ``found`` counts what stood in its list of messages."""

    def __init__(self, place: Place, text: JsonText, clock: Clock, around: Around) -> None:
        self._place = place
        self._around = around
        self._text = text
        self._clock = clock
        self._fields: Fields = {}
        self._tally = Tally()
        self._seen = Seen()
        self._sample = Sample()
        self._notes: Counter[str] = Counter()
        self._first: Message | None = None
        self._first_day: str | None = None
        self._other_name: str | None = None
        self._run: list[Message] = []
        self._writers: set[Writer] = set()
        self.found = 0
        self._is_listed = False
        self._malformed = 0
        self._cut = 0

    def read(self) -> Iterator[Yielded]:
        """Its messages, problems, accounts, and its item, even when the file is cut in it.

        Raises `Cut` after that.
        """
        if self._text.peek() != "{":
            self._text.skip()
            yield self._problem("malformed", "an entry of the list of chats is none")
            return
        self._clock.start_page(self._notes)
        repaired, replaced = self._text.repaired, self._text.replaced
        cut: Cut | None = None
        try:
            yield from self._members()
        except Cut as error:
            cut = error
            self._notes["truncated_file"] = 1
        else:
            self._notes["messages_missing"] = int(not self._is_listed)
        self._notes["escapes_repaired"] = self._text.repaired - repaired
        self._notes["text_damaged"] = self._text.replaced - replaced
        if self._run:
            yield self._run
        yield from self._close()
        if cut is not None:
            raise cut

    def _members(self) -> Iterator[Yielded]:
        for name in self._text.members():
            if name == "messages":
                self._is_listed |= self._text.peek() == "["
                if "type" not in self._fields:  # another program has put the names in order
                    self._fields |= self._around.fields()
                yield from self._messages()
            elif name in _FIELDS:
                self._fields[name] = self._text.value()
            else:
                self._text.skip()

    def _messages(self) -> Iterator[Yielded]:
        parser = MessageParser(self._clock, self._type, self._peer)
        try:
            for _ in self._text.items():
                self.found += 1
                self._cut = 1
                raw = self._text.value()
                self._cut = 0
                self._take(raw, parser)
                if len(self._run) >= RUN:
                    yield self._run
                    self._run = []
        finally:
            self._notes += parser.notes

    def _take(self, raw: object, parser: MessageParser) -> None:
        try:
            message = parser.parse(raw)
        except ValueError:
            self._malformed += 1
            return
        same = self._seen.check(message)
        if same is not None:
            self._notes["duplicate_messages" if same else "id_conflict"] += 1
            return
        if self._first is None:
            self._first, self._first_day = message, local_day(raw)
        if message.author_id is not None and message.author_id == self._peer:
            self._other_name = message.author
        if message.subtype != "unsupported":
            self._writers.add(Writer(message.author, message.author_id))
        self._run.append(message)
        take([message], self._tally)
        self._sample.take([int(message.message_id)], [message])

    def _close(self) -> Iterator[Yielded]:
        conflicts = self._notes["id_conflict"]
        if self._malformed:
            detail = f"{self._malformed} messages are not JSON, or have no id"
            yield self._problem("malformed", detail, self._malformed)
        if conflicts:
            detail = f"{conflicts} messages have the id, but not the time, of one read before"
            yield self._problem("id_conflict", detail, conflicts)
        yield Account(
            found=self.found,
            accepted=self._tally.count,
            duplicate=self._notes["duplicate_messages"],
            quarantined=self._malformed + conflicts + self._cut,
        )
        yield self._item()

    def _item(self) -> Item:
        chat_type, archive, tally = self._type, self._place.archive, self._tally
        title = title_of(self._fields.get("name"), chat_type)
        # The name of a private chat lacks the family name, messages have it.
        is_private = chat_type in {"personal_chat", "bot_chat"}
        other = self._other_name if is_private else None
        aliases = (other,) if other and other != title else ()
        identity = [*identity_of((title, *aliases)), *self._sample.tokens()]
        if self._peer is not None:
            identity.append(VENDOR_ID + self._peer)
        flags = (("personal", PERSONAL), ("public", PUBLIC), ("bot", {"bot_chat"}))
        return Item(
            summary=Summary(
                key=self._key(title),
                kind="telegram_chats",
                source=self._place.source,
                archive=archive,
                title=title,
                records=tally.count,
                identity=tuple(identity),
                version=(export_date(archive), tally.last or ""),
                aliases=aliases,
                flags=tuple(flag for flag, types in flags if chat_type in types),
                owners=in_json(
                    self._around.owner, self._peer if is_private else None, self._writers
                ),
                findings=tuple(
                    finding(kind, count) for kind, count in sorted(self._all_notes()) if count
                ),
            ),
            head=head_of(tally, title, chat_type or None, self._place.directory),
        )

    def _key(self, title: str) -> str:
        """The key that the same chat has in HTML, where service messages have but a day."""
        first = self._first
        if first is None:
            return key_of(None, self._peer or title, self._type)
        if first.is_service:
            first = msgspec.structs.replace(first, timestamp=None, date=self._first_day)
        return key_of(first, title, self._type)

    def _all_notes(self) -> Iterator[tuple[str, int]]:
        notes = self._notes
        notes["saved_messages"] = int(self._type == "saved_messages")
        notes["perhaps_half"] = int(self._is_perhaps_half)
        notes["encoding_guessed"] = int(self._around.is_guessed)
        notes["out_of_order"] = self._seen.out_of_order
        yield from notes.items()

    @property
    def _is_perhaps_half(self) -> bool:
        """Whether some messages of a group are all the exporting user's: those alone are
        exported of groups unless one asks for all.
        """
        owner = self._around.owner
        is_group = self._type.endswith("group")
        is_ours = owner is not None and {writer.id for writer in self._writers} == {owner}
        return is_group and is_ours and self._tally.count >= _TELLING

    @property
    def _type(self) -> str:
        return string(self._fields.get("type"))

    @property
    def _peer(self) -> str | None:
        return peer_of(self._fields.get("id"), self._type)

    def _problem(self, reason: str, detail: str, found: int = 0) -> Problem:
        return Problem(
            path=self._place.path, reason=reason, detail=detail, remedy=_AGAIN, found=found
        )
