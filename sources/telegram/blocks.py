"""The messages of a page that was cut into pieces, each a thing that a block says; all texts
of a page are read at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from selectolax.lexbor import LexborNode

from sources.records import Media, Message, Reaction
from sources.telegram.clock import Clock
from sources.telegram.elements import Buttons, buttons_in, media_in, reactions_in, text_in
from sources.telegram.escaped import Odd, decoded, plain_text
from sources.telegram.fast import Cut, column, told
from sources.telegram.inline import Linked, linked_by, links_in, name_of, texts_of
from sources.telegram.layout import BLOCK, ORIGIN
from sources.telegram.message import MessageReader
from sources.telegram.parsed import Page
from sources.telegram.walk import take_block, take_message

_WIDTH = BLOCK.groups + 1
_FORWARDED, _MEDIA, _BUTTONS, _REACTIONS = (
    BLOCK.groupindex[group] for group in ("forwarded", "media", "buttons", "reactions")
)
_FIRST_LINK = re.compile(r'[^<]*+(?:<(?!a[ >])[^<]*+)*+<a href="([^"]*+)"')
_NOTHING: Linked = ((), ())
_NO_BUTTONS: Buttons = ((), ())


def between(found: Cut) -> list[str]:
    """What stands before each block, and behind the last one."""
    return found.pieces[::_WIDTH]


class BlockReader:
    """Reads the blocks of one page."""

    def __init__(self, page: Page, found: Cut, clock: Clock) -> None:
        self._page = page
        self._found = found
        self._pieces = found.pieces
        self._clock = clock
        self._reader = MessageReader(clock, page.notes, exact=True)
        self._linked: dict[int, Linked] = {}
        self._attached: dict[int, tuple[Media, ...]] = {}
        self._buttons: dict[int, Buttons] = {}
        self._reactions: dict[int, tuple[Reaction, ...]] = {}

    def read(self, others: Sequence[Sequence[LexborNode]]) -> None:
        """Take all messages into the page, in order: those of the pieces, and the ``others``
        of each place between them. Raises `Odd` when something must be read otherwise.
        """
        reader, clock, texts = self._reader, self._clock, self._look_at_texts()
        self._look_at_elements()
        linked = self._linked
        take, waiting = self._page.messages.append, iter(others)
        time = last = label = begins = note = None
        begin = clock.hours("")
        # fmt: off
        for (
            before, joined, number, hour, within, printed, name, forwarded, reply, elsewhere,
            media, _, buttons, signature, reactions, event_number, event, text, place,
        ) in zip(*[iter(self._pieces)] * _WIDTH, texts, count(), strict=False):
            # fmt: on
            if before:
                clock.went_on(time)
                self._through_tree(next(waiting))
                time = last = None
            if number is None:
                self._event(event_number, text, event)
                continue
            if hour != last or printed != label:
                if printed != label:
                    label, begin = printed, clock.hours(decoded(printed))
                last = hour
                begins, note = begin(hour) or (None, None)
            if begins is None:
                clock.went_on(time)
                time, last = self._uncommon(hour + within + printed), None
                note = clock.note
            else:
                time = f"{begins}{within}Z"
                if note is not None:
                    clock.notes[note] += 1
            via = None
            if name is not None:
                reader.author, via = name_of(name)
            elif joined is None or reader.author is None:
                self._nobody(joined)
            links, mentions = linked.get(place, _NOTHING)
            if forwarded is media is elsewhere is buttons is signature is reactions is None:
                reader.origin = None
                take(
                    Message(
                        author=reader.author,
                        text=text,
                        timestamp=time,
                        message_id=number,
                        message_type="regular",
                        is_service=False,
                        reply_to=reply,
                        links=links,
                        mentions=mentions,
                        via_bot=via,
                    )
                )
            else:
                clock.note = note
                take(self._rich(place, time, text, via))
        clock.went_on(time)
        if self._pieces[-1]:
            self._through_tree(next(waiting))

    def _nobody(self, joined: str | None) -> None:
        """Nothing says who wrote it."""
        if joined is None:
            raise Odd  # its header is not where it should be
        self._reader.notes["author_unknown"] += 1

    def _uncommon(self, printed: str) -> str | None:
        if "&" in printed:
            raise Odd  # references are not resolved here
        return self._clock.utc(decoded(printed).strip())

    def _rich(self, place: int, time: str | None, text: str, via: str | None) -> Message:
        """A message that is more than text."""
        row = self._pieces[place * _WIDTH : (place + 1) * _WIDTH]
        _, _, number, _, _, _, _, forwarded, reply, elsewhere, _, _, _, signature, *_ = row
        attached = self._attached.get(place, ())
        labels, addresses = self._buttons.get(place, _NO_BUTTONS)
        links, mentions = self._linked.get(place, _NOTHING)
        if addresses:
            links = tuple(dict.fromkeys((*links, *addresses)))
        behind, first_sent = self._forwarded(forwarded)
        return Message(
            author=self._reader.author,
            text=text,
            timestamp=time,
            message_id=number,
            message_type="regular",
            is_service=False,
            reply_to=reply,
            reply_elsewhere=elsewhere is not None,
            forwarded_from=self._reader.origin,
            forwarded_at=first_sent,
            media=attached,
            reactions=self._reactions.get(place, ()),
            links=links,
            mentions=mentions,
            buttons=labels,
            signature=(plain_text(signature).strip() or None) if signature else None,
            via_bot=via or behind,
            subtype="call" if attached and "call" in [m.kind for m in attached] else None,
        )

    def _forwarded(self, forwarded: str | None) -> tuple[str | None, str | None]:
        """Note who wrote a forwarded message first; gives the bot behind it and its time."""
        reader = self._reader
        if forwarded is None:
            reader.origin = None
        elif match := ORIGIN.fullmatch(forwarded):
            name, title, date = match.groups()
            reader.origin, behind = name_of(name)
            printed = decoded(title or "").strip() or plain_text(date).strip()
            return behind, self._clock.original(printed)
        elif reader.origin is None:
            reader.notes["origin_unknown"] += 1
        return None, None

    def _event(self, number: str, text: str, html: str) -> None:
        target = ""
        if "<a" in html:
            link = _FIRST_LINK.match(html)
            if link is None:
                raise Odd
            target = plain_text(link[1])
        take_message(self._page, self._reader.event(int(number), text.strip(), target))

    def _through_tree(self, nodes: Sequence[LexborNode]) -> None:
        for node in nodes:
            take_block(self._page, self._reader, node)

    def _look_at_texts(self) -> list[str]:
        texts, links = self._found.texts, self._found.links
        try:
            if texts is None:
                lines = self._lines()
                texts, links = texts_of(lines), links_in(lines)
            self._linked = {place: linked_by(found) for place, found in links.items()}
        except Odd:
            read = [_text(line) for line in self._lines()]
            texts = [text for text, _ in read]
            self._linked = {n: linked for n, (_, linked) in enumerate(read) if any(linked)}
        return texts

    def _lines(self) -> list[str]:
        pairs = zip(column(self._pieces, "text"), column(self._pieces, "event"), strict=True)
        return [text or event or "" for text, event in pairs]

    def _look_at_elements(self) -> None:
        """Read all of one kind together, which is quicker than block by block."""
        pieces, rich = self._pieces, self._found.rich
        for place in rich:
            if (lines := pieces[place * _WIDTH + _MEDIA]) is not None:
                self._attached[place] = media_in(lines, self._indent(place))
        for place in rich:
            if (lines := pieces[place * _WIDTH + _BUTTONS]) is not None:
                self._buttons[place] = buttons_in(lines, self._indent(place))
        for place in rich:
            if (lines := pieces[place * _WIDTH + _REACTIONS]) is not None:
                self._reactions[place] = reactions_in(lines)

    def _indent(self, place: int) -> int:
        return 7 if self._pieces[place * _WIDTH + _FORWARDED] is None else 8


def _text(line: str) -> tuple[str, Linked]:
    try:
        text, links = told(line) or (texts_of([line])[0], links_in([line]).get(0, []))
        return text, linked_by(links)
    except Odd:
        return text_in(line)
