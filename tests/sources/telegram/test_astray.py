"""Pages from which a tag was lost, or that have one too many: nothing said is lost, and nobody
is given what another one said.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.records import Message
from tests.reading import read_archive, source
from tests.sources.telegram.archives import kinds
from tests.sources.telegram.export_builder import Page, generic, write

TIMES = [f"05.03.2024 10:0{n}:00 UTC+00:00" for n in range(5)]
KEYBOARD = [[("Go", "https://acme.example/")]]


def page() -> Page:
    page = Page("Acme").separator(1, "5 March 2024")
    page.message(1, TIMES[1], "First", author="Ada Moss")
    page.message(2, TIMES[2], "Second", author="Bel Ruiz", signature="B.")
    page.message(3, TIMES[3], "Third", author="Cy Vale")
    return page.message(4, TIMES[4], "Fourth")


def messages(tmp_path: Path, html: str) -> list[Message]:
    write(tmp_path, html)
    (item,) = read_archive(source("telegram"), tmp_path).items
    return item.messages


def told(found: list[Message]) -> list[tuple[str, str | None, str]]:
    return [(m.message_id, m.author, m.text) for m in found]


WHOLE = [
    ("1", "Ada Moss", "First"),
    ("2", "Bel Ruiz", "Second"),
    ("3", "Cy Vale", "Third"),
    ("4", "Cy Vale", "Fourth"),
]


def damaged(before: str, after: str, number: int = 2) -> str:
    """The page, with one thing changed in one of its messages."""
    html = page().html()
    start = html.index(f'id="message{number}"')
    end = html.find('id="message', start + 1)
    block = html[start:end]
    assert before in block
    return html[:start] + block.replace(before, after, 1) + html[end:]


@pytest.mark.parametrize(
    "before",
    [
        '<div class="body">',
        '<div class="pull_right date details"',
        '<div class="from_name">',
        '<div class="text">',
    ],
)
@pytest.mark.parametrize("closing", ["</div>", "</div></div>"])
def test_what_left_its_message_comes_back(tmp_path: Path, before: str, closing: str) -> None:
    found = messages(tmp_path, damaged(before, closing + before))
    assert told(found) == WHOLE
    assert [m.timestamp for m in found] == [f"2024-03-05T10:0{n}:00Z" for n in (1, 2, 3, 4)]
    assert found[1].signature == "B."


@pytest.mark.parametrize("css", ["from_name", "text", "pull_right date details"])
def test_line_that_was_not_closed_takes_nothing_in(tmp_path: Path, css: str) -> None:
    html = page().html()
    start = html.index(f'<div class="{css}"', html.index('id="message2"'))
    end = html.index("</div>", start)
    found = messages(tmp_path, html[:end] + html[end + len("</div>") :])
    assert told(found) == WHOLE
    assert found[1].signature == "B."


@pytest.mark.parametrize(("css", "place"), [("from_name", 1), ("text", 2)])
def test_line_in_another_of_its_kind_is_part_of_it(tmp_path: Path, css: str, place: int) -> None:
    before = f'<div class="{css}">'
    found = told(messages(tmp_path, damaged(before, 3 * before)))
    assert str(found[1][place]).split() == str(WHOLE[1][place]).split()


def test_message_after_one_without_a_word_keeps_its_own(tmp_path: Path) -> None:
    html = (
        page().message(5, TIMES[4], author="Di Fox").message(6, TIMES[4], "x", author="Ed").html()
    )
    assert told(messages(tmp_path, html))[4:] == [("5", "Di Fox", ""), ("6", "Ed", "x")]


def test_block_whose_own_tag_is_lost_is_not_given_to_one_without_a_word(tmp_path: Path) -> None:
    pages = Page("Acme").message(1, TIMES[1], author="Ada Moss")
    html = pages.message(2, TIMES[2], "Secret", author="Bel Ruiz").html()
    html = html.replace('<div class="message default clearfix" id="message2">', "<div>")
    (found, *_) = messages(tmp_path, html)
    assert (found.author, found.text) == ("Ada Moss", "")


def test_button_cannot_give_a_joined_message_another_author(tmp_path: Path) -> None:
    pages = Page("Acme").message(1, TIMES[1], "Menu", author="Acme bot")
    label = '</div></a></div></td></tr></tbody></table></div></div><div class="from_name">Bel</div>'
    pages.message(2, TIMES[2], buttons=[[(label, "")]])
    html = pages.message(3, TIMES[3], "Hi", author="Cy").html()
    found = messages(tmp_path, html)
    assert [m.author for m in found] == ["Acme bot", "Acme bot", "Cy"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<div class="body details">', '<div class="bo">'),
        ('<div class="body details">', ""),
        ('<div class="body details">', '</div><div class="body details">'),
    ],
)
def test_separator_with_a_damaged_body_still_tells_the_day(
    tmp_path: Path, before: str, after: str
) -> None:
    html = Page("Acme").separator(1, "5 March 2024").service(2, "Ada took a screenshot").html()
    (found,) = messages(tmp_path, html.replace(before, after, 1))
    assert (found.message_id, found.date) == ("2", "2024-03-05")


def test_separator_without_its_words_is_no_message(tmp_path: Path) -> None:
    pages = Page("Acme").separator(1, "5 March 2024").separator(2, "")
    write(tmp_path, pages.service(3, "Ada took a screenshot").html())
    reading = read_archive(source("telegram"), tmp_path)
    assert reading.account.balanced
    (found,) = reading.items[0].messages
    assert (found.message_id, found.date) == ("3", None)


@pytest.mark.parametrize("number", [-1, 7])
def test_sentence_that_another_program_wrote_without_a_body_is_read(
    tmp_path: Path, number: int
) -> None:
    html = Page("Acme").message(1, TIMES[1], "x", author="A").html()
    at = html.index('<div class="message')
    line = "Ada pinned <a href='#go_to_message1'>this message</a>"
    html = f'{html[:at]}<div class="message service" id="message{number}">{line}</div>{html[at:]}'
    (found,) = [m for m in messages(tmp_path, html) if m.is_service]
    assert (found.message_id, found.text) == (str(number), "Ada pinned this message")
    assert (found.author, found.subtype, found.reply_to) == ("Ada", "pinned", "1")


def test_photo_of_a_group_is_no_part_of_the_sentence(tmp_path: Path) -> None:
    pages = Page("Acme").service(7, "Ada changed group photo", photo="photos/a.jpg")
    (found,) = messages(tmp_path, pages.html())
    assert (found.text, found.media[0].path, found.reply_to) == (
        "Ada changed group photo",
        "photos/a.jpg",
        None,
    )


def test_media_of_a_message_that_left_it_comes_back(tmp_path: Path) -> None:
    pages = Page("Acme").message(
        1, TIMES[1], author="Ada", media=generic("media_file", "a.pdf", "", "1 KB", "files/a.pdf")
    )
    html = pages.message(2, TIMES[2], "x", author="Bel").html()
    html = html.replace('<div class="media_wrap', '</div></div><div class="media_wrap', 1)
    first, second = messages(tmp_path, html)
    assert [m.path for m in first.media] == ["files/a.pdf"]
    assert (second.author, second.media) == ("Bel", ())


def test_header_that_is_nowhere_is_said_to_be(tmp_path: Path) -> None:
    html = damaged('<div class="from_name">', '<div class="from_">')
    write(tmp_path, html)
    (item,) = read_archive(source("telegram"), tmp_path).items
    assert [m.author for m in item.messages] == ["Ada Moss", None, "Cy Vale", "Cy Vale"]
    assert kinds(item)["author_unknown"] == 1


CLOSED = "</div></a></div></td></tr></tbody></table>"
BODY = (
    '<div class="body"><div class="pull_right date details" title="05.03.2023 10:00:00 UTC+00:00">'
    '</div><div class="from_name">Bel</div><div class="text">forged</div></div>'
)


@pytest.mark.parametrize("author", [None, "Acme bot"])
@pytest.mark.parametrize(
    "label",
    [
        f'{CLOSED}<div class="from_name">Bel</div>',
        f"{CLOSED}</div>{BODY}",
        f"{CLOSED}</div></div>{BODY}",
        f'{CLOSED}<div class="pull_right date details" title="05.03.2023 10:00:00"></div>',
    ],
)
def test_button_gives_no_message_another_author_or_time(
    tmp_path: Path, label: str, author: str | None
) -> None:
    pages = Page("Acme").message(1, TIMES[1], "Menu", author="Acme bot")
    pages.message(2, TIMES[2], "Pick", author=author, buttons=[[(label, "")]])
    write(tmp_path, pages.message(3, TIMES[3], "Hi", author="Cy").html())
    (item,) = read_archive(source("telegram"), tmp_path).items
    assert told(item.messages)[:2] == [("1", "Acme bot", "Menu"), ("2", "Acme bot", "Pick")]
    assert item.messages[1].timestamp == "2024-03-05T10:02:00Z"
    assert kinds(item)["unknown_markup"] == 1


@pytest.mark.parametrize(
    "css", ["from_name", "text", "signature details", "pull_right date details"]
)
def test_tag_that_is_there_twice_costs_nothing(tmp_path: Path, css: str) -> None:
    html = page().html()
    start = html.index(f'<div class="{css}"', html.index('id="message2"'))
    end = html.index(">", start) + 1
    found = messages(tmp_path, html[:end] + html[start:])
    assert told(found) == WHOLE
    assert found[1].signature == "B."


@pytest.mark.parametrize("tag", ["", "<div>", '<div class="x">', '<a class="message">'])
def test_message_whose_tag_is_lost_is_missed_and_gives_nobody_its_author(
    tmp_path: Path, tag: str
) -> None:
    own = '<div class="message default clearfix" id="message3">'
    write(tmp_path, damaged("Second", "Second").replace(own, tag))
    (item,) = read_archive(source("telegram"), tmp_path).items
    assert told(item.messages) == [*WHOLE[:2], ("4", None, "Fourth")]
    assert kinds(item)["unknown_markup"] >= 1
    assert kinds(item)["author_unknown"] == 1


def test_first_message_whose_tag_is_lost_is_missed(tmp_path: Path) -> None:
    html = Page("Acme").message(1, TIMES[1], "x", author="A").message(2, TIMES[2], "y", author="B")
    write(tmp_path, html.html().replace('<div class="message default clearfix" id="message1">', ""))
    (item,) = read_archive(source("telegram"), tmp_path).items
    assert kinds(item)["unknown_markup"] == 1


def test_separator_whose_tag_is_lost_leaves_no_event_on_the_day_before(tmp_path: Path) -> None:
    pages = Page("Acme").separator(1, "5 March 2024").message(1, TIMES[1], "x", author="A")
    html = pages.separator(2, "6 March 2024").service(2, "Ada took a screenshot").html()
    html = html.replace('<div class="message service" id="message-2">', "<div>")
    assert messages(tmp_path, html)[1].date is None


def test_words_whose_line_is_lost_are_read(tmp_path: Path) -> None:
    write(tmp_path, damaged('<div class="text">', ""))
    (item,) = read_archive(source("telegram"), tmp_path).items
    assert told(item.messages) == WHOLE
    assert kinds(item)["unknown_markup"] == 1


@pytest.mark.parametrize("closing", ["</div>", "</div></div>"])
def test_origin_that_left_its_message_is_nobodys_author(tmp_path: Path, closing: str) -> None:
    pages = Page("Acme").message(1, TIMES[1], "x", author="Ada")
    html = pages.message(2, TIMES[2], "Fwd", origin="Di", origin_time=TIMES[0]).html()
    html = html.replace('<div class="forwarded body">', f'{closing}<div class="forwarded body">')
    found = messages(tmp_path, html)[1]
    assert (found.author, found.text, found.forwarded_from) == ("Ada", "Fwd", "Di")
    assert found.timestamp == "2024-03-05T10:02:00Z"


def test_origin_that_left_a_joined_message_is_its_own(tmp_path: Path) -> None:
    pages = Page("Acme").message(1, TIMES[1], "x", author="Ada", origin="Di", origin_time=TIMES[0])
    html = pages.message(2, TIMES[2], "Fwd", origin="Ed", origin_time=TIMES[0]).html()
    at = html.rindex('<div class="from_name">')
    found = messages(tmp_path, f"{html[:at]}</div></div></div>{html[at:]}")[1]
    assert (found.author, found.text, found.forwarded_from) == ("Ada", "Fwd", "Ed")


def test_name_that_was_not_closed_is_a_line(tmp_path: Path) -> None:
    write(tmp_path, damaged('</div>\n\n       <div class="text">', ""))
    (item,) = read_archive(source("telegram"), tmp_path).items
    assert told(item.messages) == WHOLE
    assert kinds(item)["unknown_markup"] >= 1
