"""Rich messages, which have headings, lists, tables and pictures in place of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.records import Media, Message
from sources.telegram.clock import Clock
from sources.telegram.json_message import MessageParser
from tests.reading import read_archive, source
from tests.sources.telegram.export_builder import Media as Writes
from tests.sources.telegram.export_builder import Page, Writer, generic, photo, write
from tests.sources.telegram.json_builder import Raw, message

TIME = "05.03.2026 10:00:00 UTC+00:00"


def html_of(tmp_path: Path, *rich: Writes, spaces: bool = False) -> Message:
    """What is read of a page with a rich message of these blocks."""

    def all_of(w: Writer) -> None:
        for each in rich:
            each(w)

    page = Page("Acme").separator(1, "5 March 2026")
    page.message(5, TIME, author="Ada Moss", rich=all_of)
    page.message(6, TIME, "Thanks!", author="Bel Ruiz")
    html = page.html()
    if spaces:
        html = html.replace("\n", "\n   ")
    write(tmp_path, html)
    reading = read_archive(source("telegram"), tmp_path)
    assert reading.account.balanced
    assert [m.message_id for m in reading.items[0].messages] == ["5", "6"]
    assert (reading.items[0].messages[1].author, reading.items[0].messages[1].text) == (
        "Bel Ruiz",
        "Thanks!",
    )
    return reading.items[0].messages[0]


def json_of(*blocks: Raw, **fields: object) -> Message:
    raw = message(5, "2026-03-05T10:00:00", from_="Ada Moss", **fields)
    del raw["text"], raw["text_entities"]
    raw["rich_message"] = {"rtl": False, "part": False, "blocks": list(blocks)}
    return MessageParser(Clock(), "private_supergroup", None).parse(raw)


def said(text: str) -> Raw:
    return {"type": "plain", "text": text}


def block(tag: str, inner: Writes | str, css: str) -> Writes:
    return lambda w: w.block(tag, inner, **{"class": f"rich_block {css}", "dir": "auto"})


def both(*writes: Writes) -> Writes:
    def inner(w: Writer) -> None:
        for each in writes:
            each(w)

    return inner


def item(text: str, task: str = "") -> Writes:
    def inner(w: Writer) -> None:
        if task:
            w.inline("span", task, 'class="rich_task_marker" role="checkbox"')
        w.inline("span", text, 'class="rich_list_content"')

    return lambda w: w.block("li", inner, **{"class": "rich_list_item"})


def row(*cells: str) -> Writes:
    return lambda w: w.block("tr", both(*(lambda w, c=c: w.block("td", c) for c in cells)))


def attached(media: Writes, caption: str) -> Writes:
    def inner(w: Writer) -> None:
        w.open("div", {"class": "media_wrap clearfix"})
        media(w)
        w.close()
        w.open("figcaption", {"class": "rich_media_caption", "dir": "auto"})
        w.div("rich_caption_text", caption)
        w.close()

    return block("figure", inner, "rich_media_item")


PARAGRAPH = block(
    "p",
    'See <strong>this</strong>: <a href="https://acme.example/x">x &amp; y</a><br>by '
    '<a href="https://t.me/ada_moss">@ada_moss</a> and '
    '<a data-user-id="7" href="" onclick="return ShowMentionName()">Bo</a>, '
    '<a data-tag="plan" href="" onclick="return ShowHashtag(this.dataset.tag)">#plan</a>',
    "rich_paragraph",
)
CODE: Writes = lambda w: w.inline(  # noqa: E731
    "pre", lambda w: w.inline("code", "  if x:<br>    go()", 'class="rich_code_content"'), ""
)
LIST = block("ul", both(item("Call Bo", "☑"), item("Pay", "☐"), item("Rest")), "rich_list")
TABLE = block(
    "div",
    lambda w: w.block(
        "table",
        both(
            lambda w: w.block("caption", "Prices"),
            lambda w: w.block("tbody", both(row("Node", "", "5"), row("Support", "x", ""))),
        ),
    ),
    "rich_table_wrap",
)
DETAILS = block(
    "details",
    both(
        lambda w: w.block("summary", "More"),
        lambda w: w.block("div", block("p", "Hidden", "rich_paragraph")),
    ),
    "rich_details",
)
BUTTONS = block(
    "div",
    lambda w: w.block(
        "div",
        lambda w: w.raw(
            '<a class="rich_button rich_button_block" data-button-type="url" '
            'href="https://acme.example/go">Go</a>'
            '<span class="rich_button rich_button_block" data-button-type="callback">Later</span>'
        ),
    ),
    "rich_button_row",
)
HEADING = block("h2", "Offer", "rich_heading")
PHOTO = attached(photo("photos/a.jpg"), "Our rack")
MISSING = attached(
    generic("media_file", "offer.pdf", "Not included, change data exporting settings.", "2 KB"),
    "The offer",
)
LINES = [
    "Offer",
    "See this: x & y\nby @ada_moss and Bo, #plan",
    "  if x:\n    go()",
    "☑ Call Bo",
    "☐ Pay",
    "Rest",
    "Prices",
    "Node\t\t5",
    "Support\tx",
    "More",
    "Hidden",
    "Our rack",
    "The offer",
]
BLOCKS: list[Raw] = [
    {"type": "heading", "level": 2, "text": said("Offer")},
    {
        "type": "paragraph",
        "text": {
            "type": "concat",
            "text": [
                said("See "),
                {"type": "bold", "text": said("this")},
                said(": "),
                {
                    "type": "text_link",
                    "href": "https://acme.example/x",
                    "text": {"type": "concat", "text": [said("x & "), said("y")]},
                },
                said("\nby "),
                {"type": "mention", "text": said("@ada_moss")},
                said(" and "),
                {"type": "mention_name", "user_id": "7", "text": said("Bo")},
                said(", "),
                {"type": "hashtag", "text": said("#plan")},
            ],
        },
    },
    {"type": "code", "text": said("  if x:\n    go()"), "language": "py"},
    {
        "type": "list",
        "kind": "unordered",
        "items": [
            {"task_state": "checked", "content": "text", "text": said("Call Bo")},
            {"task_state": "unchecked", "content": "text", "text": said("Pay")},
            {
                "task_state": "none",
                "content": "blocks",
                "blocks": [{"type": "paragraph", "text": said("Rest")}],
            },
        ],
    },
    {
        "type": "table",
        "title": said("Prices"),
        "rows": [
            {"cells": [{"text": said("Node")}, {"header": False}, {"text": said("5")}]},
            {"cells": [{"text": said("Support")}, {"text": said("x")}, {}]},
        ],
    },
    {
        "type": "details",
        "title": said("More"),
        "open": False,
        "blocks": [{"type": "paragraph", "text": said("Hidden")}],
    },
    {"type": "divider"},
    {
        "type": "photo",
        "photo": "photos/a.jpg",
        "photo_file_size": 9,
        "caption": {"text": said("Our rack"), "credit": {"type": "empty"}},
    },
    {
        "type": "file",
        "file_skip_reason": "file_type",
        "file_name": "offer.pdf",
        "file_size": 2048,
        "caption": {"text": said("The offer"), "credit": {"type": "empty"}},
    },
    {
        "type": "button_row",
        "buttons": [
            {"text": said("Go"), "button": {"type": "url", "url": "https://acme.example/go"}},
            {"text": said("Later"), "button": {"type": "callback", "data": ""}},
        ],
    },
]


def test_page_gives_lines_of_all_blocks_and_what_is_attached(tmp_path: Path) -> None:
    got = html_of(
        tmp_path,
        *(HEADING, PARAGRAPH, CODE, LIST, TABLE, DETAILS, PHOTO, MISSING, BUTTONS),
    )
    assert got.text.split("\n") == "\n".join(LINES).split("\n")
    assert got.links == ("https://acme.example/x", "https://acme.example/go")
    assert got.mentions == ("@ada_moss", "Bo")
    assert got.buttons == ("Go", "Later")
    assert got.media == (
        Media(kind="photo", path="photos/a.jpg"),
        Media(
            kind="file",
            title="offer.pdf",
            status="2 KB",
            missing="Not included, change data exporting settings.",
        ),
    )


def test_json_gives_the_same(tmp_path: Path) -> None:
    got = json_of(*BLOCKS)
    assert got.text.split("\n") == "\n".join(LINES).split("\n")
    assert got.links == ("https://acme.example/x", "https://acme.example/go")
    assert (got.mentions, got.mention_ids) == (("@ada_moss", "Bo"), ("user7",))
    assert got.buttons == ("Go", "Later")
    assert got.media == (
        Media(kind="photo", path="photos/a.jpg", size=9),
        Media(
            kind="file",
            title="offer.pdf",
            size=2048,
            missing="File not included. Change data exporting settings to download.",
        ),
    )


def test_reindented_page_gives_lines_without_spaces_at_their_ends(tmp_path: Path) -> None:
    assert html_of(tmp_path, HEADING, LIST, spaces=True).text == "Offer\n☑ Call Bo\n☐ Pay\nRest"


def test_arrows_under_pictures_are_nobodys_words(tmp_path: Path) -> None:
    def slides(w: Writer) -> None:
        w.open("div", {"class": "media_wrap clearfix"})
        photo("photos/a.jpg")(w)
        w.close()
        w.raw('<button class="rich_slideshow_prev" type="button">&#8592;</button>')

    got = html_of(tmp_path, block("section", slides, "rich_media_group"))
    assert (got.text, [m.path for m in got.media]) == ("", ["photos/a.jpg"])


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ({"type": "quote", "text": said("Well"), "caption": said("Ada")}, "Well\nAda"),
        ({"type": "math", "formula": "a<b"}, "a<b"),
        (
            {
                "type": "author_date",
                "author": said("Ada"),
                "date": "2026-03-05T10:00:00",
                "date_unixtime": "1772704800",
            },
            "Ada • 05.03.2026 10:00:00",
        ),
        ({"type": "author_date", "author": said("Ada"), "date_unixtime": "0"}, "Ada"),
        (
            {
                "type": "paragraph",
                "text": {"type": "diff", "text": said("new"), "old_text": said("old")},
            },
            "newPrevious: old",
        ),
        ({"type": "paragraph", "text": {"type": "math", "source": "x^2"}}, "x^2"),
        (
            {"type": "unsupported", "source_type": "page_block_unsupported", "unsupported": True},
            "Unsupported rich content",
        ),
        ({"type": "of tomorrow", "text": said("Words"), "blocks": [
            {"type": "paragraph", "text": said("within")}
        ]}, "Words\nwithin"),
        (
            {
                "type": "list",
                "kind": "ordered",
                "items": [{"task_state": "none", "num": "iv", "text": said("Four")}],
            },
            "iv Four",
        ),
    ],
)  # fmt: skip
def test_json_blocks_with_fields_of_their_own(raw: Raw, text: str) -> None:
    assert json_of(raw).text == text


def test_json_blocks_that_only_show_something() -> None:
    got = json_of(
        {"type": "embed", "url": "https://acme.example/v", "caption": {}},
        {"type": "embed", "poster_photo_id": "7", "poster_photo": "photos/p.jpg", "url": "u"},
        {"type": "channel", "channel": {"title": "Acme news", "username": "acme_news"}},
        {"type": "map", "geo": {"latitude": 52.5, "longitude": 13.4}},
        {"type": "collage", "items": [{"type": "photo", "photo": "photos/c.jpg"}], "caption": {}},
        {"type": "cover", "block": {"type": "video", "file_skip_reason": "file_size"}},
        {
            "type": "embed_post",
            "author": "Bo Reyes",
            "url": "https://acme.example/p",
            "blocks": [{"type": "paragraph", "text": said("Post")}],
        },
        {
            "type": "related_articles",
            "title": said("Read on"),
            "articles": [{"url": "https://acme.example/a", "title": "More", "author": "Ada"}],
        },
    )
    assert [(m.kind, m.title, m.path) for m in got.media] == [
        ("file", "Embed", None),
        ("photo", None, "photos/p.jpg"),
        ("contact", "Acme news", None),
        ("location", None, None),
        ("photo", None, "photos/c.jpg"),
        ("video", None, None),
        ("contact", "Bo Reyes", None),
        ("file", "More", None),
    ]
    assert got.text == "u\nhttps://acme.example/p\nPost\nRead on\nhttps://acme.example/a"


def test_nested_without_end_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    def deep(w: Writer) -> None:
        w.raw("<b>" * 400 + "core")

    assert html_of(tmp_path, deep).text.startswith("core")
    raw = said("core")
    for _ in range(500):
        raw = {"type": "bold", "text": raw}
    assert json_of({"type": "paragraph", "text": raw}).message_id == "5"
