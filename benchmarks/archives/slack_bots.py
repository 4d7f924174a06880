"""What programs post into Slack: words, cards of blocks, attachments.

Each way gives the text of the message, the further parts of its entry, and what people see
where that is not the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from benchmarks.account.words import ENGLISH, sentence
from benchmarks.archives.slack_people import Member
from benchmarks.archives.slack_text import Text, escaped, text

Made = tuple[Text, dict[str, Any], str]


def spoken(rng: Random, people: Sequence[Member]) -> Made:
    """Words alone."""
    return text(rng, ENGLISH, people), {}, ""


def carded(rng: Random, people: Sequence[Member]) -> Made:
    """Blocks, of which the text is a short version for notifications."""
    body = text(rng, ENGLISH, people)
    fields = [f"Stage {n}: {sentence(rng, ENGLISH, 2)}" for n in range(rng.randrange(4))]
    title = f"Build {rng.randrange(9999)} of <main> & more"
    told = f"Started by {sentence(rng, ENGLISH, 2)}"
    section: dict[str, Any] = {"type": "section", "text": _mrkdwn(body.markup)}
    if fields:
        section["fields"] = [_mrkdwn(escaped(said)) for said in fields]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}},
        section | {"block_id": "s1"},
        {"type": "divider"},
        {"type": "context", "elements": [_mrkdwn(escaped(told))]},
    ]
    body.markup = "Build"
    return body, {"blocks": blocks}, "\n".join([title, body.said, *fields, told])


def attached(rng: Random, people: Sequence[Member]) -> Made:
    """No text, only attachments, as programs have posted for ten years."""
    body = text(rng, ENGLISH, people)
    url = f"https://ci.acme.example/{rng.randrange(9999)}"
    title = f"Deploy {rng.randrange(999)}"
    fields = [(f"Node {n}", sentence(rng, ENGLISH, 3)) for n in range(rng.randrange(3))]
    card = {"id": 1, "color": "36a64f", "fallback": title, "title": title, "title_link": url}
    card |= {"text": body.markup, "footer": "Acme CI", "ts": 1717000000}
    card["fields"] = [
        {"title": name, "value": escaped(value), "short": True} for name, value in fields
    ]
    lines = [title, body.said, *(line for field in fields for line in field), "Acme CI"]
    body.links = dict.fromkeys((url, *body.links))
    body.markup = ""
    return body, {"attachments": [card]}, "\n".join(lines)


def _mrkdwn(markup: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": markup, "verbatim": False}
