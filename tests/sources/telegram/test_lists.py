"""A list of chats as tdesktop writes it and through a tree: the same entries."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from sources.telegram import lists
from sources.telegram.lists import Entry, entries
from tests.sources.telegram.export_builder import chat_list
from tests.sources.telegram.test_grammar import edit, mutated

CHATS = [
    ("chat_01", "Acme <> Fernhollow & Sons", "group", "1,204 messages"),
    ("", "Nobody wrote", "private", "No messages"),
    ("chat_02", "Кафе «Ёлка» 🌲", "channel", "3 outgoing messages"),
    ("chat_03", "  Two  spaces ", "bot", "1 message"),
]
LEFT = [("chat_04", "Left behind", "channel", "12 messages")]
PAGE = chat_list(CHATS, LEFT)


def through_tree(page: bytes) -> list[Entry]:
    with patch.object(lists, "_as_written", return_value=None):
        return entries(page)


def test_entries_are_those_of_the_tree() -> None:
    found = entries(PAGE.encode())
    assert found == through_tree(PAGE.encode())
    assert [entry.name for entry in found] == [
        "Acme <> Fernhollow & Sons",
        "Nobody wrote",
        "Кафе «Ёлка» 🌲",
        "Two  spaces",
        "Left behind",
    ]
    assert [entry.folder for entry in found] == [
        *("chats/chat_01", "", "chats/chat_02", "chats/chat_03", "chats/chat_04"),
    ]
    assert [entry.is_half for entry in found] == [False, False, True, False, False]


def test_tree_is_made_of_a_few_entries_only() -> None:
    page = chat_list(CHATS * 50, LEFT * 50).encode()
    with patch.object(lists, "LexborHTMLParser", side_effect=LexborHTMLParser) as parser:
        assert len(entries(page)) == 250
    (call,) = parser.call_args_list
    assert call.args[0].count(b'class="entry ') == 4


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<body", "<!-- <body"),
        ('<div class="entry_list">', '<textarea><div class="entry_list">'),
        ('<div class="entry_list">', '<div class="other_list">'),
        ("Nobody wrote", "Nobody&nbsp;wrote"),
        ("Nobody wrote", "Nobody <b>wrote</b>"),
        ("Nobody wrote", "Nobody\r\nwrote"),
        ("Nobody wrote", "Nobody\0wrote"),
        ("No messages\n", "No messages\n<br>\n"),
        ('class="entry clearfix"', 'class="entry clearfix" href="../chats/chat_09/a.html"'),
    ],
)
def test_list_that_was_touched_is_read_as_the_tree_reads_it(before: str, after: str) -> None:
    page = PAGE.replace(before, after, 1)
    assert page != PAGE
    assert entries(page.encode()) == through_tree(page.encode())


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(edit, min_size=1, max_size=4))
def test_mutated_list_is_read_as_the_tree_reads_it(
    edits: list[tuple[str, float, int, str]],
) -> None:
    page = mutated(PAGE, edits).encode("utf-8", "surrogatepass")
    assert entries(page) == through_tree(page)


def test_list_in_bytes_that_are_no_utf8_is_read_as_the_tree_reads_it() -> None:
    page = PAGE.encode().replace(b"Left behind", b"Left \xff behind")
    assert entries(page) == through_tree(page)
