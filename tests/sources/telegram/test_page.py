from zoneinfo import ZoneInfo

import pytest

from sources.telegram.clock import Clock
from sources.telegram.count import count_messages
from sources.telegram.grammar import scan
from sources.telegram.page import canonical, is_chat_page, parse_page
from sources.telegram.parsed import Page as Parsed
from tests.sources.telegram.export_builder import Page, photo

TIME = "05.03.2024 10:00:00 UTC+00:00"


def parsed(html: str | bytes) -> Parsed:
    data = html.encode() if isinstance(html, str) else html
    return parse_page(canonical(data), Clock())


def ids(page: Parsed) -> list[str]:
    return [message.message_id for message in page.messages]


def keyboard_page(*, unclosed: str = "table") -> Page:
    page = Page("Acme").separator(1, "5 March 2024")
    for number in range(1, 7):
        page.message(
            number,
            TIME,
            f"text {number}",
            author="Bot" if number == 1 else None,
            buttons=[[("Yes", "https://acme.example"), ("No", "")]] if number in {2, 4} else (),
            unclosed=unclosed,
            reactions=[("👍", [], number)],
            signature="Sig",
        )
    return page


def test_links_to_other_pages_may_be_wrapped() -> None:
    html = Page("Acme", previous="messages.html").message(1, TIME, "x", author="A").html()
    old = '<a class="pagination block_link" href="messages.html">'
    assert old in html
    assert parsed(html.replace(old, old.replace(" ", "\n  "))).links == ("messages.html",)


def test_page_that_turns_out_odd_at_its_end_keeps_the_hour_that_repeats() -> None:
    """Both rounds of the hour stand on it; read again, it must begin with the first."""
    page = Page("Acme")
    for number, minute in enumerate((30, 50, 10), start=1):
        page.message(number, f"27.10.2024 02:{minute}:00", "x", author="Ada")
    page.message(4, "27.10.2024 02:20:00", "x", author="odd @@ name")
    html = page.html().replace("@@", "&copy;")
    berlin = ZoneInfo("Europe/Berlin")
    assert scan(html.encode(), Clock(berlin)) is None
    times = [m.timestamp for m in parse_page(html.encode(), Clock(berlin)).messages]
    assert times == [
        "2024-10-27T00:30:00Z",
        "2024-10-27T00:50:00Z",
        "2024-10-27T01:10:00Z",
        "2024-10-27T01:20:00Z",
    ]


def same(one: Parsed, other: Parsed) -> bool:
    return one.messages == other.messages and one.separators == other.separators


def test_messages_nested_by_an_unclosed_table_are_all_found() -> None:
    html = keyboard_page().html()
    assert html.count('\n       <div class="message') == 2  # two levels too deep
    nested = parsed(html)
    assert ids(nested) == ["1", "2", "3", "4", "5", "6"]
    assert nested.found == count_messages(html.encode())
    assert same(nested, parsed(keyboard_page(unclosed="").html()))


@pytest.mark.parametrize("unclosed", ["td", "table"])
def test_what_follows_an_unclosed_keyboard_is_found(unclosed: str) -> None:
    page = Page("Acme")
    page.message(
        1,
        TIME,
        "Pick",
        author="Bot",
        buttons=[[("Yes", "")], [("No", "")]],
        unclosed=unclosed,
        signature="Ada Moss",
        reactions=[("👍", [], 2)],
    )
    message = parsed(page.message(2, TIME, "x").html()).messages[0]
    assert (message.buttons, message.signature) == (("Yes", "No"), "Ada Moss")
    assert message.reactions[0].count == 2


def test_button_cannot_forge_a_message() -> None:
    forgery = '</div><div class="message default clearfix" id="message666"><div class="body">'
    page = Page("Acme").message(1, TIME, "Pick", author="Bot", buttons=[[(forgery, "")]])
    html = page.message(2, TIME, "mine", author="Ada").html()
    found = parsed(html)
    assert ids(found) == ["1", "2"]
    assert found.messages[1].author == "Ada"
    assert found.forged == 1
    assert found.found == count_messages(html.encode()) == 3


def test_raw_markup_in_a_button_costs_no_message() -> None:
    label = "<div>Me & <3 <b>you"
    page = Page("Acme").message(1, TIME, "Pick", author="Bot", buttons=[[(label, "")]])
    html = page.message(2, TIME, "mine", author="Ada").html()
    assert ids(parsed(html)) == ["1", "2"]
    assert [m.text for m in parsed(html).messages] == ["Pick", "mine"]


def test_page_header_is_no_message() -> None:
    found = parsed(Page("Acme & Co").message(1, TIME, "x", author="A").html())
    assert (found.title, ids(found)) == ("Acme & Co", ["1"])


def test_title_is_stripped_and_composed() -> None:
    assert parsed(Page("Cafe\u0301 ").html()).title == "Café"


def test_line_break_in_a_title_parts_its_words() -> None:
    assert parsed(Page("Acme\nRobotics").html()).title == "Acme\nRobotics"


def test_cut_page_gives_its_whole_messages() -> None:
    """Cut at every byte: what is whole is read, the one cut is counted, nothing else."""
    html = Page("Acme").separator(1, "5 March 2024").message(1, TIME, "one", author="Ada")
    html.message(2, TIME, "two", media=photo()).service(3, "Ada pinned this message")
    data = html.message(4, TIME, "four", author="Bel").html().encode()
    whole = parse_page(data, Clock())
    ends = [data.index(f'id="message{n}"'.encode()) for n in (2, 3, 4)] + [len(data)]
    for length in range(data.index(b'<div class="history"'), len(data) - 9):
        page = parse_page(data[:length], Clock())
        assert page.truncated
        assert page.messages == whole.messages[: len(page.messages)]
        complete = sum(end <= length for end in ends)
        assert complete <= len(page.messages) <= complete + 1
        assert count_messages(data[:length]) - page.found in {0, 1}


def test_whole_page_is_not_taken_for_a_cut_one() -> None:
    assert not parsed(keyboard_page().html()).truncated
    assert parsed(keyboard_page().html()).cut == 0


def test_re_indented_page_reads_the_same() -> None:
    page = keyboard_page(unclosed="")
    html = page.message(7, TIME, "a<br>b <strong>c</strong>", author="A").html()
    lines = [line.strip() for line in html.splitlines()]
    indented = "\n".join("    " + line for line in lines if line)
    minified = "".join(lines)
    assert same(parsed(indented), parsed(html))
    assert same(parsed(minified), parsed(html))


@pytest.mark.parametrize(
    "tag",
    [
        "<div id='message1' class='message default clearfix'>",
        '<div id="message1" class="message default clearfix">',
        '<div class=" message default clearfix" id="message1">',
    ],
)
def test_other_quotes_and_attribute_order_read_the_same(tag: str) -> None:
    html = keyboard_page(unclosed="").html()
    other = html.replace('<div class="message default clearfix" id="message1">', tag)
    assert other != html
    assert same(parsed(other), parsed(html))
    assert count_messages(other.encode()) == count_messages(html.encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_is_understood(encoding: str) -> None:
    html = Page("Ünï").message(1, TIME, "päge", author="Ada").html()
    data = html.encode(encoding)
    assert is_chat_page(data[:4096])
    assert same(parsed(data), parsed(html))


def test_windows_line_ends_read_the_same() -> None:
    html = keyboard_page().message(7, TIME, " spaced ", author="A").html()
    assert parsed(html).messages[-1].text == " spaced "
    assert same(parsed(html.replace("\n", "\r\n")), parsed(html))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encoding_without_a_mark_is_recognised(encoding: str) -> None:
    html = Page("Ünï").message(1, TIME, "päge", author="Ада").html()
    data = html.encode(encoding)
    assert is_chat_page(data[:4096])
    assert same(parsed(data), parsed(html))
    assert not parsed(data).notes["encoding_guessed"]


@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1251", "Привет, мир: съёмка"), ("cp1252", "café à Malmö – né")]
)
def test_undeclared_one_byte_encoding_is_guessed_and_said(encoding: str, text: str) -> None:
    html = Page("Acme").message(1, TIME, text, author="Ada").html()
    page = parsed(html.encode(encoding))
    assert page.messages == parsed(html).messages
    assert page.notes["encoding_guessed"] == 1


def test_single_wrong_bytes_cost_a_letter_each() -> None:
    html = Page("Acme").message(1, TIME, "Привет, мир", author="Ада").html()
    page = parsed(html.encode().replace("и".encode(), b"\xff\xfe", 1))
    assert page.messages[0].text == "Пр\ufffd\ufffdвет, мир"
    assert page.messages[0].author == "Ада"
    assert page.notes["text_damaged"] == 1


def test_cut_in_the_middle_of_a_letter_costs_nothing_before_it() -> None:
    page = Page("Acme").message(1, TIME, "один", author="Ада")
    data = page.message(2, TIME, "два", author="Ада").html().encode()
    cut = data[: data.index("два".encode()) + 1]
    assert ids(parsed(cut)) == ["1"]
    assert (parsed(cut).cut, parsed(cut).truncated) == (1, True)


def test_null_bytes_cost_no_message() -> None:
    html = Page("Acme").message(1, TIME, "a\0b", author="A\0da").message(2, TIME, "y").html()
    page = parsed(html)
    assert ids(page) == ["1", "2"]
    assert page.found == count_messages(html.encode())
    assert "\0" not in page.messages[0].text


def test_references_to_control_characters_are_resolved() -> None:
    html = Page("Acme").message(1, TIME, "a&#x00;b&#x01;c&#x09;d", author="A").html()
    assert parsed(html).messages[0].text == "a\ufffdb\x01c\td"


def test_message_without_an_id_is_counted_apart() -> None:
    html = Page("Acme").message(1, TIME, "x", author="A").message(2, TIME, "y").html()
    page = parsed(html.replace(' id="message1"', ""))
    assert (ids(page), page.unnamed, page.found) == (["2"], 1, 2)


def test_deep_nesting_does_no_harm() -> None:
    text = "<b>" * 100_000 + "deep" + "</b>" * 100_000
    html = Page("Acme").message(1, TIME, text, author="A").message(2, TIME, "y").html()
    page = parsed(html)
    assert [m.text for m in page.messages] == ["deep", "y"]


def test_large_text_is_read_in_linear_time() -> None:
    text = " " * 1_000_000 + "a" * 1_000_000 + "<br>" * 100_000
    html = Page("Acme").message(1, TIME, text, author="A").html()
    assert len(parsed(html).messages[0].text) == 2_100_000


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"\x93\x04 noise",
        b"<html><body><div class='mx_Page'><div class='mx_Message'>hi</div></div></body></html>",
    ],
)
def test_other_products_page_is_not_recognised(html: bytes) -> None:
    assert not is_chat_page(html)


def test_message_tag_in_a_text_is_not_counted() -> None:
    text = "&lt;div class=&quot;message default&quot; id=&quot;message9&quot;&gt;"
    html = Page("Acme").message(1, TIME, text, author="A").html()
    assert count_messages(html.encode()) == 1
    assert ids(parsed(html)) == ["1"]
