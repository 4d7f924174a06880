import os
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from sources.protocol import Account
from sources.telegram.chat import PAGE_BYTES
from tests.reading import Reading, read_archive, source
from tests.sources.telegram.archives import ids, kinds, read
from tests.sources.telegram.export_builder import Page, write, write_full

TIME = "05.03.2024 10:00:00 UTC+00:00"


def page(first: int, count: int = 2, *, title: str = "Acme", **around: str) -> str:
    made = Page(title, previous=around.get("previous", "")).separator(first, "5 March 2024")
    for number in range(first, first + count):
        author = "Ada Moss" if number == first else None
        made.message(number, f"05.03.2024 10:00:{number % 60:02} UTC+00:00", "x", author=author)
    return made.html(around.get("following", ""))


def test_pages_are_read_in_numeric_order(tmp_path: Path) -> None:
    write(tmp_path, *(page(number * 10) for number in range(1, 13)))
    found = read(tmp_path).items[0]
    assert [int(number) for number in ids(found)] == sorted(int(n) for n in ids(found))
    assert kinds(found) == {"uneven_page": 11}


def test_only_messages_of_summer_may_be_an_hour_off(tmp_path: Path) -> None:
    made = Page("Acme").message(1, "05.03.2024 10:00:00 UTC+01:00", "x", author="A")
    made.message(2, "05.07.2024 10:00:00 UTC+01:00", "y", author="A")
    write(tmp_path, made.html())
    assert kinds(read(tmp_path).items[0]) == {"offset_is_standard_time": 1}
    settled = read(tmp_path, telegram_timezone="Europe/Berlin").items[0]
    assert kinds(settled) == {"zone_from_settings": 2}
    assert settled.messages[1].timestamp == "2024-07-05T08:00:00Z"


def test_renamed_first_page_comes_first_and_nothing_is_missing(tmp_path: Path) -> None:
    second = page(3, previous="messages.html")
    write(tmp_path, page(1, following="messages2.html"), second, first="index.html")
    found = read(tmp_path).items[0]
    assert ids(found) == ["1", "2", "3", "4"]
    assert "missing_page" not in kinds(found)


def test_missing_page_in_the_middle_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, page(1), page(3), page(5))
    (tmp_path / "messages2.html").unlink()
    assert kinds(read(tmp_path).items[0])["missing_page"] == 1


def test_missing_last_page_shows_in_the_link_to_it(tmp_path: Path) -> None:
    write(tmp_path, page(1, following="messages2.html"))
    assert kinds(read(tmp_path).items[0])["missing_page"] == 1


def test_missing_first_page_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, page(1), page(3, previous="messages.html"))
    (tmp_path / "messages.html").unlink()
    assert kinds(read(tmp_path).items[0])["missing_page"] == 1


def test_noise_in_place_of_a_page_costs_that_page_only(tmp_path: Path) -> None:
    write(tmp_path, page(1), page(3), page(5))
    (tmp_path / "messages2.html").write_bytes(bytes(range(256)) * 40)
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["1", "2", "5", "6"]
    assert kinds(reading.items[0])["missing_page"] == 1
    assert [problem.path for problem in reading.problems] == ["messages2.html"]
    assert reading.problems[0].remedy


def test_page_too_large_to_hold_costs_that_page_only(tmp_path: Path) -> None:
    write(tmp_path, page(1), page(3), page(5))
    os.truncate(tmp_path / "messages2.html", PAGE_BYTES + 1)
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["1", "2", "5", "6"]
    assert [(problem.path, problem.reason) for problem in reading.problems] == [
        ("messages2.html", "too_large")
    ]


def test_message_tag_in_a_rare_spelling_is_accounted_for(tmp_path: Path) -> None:
    html, old = page(1, 4), '<div class="message default clearfix joined" id="message3">'
    assert html.count(old) == 1
    write(tmp_path, html.replace(old, '<div class=" message default clearfix joined" id=message3>'))
    reading = read(tmp_path)
    assert not reading.problems
    assert reading.account.balanced
    assert "3" in ids(reading.items[0])


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Gr\u00fc\u00dfe"),
        ("cp1252", "\u00c9t\u00e9, \u00e0 la cr\u00e8me br\u00fbl\u00e9e"),
        ("cp1251", "\u0414\u0430<br>\u041d\u0435\u0442, API-\u0448\u043a\u0430"),
    ],
)
def test_words_tell_the_encoding_of_a_page(tmp_path: Path, encoding: str, text: str) -> None:
    html = Page("Acme").message(1, TIME, text, author="Ada").html()
    write(tmp_path, "x")
    (tmp_path / "messages.html").write_bytes(html.encode(encoding))
    (item,) = read(tmp_path).items
    assert item.messages[0].text == text.replace("<br>", "\n")


def test_page_in_another_encoding_is_read_and_said(tmp_path: Path) -> None:
    write(tmp_path, page(1), page(3, title="Привет"))
    html = (tmp_path / "messages2.html").read_text(encoding="utf-8")
    (tmp_path / "messages2.html").write_bytes(html.encode("cp1251"))
    reading = read(tmp_path)
    assert not reading.problems
    assert reading.account.balanced
    assert "Привет" in [item.summary.title for item in reading.items][-1:] + list(
        reading.items[0].summary.aliases
    )
    assert kinds(reading.items[-1])["encoding_guessed"] == 1


def test_foreign_page_among_pages_is_refused_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, page(1))
    (tmp_path / "messages2.html").write_text("<html><p>Another product</p></html>")
    reading = read(tmp_path)
    assert [(p.reason, p.path) for p in reading.problems] == [("foreign", "messages2.html")]
    assert ids(reading.items[0]) == ["1", "2"]


def test_cut_page_gives_a_finding_and_quarantines_the_cut_message(tmp_path: Path) -> None:
    html = page(1, 3)
    write(tmp_path, html[: html.index("message3") + 200])
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["1", "2"]
    assert kinds(reading.items[0])["truncated_page"] == 1
    assert [(p.reason, p.found) for p in reading.problems] == [("truncated", 1)]
    assert reading.account.quarantined == 1


def test_page_cut_in_a_start_tag_accounts_for_that_message(tmp_path: Path) -> None:
    html = page(1, 3)
    write(tmp_path, html[: html.index('id="message3"')])
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["1", "2"]
    assert (reading.account.found, reading.account.quarantined) == (4, 1)


def test_message_met_twice_is_a_duplicate(tmp_path: Path) -> None:
    write(tmp_path, page(1, 4), page(3, 4))
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["1", "2", "3", "4", "5", "6"]
    assert reading.account.duplicate == 2
    assert kinds(reading.items[0])["duplicate_messages"] == 2


def test_message_with_the_id_of_another_of_its_page_is_quarantined(tmp_path: Path) -> None:
    made = Page("Acme").message(2, TIME, "x", author="Ada")
    write(tmp_path, made.message(2, "01.01.2020 00:00:00 UTC+00:00", "y", author="Bel").html())
    reading = read(tmp_path)
    assert ids(reading.items[0]) == ["2"]
    assert reading.problems[0].reason == "id_conflict"
    assert kinds(reading.items[0])["id_conflict"] == 1


def test_page_from_earlier_on_is_put_in_its_place_and_reported(tmp_path: Path) -> None:
    write(tmp_path, page(10), page(20), page(1))
    found = read(tmp_path).items[0]
    assert ids(found) == ["1", "2", "10", "11", "20", "21"]
    assert kinds(found)["out_of_order"] == 2


def test_chat_without_messages_is_an_item(tmp_path: Path) -> None:
    write(tmp_path, Page("Acme").service(-1, "No exported messages").html())
    found = read(tmp_path).items[0]
    assert (found.head.message_count, found.summary.title) == (0, "Acme")  # type: ignore[union-attr]


def test_chat_none_of_whose_pages_can_be_read_is_no_item(tmp_path: Path) -> None:
    write_full(tmp_path, [("chat_1", "Acme", "group", "2 messages")], {"chat_1": ["noise"]})
    reading = read(tmp_path)
    assert not reading.items
    assert [problem.reason for problem in reading.problems] == ["foreign"]


def test_list_gives_type_name_and_half_conversation(tmp_path: Path) -> None:
    chats = [
        ("chat_1", "Acme & Co", "private", "2 messages"),
        ("chat_2", "Acme", "group", "2 outgoing messages"),
    ]
    write_full(tmp_path, chats, {"chat_1": [page(1, title="Acme")], "chat_2": [page(1)]})
    one, two = read(tmp_path).items
    assert one.summary.aliases == ("Acme & Co",)
    assert one.summary.flags == ("personal",)
    assert one.head.chat_type == "private"  # type: ignore[union-attr]
    assert "half_conversation" not in kinds(one)
    assert two.summary.aliases == ()
    assert two.summary.flags == ()
    assert kinds(two)["half_conversation"] == 1


def test_chat_the_list_does_not_name_says_so(tmp_path: Path) -> None:
    root = tmp_path / "DataExport_2024-03-06"
    write(root / "chats" / "chat_1", Page("Acme", full=True).message(1, TIME, author="A").html())
    found = read(tmp_path).items[0]
    assert found.summary.archive == "DataExport_2024-03-06"
    assert kinds(found)["not_listed"] == 1


def test_head_and_summary_of_a_chat(tmp_path: Path) -> None:
    made = Page("Acme").separator(1, "5 March 2024").service(1, "Bel created group &laquo;A&raquo;")
    made.message(2, TIME, "x", author="Ada").message(3, "05.03.2024 11:00:00 UTC+00:00", "y")
    write(tmp_path / "ChatExport_2024-03-06", made.html())
    found = read(tmp_path).items[0]
    head = found.head
    assert head.message_count == 3  # type: ignore[union-attr]
    assert head.regular_message_count == 2  # type: ignore[union-attr]
    assert head.service_message_count == 1  # type: ignore[union-attr]
    assert head.participants == ("Ada", "Bel")  # type: ignore[union-attr]
    assert head.unique_authors == ("Ada",)  # type: ignore[union-attr]
    assert head.first_message_time == "2024-03-05T10:00:00Z"  # type: ignore[union-attr]
    assert head.last_message_time == "2024-03-05T11:00:00Z"  # type: ignore[union-attr]
    assert head.directory == "ChatExport_2024-03-06"  # type: ignore[union-attr]
    assert head.chat_type is None  # type: ignore[union-attr]
    assert found.summary.version == ("2024-03-06", "2024-03-05T11:00:00Z")
    assert found.summary.records == 3


def test_zone_of_the_settings_is_used_and_recorded(tmp_path: Path) -> None:
    made = Page("Acme").message(1, "01.08.2023 14:00:00 UTC+01:00", "x", author="A")
    write(tmp_path, made.html())
    plain, zoned = read(tmp_path), read(tmp_path, telegram_timezone="Europe/Berlin")
    assert plain.items[0].messages[0].timestamp == "2023-08-01T13:00:00Z"
    assert kinds(plain.items[0]) == {"offset_is_standard_time": 1}
    assert zoned.items[0].messages[0].timestamp == "2023-08-01T12:00:00Z"
    assert kinds(zoned.items[0]) == {"zone_from_settings": 1}


def test_key_survives_moving_and_renaming(tmp_path: Path) -> None:
    write(tmp_path / "a" / "ChatExport_2024-03-06", page(1))
    write_full(
        tmp_path / "b",
        [("chat_07", "Acme", "group", "3 messages")],
        {"chat_07": [page(1, 3, title="Acme (renamed)")]},
    )
    one, two = read(tmp_path / "a").items[0], read(tmp_path / "b").items[0]
    assert one.summary.key == two.summary.key
    assert one.summary.key.startswith("telegram:")
    assert "chat_" not in one.summary.key


def test_reading_a_zip_gives_the_same_messages(tmp_path: Path) -> None:
    folder = write(tmp_path / "x" / "ChatExport_2024-03-06", page(1), page(3))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"ChatExport_2024-03-06/{path.name}")
    plain, zipped = read(tmp_path / "x"), read(tmp_path / "x.zip")
    assert plain.items[0].messages == zipped.items[0].messages
    assert plain.items[0].summary.key == zipped.items[0].summary.key
    assert zipped.items[0].summary.archive == "x.zip!ChatExport_2024-03-06"
    assert zipped.items[0].summary.version[0] == "2024-03-06"


def test_account_of_a_plain_chat(tmp_path: Path) -> None:
    write(tmp_path, page(1, 5))
    assert read(tmp_path).account == Account(
        found=6, accepted=5, ignored={"date_separator": 1}, notes={"pages_by_layout": 1}
    )


def said(numbers: range, title: str, *, text: str = "x", minute: int = 0) -> str:
    made = Page(title)
    for n in numbers:
        time = f"05.03.2024 {10 + n // 60}:{n % 60:02}:{minute:02} UTC+00:00"
        made.message(n, time, f"{text} {n}", author="Ada")
    return made.html()


def told(reading: Reading) -> list[tuple[str, list[int]]]:
    return [(read.summary.title, list(map(int, ids(read)))) for read in reading.items]


def test_pages_of_another_chat_in_the_folder_are_a_chat_of_their_own(tmp_path: Path) -> None:
    acme, nimbus = "Acme", "Nimbus"
    pages = [said(range(1, 5), acme), said(range(3, 9), nimbus, text="y", minute=9)]
    write(tmp_path, *pages, said(range(5, 9), acme), said(range(9, 12), nimbus, text="y"))
    reading = read(tmp_path)
    assert told(reading) == [(acme, list(range(1, 9))), (nimbus, list(range(3, 12)))]
    assert all("mixed_folder" in kinds(found) for found in reading.items)
    assert not any("missing_page" in kinds(found) for found in reading.items)
    assert not reading.problems
    assert (reading.account.found, reading.account.accepted) == (17, 17)
    assert reading.account.balanced


def test_chats_of_one_title_in_one_folder_are_told_apart_by_their_messages(tmp_path: Path) -> None:
    write(tmp_path, said(range(1, 9), "Support"), said(range(5, 12), "Support", minute=7))
    reading = read(tmp_path)
    assert told(reading) == [("Support", list(range(1, 9))), ("Support", list(range(5, 12)))]
    assert [read.messages[-1].timestamp for read in reading.items] == [
        "2024-03-05T10:08:00Z",
        "2024-03-05T10:11:07Z",
    ]


def test_pages_whose_heads_somebody_wrote_to_are_one_chat(tmp_path: Path) -> None:
    titles = ("Harbour Club", "HARBOUR CLUB - page 2", "The harbour club (3/3)")
    firsts = range(1, 13, 4)
    write(tmp_path, *(said(range(n, n + 4), t) for n, t in zip(firsts, titles, strict=True)))
    assert told(read(tmp_path)) == [("Harbour Club", list(range(1, 13)))]


def test_short_title_within_another_does_not_make_one_chat(tmp_path: Path) -> None:
    write(tmp_path, said(range(1, 5), "Ann"), said(range(5, 9), "Hannah"))
    assert len(told(read(tmp_path))) == 2


def test_page_of_a_later_export_of_the_renamed_chat_is_merged(tmp_path: Path) -> None:
    later = said(range(4, 12), "Acme (closed)").replace("\nx 5\n", "\nedited\n")
    write(tmp_path, said(range(1, 7), "Acme"), later, said(range(12, 15), "Acme"))
    reading = read(tmp_path)
    assert told(reading) == [("Acme", list(range(1, 15)))]
    found = reading.items[0]
    assert found.messages[4].text == "edited", "of two versions the later page's is kept"
    assert found.summary.aliases == ("Acme (closed)",)
    assert kinds(found)["duplicate_messages"] == 3
    assert "mixed_folder" not in kinds(found)


def test_page_that_only_a_later_one_shows_to_be_of_the_chat_is_put_in_its_place(
    tmp_path: Path,
) -> None:
    again = said(range(5, 10), "Acme (closed)")
    write(tmp_path, said(range(1, 5), "Acme"), again, said(range(8, 15), "Acme"))
    reading = read(tmp_path)
    assert told(reading) == [("Acme", list(range(1, 15)))]


def test_older_page_behind_a_newer_one_does_not_take_its_messages_back(tmp_path: Path) -> None:
    newer = said(range(1, 9), "Acme").replace("\nx 5\n", "\nedited\n")
    write(tmp_path, newer, said(range(4, 7), "Acme"))
    assert [message.text for message in read(tmp_path).items[0].messages][4] == "edited"


def test_list_names_the_chat_it_means_of_those_in_a_folder(tmp_path: Path) -> None:
    pages = {"chat_1": [said(range(1, 5), "Acme"), said(range(5, 9), "Nimbus")]}
    write_full(tmp_path, [("chat_1", "Nimbus", "group", "4 messages")], pages)
    acme, nimbus = read(tmp_path).items
    assert (acme.summary.aliases, acme.head.chat_type) == ((), None)  # type: ignore[union-attr]
    assert nimbus.head.chat_type == "group"  # type: ignore[union-attr]


def test_page_of_no_more_and_no_less_than_1000_is_nothing_odd(tmp_path: Path) -> None:
    pages = [said(range(1, 1001), "Acme"), said(range(1001, 2001), "Acme"), page(2001)]
    write(tmp_path / "whole", *pages)
    assert "uneven_page" not in kinds(read(tmp_path / "whole").items[0])
    write(tmp_path / "gap", pages[0], said(range(1001, 2000), "Acme"), pages[2])
    assert kinds(read(tmp_path / "gap").items[0])["uneven_page"] == 1


def test_page_cut_anywhere_keeps_what_was_whole_and_says_so(tmp_path: Path) -> None:
    html = page(1, 6).encode()
    whole = read_archive(source("telegram"), write(tmp_path / "whole", html.decode())).items[0]
    for place in range(100):
        folder = tmp_path / str(place)
        folder.mkdir()
        end = len(html) * place // 100
        (folder / "messages.html").write_bytes(html[:end])
        reading = read(folder)
        tags = html[:end].count(b'<div class="message ')
        assert reading.account.found in {tags, 0 if not reading.items else tags}
        assert reading.problems, "a cut is never passed over in silence"
        for found in reading.items:
            assert found.messages == whole.messages[: len(found.messages)]
            assert len(found.messages) >= tags - 2  # the separator, and the one that was cut
            assert kinds(found)["truncated_page"] == 1


def test_page_indented_anew_by_another_program_gives_the_same_messages(tmp_path: Path) -> None:
    html = page(1, 5, title="Acme & Co", previous="messages.html", following="messages3.html")
    again = BeautifulSoup(html, "html.parser").prettify()
    assert again != html
    write(tmp_path / "plain", html)
    write(tmp_path / "anew", again)
    plain, anew = read(tmp_path / "plain"), read(tmp_path / "anew")
    assert anew.items[0].messages == plain.items[0].messages
    assert anew.account.notes == {"pages_by_tree": 1}
    assert anew.account.accepted == plain.account.accepted == 5
    assert anew.account.ignored == plain.account.ignored
    assert anew.items[0].summary.title == "Acme & Co"
    assert kinds(anew.items[0]) == kinds(plain.items[0])
    assert kinds(anew.items[0])["missing_page"] == 2
