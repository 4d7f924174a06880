"""The compiled loops give what the pattern and the tree give, byte for byte."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.telegram import inline
from sources.telegram.built import loops
from sources.telegram.count import written_by_pattern
from sources.telegram.escaped import Odd
from sources.telegram.fast import column, cut_by_pattern
from sources.telegram.inline import BETWEEN
from sources.telegram.layout import BLOCK, LONGEST_NAME
from tests.sources.telegram.export_builder import Page
from tests.sources.telegram.test_grammar import LINK, SCRAPS, TIME, edit, mutated, rich

_NAME = "sources.telegram._native"


def _compiled() -> Any:
    """The loops as they were built, or those that `make sanitize` names."""
    path = os.environ.get("NATIVE_LOOPS")
    if path is None:
        return loops()
    loader = ExtensionFileLoader(_NAME, path)
    spec = spec_from_file_location(loader.name, path, loader=loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


native: Any = _compiled()
pytestmark = pytest.mark.skipif(native is None, reason="not compiled: `make native`")
quick = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def _cut(page: bytes, start: int = 0, end: int | None = None) -> list[Any]:
    """The pieces of a page, which the pattern gives as well."""
    end = len(page) if end is None else end
    try:
        pieces, texts, links, rich = native.cut(page, start, end)
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            page[start:end].decode()
        return []
    expected = cut_by_pattern(page, start, end)
    assert (pieces, rich) == (expected.pieces, expected.rich)
    lines, events = _lines(pieces), column(pieces, "event")
    told = list(takewhile(lambda found: found is not None, map(native.told, lines)))
    assert texts == ([text for text, _ in told] if len(told) == len(lines) else None)
    assert links == {n: of for n, (_, of) in enumerate(told) if of and events[n] is None}
    return list(pieces)


def _lines(pieces: list[Any]) -> list[str]:
    pairs = zip(column(pieces, "text"), column(pieces, "event"), strict=True)
    return [text or event or "" for text, event in pairs]


def test_whole_page_is_cut_alike() -> None:
    page = rich().html("messages3.html").encode()
    pieces = _cut(page)
    assert len(pieces) > 15 * BLOCK.groups
    texts = native.cut(page, 0, len(page))[1]
    assert texts == inline.texts_of(_lines(pieces))


def test_part_of_a_page_is_cut_as_if_it_were_all() -> None:
    page = rich().html().encode()
    for start in range(0, len(page) - 500, 97):
        assert _cut(page, start, len(page) - 500) == _cut(page[start : len(page) - 500])


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 6)])
def test_parts_beyond_the_page_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not within"):
        native.cut(b"12345", start, end)


def test_page_cut_off_anywhere_is_cut_alike() -> None:
    page = rich().html().encode()
    for length in range(0, len(page), 3):
        _cut(page[:length])


@pytest.mark.parametrize("scrap", SCRAPS)
def test_scrap_before_any_line_is_cut_alike(scrap: str) -> None:
    lines = rich().html().split("\n")
    for number in range(0, len(lines), 2):
        page = "\n".join((*lines[:number], scrap + lines[number], *lines[number + 1 :])).encode()
        _cut(page)


@quick
@given(edits=st.lists(edit, min_size=1, max_size=4))
def test_mutated_page_is_cut_alike(edits: list[tuple[str, float, int, str]]) -> None:
    page = mutated(rich().html(), edits).encode()
    _cut(page)


@quick
@given(st.data())
def test_page_of_changed_bytes_is_cut_alike(data: st.DataObject) -> None:
    page = bytearray(rich().html().encode())
    for _ in range(data.draw(st.integers(1, 4))):
        page[data.draw(st.integers(0, len(page) - 1))] = data.draw(st.integers(0, 255))
    _cut(bytes(page))


BOUNDS = {
    "name": ("Ada ", "n", LONGEST_NAME),
    "origin": ("Di ", "n", LONGEST_NAME),
    "title of the origin": (f'title="{TIME}"> ', "t", 64),
    "id": ('"message1"', "7", 18),
    "label": (" UTC+01:00", "u", 32),
}


@pytest.mark.parametrize("where", BOUNDS)
def test_lengths_are_bounded_alike(where: str) -> None:
    html = Page("Acme").message(1, TIME, "x", author="Ada", origin="Di", origin_time=TIME).html()
    old, letter, most = BOUNDS[where]
    assert old in html
    for length in (0, 1, most - 1, most, most + 1, most + 2):
        new = {"title of the origin": 'title="{}"> ', "id": '"message{}"'}.get(where, "{}")
        changed = html.replace(old, new.format(letter * length), 1).encode()
        pieces = _cut(changed)
        assert (len(pieces) == 1) == (length > most or (where == "id" and length == 0))


TAGS = [
    '<div class="message default" id="message1">',
    '<div class="message service" id="message-20">',
    '<div class="message" id="message1">',
    '<div class="message a B" id="message1">',
    '<div class="messages" id="messages2">',
    '<div class="message a" id="message">',
    '<div class="message a" id="message-">',
    '<p class="message a" id="message1">',
    '<a href="messages2.html">',
    '"message',
    '"',
]


@pytest.mark.parametrize("tag", TAGS)
def test_tag_is_counted_alike_wherever_the_page_ends(tag: str) -> None:
    page = f"{TAGS[0]}x{tag}y{TAGS[1]}".encode()
    for length in range(len(page)):
        assert native.written(page[:length]) == written_by_pattern(page[:length])
        assert native.written(page[length:]) == written_by_pattern(page[length:])


@quick
@given(st.lists(st.sampled_from(TAGS), max_size=6), st.lists(edit, max_size=4))
def test_mutated_tags_are_counted_alike(
    tags: list[str], edits: list[tuple[str, float, int, str]]
) -> None:
    page = mutated(" ".join(tags), edits).encode()
    assert native.written(page) == written_by_pattern(page)


def test_tags_of_a_whole_page_are_counted_alike() -> None:
    page = rich().html().encode()
    assert native.written(page) == written_by_pattern(page) == 17


def test_page_that_is_all_beginnings_is_cut_in_linear_time() -> None:
    start = '\n     <div class="message default clearfix" id="message1">\n'
    page = (start + '\n      <div class="body">\n').encode() * 20_000
    assert native.cut(page, 0, len(page)) == ([page.decode("latin-1")], [], {}, [])


TEXTS = [
    *(scrap for scrap in SCRAPS if scrap != "\0"),  # a page that holds one is not read so
    "plain",
    "",
    "a &amp; b &quot;c&quot; &apos;d&apos; &lt;e&gt; &laquo;f&raquo;&#x09;",
    f"see {LINK}, <strong>b<em>old</em></strong><br>",
    '<a href="" onclick="return ShowHashtag(&quot;x&quot;)">#x</a>',
    ' <a href = "stickers/s.webp">x</a> <pre><br>code</pre>',
    '<span class="spoiler hidden" onclick="S(this)"><span aria-hidden="true">p</span></span>',
    '<a href="https://a.example"><strong>x</strong></a>',
    '<a href="a>b">x</a>',
    '<a href="a" onclick="b"c>x</a>',
    "<strong>x</em>",
    "</strong>",
    "<blockquote>q</blockquote><code>c</code><u>u</u><s>s</s>",
    "<em>" * 32 + "x" + "</em>" * 32,
    "<em>" * 34 + "x" + "</em>" * 34,
    "привет 🙂",
]


def _told_alike(texts: list[str]) -> None:
    lines = [text.encode().decode("latin-1") for text in texts]
    told = [native.told(line) for line in lines]
    if None in told:
        return
    assert [text for text, _ in told] == inline.texts_of(lines)
    for line, (_, links) in zip(lines, told, strict=True):
        with suppress(Odd):  # where a reference is one that only the tree knows
            assert links == inline.links_in([line]).get(0, [])


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_told_as_the_tree_does_or_not_at_all(text: str) -> None:
    _told_alike([text, "after"])
    for length in range(len(text)):
        _told_alike([text[:length]])


def test_what_tdesktop_writes_is_told() -> None:
    lines = ["a &amp;lt; <strong>b<br></strong>", "plain", ""]
    assert list(map(native.told, lines)) == [("a &lt; b\n", []), ("plain", []), ("", [])]


def test_links_are_told_with_their_text() -> None:
    line = 'see <a href="https://a.example/?b&amp;c">A &amp; B<br></a>, <em>x</em>'
    line += '<a href="" onclick="return ShowMentionName()">\xd0\x96</a><a href = "s.webp">y</a>'
    assert native.told(line)[1] == [
        ("https://a.example/?b&amp;c", "", "A & B\n"),
        ("", "return ShowMentionName()", "Ж"),
        ("s.webp", "", "y"),
    ]


@quick
@given(st.lists(st.sampled_from(TEXTS), max_size=6), st.lists(edit, max_size=3))
def test_mutated_text_is_told_as_the_tree_does_or_not_at_all(
    texts: list[str], edits: list[tuple[str, float, int, str]]
) -> None:
    line = mutated("".join(texts), edits).replace("\n", "").replace(BETWEEN, "")
    if "\0" in line or "\r" in line:
        return
    try:
        _told_alike([line, "after"])
    except Odd:
        pytest.fail(f"told, but odd: {line!r}")


NOT_UTF_8 = [
    "\xcf\xf0",
    '<a href="\xcf\xf0">x</a>',
    '<a href="" onclick="\xcf\xf0">x</a>',
    '<span class="spoiler hidden" onclick="\xcf\xf0">x</span>',
]


@pytest.mark.parametrize("line", NOT_UTF_8)
def test_what_is_not_utf_8_is_not_told(line: str) -> None:
    with pytest.raises(UnicodeDecodeError):
        native.told(line)


@pytest.mark.parametrize("between", ["<em></em>", "<br>", "&amp;", "<em>"])
def test_letter_that_a_tag_divides_is_not_told(between: str) -> None:
    with suppress(UnicodeDecodeError):
        assert native.told(f"\xd0{between}\x9f") is None


@quick
@given(st.data())
def test_line_of_changed_bytes_is_told_as_the_tree_does_or_not_at_all(data: st.DataObject) -> None:
    line = bytearray("".join(text for text in TEXTS if "\n" not in text).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(32, 255))
    try:
        told = native.told(line.decode("latin-1"))
    except UnicodeDecodeError:
        return
    assert told is None or [told[0]] == inline.texts_of([line.decode("latin-1")])


@pytest.mark.parametrize("wrong", [None, ["x"], b"x", 1, "\u0416"])
def test_anything_but_a_line_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        native.told(wrong)


@pytest.mark.parametrize("wrong", [None, "x", bytearray(b"x"), 1])
def test_anything_but_a_page_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        native.cut(wrong, 0, 0)
    with pytest.raises(TypeError):
        native.written(wrong)
