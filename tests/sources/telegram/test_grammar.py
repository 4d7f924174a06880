"""The two ways of reading a page agree, or the fast one declines."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.telegram import elements, grammar
from sources.telegram import page as pages
from sources.telegram.clock import Clock
from sources.telegram.fast import cut_by_pattern, tell_nothing
from sources.telegram.grammar import scan
from sources.telegram.layout import END, START
from sources.telegram.parsed import Page as Parsed
from sources.telegram.walk import walk
from tests.sources.telegram.export_builder import (
    Media,
    Page,
    Writer,
    exported,
    generic,
    gif,
    photo,
    poll,
    video,
)

TIME = "05.03.2024 10:00:00 UTC+01:00"
REPLY = 'In reply to <a href="#go_to_message2" onclick="return GoToMessage(2)">this message</a>'
KEYBOARD = [[("Да & нет", "https://acme.example/go?a=1&amp;b"), ("No", "")], [("Later", "")]]
LINK = '<a href="https://acme.example/?a=1&amp;b=2">site</a>'


def rich() -> Page:
    """A page with one of nearly everything."""
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
    page.message(13, TIME, "Pick", author="É", buttons=KEYBOARD)
    page.message(14, TIME, "far", reply="In reply to a message in another chat")
    page.message(15, TIME, "", origin="Di", origin_time=TIME, buttons=KEYBOARD, signature="S")
    spoiler = '<span class="spoiler hidden" onclick="ShowSpoiler(this)">'
    return page.message(16, TIME, f'{spoiler}<span aria-hidden="true">psst</span></span>')


def both(html: str) -> tuple[Parsed | None, Parsed]:
    """The page read the fast way, with the loops compiled and not, and through a tree."""
    data = html.encode()
    fast = scan(data, Clock())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grammar, "cut", cut_by_pattern)
        patch.setattr("sources.telegram.blocks.told", tell_nothing)
        assert scan(data, Clock()) == fast
    return fast, walk(data, Clock())


def test_page_as_tdesktop_writes_it_takes_the_fast_way_and_reads_the_same() -> None:
    fast, slow = both(rich().html("messages3.html"))
    assert fast is not None
    assert fast == slow
    assert len(fast.messages) == 15
    assert fast.links == ("messages.html", "messages3.html")


def test_page_of_a_full_export_takes_the_fast_way() -> None:
    fast, slow = both(Page("Acme", full=True).message(1, TIME, "x", author="A").html())
    assert fast is not None
    assert fast == slow


def test_re_indentation_a_cut_and_letters_of_control_are_declined() -> None:
    html = rich().html()
    lines = "\n".join(line.strip() for line in html.splitlines())
    controls = (html.replace("Hello", f"Hel{letter}lo") for letter in "\0\r")
    for other in (lines, html[:-12], html.replace("\n", "\r\n"), "", *controls):
        assert scan(other.encode(), Clock()) is None


def test_bytes_that_are_not_utf_8_are_declined_wherever_they_say_something() -> None:
    html = rich().html().encode()
    for place in ("Hello", "Bel", "Ada &amp; Co", "Acme &amp; Co", "Pick", "Later"):
        assert place.encode() in html
        assert scan(html.replace(place.encode(), b"\xcf\xf0", 1), Clock()) is None


@pytest.mark.parametrize("label", ["a & b", "a &lt; b", "&#51;", "a &copy b", "&"])
def test_ampersands_in_buttons_are_read_alike(label: str) -> None:
    rows = [[(label, f"https://acme.example/?x=1{label}&y=2&amp;copy=3&copy")]]
    fast, slow = both(Page("Acme").message(1, TIME, "x", author="A", buttons=rows).html())
    assert fast is not None
    assert fast == slow


@pytest.mark.parametrize("label", ["<3", "a\nb", "<b>x</b>", "x</div>"])
def test_label_of_a_button_that_might_be_markup_is_declined(label: str) -> None:
    page = Page("Acme").message(1, TIME, "x", author="A", buttons=[[(label, "")]])
    assert scan(page.html().encode(), Clock()) is None


@pytest.mark.parametrize("unclosed", ["td", "table"])
def test_keyboard_that_was_left_open_is_declined(unclosed: str) -> None:
    page = Page("Acme").message(1, TIME, "x", author="A", buttons=KEYBOARD, unclosed=unclosed)
    page.message(2, TIME, "what follows stands deeper")
    assert scan(page.html().encode(), Clock()) is None


LABELS = ["", " ", " UTC+02:00", " GMT+05:30", " CET", " UTC+2"]
BEYOND_ASCII = [" UTC+01:00\u00a0", " UTC\u221205:00", " UTC+01:00\u0085", " \u00c5"]


@pytest.mark.parametrize("label", LABELS + BEYOND_ASCII)
def test_times_of_every_label_are_read_alike(label: str) -> None:
    page = Page("Acme").separator(1, "27 October 2024")
    walls = ("02:59:00", "02:10:00", "02:20:00", "02:05:00", "03:00:00", "29:00:00", "02:5x:00")
    for number, wall in enumerate(walls, start=2):
        page.message(number, f"27.10.2024 {wall}{label}", "x", author="Ada")
        media = poll("Q?", "Anonymous poll", [("A", "1 vote")], "1") if number % 2 else None
        page.message(20 + number, f"27.10.2024 {wall}", "y", media=media)
        page.message(40 + number, TIME, "z", origin="Di", origin_time=f"27.10.2024 {wall}{label}")
        page.service(60 + number, "Ada created group &laquo;Acme&raquo;")
    data = page.html().encode()
    for zone in (None, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")):
        assert scan(data, Clock(zone)) == walk(data, Clock(zone))


@pytest.mark.parametrize(
    "text",
    [
        "a&#x09;b&#x1f;c",
        "&laquo;x&raquo; &nbsp;&copy;&hellip; &amp;lt; &ampx &lt",
        "a&#x1e;b",
        "<pre><br>x</pre><br><code>y<br></code>",
        '<a href="" onclick="return ShowHashtag(&quot;x&quot;)">#x</a> <u><s>&gt;</s></u>',
        "<blockquote>q<br>r</blockquote>tail ",
        "<tg-emoji>x</tg-emoji>",
        "<b>bold</b>",
    ],
)
def test_text_among_others_is_read_alike_or_declined(text: str) -> None:
    page = Page("Acme").message(1, TIME, " before<br>", author="A").message(2, TIME, text)
    fast, slow = both(page.message(3, TIME, f"after {LINK}").message(4, TIME).html())
    assert fast is None or fast == slow


@pytest.mark.parametrize(
    "links",
    [
        '<a href="#go_to_message2">x</a> <a href="#go_to_message3">y</a>',
        '<a href = "s.webp">x</a> <a href="#go_to_message3">y</a>',
        '<a class="x" href="#go_to_message2">x</a>',
        '<a title="" href="#go_to_message2">x</a> <a href="#go_to_message3">y</a>',
        '<a>x</a> <a href="#go_to_message3">y</a>',
        '<b><a href="#go_to_message2">x</a></b>',
    ],
)
def test_links_of_an_event_are_read_alike_or_declined(links: str) -> None:
    page = Page("Acme").message(1, TIME, "x", author="Ada").service(4, f"Ada pinned {links}")
    fast, slow = both(page.html())
    assert fast is None or fast == slow


def lines(html: str) -> Media:
    """Something attached that consists of these lines."""
    return lambda writer: writer.raw(html + "\n")


MEANING_MORE = [
    '<div class="message x" id="message7">z</div>',
    '<div class=" message x" id="message7">z</div>',
    '<div class="bot_button">z</div>',
    '<a class="pagination" href="messages9.html">z</a>',
    '<a href="messages9.html">class="pagination</a>',
]


@pytest.mark.parametrize("markup", MEANING_MORE)
def test_markup_that_means_more_than_its_message_is_read_alike_or_declined(markup: str) -> None:
    older = [("\U0001f44d", ["Bel"], None)]
    for indent in ("", "         "):
        text = Page("Acme").message(1, TIME, markup, author="A", signature="S")
        attached = Page("Acme").message(1, TIME, "x", author="A", media=lines(indent + markup))
        between = Page("Acme").message(1, TIME, "x", reactions=older, reaction_tag="div")
        for page in (text, attached, between):
            html = page.message(2, TIME, "y", media=photo("p.jpg"), reactions=older).html()
            fast, slow = both(html.replace("\U0001f44d", indent + markup, 1))
            assert fast is None or fast == slow


def test_no_text_is_a_link_to_another_page() -> None:
    text = '<a href="m9.html">class="pagination</a>'
    fast, slow = both(Page("Acme").message(1, TIME, text, author="A").html("m3.html"))
    assert fast is not None
    assert fast.links == slow.links == ("m3.html",)


def test_call_beside_another_attachment_is_a_call() -> None:
    def two(writer: Writer) -> None:
        photo("p.jpg")(writer)
        generic("media_call", "Ada", "", "Outgoing (42 seconds)")(writer)

    fast, slow = both(Page("Acme").message(1, TIME, "x", author="A", media=two).html())
    assert fast is not None
    assert fast == slow
    assert fast.messages[0].subtype == "call"


@pytest.mark.parametrize("kind", ["media_poll", "media_giveaway"])
def test_poll_in_the_form_of_other_media_is_read_alike(kind: str) -> None:
    media = generic(kind, "t", "d", "s")
    fast, slow = both(Page("Acme").message(1, TIME, "x", author="A", media=media).html())
    assert fast is not None
    assert fast == slow


def test_initials_name_nobody_who_reacted() -> None:
    html = Page("Acme").message(1, TIME, "x", author="A", reactions=[("x", ["Bel"], None)]).html()
    fast, slow = both(html.replace("\nB\n", '\n title="Forged"\n'))
    assert fast is not None
    assert fast == slow
    assert fast.messages[0].reactions[0].people == ("Bel",)


@pytest.mark.parametrize("depth", [20, 32, 33, 62, 64, 65])
def test_depth_among_masses_of_entities_is_read_alike_or_declined(depth: int) -> None:
    text = "<em>" * depth + "x" + "</em>" * depth + "<u>y</u>" * 400
    fast, slow = both(Page("Acme").message(1, TIME, text, author="A").html())
    assert fast is None or fast == slow
    assert (fast is None) == (depth > 33)


def test_long_address_of_a_button_is_nothing_wild() -> None:
    rows = [[("Go", "https://acme.example/" + "a" * 2000)]]
    page = Page("Acme").message(1, TIME, "x<b></b>" * 300, author="A", buttons=rows)
    fast, slow = both(page.html())
    assert fast is not None
    assert fast == slow
    assert not slow.notes["wild_markup"]


@pytest.mark.parametrize("place", ["Hello", "Acme &amp; Co", "Ada created", "caption", "Q?"])
@pytest.mark.parametrize("between", [b"<em>", b"<br>", b"<b></b>", b"&amp;", b'<a href="">'])
def test_no_letter_is_put_together_across_a_tag(place: str, between: bytes) -> None:
    html = rich().html().encode()
    assert place.encode() in html
    halves = b"\xd0" + between + b"\x9f" + (b"</em>" if between == b"<em>" else b"")
    assert scan(html.replace(place.encode(), halves, 1), Clock()) is None


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
        "a\x1eb",
    ],
)
def test_odd_entities_are_read_alike_or_declined(text: str) -> None:
    for signature in ("", "S"):
        page = Page("Acme").message(1, TIME, text, author="A", signature=signature)
        fast, slow = both(page.message(2, TIME, "y").html())
        assert fast is None or fast == slow


def test_message_whose_author_is_torn_out_is_not_given_to_the_one_before() -> None:
    page = Page("Acme").message(1, TIME, "x", author="Ada").message(2, TIME, "y", author="Bel")
    html = page.html()
    at = html.index('       <div class="from_name">', html.index('id="message2"'))
    torn = html[:at] + html[html.index('       <div class="text">', at) :]
    assert "Bel" in html
    assert "from_name" not in torn[at:]
    fast, slow = both(torn)
    assert fast is None
    assert [message.author for message in slow.messages] == ["Ada", None]
    assert slow.notes["author_unknown"] == 1


def test_plain_page_needs_no_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "walk", None)
    html = rich().html()
    assert len(pages.parse_page(html.encode(), Clock()).messages) == 15


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
    page.message(13, TIME, "x", origin="Di", origin_time=TIME, buttons=[[("Go", ""), ("На", "")]])
    slow = walk(page.html().encode(), Clock())
    monkeypatch.setattr(grammar, "LexborHTMLParser", None)
    monkeypatch.setattr(elements, "LexborHTMLParser", None)
    assert scan(page.html().encode(), Clock()) == slow


def test_poll_or_rare_reaction_costs_no_other_block_the_fast_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Page("Acme").message(1, TIME, "a", author="Ada", media=poll("Q?", "Poll", [], "1"))
    page.message(2, TIME, "b", reactions=[('<a href="">〰️</a>', ["Bel"], None)])
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


PIECES = [
    *("<p>", "</p>", "<h2>", "</h2>", "<ul>", "</ul>", "<li>", "</li>", "<table>", "</table>"),
    *("<tbody>", "</tbody>", "<tr>", "</tr>", "<td>", "</td>", "<caption>", "</caption>", "<hr/>"),
    *("<div>", "</div>", "<b>", "</b>", '<a href="https://acme.example/">', "</a>", "<button>"),
    *("</button>", "<details>", "</details>", "<summary>", "</summary>", "<cite>", "</cite>"),
    *("<figure>", "</figure>", "<pre>", "</pre>", "x", "\n     </div>\n", "<th>", "</th>", "<br>"),
]
ELEMENTS = st.recursive(
    st.sampled_from(["x", "y<br>", "<hr/>", ""]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from([piece[2:-1] for piece in PIECES if piece.startswith("</")]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


def with_rich(inner: str) -> str:
    page = Page("Acme").message(1, TIME, "first", author="A")
    page.message(2, TIME, author="B", rich=lambda w: w.raw(inner))
    return page.message(3, TIME, "third", author="C").message(4, TIME, "fourth").html()


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(inner=st.lists(st.sampled_from(PIECES), max_size=10).map("".join) | ELEMENTS)
def test_elements_of_rich_messages_are_read_alike_or_declined(inner: str) -> None:
    fast, slow = both(with_rich(inner))
    assert fast is None or fast == slow


def test_rich_message_costs_no_other_block_the_fast_way() -> None:
    row = "<tr>\n<td>\na\n</td>\n<th>\nb\n</th>\n</tr>"
    inner = (
        '<p class="rich_block" dir="auto">\nHi <strong>you</strong>\n</p>'
        '<h2 class="rich_block" data-level="2">\nOffer\n</h2>'
        f"<div><table><caption>\nT\n</caption><tbody>{row}</tbody></table></div><hr/>"
        "<ul><li><div><ul><li><span>deep</span></li></ul></div></li></ul>"
        '<details open=""><summary>\nS\n</summary><div><p>\nb\n</p></div></details>'
    )
    fast, slow = both(with_rich(inner))
    assert fast is not None
    assert fast == slow
    assert fast.messages[1].text == "Hi you\nOffer\nT\na\tb\ndeep\nS\nb"


@pytest.mark.parametrize(
    "inner",
    [
        "<li><div><li>x</li></div></li>",
        "<p><div>x</div></p>",
        "<h1><h2>x</h2></h1>",
        "<table><div>x</div></table>",
        "<td>x</td>",
        "<p>x<hr/></p>",
        "<button><button>x</button></button>",
        "<select>x</select>",
    ],
)
def test_elements_that_a_parser_would_close_are_declined(inner: str) -> None:
    assert scan(with_rich(inner).encode(), Clock()) is None


@pytest.mark.parametrize("scrap", ["</p>", "<!-- x", "<p>", "x", '<div class="body">', "</br>"])
def test_tail_that_is_none_is_declined(scrap: str) -> None:
    html = rich().html()
    at = html.rindex(END) + len(END)
    assert scan(f"{html[:at]}{scrap}{html[at:]}".encode(), Clock()) is None


blocks = st.lists(st.integers(0, 17), min_size=1, max_size=20)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(order=blocks, scrap=st.sampled_from(["", *SCRAPS]), where=st.floats(0, 1))
def test_blocks_in_any_order_are_read_alike(order: list[int], scrap: str, where: float) -> None:
    """Messages moved, doubled, left out; a scrap in the line of one's text."""
    html = rich().html()
    first, last = html.index(START), html.rindex(END) + len(END)
    cut = [START + block for block in html[first:last].split(START)[1:]]
    chosen = [cut[number % len(cut)] for number in order]
    place = int(where * (len(chosen) - 1))
    chosen[place] = chosen[place].replace("x\n", f"x{scrap}\n", 1)
    fast, slow = both(html[:first] + "".join(chosen) + html[last:])
    assert fast == slow or (fast is None and scrap)
