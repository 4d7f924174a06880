"""The text of a Slack message: as it is written, as blocks, and what people see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.account.words import Language, sentence
from benchmarks.archives.slack_people import Member

EMOJI = ("tada", "+1", "eyes", "rocket", "pray", "white_check_mark", "+1::skin-tone-3")


@dataclass
class Text:
    """A text in the making."""

    said: str = ""
    markup: str = ""
    elements: list[dict[str, Any]] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    mentions: dict[str, None] = field(default_factory=dict)
    mention_ids: dict[str, None] = field(default_factory=dict)

    def add(self, said: str, markup: str, element: dict[str, Any]) -> None:
        """One piece of it, three times."""
        self.said += said
        self.markup += markup
        self.elements.append(element)

    def plain(self, said: str) -> None:
        """Words without markup."""
        self.add(said, escaped(said), {"type": "text", "text": said})

    def link(self, url: str, label: str = "") -> None:
        """An address, shown by its label if it has one."""
        target = escaped(url)
        element = {"type": "link", "url": url} | ({"text": label} if label else {})
        shown = label or url.removeprefix("mailto:")
        self.add(shown, f"<{target}|{escaped(label)}>" if label else f"<{target}>", element)
        self.links[url] = None

    def mention(self, who: Member) -> None:
        """Somebody by id."""
        self.add(f"@{who.shown}", f"<@{who.id}>", {"type": "user", "user_id": who.id})
        self.mentions[who.shown] = None
        self.mention_ids[who.id] = None

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The same as the composer stores it."""
        section = {"type": "rich_text_section", "elements": self.elements}
        return [{"type": "rich_text", "block_id": f"b{len(self.said):x}", "elements": [section]}]


def escaped(text: str) -> str:
    """As Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text(rng: Random, language: Language, people: Sequence[Member]) -> Text:
    """A text, nearly always plain."""
    made = Text()
    words = rng.choice((1, 3, 5, 8, 12, 18, 30, 60))
    made.plain(_lines(rng, language, words))
    if rng.random() < 0.7:
        return made
    for _ in range(rng.choice((1, 1, 2, 4))):
        made.plain(" ")
        _PIECES[rng.randrange(len(_PIECES))](made, rng, people)
        made.plain(" " + sentence(rng, language, 1 + words // 4))
    return made


def _lines(rng: Random, language: Language, words: int) -> str:
    if words < 18 or rng.random() < 0.6:
        return sentence(rng, language, words)
    return "\n".join(sentence(rng, language, words // 3) for _ in range(3))


def _mention(made: Text, rng: Random, people: Sequence[Member]) -> None:
    made.mention(rng.choice(people))


def _channel(made: Text, rng: Random, _: Sequence[Member]) -> None:
    name = f"team-{rng.randrange(30)}"
    channel = f"C0NOT{rng.randrange(30):05}"
    made.add(f"#{name}", f"<#{channel}|{name}>", {"type": "channel", "channel_id": channel})


def _address(made: Text, rng: Random, _: Sequence[Member]) -> None:
    made.link(f"https://docs.acme.example/{rng.randrange(999)}?a=1&b={rng.randrange(9)}")


def _labelled(made: Text, rng: Random, _: Sequence[Member]) -> None:
    made.link(f"https://acme.example/{rng.randrange(999)}", rng.choice(("the plan", "Q&A")))


def _bare(made: Text, rng: Random, _: Sequence[Member]) -> None:
    host = rng.choice(("acorn.example", "brightquay.example"))
    made.link(f"http://{host}", host)


def _mail(made: Text, rng: Random, _: Sequence[Member]) -> None:
    address = f"ops{rng.randrange(9)}@acorn.example"
    made.link(f"mailto:{address}", address)


def _broadcast(made: Text, rng: Random, _: Sequence[Member]) -> None:
    word = rng.choice(("here", "channel"))
    made.add(f"@{word}", f"<!{word}>", {"type": "broadcast", "range": word})


def _emoji(made: Text, rng: Random, _: Sequence[Member]) -> None:
    name = rng.choice(EMOJI)
    made.add(f":{name}:", f":{name}:", {"type": "emoji", "name": name})


def _styled(made: Text, rng: Random, _: Sequence[Member]) -> None:
    sign, style = rng.choice((("*", "bold"), ("_", "italic"), ("~", "strike"), ("`", "code")))
    said = f"{sign}release {rng.randrange(99)}{sign}"
    made.add(said, said, {"type": "text", "text": said[1:-1], "style": {style: True}})


_PIECES = (
    *(_mention, _mention, _mention, _address, _address, _labelled, _bare, _mail, _channel),
    *(_broadcast, _emoji, _emoji, _styled, _styled),
)
