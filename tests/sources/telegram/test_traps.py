"""Traps of the format that no other test of this folder falls into, or not both ways:
pages are read by their layout where they have it, and through a tree where they do not.
"""

from pathlib import Path

import pytest

from sources.records import Chat, Message
from sources.telegram import page as pages
from tests.reading import Read, merge, source
from tests.sources.telegram.archives import read
from tests.sources.telegram.export_builder import Page, generic, photo, write, write_full


@pytest.fixture(params=["by layout", "through a tree"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "through a tree":
        monkeypatch.setattr(pages, "scan", lambda _data, _clock: None)


def head(found: Read) -> Chat:
    assert isinstance(found.head, Chat)
    return found.head


def at(day: str, second: int) -> str:
    return f"{day} 10:00:{second:02} UTC+00:00"


def messages(tmp_path: Path, *made: Page) -> list[Message]:
    write(tmp_path, *(page.html() for page in made))
    return read(tmp_path).items[0].messages


def test_joined_message_takes_no_author_from_the_page_before(tmp_path: Path) -> None:
    first = Page("Acme").message(1, at("05.03.2024", 1), "a", author="Ada Moss")
    second = Page("Acme").message(2, at("05.03.2024", 2), "b")
    assert [m.author for m in messages(tmp_path, first, second)] == ["Ada Moss", None]


def test_author_of_a_joined_forward_is_not_its_origin(tmp_path: Path) -> None:
    when = at("14.10.2019", 42)
    page = Page("Acme").message(1, at("05.03.2024", 1), "a", author="Ada Moss")
    page.message(2, at("05.03.2024", 2), "b", origin="Bel Ruiz", origin_time=when)
    page.message(3, at("05.03.2024", 3), "c", forwarded=True)
    page.message(4, at("05.03.2024", 4), "d")
    told = [(m.author, m.forwarded_from, m.text) for m in messages(tmp_path, page)]
    assert told == [
        ("Ada Moss", None, "a"),
        ("Ada Moss", "Bel Ruiz", "b"),
        ("Ada Moss", "Bel Ruiz", "c"),
        ("Ada Moss", None, "d"),
    ]


def test_reply_over_pages_has_only_an_address(tmp_path: Path) -> None:
    before = 'In reply to <a href="messages12.html#go_to_message-999999943">this message</a>'
    here = 'In reply to <a href="#go_to_message1" onclick="return GoToMessage(1)">this message</a>'
    away = "In reply to a message in another chat"
    page = Page("Acme")
    for number, reply in enumerate((before, here, away), start=1):
        page.message(number, at("05.03.2024", number), "x", author="A", reply=reply)
    told = [(m.reply_to, m.reply_elsewhere) for m in messages(tmp_path, page)]
    assert told == [("-999999943", False), ("1", False), (None, True)]


def test_day_that_is_a_title_or_an_old_message_is_no_separator(tmp_path: Path) -> None:
    page = Page("Acme").service(-999_999_943, "1 May 2020").separator(1, "5 March 2024")
    page.service(2, "Ada created topic &laquo;1 May 2020&raquo;").service(3, "1 May 2020")
    found = messages(tmp_path, page)
    assert [m.message_id for m in found] == ["-999999943", "2", "3"]
    assert [m.date for m in found] == [None, "2024-03-05", "2024-03-05"]


@pytest.mark.parametrize("printed", ["", " ", " UTC+00:00", " GMT+00:00", " UTC"])
def test_zone_of_a_time_may_be_spelt_or_missing(tmp_path: Path, printed: str) -> None:
    page = Page("Acme").message(1, f"05.03.2024 10:00:00{printed}", "x", author="A")
    when = f"04.03.2024 09:00:00{printed}"
    page.message(2, f"05.03.2024 10:00:01{printed}", "y", origin="B", origin_time=when)
    first, second = messages(tmp_path, page)
    assert (first.timestamp, second.timestamp) == ("2024-03-05T10:00:00Z", "2024-03-05T10:00:01Z")
    assert (second.forwarded_from, second.forwarded_at) == ("B", "2024-03-04T09:00:00Z")


def test_control_characters_are_kept_or_replaced(tmp_path: Path) -> None:
    text = "a&#x00;b&#x01;c&#x09;d&#x0D;e&#x1B;"
    page = Page("Acme").message(1, at("05.03.2024", 1), text, author="A")
    page.message(2, at("05.03.2024", 2), "next", author="A")
    assert [m.text for m in messages(tmp_path, page)] == ["a\ufffdb\x01c\td\re\x1b", "next"]


@pytest.mark.parametrize("raw", ["\0", "\x1e", "\x1b", "\x7f"])
def test_control_character_that_nobody_escaped_costs_no_message(tmp_path: Path, raw: str) -> None:
    page = Page("Acme").message(1, at("05.03.2024", 1), f"a{raw}b", author=f"Ada{raw} Moss")
    page.message(2, at("05.03.2024", 2), f"c{raw}", media=generic("media_file", f"x{raw}.pdf"))
    page.message(3, at("05.03.2024", 3), "next", author="Bel")
    first, second, third = messages(tmp_path, page)
    assert [first.text[0], first.text[-1], second.text[0], third.text] == ["a", "b", "c", "next"]
    assert (first.author, third.author) == (second.author, "Bel")
    assert [m.message_id for m in (first, second, third)] == ["1", "2", "3"]


@pytest.mark.parametrize("title", [" O'Neil & <Co> ", "Cafe\u0301 ", "Tab\tbed "])
def test_title_is_stripped_composed_and_unescaped(tmp_path: Path, title: str) -> None:
    write(tmp_path, Page(title).message(1, at("05.03.2024", 1), "x", author="A").html())
    expected = title.strip().replace("e\u0301", "é")
    assert read(tmp_path).items[0].summary.title == expected


def test_post_of_a_channel_names_its_author_in_the_signature(tmp_path: Path) -> None:
    page = Page("Acme news")
    for number, name in enumerate(("Ada Moss", "O'Neil & Co"), start=1):
        page.message(number, at("05.03.2024", number), "x", author="Acme news", signature=name)
    told = [(m.author, m.signature) for m in messages(tmp_path, page)]
    assert told == [("Acme news", "Ada Moss"), ("Acme news", "O'Neil & Co")]


def test_nothing_is_text_but_the_text(tmp_path: Path) -> None:
    page = Page("Acme").message(1, at("05.03.2024", 1), author="A", media=photo(), signature="S")
    page.message(
        2,
        at("05.03.2024", 2),
        "caption",
        media=generic("media_file", "a.pdf", "Not included, change", "1 KB"),
        reply="In reply to a message in another chat",
        reactions=[("👍", ["B"], 9)],
        origin="B",
        origin_time=at("04.03.2024", 2),
    )
    assert [m.text for m in messages(tmp_path, page)] == ["", "caption"]


def test_day_repeated_at_the_top_of_a_page_adds_no_message(tmp_path: Path) -> None:
    """The writer forgets at a page's end; numbers of separators run on."""
    pages = [
        Page("Acme")
        .separator(number, "5 March 2024")
        .service(number * 2, "Ada pinned this message")
        .message(number * 2 + 1, at("05.03.2024", number), "x", author="Ada")
        .html()
        for number in (1, 2, 3)
    ]
    write(tmp_path, *pages)
    reading = read(tmp_path)
    found = reading.items[0]
    assert reading.account.ignored == {"date_separator": 3}
    assert reading.account.duplicate == 0
    assert head(found).message_count == 6
    assert [m.date for m in found.messages if m.is_service] == ["2024-03-05"] * 3


def test_service_message_without_a_time_stays_in_its_place(tmp_path: Path) -> None:
    page = (
        Page("Acme").separator(1, "5 March 2024").message(1, at("05.03.2024", 1), "a", author="A")
    )
    page.service(2, "A pinned this message").message(3, at("05.03.2024", 3), "b", author="A")
    write(tmp_path, page.html())
    found = read(tmp_path).items[0]
    assert [(m.message_id, m.timestamp is None) for m in found.messages] == [
        ("1", False),
        ("2", True),
        ("3", False),
    ]
    assert head(found).first_message_time == "2024-03-05T10:00:01Z"


def test_page_that_begins_with_a_service_message_knows_its_day(tmp_path: Path) -> None:
    first = Page("Acme").separator(1, "5 March 2024").service(1, "A pinned this message")
    second = Page("Acme").service(2, "A pinned this message")  # somebody cut the separator out
    write(tmp_path, first.html(), second.html())
    assert [m.date for m in read(tmp_path).items[0].messages] == ["2024-03-05", None]


def test_order_is_that_of_the_page_and_not_of_the_printed_day(tmp_path: Path) -> None:
    days = ["31.01.2023", "01.02.2023", "15.01.2024", "02.03.2024"]
    page = Page("Acme")
    for number, day in enumerate(days, start=1):
        page.message(number, at(day, number), "x", author="A")
    write(tmp_path, page.html())
    found = read(tmp_path).items[0]
    assert [m.message_id for m in found.messages] == ["1", "2", "3", "4"]
    assert head(found).first_message_time == "2023-01-31T10:00:01Z"
    assert head(found).last_message_time == "2024-03-02T10:00:04Z"


def test_time_that_goes_back_in_autumn_keeps_its_place(tmp_path: Path) -> None:
    page = Page("Acme").message(1, "29.10.2023 02:50:00 UTC+01:00", "x", author="A")
    write(tmp_path, page.message(2, "29.10.2023 02:05:00 UTC+01:00", "y", author="A").html())
    assert [m.text for m in read(tmp_path).items[0].messages] == ["x", "y"]


def test_two_chats_with_deleted_accounts_stay_two(tmp_path: Path) -> None:
    chats = [(f"chat_{n}", "Deleted Account", "private", "1 message") for n in (1, 2)]
    pages = {
        f"chat_{n}": [
            Page("Deleted Account")
            .message(n, at("05.03.2024", n), f"mine {n}", author="Deleted Account")
            .html()
        ]
        for n in (1, 2)
    }
    write_full(tmp_path, chats, pages)
    found = read(tmp_path).items
    assert len(found) == 2
    assert len({item.summary.key for item in found}) == 2


def test_saved_messages_say_that_their_authors_wrote_elsewhere(tmp_path: Path) -> None:
    """The page bears the owner's name, each message that of who wrote it first."""
    chats = [
        ("chat_1", "Saved messages", "private", "1 message"),
        ("chat_2", "Bel Ruiz", "private", "1 message"),
    ]
    saved = Page("Ada Moss").message(1, at("05.03.2024", 1), "keep", author="Cy Low")
    other = Page("Bel Ruiz").message(2, at("05.03.2024", 2), "hello", author="Bel Ruiz")
    write_full(tmp_path, chats, {"chat_1": [saved.html()], "chat_2": [other.html()]})
    findings = [{f.kind for f in item.summary.findings} for item in read(tmp_path).items]
    assert ["saved_messages" in kinds for kinds in findings] == [True, False]
    assert read(tmp_path).items[0].summary.aliases == ("Saved messages",)


def test_page_under_another_title_joins_the_chat_that_a_later_page_shows_it_to_be_of(
    tmp_path: Path,
) -> None:
    def page(title: str, *numbers: int) -> str:
        made = Page(title)
        for number in numbers:
            made.message(number, at("05.03.2024", number), f"text {number}", author="A")
        return made.html()

    titles = ("Acme", "Renamed since", "Acme")
    ranges = (range(1, 11), range(11, 21), range(15, 26))
    write(tmp_path, *(page(t, *numbers) for t, numbers in zip(titles, ranges, strict=True)))
    reading = read(tmp_path)
    (item,) = reading.items
    assert [int(m.message_id) for m in item.messages] == [*range(1, 26)]
    assert reading.account.duplicate == 6
    assert item.summary.aliases == ("Renamed since",)


@pytest.mark.parametrize(
    ("count", "is_half"),
    [
        ("1 outgoing message", True),
        ("12 outgoing messages", True),
        ("No outgoing messages", True),
        ("1 message", False),
        ("12 messages", False),
        ("No messages", False),
    ],
)
def test_half_conversation_is_told_by_the_list_of_chats(
    tmp_path: Path, count: str, is_half: bool
) -> None:
    page = Page("Acme").message(1, at("05.03.2024", 1), "x", author="Ada").html()
    write_full(tmp_path, [("chat_1", "Acme", "group", count)], {"chat_1": [page]})
    kinds = {finding.kind for finding in read(tmp_path).items[0].summary.findings}
    assert ("half_conversation" in kinds) is is_half


def month(*numbers: int, edited: int = 0) -> str:
    page = Page("Acme").separator(1, "5 March 2024")
    for number in numbers:
        text = "edited" if number == edited else f"text {number}"
        page.message(number, at("05.03.2024", number), text, author="A")
    return page.html()


def test_overlapping_months_double_and_drop_nothing_and_the_newest_is_kept(tmp_path: Path) -> None:
    write(tmp_path / "ChatExport_2024-04-30", month(3, 4, 5, 6, 7, 8, edited=5))
    write(tmp_path / "ChatExport_2024-03-31", month(1, 2, 3, 4, 5, 6, edited=4))
    write(tmp_path / "ChatExport_2024-05-31", month(7, 8, 9))
    reading = read(tmp_path)
    together = merge(source("telegram"), reading.items)
    assert (reading.account + together.account).balanced
    assert together.account.duplicate == 6
    (item,) = together.items
    told = [(m.message_id, m.text) for m in item.messages]
    assert told == [(str(n), "edited" if n == 5 else f"text {n}") for n in range(1, 10)]
