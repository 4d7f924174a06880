"""Input that somebody made to do harm, or that broke badly: nothing vanishes, nothing hangs.

Sizes are such that a quadratic reader would need hours.
"""

from collections.abc import Callable
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from sources.telegram import walk as walks
from sources.telegram.clock import Clock
from sources.telegram.count import count_messages
from sources.telegram.nesting import is_safe, tamed
from sources.telegram.page import canonical, is_chat_page, parse_page
from sources.telegram.parsed import Page as Parsed
from tests.sources.telegram.export_builder import Page

TIME = "05.03.2024 10:00:00 UTC+00:00"
MANY = 100_000


def parsed(html: str) -> Parsed:
    data = canonical(html.encode())
    assert is_chat_page(data)
    page = parse_page(data, Clock())
    assert page.found == count_messages(data)
    return page


def around(text: str) -> Parsed:
    """A page whose middle message has this for its text."""
    page = Page("Acme").message(1, TIME, "before", author="Ada")
    page.message(2, TIME, text, author="Bel", signature="Cy", reactions=[("👍", [], 2)])
    return parsed(page.message(3, TIME, "after", author="Di").html())


NESTS = ["div", "b", "a", "span", "p", "pre", "table", "td", "ul", "li", "font", "svg", "x-y"]


@pytest.mark.parametrize("tag", NESTS)
def test_deep_nesting_costs_no_text(tag: str) -> None:
    page = around(f"<{tag}>" * MANY + "deep" + f"</{tag}>" * MANY)
    before, message, after = page.messages
    assert (before.text, message.text, after.text) == ("before", "deep", "after")
    assert (message.author, message.signature) == ("Bel", "Cy")
    assert message.reactions[0].count == 2
    assert page.notes["wild_markup"] == 1


@pytest.mark.parametrize("tag", NESTS)
def test_masses_of_unclosed_tags_cost_no_other_message(tag: str) -> None:
    page = around(f"x<{tag}>" * MANY + "deep")
    assert [m.message_id for m in page.messages] == ["1", "2", "3"]
    assert page.messages[2].text == "after"
    assert "x" in page.messages[1].text
    assert "deep" in page.messages[1].text


WILD = {
    "formatting closed out of order": "".join(f"<p><b id={n}>x</p>" for n in range(MANY)),
    "links in links": '<a href="https://acme.example">x' * MANY,
    "closing tags": "<b>" * 1000 + "</p>" * MANY,
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(MANY)) + ">x</div>",
    "attributes with tags in them": "<div " + " ".join(f'a{n}="</div>"' for n in range(MANY)) + ">",
    "nesting hidden in attributes": '<div title="</div>">' * MANY,
    "nesting hidden in comments": "<div><!--</div>-->" * MANY,
    "tags without an end": '<a x="' * MANY,
    "openings": "<" * MANY * 3,
    "line breaks": "<br>" * MANY,
    "spaces": " " * MANY * 100,
    "references": "&amp;" * MANY * 10,
    "ampersands": "&" * MANY * 10,
    "quotes": '"' * MANY * 10,
    "times": 'class="pull_right date details"' * MANY,
    "page links": 'class="pagination' * MANY,
    "buttons": '<div class="bot_button">' * 20_000,
    "a long text": "a" * 11_000_000,
    "a long address": f'<a href="https://acme.example/{"a" * 11_000_000}">x</a>',
}


@pytest.mark.parametrize("what", WILD)
def test_wild_markup_ends_and_is_accounted_for(what: str) -> None:
    page = around(WILD[what])
    assert page.messages[0].text == "before"
    assert [m.message_id for m in page.messages][:2] == ["1", "2"]


@pytest.mark.parametrize("what", WILD)
def test_no_tree_is_built_of_what_is_not_safe(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[bytes] = []

    def parser(html: bytes) -> LexborHTMLParser:
        built.append(html)
        return LexborHTMLParser(html)

    monkeypatch.setattr(walks, "LexborHTMLParser", parser)
    html = Page("Acme").message(1, TIME, WILD[what], author="Ada", buttons=[[("a", "")]]).html()
    walks.walk(html.encode(), Clock())
    assert built
    assert all(map(is_safe, built))


def test_long_text_and_address_are_kept_whole() -> None:
    assert len(around(WILD["a long text"]).messages[1].text) == 11_000_000
    assert len(around(WILD["a long address"]).messages[1].links[0]) == 11_000_021


def test_wild_head_costs_no_message() -> None:
    html = Page("Acme").message(1, TIME, "x", author="A").html()
    page = parsed(html.replace('<div class="page_header">', "<div>" * MANY + "<div>"))
    assert [message.text for message in page.messages] == ["x"]


def test_long_name_and_time_end() -> None:
    html = Page("Acme").message(1, TIME, "x", author=" via @" * MANY + "!").html()
    assert len(parsed(html).messages) == 1
    html = html.replace(TIME, TIME + "0" * 1_000_000)
    assert parsed(html).messages[0].timestamp is not None


def test_ordinary_markup_is_safe() -> None:
    page = Page("Acme").separator(1, "5 March 2024")
    for number in range(1, 200):
        page.message(number, TIME, "a <b>b</b><br>c", author="Ada", buttons=[[("Go", "")]])
    html = page.html().encode()
    body = html[html.index(b'<div class="message') :]
    assert html.count(b"<") > 1000
    assert is_safe(body)


def test_tamed_markup_keeps_text_and_is_safe() -> None:
    wild = b'<div id="a"><!-- no --><p><b>one</div><script>two</b></script> <3 & <table class=t>x'
    tame = tamed(wild)
    assert tame == b'<div id="a"><b>one</b></div>two &lt;3 & <div class=t>x'
    assert is_safe(tamed(b"<div>" * MANY))


def test_pieces_of_a_page_are_read_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree of a small piece takes 200 KB: those of a page do not fit into memory."""
    steps: list[str] = []

    def noted(step: str, name: str, function: Callable[..., Any]) -> None:
        def call(*given: object) -> Any:
            steps.append(step)
            return function(*given)

        monkeypatch.setattr(walks, name, call)

    noted("parse", "LexborHTMLParser", LexborHTMLParser)
    noted("take", "take_block", walks.take_block)
    page = Page("Acme").message(1, TIME, "x", author="A", buttons=[[("a", "")]], unclosed="table")
    for number in range(2, 8):
        page.message(number, TIME, "y")
    found = walks.walk(page.html().encode(), Clock())
    assert found.way == "pieces"
    assert len(found.messages) == 7
    assert steps[-14:] == ["parse", "take"] * 7
