"""What the answers of the Calendar API say of one calendar, taken together.

Answers come in the order in which they were given; the later one about an event wins. A
listing that begins anew, without a sync token, and comes to its end says of every event
that it does not name that there is no such event any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from sources.calendar.resource import Resource, second_of

_FREE_BUSY = "freeBusyReader"


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """One page of ``events.list``."""

    items: tuple[msgspec.Raw, ...] = ()
    summary: str | None = None
    time_zone: str | None = None
    updated: str | None = None
    access_role: str | None = None
    next_page_token: str | None = None


@dataclass(slots=True)
class Word:
    """The newest word about an event. ``offset`` and ``size`` are where its details stand, as
    far as there are any (``detailed``); ``answer`` numbers the answer that said it. What is
    cancelled is so since ``gone_at``; what is ``absent`` was in no later listing.
    """

    offset: int
    size: int
    answer: int
    uid: str
    series: str
    detailed: bool
    cancelled: bool
    gone_at: str
    absent: bool = False


class Fold:
    """Takes answers and keeps the newest word about each event; details are on the spool."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._end = 0
        self._answers = 0
        self._listed: set[str] | None = None
        """Events of the listing that is under way, if it began where we could see it."""
        self.words: dict[str, Word] = {}
        self.duplicate = 0
        self.unreadable = 0
        self.listed = False
        """Whether any listing came to its end."""
        self.lost = False
        """Whether answers are missing, and no listing came to its end since."""
        self.calendar = self.name = ""
        self.zone: str | None = None
        self.bare = False
        self.changed = ""
        """When Google last saw the calendar change."""

    def take(self, asked: Mapping[str, Any], answer: Answer) -> None:
        """The next answer."""
        self._answers += 1
        self.calendar = str(asked.get("calendarId") or self.calendar)
        self.name = answer.summary or self.name
        self.zone = answer.time_zone or self.zone
        self.bare = (answer.access_role or "") == _FREE_BUSY
        self.changed = max(self.changed, second_of(answer.updated))
        if not asked.get("syncToken") and not asked.get("pageToken"):
            self._listed = set()
        for item in answer.items:
            self._note(bytes(item))
        if not answer.next_page_token:
            self._complete()

    def lose(self) -> None:
        """Answers are missing here: the listing under way says nothing of what it leaves out."""
        self._listed = None
        self.lost = True

    def resource(self, word: Word) -> Resource:
        """The event, as it was last described."""
        self._spool.seek(word.offset)
        return msgspec.json.decode(self._spool.read(word.size), type=Resource)

    def uid_of(self, name: str, word: Word) -> str:
        """What an export calls it: of its own, of its series, or as Google makes it."""
        series = self.words.get(word.series)
        return word.uid or (series and series.uid) or f"{word.series or name}@google.com"

    def outlived(self, word: Word) -> bool:
        """Whether a change of one instance is no more: itself, or with its whole series."""
        series = self.words.get(word.series)
        gone = series and series.cancelled and series.answer > word.answer
        return bool(word.series and (word.absent or gone))

    def by_uid(self) -> Iterator[tuple[str, list[Word]]]:
        """What is known, event by event."""
        together: dict[str, list[Word]] = {}
        for name, word in self.words.items():
            together.setdefault(self.uid_of(name, word), []).append(word)
        yield from together.items()

    def _note(self, raw: bytes) -> None:
        try:
            resource = msgspec.json.decode(raw, type=Resource)
        except msgspec.DecodeError:
            self.unreadable += 1
            return
        if self._listed is not None:
            self._listed.add(resource.id)
        older = self.words.get(resource.id)
        self.duplicate += older is not None
        word = Word(
            offset=self._end,
            size=len(raw),
            answer=self._answers,
            uid=resource.uid or (older.uid if older else ""),
            series=resource.series or (older.series if older else ""),
            detailed=resource.start is not None,
            cancelled=resource.cancelled,
            gone_at=(resource.stamp or self.changed) if resource.cancelled else "",
        )
        if older and not word.detailed:
            # Of what is no more little is said; what it was, earlier answers say.
            word.offset, word.size, word.detailed = older.offset, older.size, older.detailed
        else:
            self._spool.seek(self._end)
            self._end += self._spool.write(raw)
        self.words[resource.id] = word

    def _complete(self) -> None:
        if self._listed is None:
            return
        self.listed, self.lost = True, False
        for name, word in self.words.items():
            if name not in self._listed:
                word.absent = True
                if not word.cancelled:
                    word.cancelled, word.answer, word.gone_at = True, self._answers, self.changed
        self._listed = None
