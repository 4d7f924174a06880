"""One chat exported as pages and as JSON."""

from pathlib import Path

import msgspec
import pytest

from sources.records import Media, Message
from tests.reading import Read, Reading, merge, read_archive, source
from tests.sources.telegram import export_builder as html
from tests.sources.telegram.json_builder import Raw, account, chat, message, service, text_of, write

TITLE = "Northwind"
ZONE = " UTC+00:00"


def pages() -> html.Page:
    page = html.Page(TITLE).separator(1, "5 March 2024")
    page.service(1, "Ada Park created group &laquo;Northwind&raquo; with members Bo and Cy")
    link = '<a href="https://acme.example">here</a> &amp; <a href="https://t.me/bo">@bo</a>'
    page.message(2, time(1), f"<strong>Hi</strong><br>look {link}", author="Ada Park")
    page.message(3, time(2), media=html.photo("photos/p.jpg"))
    reply = 'In reply to <a href="#go_to_message2" onclick="return GoToMessage(2)">this</a>'
    page.message(4, time(3), "yes", author="Deleted Account", reply=reply, signature="Di Holm")
    page.message(5, time(4), "fwd", author="Bo via @helper", origin="Cy", origin_time=time(0))
    answers = [("Yes", "2 votes, chosen vote"), ("No", "1 vote")]
    page.message(6, time(5), media=html.poll("Ship?", "Final results", answers, "3 votes"))
    reactions = [("👍", ["Bo", "Cy"], 5), ("🎉", ["Bo"], None)]
    page.message(7, time(6), "liked", author="Bo", reactions=reactions)
    call = html.generic("media_call success", "Bo", "", "Outgoing (42 seconds)")
    page.message(8, time(7), media=call, author="Ada Park")
    pinned = 'Bo pinned <a href="#go_to_message2" onclick="return GoToMessage(2)">this message</a>'
    page.service(9, pinned)
    page.service(10, "Bo removed Cy")
    return page


def time(minute: int) -> str:
    return f"05.03.2024 10:{minute:02}:00{ZONE}"


def said() -> list[object]:
    def at(number: int, minute: int, **fields: object) -> Raw:
        return message(number, f"2024-03-05T10:{minute:02}:00", **fields)

    text = [
        {"type": "bold", "text": "Hi"},
        "\nlook ",
        {"type": "text_link", "text": "here", "href": "https://acme.example"},
        " & ",
        {"type": "mention", "text": "@bo"},
    ]
    answers = [{"text": "Yes", "voters": 2, "chosen": True}, {"text": "No", "voters": 1}]
    poll = {"question": "Ship?", "closed": True, "total_voters": 3, "answers": answers}
    recent = [{"from": "Bo", "from_id": "user12"}, {"from": "Cy", "from_id": "user13"}]
    reactions = [
        {"type": "emoji", "emoji": "👍", "count": 5, "recent": recent},
        {"type": "emoji", "emoji": "🎉", "count": 1, "recent": recent[:1]},
    ]
    call = {"actor_id": "user11", "duration_seconds": 42, "discard_reason": "hangup"}
    return [
        service(1, "create_group", title="Northwind", members=["Bo", "Cy"]),
        at(2, 1, text=text),
        at(3, 2, photo="photos/p.jpg"),
        at(4, 3, from_=None, text="yes", reply_to_message_id=2, author="Di Holm"),
        at(5, 4, from_="Bo", text="fwd", forwarded_from="Cy", via_bot="@helper"),
        at(6, 5, from_="Bo", poll=poll),
        at(7, 6, from_="Bo", text="liked", reactions=reactions),
        service(8, "phone_call", "2024-03-05T10:07:00", **call),
        service(9, "pin_message", actor="Bo", message_id=2),
        service(10, "remove_members", actor="Bo", members=["Cy"]),
    ]


def both(folder: Path, said: list[object] | str | None = None) -> Reading:
    """The chat's two readings, side by side in one folder."""
    html.write(folder, pages().html())
    text = said if isinstance(said, str) else text_of(chat(said or SAID, name=TITLE))
    write(folder, text)
    return read_archive(source("telegram"), folder.parent)


SAID = said()


def comparable(found: Message) -> Message:
    """What both formats tell of a message."""
    media = tuple(msgspec.structs.replace(m, title=None) for m in found.media)
    if found.media[:1] and found.media[0].kind == "poll":
        media = found.media
    time = None if found.is_service else found.timestamp
    return msgspec.structs.replace(
        found, author_id=None, forwarded_at=None, date=None, timestamp=time, media=media
    )


def forms(reading: Reading) -> tuple[Read, Read]:
    """The reading of the pages and that of the JSON."""
    one, other = sorted(reading.items, key=lambda item: "telegram:id" in str(item.summary.identity))
    return one, other


def completed(of_json: list[Message]) -> list[Message]:
    """What only the pages know: when a forwarded message was first sent, who was called."""
    replace = msgspec.structs.replace
    made = list(of_json)
    made[4] = replace(made[4], forwarded_at="2024-03-05T10:00:00Z")
    (call,) = made[7].media
    made[7] = replace(made[7], media=(replace(call, title="Bo"),))
    return made


@pytest.mark.parametrize("number", range(10))
def test_message_reads_alike_where_both_know_it(tmp_path: Path, number: int) -> None:
    of_pages, of_json = forms(both(tmp_path / "c"))
    assert comparable(of_json.messages[number]) == comparable(of_pages.messages[number])


def test_key_is_the_same(tmp_path: Path) -> None:
    of_pages, of_json = forms(both(tmp_path / "c"))
    assert of_pages.summary.key == of_json.summary.key
    assert set(of_pages.summary.identity) & set(of_json.summary.identity)


def test_side_by_side_they_are_one_chat_of_which_json_knows_more(tmp_path: Path) -> None:
    reading = both(tmp_path / "c")
    merged = merge(source("telegram"), reading.items)
    (item,) = merged.items
    assert item.messages == completed(forms(reading)[1].messages)
    assert item.summary.key == reading.items[0].summary.key
    assert item.head.chat_type == "private_supergroup"  # type: ignore[union-attr]
    assert (merged.account.accepted, merged.account.duplicate) == (-10, 10)


def test_json_that_was_cut_loses_nothing_beside_its_pages(tmp_path: Path) -> None:
    text = text_of(chat(SAID, name=TITLE))
    reading = both(tmp_path / "c", text[: text.index('"id": 7,') + 20])
    (item,) = merge(source("telegram"), reading.items).items
    assert [message.message_id for message in item.messages] == [str(n) for n in range(1, 11)]
    assert [message.author_id is not None for message in item.messages] == [True] * 6 + [False] * 4
    assert "truncated_file" in {finding.kind for finding in item.summary.findings}


@pytest.mark.parametrize("zone", ["", " UTC+01:00", " UTC-08:00"])
def test_printed_times_hours_off_do_not_make_two_chats(tmp_path: Path, zone: str) -> None:
    page = pages().html().replace(ZONE, zone)
    html.write(tmp_path / "c", page)
    write(tmp_path / "c", chat(SAID, name=TITLE))
    reading = read_archive(source("telegram"), tmp_path)
    (item,) = merge(source("telegram"), reading.items).items
    assert item.messages == completed(forms(reading)[1].messages)


def test_accounts_chats_find_their_pages_though_titles_differ(tmp_path: Path) -> None:
    root = tmp_path / "DataExport_2024-03-06"
    page = html.Page("Ada Park", full=True).message(5, time(1), "one", author="Ada Park")
    page.message(6, time(2), "two").message(7, time(3), "three")
    chats = [("chat_1", "Ada Park", "private", "3 messages")]
    html.write_full(root, chats, {"chat_1": [page.html()]})
    texts = [
        message(n, f"2024-03-05T10:0{n - 4}:00", text=text)
        for n, text in ((5, "one"), (6, "two"), (7, "three"))
    ]
    private = chat(texts, name="Ada", type="personal_chat", id=11)
    write(root, account([private, chat([message(1)], id=5)]))
    reading = read_archive(source("telegram"), tmp_path)
    merged = merge(source("telegram"), reading.items)
    assert sorted(len(item.messages) for item in merged.items) == [1, 3]
    (item,) = (item for item in merged.items if len(item.messages) == 3)
    assert (item.summary.title, item.summary.aliases) == ("Ada", ("Ada Park",))


@pytest.mark.parametrize(("kind", "chats"), [("private_supergroup", 1), ("personal_chat", 2)])
def test_one_id_is_one_chat_only_where_all_see_the_same_messages(
    tmp_path: Path, kind: str, chats: int
) -> None:
    for name, text in (("mine", "one"), ("theirs", "two")):
        time = f"2024-03-0{len(text)}T10:00:{len(name):02}"
        write(tmp_path / name, chat([message(5, time, text=text)], type=kind, id=9))
    reading = read_archive(source("telegram"), tmp_path)
    assert len(merge(source("telegram"), reading.items).items) == chats


def test_different_ids_are_different_chats_even_when_all_else_agrees(tmp_path: Path) -> None:
    for number in (1, 2):
        write(tmp_path / str(number), chat([message(number)], id=number))
    reading = read_archive(source("telegram"), tmp_path)
    assert len(merge(source("telegram"), reading.items).items) == 2


def test_exports_of_json_that_overlap_become_one(tmp_path: Path) -> None:
    for day, numbers in (("06", (1, 2, 3)), ("09", (2, 3, 4))):
        text = "edited" if day == "09" else "first"
        write(
            tmp_path / f"ChatExport_2024-03-{day}", chat([message(n, text=text) for n in numbers])
        )
    reading = read_archive(source("telegram"), tmp_path)
    (item,) = merge(source("telegram"), reading.items).items
    assert [said.text for said in item.messages] == ["first", "edited", "edited", "edited"]


def test_media_of_a_call_is_told_in_the_same_words(tmp_path: Path) -> None:
    of_pages, of_json = forms(both(tmp_path / "c"))
    expected = Media(kind="call", status="Outgoing (42 seconds)", duration_seconds=42)
    assert of_json.messages[7].media == (expected,)
    assert of_pages.messages[7].media == (msgspec.structs.replace(expected, title="Bo"),)


def only_events(folder: Path, *, day: str = "5 March 2024", title: str = TITLE) -> None:
    """A chat in which nobody ever wrote: its pages tell no time."""
    page = html.Page(title).separator(1, day)
    page.service(1, f"Ada Park created group &laquo;{title}&raquo; with members Bo and Cy")
    html.write(folder, page.service(2, "Ada Park removed Cy").html())


EVENTS = [
    service(1, "create_group", title=TITLE, members=["Bo", "Cy"]),
    service(2, "remove_members", members=["Cy"]),
]


@pytest.mark.parametrize("archives", [("c", "c"), ("ChatExport_2024-03-06", "b")])
def test_chat_of_nothing_but_service_messages_is_one_in_both_formats(
    tmp_path: Path, archives: tuple[str, str]
) -> None:
    only_events(tmp_path / archives[0])
    write(tmp_path / archives[1], chat(EVENTS, name=TITLE))
    reading = read_archive(source("telegram"), tmp_path)
    (item,) = merge(source("telegram"), reading.items).items
    assert item.messages == forms(reading)[1].messages


@pytest.mark.parametrize("other", [{"day": "6 March 2024"}, {"title": "Southwind"}])
def test_chats_of_nothing_but_service_messages_of_other_days_or_names_are_two(
    tmp_path: Path, other: dict[str, str]
) -> None:
    only_events(tmp_path / "a")
    only_events(tmp_path / "b", **other)
    write(tmp_path / "c", chat(EVENTS, name="Eastwind"))
    reading = read_archive(source("telegram"), tmp_path)
    assert len(merge(source("telegram"), reading.items).items) == 3
    of_pages = [read for read in reading.items if "telegram:id" not in str(read.summary.identity)]
    assert len(of_pages) == len(merge(source("telegram"), of_pages).items) == 2


def test_chats_that_only_begin_alike_are_not_paired_by_chance(tmp_path: Path) -> None:
    """Two groups of one name, founded on one day: of four readings nobody can tell whose
    two are.
    """
    root = tmp_path / "DataExport_2024-03-06"
    for name in ("chat_1", "chat_2"):
        only_events(root / "chats" / name)
    list_of = [(f"chat_{n}", TITLE, "group", "2 messages") for n in (1, 2)]
    html.write_full(root, list_of, {})
    write(root, account([chat(EVENTS, name=TITLE, id=n) for n in (5, 6)]))
    reading = read_archive(source("telegram"), tmp_path)
    assert len(reading.items) == len(merge(source("telegram"), reading.items).items) == 4


@pytest.mark.parametrize("forms", [("pages", "json"), ("json", "pages")])
@pytest.mark.parametrize("names", ["ab", "ba"])
def test_words_of_the_later_export_stand_whatever_its_form(
    tmp_path: Path, forms: tuple[str, str], names: str
) -> None:
    """Neither folder is named after a day: what each holds says which one is newer."""
    texts = ["of the first", "same", "same", "same"]
    later = ["of the second", "same", "same", "same", "new"]
    for name, form, words in zip(names, forms, (texts, later), strict=True):
        if form == "pages":
            page = html.Page(TITLE)
            for minute, text in enumerate(words):
                page.message(minute + 2, time(minute), text, author="Ada Park")
            html.write(tmp_path / name, page.html())
        else:
            told = [
                message(minute + 2, f"2024-03-05T10:{minute:02}:00", text=text)
                for minute, text in enumerate(words)
            ]
            write(tmp_path / name, chat(told, name=TITLE))
    (item,) = merge(source("telegram"), read_archive(source("telegram"), tmp_path).items).items
    assert [message.text for message in item.messages] == later
    assert item.summary.archive == names[1]
