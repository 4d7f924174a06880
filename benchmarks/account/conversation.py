"""A chat, message by message: each is made up, noted for the oracle, and printed as
tdesktop would print it after the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.account import events, layout
from benchmarks.account.extras import ADDRESS, buttons, reactions
from benchmarks.account.media import UP, media
from benchmarks.account.plan import Chat
from benchmarks.account.texts import text
from benchmarks.account.words import (
    BOTS,
    ENGLISH,
    LANGUAGES,
    NOBODY,
    printed_name,
    stranger,
)

PER_PAGE = 1000
OWNER = "Nia Vale"
LABEL = "UTC+03:00"
"""Of a zone without daylight saving: the printed offset is the true one all year."""

_OFFSET = timedelta(hours=3)
_START = datetime(2021, 1, 4, 9)  # noqa: DTZ001 - a wall time
_MIGRATED = -1_000_000_000
_SAVED = 1980
_SAME_TITLE = 0.01
"""Of the groups and channels so many are called alike, but have nothing in common."""
_COLOURS = 8

Facts = dict[str, Any]


@dataclass
class Page:
    """A finished page: its markup, what its messages say, and its date separators."""

    html: str
    facts: list[Facts]
    separators: int


@dataclass(frozen=True)
class Forward:
    """Where a message was forwarded from, and when it was written there."""

    origin: str
    wall: datetime


@dataclass(frozen=True)
class _Before:
    """What the next message may leave out."""

    author: str
    via: str | None
    wall: datetime
    forward: Forward | None

    def joins(self, later: _Before) -> bool:
        """The writer's rule, but for service messages, separators and page ends."""
        origins = [place.forward and place.forward.origin for place in (self, later)]
        gap = 1 if later.forward else 900
        return (
            (self.author, self.via, self.wall.date())
            == (later.author, later.via, later.wall.date())
            and origins[0] == origins[1]
            and (later.wall - self.wall).total_seconds() < gap
        )


@dataclass
class _Parts:
    """What a message prints below its header."""

    facts: Facts
    markup: list[str] = field(default_factory=list)


class Conversation:
    """Writes one chat."""

    def __init__(self, chat: Chat, folder: str) -> None:
        self._place = f"chats/{folder}"
        self._chat = chat
        self._rng = rng = chat.rng
        self._language = rng.choice(LANGUAGES)
        self.is_half = chat.kind == "group" and not chat.further and rng.random() < 0.05
        self.title, self._people = self._cast()
        self.listed = self.title
        if chat.number == _SAVED:
            self.title, self.listed, self._people = OWNER, "Saved messages", (OWNER, "Bo Holt")
        self._wall = _START + timedelta(seconds=rng.randrange(4 * 365 * 86400))
        is_migrated = bool(chat.further) and chat.number % 3 == 0
        self._next = _MIGRATED + 1 if is_migrated else rng.randrange(1, 99)
        self._ends_migrated = _MIGRATED + 700
        self._button_rate = self._rate_of_buttons()
        self._separators = 0
        self._page = 0
        self._pages_of: list[tuple[int, int]] = []
        self._begin()

    @property
    def _is_channel(self) -> bool:
        return self._chat.kind == "channel"

    def _cast(self) -> tuple[str, tuple[str, ...]]:
        rng, language = self._rng, self._language
        if self._chat.kind == "private":
            other = NOBODY if rng.random() < 0.08 else stranger(rng, language)
            return other, (other, OWNER)
        if self._chat.kind == "bot":
            name = f"{stranger(rng, language).split()[-1]} Bot"
            return name, (name, OWNER)
        name = f"{rng.choice(language.titles)} {rng.randrange(1, 5000)}"
        if rng.random() < _SAME_TITLE:
            name = "Support"
        if self._is_channel:
            return name, (name,)
        title = name if rng.random() < 0.3 else f"{name} <> Fernhollow"
        if self.is_half:
            return title, (OWNER,)
        return title, tuple(dict.fromkeys((*language.people, OWNER, *ENGLISH.people[:2], NOBODY)))

    def _rate_of_buttons(self) -> float:
        """Only bots post inline keyboards: few groups have one, some channels use one."""
        if self._chat.kind == "bot":
            return 0.3
        share, rate = {"group": (0.1, 0.01), "channel": (0.3, 0.05)}.get(self._chat.kind, (0, 0))
        return rate if self._rng.random() < share else 0.0

    def _begin(self) -> None:
        self._page += 1
        self._parts: list[str] = []
        self._facts: list[Facts] = []
        self._size = 900
        self._on_page = 0
        self._day: str | None = None
        self._previous: _Before | None = None

    def pages(self) -> Iterator[Page]:
        """The chat's pages."""
        for _ in range(self._chat.further):
            while len(self._facts) < PER_PAGE:
                self._take_turn(PER_PAGE - len(self._facts))
            yield self._finished(has_next=True)
        size = self._chat.size if not self._chat.further else self._rng.randrange(9_000, 200_000)
        average = 0
        while not self._facts or (self._size + average / 2 < size and len(self._facts) < PER_PAGE):
            self._take_turn(PER_PAGE - len(self._facts) if size > 20_000 else 1)
            average = (self._size - 900) // len(self._facts)
        yield self._finished(has_next=False)

    def _finished(self, *, has_next: bool) -> Page:
        name = self.title if self._chat.kind != "private" else printed_name(self.title)
        if self._chat.kind != "private":
            name += " "
        before = page_name(self._page - 1) if self._page > 1 else ""
        after = page_name(self._page + 1) if has_next else ""
        html = layout.page(name, "".join(self._parts), before, after)
        page = Page(html, self._facts, self._on_page)
        self._begin()
        return page

    def _take_turn(self, room: int) -> None:
        """What happens next: one message, or a run of forwarded ones."""
        rng = self._rng
        pause = rng.random()
        if pause < 0.8:
            self._wall += timedelta(seconds=rng.randrange(2, 900))
        else:
            self._wall += timedelta(seconds=rng.randrange(900, 40_000 if pause < 0.97 else 10**6))
        is_first = self._page == 1 and not self._facts
        if self._chat.kind != "private" and not self.is_half:
            if is_first and (self._chat.number % 2 == 0 or self._chat.size < 1300):
                self._service(self._creation())
                return
            if self._chat.kind == "group" and rng.random() < 0.025:
                self._service(self._event())
                return
        author = self._author()
        if rng.random() < 0.04 and self._chat.number != _SAVED:
            self._forwards(author, min(room, rng.choice((1, 1, 1, 2, 4))))
        else:
            self._regular(author)

    def _creation(self) -> events.Event:
        if self._chat.kind == "group":
            return events.created(self._people[0], list(self._people[1:4]), self.title)
        if self._is_channel:
            return events.channel_created(self.title)
        return events.history_cleared()

    def _event(self) -> events.Event:
        if self._rng.random() < 0.15:
            return events.left(self._rng.choice(self._people))
        targets = [number for number, page in self._pages_of[-50:] if page == self._page]
        return events.event(self._rng, self._people, targets, self.title)

    def _author(self) -> str:
        if self._previous and self._previous.author in self._people and self._rng.random() < 0.55:
            return self._previous.author
        return self._rng.choice(self._people)

    def _forwards(self, author: str, count: int) -> None:
        """One or more messages forwarded at once, from one origin."""
        rng = self._rng
        origin = rng.choice((*self._language.people, "Acme News", NOBODY))
        wall = self._wall - timedelta(seconds=rng.randrange(10**3, 10**7))
        for _ in range(count):
            self._regular(author, Forward(origin, wall))
            wall += timedelta(seconds=rng.choice((0, 30, 600, 5000)))

    def _number(self) -> int:
        number = self._next
        self._next += 1 if self._rng.random() < 0.9 else self._rng.randrange(2, 9)
        if number < 0 and self._next > self._ends_migrated:
            self._next = 1
        self._open_day()
        return number

    def _open_day(self) -> None:
        day = f"{self._wall.day} {self._wall:%B %Y}"
        if day == self._day:
            return
        self._day, self._previous = day, None
        self._separators += 1
        self._on_page += 1
        self._print(layout.service(-self._separators, day))

    def _print(self, markup: str) -> None:
        self._parts.append(markup)
        self._size += len(markup.encode())

    def _service(self, event: events.Event) -> None:
        number = self._number()
        facts: Facts = {"author": event.actor, "text": event.text, "timestamp": None}
        facts |= {"message_id": str(number), "message_type": "service", "is_service": True}
        facts |= {"date": f"{self._wall:%Y-%m-%d}", "subtype": event.subtype}
        if event.target is not None:
            facts["reply_to"] = str(event.target)
        if event.photo:
            facts["media"] = [{"kind": "photo", "path": f"{self._place}/{event.photo}"}]
        if event.targets:
            facts["targets"] = list(event.targets)
        self._previous = None
        self._facts.append(facts)
        photo = f"{UP}{self._place}/{event.photo}" if event.photo else ""
        self._print(layout.service(number, event.markup, photo))

    def _regular(self, author: str, forward: Forward | None = None) -> None:
        rng = self._rng
        number = self._number()
        via = rng.choice(BOTS) if rng.random() < 0.004 else None
        this = _Before(author, via, self._wall, forward)
        joined = self._previous is not None and self._previous.joins(this)
        facts: Facts = {"author": author, "text": "", "timestamp": _moment(self._wall)}
        facts |= {"message_id": str(number), "message_type": "regular", "is_service": False}
        parts = _Parts(facts)
        header = self._header(parts, this, joined=joined)
        content = self._content(parts, 8 if forward else 7)
        if forward:
            origin = self._origin(facts, forward, joined=joined)
            parts.markup.append(origin[0] + layout.div(7, "forwarded body", origin[1] + content))
        else:
            parts.markup.append(content)
        if self._chat.kind in {"group", "channel"} and rng.random() < 0.05:
            facts["reactions"], markup = reactions(rng, self._people)
            parts.markup.append(markup)
        self._previous = this
        self._facts.append(facts)
        self._pages_of.append((number, self._page))
        self._print(layout.regular(number, header, "".join(parts.markup), joined=joined))

    def _header(self, parts: _Parts, this: _Before, *, joined: bool) -> str:
        """The time, and unless joined the name; returns the circle beside them."""
        title = f'class="pull_right date details" title="{this.wall:%d.%m.%Y %H:%M:%S} {LABEL}"'
        parts.markup.append(layout.block(7, title, f"{this.wall:%H:%M}"))
        if this.via:
            parts.facts["via_bot"] = this.via
        if joined:
            return ""
        name = printed_name(this.author) if not self._is_channel else f"{this.author} "
        via = f" via @{this.via}" if this.via else ""
        parts.markup.append(layout.div(7, "from_name", layout.escaped(name) + via))
        return self._circle("pull_left userpic_wrap", this.author)

    def _circle(self, css: str, name: str) -> str:
        colour = 1 + sum(map(ord, name)) % _COLOURS
        depth = 6 if "forwarded" not in css else 7
        return layout.div(depth, css, layout.userpic(depth + 1, name, colour))

    def _origin(self, facts: Facts, forward: Forward, *, joined: bool) -> tuple[str, str]:
        """The circle and the name of the origin, which a run prints once."""
        facts["forwarded_from"] = forward.origin
        before = self._previous.forward if self._previous else None
        if joined and before and abs((forward.wall - before.wall).total_seconds()) < 900:
            return "", ""
        facts["forwarded_at"] = _moment(forward.wall)
        wall = f"{forward.wall:%d.%m.%Y %H:%M:%S}"
        span = f'<span class="date details" title="{wall} {LABEL}"> {wall}</span>'
        name = layout.escaped(printed_name(forward.origin))
        circle = self._circle("pull_left forwarded userpic_wrap", forward.origin)
        return circle, layout.div(8, "from_name", f"{name} {span}")

    def _content(self, parts: _Parts, depth: int) -> str:
        """Reply, media, text, buttons, signature, in tdesktop's order."""
        rng, facts = self._rng, parts.facts
        markup = ""
        if "forwarded_from" not in facts and not self._is_channel and rng.random() < 0.1:
            markup += layout.div(depth, "reply_to details", self._reply(facts))
        has_media = rng.random() < (0.35 if self._is_channel else 0.1)
        if has_media:
            stamp = f"{self._wall:%d-%m-%Y_%H-%M-%S}"
            made, block = media(rng, self._language, depth, self._place, stamp)
            facts["media"] = [made]
            if made["kind"] == "call":
                facts["subtype"] = "call"
            markup += block
        if not has_media or rng.random() < 0.4:
            markup += layout.div(depth, "text", self._text(facts))
        if rng.random() < self._button_rate:
            facts["buttons"], block = buttons(rng, depth)
            if ADDRESS in block:
                facts["links"] = list(dict.fromkeys((*facts.get("links", ()), ADDRESS)))
            markup += block
        if self._is_channel and rng.random() < 0.5:
            facts["signature"] = rng.choice(self._language.people)
            markup += layout.div(depth, "signature details", layout.escaped(facts["signature"]))
        return markup

    def _text(self, facts: Facts) -> str:
        words = int(self._rng.choice((2, 4, 6, 8, 10, 14, 20, 30, 45)) * self._chat.wordy) + 1
        made = text(self._rng, self._language, words)
        facts["text"] = made.said
        if made.links:
            facts["links"] = list(made.links)
        if made.mentions:
            facts["mentions"] = list(made.mentions)
        return made.markup

    def _reply(self, facts: Facts) -> str:
        rng = self._rng
        if not self._pages_of or rng.random() < 0.02:
            facts["reply_elsewhere"] = True
            return "In reply to a message in another chat"
        near = rng.random() < 0.95
        target, page = rng.choice(self._pages_of[-40:] if near else self._pages_of)
        facts["reply_to"] = str(target)
        href = f"#go_to_message{target}"
        if page != self._page:
            return f'In reply to <a href="{page_name(page)}{href}">this message</a>'
        click = f'onclick="return GoToMessage({target})"'
        return f'In reply to <a href="{href}" {click}>this message</a>'


def page_name(number: int) -> str:
    """``messages.html``, ``messages2.html`` ..."""
    return f"messages{number if number > 1 else ''}.html"


def _moment(wall: datetime) -> str:
    return f"{(wall - _OFFSET).isoformat()}Z"
