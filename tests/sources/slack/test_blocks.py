from __future__ import annotations

from typing import Any

import pytest

from sources.slack.blocks import attachment_text, block_text
from sources.slack.mrkdwn import Words
from sources.slack.people import Names, People
from tests.sources.slack.writing import ANN


@pytest.fixture
def words() -> Words:
    return Words(Names(People([ANN]), {"C0GENERAL": "general"}))


def rich(*elements: dict[str, Any], kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    return {"type": kind, "elements": list(elements), **more}


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def test_rich_text_gives_sections_lists_quotes_and_code(words: Words) -> None:
    block = {
        "type": "rich_text",
        "elements": [
            rich(text("Plan\n")),
            rich(rich(text("one")), rich(text("two")), kind="rich_text_list", style="bullet"),
            rich(rich(text("x")), kind="rich_text_list", style="ordered", indent=1, offset=2),
            rich(text("quoted"), kind="rich_text_quote"),
            rich(text("a\nb"), kind="rich_text_preformatted"),
        ],
    }
    assert block_text([block], words) == "Plan\n• one\n• two\n  3. x\nquoted\na\nb"


def test_inline_elements_read_like_their_tokens(words: Words) -> None:
    elements: list[dict[str, Any]] = [
        {"type": "user", "user_id": "U0ANN"},
        {"type": "channel", "channel_id": "C0GENERAL"},
        {"type": "usergroup", "usergroup_id": "S0OPS"},
        {"type": "broadcast", "range": "here"},
        {"type": "emoji", "name": "tada", "unicode": "1f389"},
        {"type": "link", "url": "https://acme.example", "text": "page"},
        {"type": "link", "url": "https://b.example"},
        {"type": "date", "timestamp": 1, "fallback": "long ago"},
        {"type": "color", "value": "#fff"},
        {"type": "of next year", "text": "new"},
    ]
    spaced = [part for element in elements for part in (element, text(" "))]
    block = {"type": "rich_text", "elements": [rich(*spaced)]}
    assert block_text([block], words) == (
        "@Ann #general @S0OPS @here :tada: page https://b.example long ago #fff new "
    )
    assert words.links == ["https://acme.example", "https://b.example"]
    assert words.mentions == ["Ann"]


def test_text_of_rich_text_is_no_markup(words: Words) -> None:
    block = {"type": "rich_text", "elements": [rich(text("&lt; <@U0ANN>"))]}
    assert block_text([block], words) == "&lt; <@U0ANN>"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "section", "text": {"type": "mrkdwn", "text": "<@U0ANN> &amp; co"}}, "@Ann & co"),
        (
            {
                "type": "section",
                "fields": [{"type": "plain_text", "text": "a"}, {"type": "mrkdwn", "text": "b"}],
            },
            "a\nb",
        ),
        ({"type": "header", "text": {"type": "plain_text", "text": "Head"}}, "Head"),
        (
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": "c"}, {"type": "image", "alt_text": "pic"}],
            },
            "c\npic",
        ),
        ({"type": "divider"}, ""),
        (
            {"type": "image", "alt_text": "chart", "title": {"type": "plain_text", "text": "T"}},
            "T\nchart",
        ),
        (
            {
                "type": "actions",
                "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}}],
            },
            "Go",
        ),
        (
            {
                "type": "table",
                "rows": [
                    [
                        {"type": "raw_text", "text": "x"},
                        rich(rich({"type": "user", "user_id": "U0ANN"}), kind="rich_text"),
                    ]
                ],
            },
            "x\n@Ann",
        ),
        ({"type": "markdown", "text": "m"}, "m"),
        ({"type": "input", "label": {"type": "plain_text", "text": "L"}}, "L"),
        ({"type": "of next year", "text": {"type": "of next year", "text": "deep"}}, "deep"),
        (
            {
                "type": "of next year",
                "x": {"text": "<@U0ANN> a", "y": [{"text": "b"}, 3]},
                "z": "c",
            },
            "@Ann a\nb",
        ),
        (
            {
                "type": "video",
                "title": {"type": "plain_text", "text": "V"},
                "description": {"type": "plain_text", "text": "about"},
                "alt_text": "still",
                "video_url": "https://a.example",
            },
            "V\nabout\nstill",
        ),
        ({"type": "call", "call_id": "R0", "call": {"v1": {"id": "R0"}}}, ""),
        ({"type": "file", "external_id": "F0", "source": "remote"}, ""),
    ],
)
def test_every_block_gives_its_words(words: Words, block: dict[str, Any], expected: str) -> None:
    assert block_text([block], words) == expected


@pytest.mark.parametrize("blocks", [None, {}, "x", [None, 3], [{"type": "rich_text"}]])
def test_blocks_of_no_use_give_nothing(words: Words, blocks: object) -> None:
    assert block_text(blocks, words) == ""


def test_a_deep_nest_of_blocks_is_cut_off(words: Words) -> None:
    block: dict[str, Any] = {"text": "bottom"}
    for _ in range(5000):
        block = {"elements": [block]}
    assert block_text([block], words) == ""
    rich_list = rich(kind="rich_text_list")
    for _ in range(5000):
        rich_list = rich(rich_list, kind="rich_text_list")
    assert "•" in block_text([{"type": "rich_text", "elements": [rich_list]}], words)


def test_attachment_gives_its_words_in_order_and_its_link(words: Words) -> None:
    attachment = {
        "fallback": "not needed",
        "pretext": "pre",
        "title": "Title",
        "title_link": "https://acme.example/t",
        "text": "body <@U0ANN>",
        "fields": [{"title": "State", "value": "open"}],
        "footer": "foot",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "card"}}],
        "message_blocks": [{"message": {"blocks": [{"type": "markdown", "text": "quoted"}]}}],
    }
    shown = attachment_text([attachment], words)
    assert shown == "pre\nTitle\nbody @Ann\nState\nopen\ncard\nquoted\nfoot"
    assert words.links == ["https://acme.example/t"]


def test_fallback_of_an_attachment_stands_in_when_it_says_nothing_else(words: Words) -> None:
    assert attachment_text([{"fallback": "a build failed"}], words) == "a build failed"
