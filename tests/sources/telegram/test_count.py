"""Counting the message tags of a page, whoever wrote it."""

from __future__ import annotations

import re

import pytest

from sources.telegram import count
from sources.telegram.count import count_messages
from tests.sources.telegram.export_builder import Page

TIME = "01.03.2024 10:00:00 UTC+01:00"
REPLY = 'In reply to <a href="messages2.html#go_to_message1">this message</a>'
TAG = re.compile(r'<div class="message ([a-z ]*)" id="message(-?\d+)">')


def page(text: str = "y") -> str:
    """Three messages, one of them joined, one migrated, a separator, links to other pages."""
    html = Page("Acme", previous="messages.html").separator(1, "1 March 2024")
    html.message(1, TIME, "x", author="Ada").message(2, TIME, text)
    return html.message(-999999943, TIME, "old", author="Bo", reply=REPLY).html()


def test_page_as_tdesktop_writes_it_is_counted_at_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count, "_TAG", None)
    assert count_messages(page().encode()) == 4


@pytest.mark.parametrize(
    "tag",
    [
        r'<div class="message \1">',
        r'<div class="message" id="message\2">',
        r"<div class='message \1' id='message\2'>",
        r"<div class='message \1'>",
        r'<div id="message\2" class="message \1">',
        r'<div class=" message \1" id="message\2">',
        r'<div class="message \1 Starred" id="message\2">',
        r'<div class = "message \1" id = "message\2">',
        r'<DIV CLASS="message \1" ID="message\2">',
        r'<div style="top: 0" class="message \1" id="message\2">',
        r'<div class="message \1" data-id="message\2">',
    ],
)
@pytest.mark.parametrize("times", [1, 0], ids=["once", "everywhere"])
def test_tags_in_another_spelling_count(tag: str, times: int) -> None:
    other, replaced = TAG.subn(tag, page(), times)
    assert replaced == (times or 4)
    assert count_messages(other.encode()) == 4


@pytest.mark.parametrize(
    "text",
    [
        '"message 5',
        '"message default" id="message5"',
        '"message5',
        "'message default' id='message5'",
    ],
)
def test_what_only_looks_like_a_part_of_a_tag_does_not_count(text: str) -> None:
    assert count_messages(page(text).encode()) == 4


def test_tags_of_a_page_without_any_that_is_as_written_count() -> None:
    other = TAG.sub(r'<div class=" message \1" id=message\2>', page())
    assert count_messages(other.encode()) == 4


@pytest.mark.parametrize(
    "tag", [r'<div class=" message \1" id=message7>', "<div class=' message'>"]
)
def test_rare_spelling_counts_when_more_was_understood(tag: str) -> None:
    other = TAG.sub(tag, page(), 1).encode()
    assert count_messages(other, understood=4) == 4


def test_tag_that_a_page_ends_in_counts() -> None:
    html = page()
    end = html.rindex('" id="message-999999943"')
    assert count_messages(html[:end].encode()) == 4


def test_page_without_messages_holds_none() -> None:
    assert count_messages(Page("Acme").html().encode()) == 0
    assert count_messages(b"") == 0
