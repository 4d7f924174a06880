"""Traps of the format that no other test of this folder falls into."""

from pathlib import Path

from sources.records import Chat
from tests.reading import Read, Reading, read_archive, source
from tests.sources.telegram.export_builder import Page, write, write_full


def read(folder: Path) -> Reading:
    reading = read_archive(source("telegram"), folder)
    assert reading.account.balanced
    return reading


def head(found: Read) -> Chat:
    assert isinstance(found.head, Chat)
    return found.head


def at(day: str, second: int) -> str:
    return f"{day} 10:00:{second:02} UTC+00:00"


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
