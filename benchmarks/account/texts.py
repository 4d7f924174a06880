"""The text of a message with its entities: what it says, and how tdesktop prints it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from benchmarks.account.layout import escaped
from benchmarks.account.words import EMOJI, Language, sentence


@dataclass
class Text:
    """A text in the making, beside the markup that stands for it."""

    rng: Random
    language: Language
    said: str = ""
    markup: str = ""
    links: dict[str, None] = field(default_factory=dict)
    mentions: dict[str, None] = field(default_factory=dict)

    def add(self, said: str, opening: str = "", closing: str = "") -> None:
        """Words, with the tags round them."""
        self.said += said
        self.markup += opening + escaped(said) + closing

    def link(self, said: str, href: str, onclick: str = "") -> None:
        """An ``a`` element."""
        click = f' onclick="{escaped(onclick)}"' if onclick else ""
        self.add(said, f'<a href="{escaped(href)}"{click}>', "</a>")


def text(rng: Random, language: Language, words: int) -> Text:
    """A text of about so many words: nearly always plain."""
    made = Text(rng, language)
    chance = rng.random()
    if chance < 0.8:
        made.add(_lines(rng, language, words))
        return made
    made.add(sentence(rng, language, 1 + words // 2) + " ")
    for _ in range(1 if chance < 0.95 else 3):
        rng.choice(_ENTITIES)(made)
        made.add(" " + sentence(rng, language, 1 + words // 4))
    return made


def _lines(rng: Random, language: Language, words: int) -> str:
    if words < 12 or rng.random() < 0.6:
        return sentence(rng, language, words)
    if rng.random() < 0.01:
        return f"{sentence(rng, language, words)}\t{rng.randrange(100)}"
    gap = rng.choice(("\n", "\n\n", "\n• "))
    return gap.join(sentence(rng, language, words // 3) for _ in range(3))


def _styled(tag: str) -> Callable[[Text], None]:
    def add(made: Text) -> None:
        made.add(sentence(made.rng, made.language, 2), f"<{tag}>", f"</{tag}>")

    return add


def _code(made: Text) -> None:
    made.add(f"if height > {made.rng.randrange(9999)}:\n    stop()", "<pre>", "</pre>")


def _spoiler(made: Text) -> None:
    opening = '<span class="spoiler hidden" onclick="ShowSpoiler(this)"><span aria-hidden="true">'
    made.add(sentence(made.rng, made.language, 2), opening, "</span></span>")


def _address(made: Text) -> None:
    url = f"https://docs.acme.example/{made.rng.randrange(999)}?a=1&b={made.rng.randrange(9)}"
    made.link(url, url)
    made.links[url] = None


def _bare_address(made: Text) -> None:
    made.link("acme.example", "acme.example")  # printed without a scheme: no address


def _hidden_address(made: Text) -> None:
    url = f"https://acme.example/{made.rng.randrange(999)}"
    made.link(sentence(made.rng, made.language, 2), url)
    made.links[url] = None


def _mail(made: Text) -> None:
    made.link("ops@acme.example", "mailto:ops@acme.example")
    made.links["mailto:ops@acme.example"] = None


def _phone(made: Text) -> None:
    made.link("+1 555 0100", "tel:+1 555 0100")
    made.links["tel:+1 555 0100"] = None


def _mention(made: Text) -> None:
    name = f"user_{made.rng.randrange(50)}"
    made.link(f"@{name}", f"https://t.me/{name}")
    made.mentions[f"@{name}"] = None


def _mention_by_name(made: Text) -> None:
    name = made.rng.choice(made.language.people)
    made.link(name, "", "return ShowMentionName()")
    made.mentions[name] = None


def _tag(made: Text) -> None:
    sign, function = made.rng.choice((("#", "Hashtag"), ("$", "Cashtag"), ("/", "BotCommand")))
    word = made.rng.choice(("release", "NODE", "start"))
    made.link(sign + word, "", f'return Show{function}("{word}")')


def _custom_emoji(made: Text) -> None:
    if made.rng.random() < 0.5:
        made.link(made.rng.choice(EMOJI), "", "return ShowNotLoadedEmoji();")
    else:
        made.add(
            made.rng.choice(EMOJI),
            f'<a href = "stickers/emoji_{made.rng.randrange(99)}.webp">',
            "</a>",
        )


_ENTITIES = (
    *map(_styled, ("strong", "strong", "em", "u", "s", "code", "code", "blockquote")),
    *(_code, _spoiler, _address, _address, _address, _address, _hidden_address, _hidden_address),
    *(_bare_address, _mail, _phone, _mention, _mention, _mention, _mention_by_name, _tag, _tag),
    _custom_emoji,
)
