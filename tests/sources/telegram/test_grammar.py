"""The two ways of reading a page agree, or the fast one declines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.telegram import grammar
from sources.telegram import page as pages
from sources.telegram.clock import Clock
from sources.telegram.grammar import scan
from sources.telegram.parsed import Page as Parsed
from sources.telegram.walk import walk
from tests.sources.telegram.export_builder import Page, exported, generic, gif, photo, poll, video

TIME = "05.03.2024 10:00:00 UTC+01:00"
REPLY = 'In reply to <a href="#go_to_message2" onclick="return GoToMessage(2)">this message</a>'
LINK = '<a href="https://acme.example/?a=1&amp;b=2">site</a>'


def rich() -> Page:
    """A page with one of nearly everything but keyboards."""
    page = Page("Acme & Co", previous="messages.html").separator(1, "5 March 2024")
    page.service(1, "Ada created group &laquo;Acme&raquo;")
    page.message(2, TIME, "Hello &amp; <strong>welcome</strong><br>all", author="Ada & Co")
    page.message(3, TIME, f"See {LINK}, <em>now</em>", reply=REPLY)
    page.message(4, TIME, "caption &lt;3", media=photo("photos/a.jpg"), author="Bel via @bot")
    page.message(5, TIME, "tab&#x09;here", author="Cy")
    page.message(6, TIME, "fwd", origin="Di", origin_time=TIME)
    page.message(7, TIME, forwarded=True, media=generic("media_file", "a.pdf", "", "1 KB"))
    page.message(8, TIME, "x", author="Ada", reactions=[("👍", ["Bel"], None)], signature="S")
    page.separator(2, "6 March 2024")
    page.message(9, TIME, author="Ada", media=poll("Q?", "Anonymous poll", [("A", "1 vote")], "1"))
    page.message(10, TIME, "<pre><br>code</pre> " + '<a href="https://t.me/bel">@bel</a>')
    page.message(11, "05.03.2024 10:00:00", ' <a href = "stickers/s.webp">🙂</a> ', author="É")
    spoiler = '<span class="spoiler hidden" onclick="ShowSpoiler(this)">'
    return page.message(12, TIME, f'{spoiler}<span aria-hidden="true">psst</span></span>')


def both(html: str) -> tuple[Parsed | None, Parsed]:
    data = html.encode()
    return scan(data, Clock()), walk(data, Clock())


def test_page_as_tdesktop_writes_it_takes_the_fast_way_and_reads_the_same() -> None:
    fast, slow = both(rich().html("messages3.html"))
    assert fast is not None
    assert fast == slow
    assert len(fast.messages) == 12
    assert fast.links == ("messages.html", "messages3.html")


def test_page_of_a_full_export_takes_the_fast_way() -> None:
    fast, slow = both(Page("Acme", full=True).message(1, TIME, "x", author="A").html())
    assert fast is not None
    assert fast == slow


def test_keyboard_re_indentation_and_a_cut_are_declined() -> None:
    html = rich().html()
    keyboard = Page("Acme").message(1, TIME, "x", author="A", buttons=[[("Go", "")]]).html()
    lines = "\n".join(line.strip() for line in html.splitlines())
    for other in (keyboard, lines, html[:-12], html.replace("\n", "\r\n"), ""):
        assert scan(other.encode(), Clock()) is None


SCRAPS = [
    "</div>\n",
    '\n     <div class="message default clearfix" id="message99">\n',
    "\n     </div>\n",
    "\n      </div>\n",
    '<div class="text">',
    "<strong>",
    "</strong>",
    "</a>",
    '<a href="https://b.example">',
    "<pre>",
    "<br>",
    "<br/>",
    "&nbsp;",
    "&#x0A;",
    "&#0;",
    "<!-- ",
    " -->",
    "<3",
    "<table>",
    "<p>",
    "<script>",
    "<textarea>",
    "\n",
    " ",
    '"',
    ">",
    "<",
    "&",
    "\x00",
    "é",
    "12",
    "-",
    " joined",
    'class="message',
    "<div class='message x' id='message7'>",
    "</body>",
    "<select>",
    "<svg>",
    "</html>",
]

WHERE = {
    "head": '<div class="history">\n',
    "plain text": "welcome</strong><br>all",
    "name": "Ada &amp; Co",
    "title of a time": 'title="05.03.2024 10:00',
    "text of another block": "fwd",
    "name of another block": "Di ",
    "tail": "</div>\n\n    </div>\n\n   </div>\n\n  </div>\n",
}


@pytest.mark.parametrize("place", WHERE)
@pytest.mark.parametrize("scrap", SCRAPS)
def test_scrap_anywhere_is_read_alike_or_declined(place: str, scrap: str) -> None:
    html = rich().html()
    anchor = WHERE[place]
    assert anchor in html
    for new in (scrap + anchor, anchor[:-2] + scrap + anchor[-2:], anchor + scrap):
        fast, slow = both(html.replace(anchor, new, 1))
        assert fast is None or fast == slow


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://t.me/bel">@b<em>el</em></a>',
        '<a href="https://t.me/bel"><strong>@bel</strong></a>',
        '<a href="https://b.example">x <a href="https://c.example">y</a></a>',
        "<strong><em>x</strong></em>",
        "<strong>x<br>",
        "x</strong>",
        "<strong>x</strong",
        '<a href="https://b.example">x</a',
        "q&<strong></strong>quot;",
        '<div class=" message x" id="message7">\n</div>\n',
        '<div class="x" class="message y" id="message7">\n</div>\n',
        "a\0b",
        "a\rb",
    ],
)
def test_odd_entities_are_read_alike_or_declined(text: str) -> None:
    for signature in ("", "S"):
        page = Page("Acme").message(1, TIME, text, author="A", signature=signature)
        fast, slow = both(page.message(2, TIME, "y").html())
        assert fast is None or fast == slow


def test_plain_page_needs_no_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "walk", None)
    html = rich().html()
    assert len(pages.parse_page(html.encode(), Clock()).messages) == 12


def test_blocks_of_usual_kinds_need_no_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page("Acme & Co").separator(1, "5 March 2024")
    page.service(1, 'Ada pinned <a href="#go_to_message1">this message</a>')
    page.message(2, TIME, f"<strong>x<em>y</em></strong> {LINK}", author="Ada", signature="S & T")
    missing = "Not included, change data exporting settings to download."
    for number, media in enumerate(
        (
            photo("photos/a.jpg"),
            generic("media_photo", "Photo", missing, "1280x720"),
            generic("media_file", "a & b.pdf", "", "1 KB", "files/a.pdf"),
            generic("media_call", "Ada", "", "Outgoing (42 seconds)"),
            exported("sticker_wrap", "stickers/s.webp", "sticker"),
            video("video_files/v.mp4", "00:32"),
            gif("video_files/g.mp4"),
        ),
        start=3,
    ):
        page.message(number, TIME, "caption", media=media, forwarded=number % 2 == 0)
    page.message(10, TIME, "x", origin="Di via @bot", origin_time=TIME, media=photo("p.jpg"))
    page.message(11, TIME, "x", forwarded=True, reply=REPLY, signature="S")
    page.message(12, TIME, "x", reactions=[("👍", ["Bel & Co", ""], None), ("🔥", [], 4)])
    slow = walk(page.html().encode(), Clock())
    monkeypatch.setattr(grammar, "LexborHTMLParser", None)
    assert scan(page.html().encode(), Clock()) == slow


edit = st.tuples(
    st.sampled_from(["cut", "insert", "double", "swap"]),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 400),
    st.sampled_from(SCRAPS),
)


def mutated(html: str, edits: list[tuple[str, float, int, str]]) -> str:
    for kind, where, length, scrap in edits:
        at = int(where * len(html))
        part = html[at : at + length]
        if kind == "cut":
            html = html[:at] + html[at + length :]
        elif kind == "insert":
            html = html[:at] + scrap + html[at:]
        elif kind == "double":
            html = html[:at] + part + html[at:]
        else:
            html = html[:at] + scrap + html[at + length :]
    return html


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(edits=st.lists(edit, min_size=1, max_size=3))
def test_mutated_page_is_read_alike_or_declined(edits: list[tuple[str, float, int, str]]) -> None:
    fast, slow = both(mutated(rich().html(), edits))
    assert fast is None or fast == slow


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(edits=st.lists(edit, min_size=1, max_size=3))
def test_mutated_line_is_read_alike_or_declined(edits: list[tuple[str, float, int, str]]) -> None:
    """Edits within the one line that holds a message's text."""
    text = f"Hello &amp; <strong>welcome</strong><br>all {LINK} <em>now</em> &quot;q&quot;"
    html = Page("Acme").message(1, TIME, mutated(text, edits), author="A").message(2, TIME, "y")
    fast, slow = both(html.html())
    assert fast is None or fast == slow
