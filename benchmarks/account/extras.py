"""What may stand below a message's text: inline buttons and reactions."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.account.layout import bare, block, div, escaped, userpic
from benchmarks.account.words import EMOJI

ADDRESS = "https://acme.example/go"
_LABELS = ("Open", "Confirm ✅", "Больше", "1 / 5", "查看", "Next", "Docs & FAQ")


def buttons(rng: Random, depth: int) -> tuple[list[str], str]:
    """An inline keyboard. tdesktop writes labels as they are, nothing escaped."""
    labels: list[str] = []
    rows = ""
    for _ in range(rng.randrange(1, 3)):
        row = rng.sample(_LABELS, rng.randrange(1, 3))
        labels += row
        cells = ""
        for number, label in enumerate(row):
            if number:
                cells += div(depth + 4, "bot_button_column_separator", "")
            cells += _button(rng, depth + 4, label)
        cell = block(depth + 3, 'class="bot_button_row"', cells, "td")
        rows += bare(depth + 2, "tr", cell)
    body = bare(depth + 1, "tbody", rows)
    return labels, block(depth, 'class="bot_buttons_table"', body, "table")


def _button(rng: Random, depth: int, label: str) -> str:
    if rng.random() < 0.5:
        link = f'="" href="{ADDRESS}"'
    else:
        link = '="" onclick="return ShowTextCopied(\'Data: 1 | Type: callback\');"'
    inner = bare(depth + 2, "div", label)
    return div(depth, "bot_button", block(depth + 1, link, inner, "a"))


def reactions(rng: Random, people: tuple[str, ...]) -> tuple[list[dict[str, Any]], str]:
    """Reactions with who reacted, where tdesktop says so, and how many."""
    facts: list[dict[str, Any]] = []
    markup = ""
    for emoji in rng.sample(EMOJI, rng.choice((1, 1, 1, 2, 3))):
        who = rng.sample(people, min(len(people), rng.choice((0, 1, 1, 2))))
        count = len(who) if who and rng.random() < 0.8 else len(who) + rng.randrange(1, 20)
        fact: dict[str, Any] = {"emoji": emoji, "count": count}
        inner = block(9, 'class="emoji"', emoji, "span")
        if who:
            fact["people"] = who
            pics = "".join(userpic(10, name, 2, 20, name) for name in who)
            inner += block(9, 'class="userpics"', pics, "span")
        if count > len(who):
            inner += block(9, 'class="count"', escaped(str(count)), "span")
        facts.append(fact)
        css = "reaction active" if rng.random() < 0.2 else "reaction"
        markup += block(8, f'class="{css}"', inner, "span")
    return facts, block(7, 'class="reactions"', markup, "span")
