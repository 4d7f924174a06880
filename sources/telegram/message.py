"""One message block, as a record.

Only direct children count: a joined forwarded message has a ``from_name`` too, inside
the forwarded body, and that one names the origin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from selectolax.lexbor import LexborNode

from sources.records import Media, Message, Reaction
from sources.telegram.astray import beside, sentence, words
from sources.telegram.clock import Clock, day_of
from sources.telegram.markup import (
    attribute,
    classes,
    links_and_mentions,
    message_text,
    own,
    plain,
    split_via,
)
from sources.telegram.media import media_of, path_in_export
from sources.telegram.rich import rich_of
from sources.telegram.service import understood

_ID = re.compile(r"message(-?\d{1,18})", re.ASCII)
_TARGET = re.compile(r"go_to_message(-?\d{1,18})$", re.ASCII)
_OPENED = ("https://", "http://", "tg://")
_LINES = frozenset(("date", "from_name", "reply_to", "text", "signature"))
_BEGINNINGS = frozenset(("body", "userpic_wrap"))
_FIRST_MIGRATED = -900_000_000
"""Migrated history has ids below this, date separators count down from -1."""


@lru_cache(maxsize=1024)
def _role(value: str) -> str | None:
    """What a child of a message's body is, by its class attribute."""
    names = frozenset(value.split())
    if "date" in names:
        return "date"
    if "forwarded" in names:
        return "forwarded" if "body" in names else "passed"
    for name in ("text", "from_name", "media_wrap", "reply_to", "signature", "reactions"):
        if name in names:
            return name
    if "bot_buttons_table" in names:
        return "buttons"
    return "passed" if names & {"message", "pagination", "userpic_wrap"} else None


def _taken_in(line: LexborNode, role: str) -> list[LexborNode]:
    """What stands in a line and should stand behind it: the line was not closed. One of its
    own kind in it is part of it.
    """
    found: list[LexborNode] = []
    pending = [line]
    while pending:
        for child in pending.pop().iter():
            if child.tag in {"div", "table", "span"}:
                within = _role(child.attributes.get("class") or "")
                if within == role:
                    pending.append(child)
                elif within not in {None, "date"}:
                    found.append(child)
    return found


class _Draft:
    """What has been read of one message so far."""

    def __init__(self) -> None:
        self.time: str | None = None
        self.dated = False
        self.name: str | None = None
        self.forwarded = False
        self.origin: str | None = None
        self.forwarded_at: str | None = None
        self.via_bot: str | None = None
        self.text = ""
        self.links: tuple[str, ...] = ()
        self.mentions: tuple[str, ...] = ()
        self.media: tuple[Media, ...] = ()
        self.reply_to: str | None = None
        self.reply_elsewhere = False
        self.signature: str | None = None
        self.reactions: tuple[Reaction, ...] = ()
        self.buttons: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, as far as is known."""
        return not (self.text or self.media or self.buttons or self.forwarded)


class MessageReader:
    """Reads the blocks of one page, in order; remembers what joined ones leave out.

    The author of a joined message is that of the message before; the origin of a run
    of forwards is printed once. Nothing is carried over a page's end, nor over a
    service message: after one, tdesktop always prints a header. ``author``, ``origin``
    and ``day`` are what is remembered.
    """

    def __init__(self, clock: Clock, notes: Counter[str], *, exact: bool) -> None:
        self._clock = clock
        self._exact = exact
        self.author: str | None = None
        self.origin: str | None = None
        self.day: str | None = None
        self.notes = notes

    def read(self, node: LexborNode) -> Message | None:
        """The message; none for a date separator. Raises ValueError without an id."""
        match = _ID.fullmatch(attribute(node, "id").strip())
        if match is None:
            raise ValueError("no message id")
        number = int(match[1])
        if "service" in classes(node):
            return self._service(node, number)
        return self._regular(node, str(number))

    def _service(self, node: LexborNode, number: int) -> Message | None:
        body, photo = sentence(node), None
        for child in node.iter():
            if "userpic_wrap" in classes(child):
                photo = child.css_first("a")
        told = body if body is not None else node
        link = next((a for a in told.css("a") if "userpic_link" not in classes(a)), None)
        href = attribute(link, "href") if link is not None else ""
        picture = attribute(photo, "href") if photo is not None else ""
        return self.event(number, plain(body) if body is not None else words(node), href, picture)

    def event(self, number: int, text: str, href: str, photo: str = "") -> Message | None:
        """A service message; none for a date separator. ``href`` is its first link."""
        self.author = self.origin = None
        if _FIRST_MIGRATED < number < 0:
            day = day_of(text)
            if day is not None or text in {"No exported messages", ""}:
                self.day = day
                return None
        event = understood(text)
        target = _TARGET.search(href)
        return Message(
            author=event.actor,
            text=text,
            timestamp=None,
            date=self.day,
            message_id=str(number),
            message_type="service",
            is_service=True,
            subtype=event.subtype,
            targets=event.targets,
            reply_to=str(int(target[1])) if target else None,
            media=(Media(kind="photo", path=path_in_export(photo)),) if photo else (),
        )

    def _regular(self, node: LexborNode, message_id: str) -> Message:
        draft = _Draft()
        joined = "joined" in classes(node)
        if not joined:
            self.author = None  # it prints its own, or its markup is broken
        for child in node.iter():
            if "body" in classes(child):
                self._body(child, draft, inner=False)
        if not draft.dated or not (joined or draft.name) or draft.is_empty:
            self._gather(node, draft, joined=joined)
        if not draft.dated:
            self.notes["time_unreadable"] += 1
        self._settle_people(draft)
        is_call = any(media.kind == "call" for media in draft.media)
        return Message(
            author=draft.name,
            text=draft.text,
            timestamp=draft.time,
            message_id=message_id,
            message_type="regular",
            is_service=False,
            reply_to=draft.reply_to,
            reply_elsewhere=draft.reply_elsewhere,
            forwarded_from=draft.origin,
            forwarded_at=draft.forwarded_at,
            media=draft.media,
            reactions=draft.reactions,
            links=draft.links,
            mentions=draft.mentions,
            buttons=draft.buttons,
            signature=draft.signature,
            via_bot=draft.via_bot,
            subtype="call" if is_call else None,
        )

    def _settle_people(self, draft: _Draft) -> None:
        """Take from the message before what this one leaves out."""
        if draft.name is None:
            draft.name = self.author
            if draft.name is None:
                self.notes["author_unknown"] += 1
        self.author = draft.name
        if draft.forwarded and draft.origin is None:
            draft.origin = self.origin
            if draft.origin is None:
                self.notes["origin_unknown"] += 1
        self.origin = draft.origin

    def _body(self, body: LexborNode, draft: _Draft, *, inner: bool) -> None:
        for child in body.iter():
            self._part(child, draft, inner=inner)

    def _part(self, child: LexborNode, draft: _Draft, *, inner: bool) -> None:
        role = _role(child.attributes.get("class") or "")
        taken_in = _taken_in(child, role) if role in _LINES and child.child is not None else ()
        for behind in taken_in:
            self._part(behind, draft, inner=inner)
            behind.decompose()
        if role == "date":
            draft.dated = True
            draft.time = self._clock.utc(attribute(child, "title").strip())
        elif role == "from_name":
            self._name(child, draft, inner=inner)
        elif role == "forwarded":
            draft.forwarded = True
            if not inner:
                self._body(child, draft, inner=True)
        else:
            self._content(role, child, draft)
            if taken_in:
                draft.text = draft.text.rstrip()

    def _gather(self, node: LexborNode, draft: _Draft, *, joined: bool) -> None:
        """Take in what went astray of a message that lacks what every one has."""
        for child in node.iter():
            if not classes(child) & _BEGINNINGS:
                self._stray(child, draft, joined=joined)
        for stray in beside(node):
            names = classes(stray)
            begins = "forwarded" not in names and names & _BEGINNINGS
            if draft.dated and begins:
                break  # of another message, whose own tag is lost
            if begins and "body" in names:
                self._body(stray, draft, inner=False)
            else:
                self._stray(stray, draft, joined=joined)

    def _stray(self, node: LexborNode, draft: _Draft, *, joined: bool) -> None:
        if not (joined and "from_name" in classes(node)):
            self._part(node, draft, inner=False)

    def _name(self, node: LexborNode, draft: _Draft, *, inner: bool) -> None:
        name, via = split_via(own(node) if inner else plain(node))
        draft.via_bot = draft.via_bot or via
        if not inner:
            draft.name = name
            return
        draft.origin = name
        for span in node.iter():
            if "details" in classes(span):
                printed = attribute(span, "title").strip() or plain(span)
                draft.forwarded_at = self._clock.original(printed)

    def _content(self, role: str | None, node: LexborNode, draft: _Draft) -> None:
        if role == "text" and "rich_message" in classes(node):
            self._rich(node, draft)
        elif role == "text":
            draft.text = message_text(node, exact=self._exact)
            if node.child is not None:
                draft.links, draft.mentions = links_and_mentions(node)
        elif role == "media_wrap":
            draft.media += media_of(node)
        elif role == "reply_to":
            _reply(node, draft)
        elif role == "signature":
            draft.signature = plain(node) or None
        elif role == "reactions":
            draft.reactions = reactions_of(node)
        elif role == "buttons":
            _buttons(node, draft)
        elif role is None:
            self.notes["unknown_markup"] += 1

    def _rich(self, node: LexborNode, draft: _Draft) -> None:
        rich = rich_of(node, exact=self._exact)
        draft.text, draft.links, draft.mentions = rich.text, rich.links, rich.mentions
        draft.media += rich.media
        draft.buttons += rich.buttons


def opened(addresses: Iterable[str]) -> tuple[str, ...]:
    """Those of these buttons' addresses that lead out of the page, each once."""
    stripped = (address.strip() for address in addresses)
    return tuple(dict.fromkeys(href for href in stripped if href.lower().startswith(_OPENED)))


def _buttons(node: LexborNode, draft: _Draft) -> None:
    """Labels, and where those lead to that open an address."""
    buttons = node.css(".bot_button")
    draft.buttons += tuple(map(plain, buttons))
    links = (button.css_first("a") for button in buttons)
    addresses = opened(attribute(link, "href") for link in links if link is not None)
    draft.links = tuple(dict.fromkeys((*draft.links, *addresses)))


def _reply(node: LexborNode, draft: _Draft) -> None:
    link = node.css_first("a")
    target = _TARGET.search(attribute(link, "href").strip()) if link is not None else None
    if target is not None:
        draft.reply_to = str(int(target[1]))
    else:
        draft.reply_elsewhere = True


def reactions_of(node: LexborNode) -> tuple[Reaction, ...]:
    """Reactions, each with who reacted."""
    found: list[Reaction] = []
    for reaction in node.iter():
        emoji, count = "", ""
        people: list[str] = []
        for part in reaction.iter():
            names = classes(part)
            if "emoji" in names:
                emoji = plain(part)
            elif "count" in names:
                count = plain(part)
            elif "userpics" in names:
                initials = part.css(".initials")
                people = [attribute(who, "title").strip() for who in initials]
        found.append(reaction_of(emoji, count, people))
    return tuple(found)


def reaction_of(emoji: str, count: str, people: list[str]) -> Reaction:
    """A reaction; its count is printed only when it exceeds the people named."""
    digits = "".join(filter(str.isdecimal, count[:18]))
    total = int(digits) if digits else len(people)
    return Reaction(emoji=emoji, count=total, people=tuple(filter(None, people)))
