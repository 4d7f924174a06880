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
from sources.telegram.astray import begins, beside, sentence, words
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
from sources.telegram.reactions import reactions_of
from sources.telegram.rich import rich_of
from sources.telegram.service import understood

_ID = re.compile(r"message(-?\d{1,18})", re.ASCII)
_TARGET = re.compile(r"go_to_message(-?\d{1,18})$", re.ASCII)
_OPENED = ("https://", "http://", "tg://")
_LINES = frozenset(
    ("date", "from_name", "reply_to", "text", "signature", "media_wrap", "reactions")
)
_BEGINNINGS = frozenset(("body", "userpic_wrap"))
_TELLING = ".text, .media_wrap, .from_name"
_CLOSING = "\n" + 7 * " "
_WORDLESS = frozenset(("br", "script", "style", "-comment"))
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


def taken_in(line: LexborNode, role: str) -> list[LexborNode]:
    """What stands in a line and should stand behind it: the line was not closed. One of its
    own kind in it is part of it, where a kind has words.
    """
    part = "media_wrap" if "rich_message" in classes(line) else role
    is_said = role not in {"media_wrap", "reactions"}
    found: list[LexborNode] = []
    pending = [line]
    while pending:
        for child in pending.pop().iter():
            if child.tag in {"div", "table", "span"}:
                within = _role(child.attributes.get("class") or "")
                if within == role and is_said:
                    pending.append(child)
                elif within not in {None, "date"} and (within != part or not is_said):
                    found.append(child)
    return found


def _origin(name: LexborNode) -> LexborNode | None:
    """When a message was first sent, which is printed behind the name of who sent it first."""
    return next((span for span in name.iter() if "details" in classes(span)), None)


class _Draft:
    """What has been read of one message so far."""

    def __init__(self) -> None:
        self.time: str | None = None
        self.dated = False
        self.begun = False
        """Whether a body was read: what another one says, another message says."""
        self.name: str | None = None
        self.forwarded = False
        self.origin: str | None = None
        self.forwarded_at: str | None = None
        self.via_bot: str | None = None
        self.texts: list[str] = []
        self.links: list[str] = []
        self.mentions: list[str] = []
        self.media: list[Media] = []
        self.reply_to: str | None = None
        self.reply_elsewhere = False
        self.signature: str | None = None
        self.reactions: list[Reaction] = []
        self.buttons: list[str] = []


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
        for stray in beside(node):
            is_ours = body is not None and stray.mem_id == body.mem_id
            if not is_ours and "userpic_wrap" not in classes(stray):
                self._forget(stray)
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
        left: LexborNode | None = None
        for child in node.iter():
            names = classes(child)
            if "body" not in names or "forwarded" in names:
                continue
            if draft.begun:
                left = child
                break
            self._body(child, draft, inner=False)
        if left is None:
            left = self._gather(node, draft, joined=joined)
        if not draft.dated:
            self.notes["time_unreadable"] += 1
        self._settle_people(draft)
        if left is not None:
            self._forget(left)
        is_call = any(media.kind == "call" for media in draft.media)
        return Message(
            author=draft.name,
            text="\n".join(filter(None, draft.texts)),
            timestamp=draft.time,
            message_id=message_id,
            message_type="regular",
            is_service=False,
            reply_to=draft.reply_to,
            reply_elsewhere=draft.reply_elsewhere,
            forwarded_from=draft.origin,
            forwarded_at=draft.forwarded_at,
            media=tuple(draft.media),
            reactions=tuple(draft.reactions),
            links=tuple(dict.fromkeys(draft.links)),
            mentions=tuple(dict.fromkeys(draft.mentions)),
            buttons=tuple(draft.buttons),
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

    def _forget(self, left: LexborNode) -> None:
        """What follows is not of the message before: there is another, whose own tag is lost."""
        if begins(left):
            self.notes["unknown_markup"] += 1
            self.author = self.origin = None
            if "details" in classes(left) or left.css_first(".body.details") is not None:
                self.day = None

    def _body(self, body: LexborNode, draft: _Draft, *, inner: bool) -> None:
        draft.begun = True
        for child in body.iter():
            self._part(child, draft, inner=inner)
        self._loose(own(body), draft)

    def _loose(self, text: str, draft: _Draft) -> None:
        """Words that stand in no line of their own."""
        if text:
            self.notes["unknown_markup"] += 1
            draft.texts.append(text)

    def _part(self, child: LexborNode, draft: _Draft, *, inner: bool) -> None:
        role = _role(child.attributes.get("class") or "")
        inside = taken_in(child, role) if role in _LINES and child.child is not None else []
        for behind in inside:
            self._part(behind, draft, inner=inner)
            behind.decompose()
        if role == "date":
            self._date(attribute(child, "title").strip(), draft)
        elif role == "from_name":
            self._name(child, draft, inner=inner)
        elif role == "forwarded":
            draft.forwarded = True
            if not inner:
                self._body(child, draft, inner=True)
        elif role == "passed":
            self._pass(child)
        else:
            self._content(role, child, draft)
            if inside and role == "text":
                draft.texts[-1] = draft.texts[-1].rstrip()

    def _pass(self, node: LexborNode) -> None:
        """Somebody's picture, which tells nothing; unless it was not closed."""
        if node.css_first(_TELLING) is not None:
            self.notes["unknown_markup"] += 1

    def _date(self, printed: str, draft: _Draft) -> None:
        if draft.dated:  # it is of another one
            self.notes["unknown_markup"] += 1
            return
        draft.dated = True
        draft.time = self._clock.utc(printed)

    def _gather(self, node: LexborNode, draft: _Draft, *, joined: bool) -> LexborNode | None:
        """Take in what went astray of a message; gives that where another one begins."""
        for child in node.iter():
            names = classes(child)
            if "forwarded" in names or not names & _BEGINNINGS:
                self._stray(child, draft, joined=joined)
            elif "userpic_wrap" in names:
                self._pass(child)
        self._loose(own(node), draft)
        for stray in beside(node):
            if begins(stray):
                if draft.dated or draft.begun:
                    return stray
                if any(draft.texts) or draft.media:  # which perhaps another one said
                    self.notes["unknown_markup"] += 1
                if "body" in classes(stray):
                    self._body(stray, draft, inner=False)
            else:
                self._stray(stray, draft, joined=joined)
        return None

    def _stray(self, node: LexborNode, draft: _Draft, *, joined: bool) -> None:
        if node.tag == "-text":
            self._loose(plain(node), draft)
        elif node.tag in _WORDLESS:
            return
        elif not joined or "from_name" not in classes(node) or _origin(node) is not None:
            self._part(node, draft, inner=False)

    def _name(self, node: LexborNode, draft: _Draft, *, inner: bool) -> None:
        first_sent = _origin(node)
        if inner or first_sent is not None:  # outside of its body, too, it tells the origin
            draft.forwarded = True
            draft.origin, via = split_via(own(node))
            if first_sent is not None:
                printed = attribute(first_sent, "title").strip() or plain(first_sent)
                draft.forwarded_at = self._clock.original(printed)
        elif draft.buttons:  # out of a label, which is written as it is
            self.notes["unknown_markup"] += 1
            return
        else:
            printed, whole = own(node), plain(node)
            if printed and printed.split() != whole.split():  # it was not closed
                self.notes["unknown_markup"] += 1
            # Where its closing tag is lost, the indentation of that is there; a break in a name
            # is followed by none.
            printed, _, behind = (printed or whole).partition(_CLOSING)
            self._loose(behind.strip(), draft)
            name, via = split_via(printed.strip())
            draft.name = draft.name or name
        draft.via_bot = draft.via_bot or via

    def _content(self, role: str | None, node: LexborNode, draft: _Draft) -> None:
        if role == "text" and "rich_message" in classes(node):
            self._rich(node, draft)
        elif role == "text":
            draft.texts.append(message_text(node, exact=self._exact))
            if node.child is not None:
                links, mentions = links_and_mentions(node)
                draft.links += links
                draft.mentions += mentions
        elif role == "media_wrap":
            draft.media += media_of(node)
        elif role == "reply_to":
            _reply(node, draft)
        elif role == "signature":
            draft.signature = draft.signature or plain(node) or None
        elif role == "reactions":
            draft.reactions += reactions_of(node)
        elif role == "buttons":
            _buttons(node, draft)
        elif role is None:
            self.notes["unknown_markup"] += 1

    def _rich(self, node: LexborNode, draft: _Draft) -> None:
        rich = rich_of(node, exact=self._exact)
        draft.texts.append(rich.text)
        draft.links += rich.links
        draft.mentions += rich.mentions
        draft.media += rich.media
        draft.buttons += rich.buttons


def opened(addresses: Iterable[str]) -> tuple[str, ...]:
    """Those of these buttons' addresses that lead out of the page, each once."""
    stripped = (address.strip() for address in addresses)
    return tuple(dict.fromkeys(href for href in stripped if href.lower().startswith(_OPENED)))


def _buttons(node: LexborNode, draft: _Draft) -> None:
    """Labels, and where those lead to that open an address."""
    buttons = node.css(".bot_button")
    draft.buttons += map(plain, buttons)
    links = (button.css_first("a") for button in buttons)
    draft.links += opened(attribute(link, "href") for link in links if link is not None)


def _reply(node: LexborNode, draft: _Draft) -> None:
    link = node.css_first("a")
    target = _TARGET.search(attribute(link, "href").strip()) if link is not None else None
    if target is not None:
        draft.reply_to = draft.reply_to or str(int(target[1]))
    elif draft.reply_to is None:
        draft.reply_elsewhere = True
