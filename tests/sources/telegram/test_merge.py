from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import msgspec

from sources.records import Item
from sources.telegram.identity import VENDOR_ID
from tests.reading import Read, Reading, merge, read_archive, source
from tests.sources.telegram.export_builder import Page, write, write_full

Line = tuple[int, str, str]


def lines(*numbers: int, text: str = "text") -> list[Line]:
    return [(n, f"05.03.2024 10:{n % 60:02}:00 UTC+00:00", f"{text} {n}") for n in numbers]


def html(said: Sequence[Line], *, title: str = "Support", created: bool = False) -> str:
    page = Page(title).separator(1, "5 March 2024")
    if created:
        page.service(1, f"Channel &laquo;{title}&raquo; created")
    for number, time, text in said:
        page.message(number, time, text, author="Ada")
    return page.html()


def export(
    folder: Path, said: Sequence[Line], *, title: str = "Support", created: bool = False
) -> Read:
    page = html(said, title=title, created=created)
    reading = read_archive(source("telegram"), write(folder, page).parent)
    wanted = folder.name
    return next(read for read in reading.items if read.summary.archive == wanted)


def merged(*reads: Read) -> Reading:
    return merge(source("telegram"), reads)


def kinds(found: Read) -> list[str]:
    return [finding.kind for finding in found.summary.findings]


def ids(found: Read) -> list[int]:
    return [int(message.message_id) for message in found.messages]


def test_overlapping_exports_become_one_chat(tmp_path: Path) -> None:
    old = export(tmp_path / "ChatExport_2024-03-06", lines(1, 2, 3, 4))
    new = export(tmp_path / "ChatExport_2024-03-09", lines(3, 4, 5, 6))
    reading = merged(old, new)
    assert [ids(item) for item in reading.items] == [[1, 2, 3, 4, 5, 6]]
    assert (reading.account.accepted, reading.account.duplicate) == (-2, 2)
    item = reading.items[0]
    assert "merged" in kinds(item)
    assert item.summary.key == old.summary.key
    assert item.summary.records == item.head.message_count == 6  # type: ignore[union-attr]
    assert item.summary.version[0] == "2024-03-09"


def test_edited_message_does_not_split_a_chat_and_the_newer_text_stays(tmp_path: Path) -> None:
    numbers = range(1, 21)
    old = export(tmp_path / "ChatExport_2024-03-06", lines(*numbers))
    said = lines(*numbers)
    said[4] = (said[4][0], said[4][1], "edited")
    new = export(tmp_path / "ChatExport_2024-03-09", said)
    reading = merged(old, new)
    assert len(reading.items) == 1
    assert reading.items[0].messages[4].text == "edited"


def test_chats_that_share_ids_but_not_times_stay_apart(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", lines(1, 2))
    two = export(tmp_path / "ChatExport_b", [(2, "01.01.2020 00:00:00 UTC+00:00", "text 2")])
    reading = merged(one, two)
    assert [ids(item) for item in reading.items] == [[2], [1, 2]]
    assert [kinds(item)[-1:] for item in reading.items] == [["same_title"], ["same_title"]]
    assert reading.items[1].head == one.head
    assert reading.account.accepted == 0


def test_chats_that_share_times_but_not_texts_stay_apart(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", lines(1, 2))
    two = export(tmp_path / "ChatExport_b", lines(1, 2, text="other"))
    assert len(merged(one, two).items) == 2


def test_chats_alike_only_in_being_created_stay_apart_under_different_keys(
    tmp_path: Path,
) -> None:
    one = export(tmp_path / "ChatExport_a", lines(5, 6), created=True)
    two = export(tmp_path / "ChatExport_b", lines(7, 8), created=True)
    assert one.summary.key == two.summary.key
    reading = merged(one, two)
    keys = [item.summary.key for item in reading.items]
    assert keys == [one.summary.key, f"{one.summary.key}~2"]
    assert "begins_alike" in kinds(reading.items[1])
    assert [ids(item) for item in reading.items] == [[1, 5, 6], [1, 7, 8]]


def test_chat_of_nothing_but_the_same_service_message_is_one(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", [], created=True)
    two = export(tmp_path / "ChatExport_b", [], created=True)
    reading = merged(one, two)
    assert [ids(item) for item in reading.items] == [[1]]
    assert reading.account.duplicate == 1


def test_months_exported_one_by_one_become_one_chat(tmp_path: Path) -> None:
    march = export(tmp_path / "ChatExport_2024-03-31", lines(1, 2))
    april = export(tmp_path / "ChatExport_2024-04-30", lines(3, 4))
    reading = merged(march, april)
    assert [ids(item) for item in reading.items] == [[1, 2, 3, 4]]
    assert reading.account.duplicate == 0


def test_disjoint_exports_under_other_titles_stay_apart(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", lines(1, 2))
    two = export(tmp_path / "ChatExport_b", lines(3, 4), title="Sales")
    assert len(merged(one, two).items) == 2


def test_disjoint_exports_whose_ids_interleave_stay_apart(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", lines(1, 3))
    two = export(tmp_path / "ChatExport_b", lines(2, 4))
    assert len(merged(one, two).items) == 2


def test_chats_of_one_full_export_are_never_one(tmp_path: Path) -> None:
    chats = [(f"chat_{n}", "Support", "group", "2 messages") for n in (1, 2)]
    pages = {"chat_1": [html(lines(1, 2))], "chat_2": [html(lines(1, 2))]}
    write_full(tmp_path, chats, pages)
    reads = read_archive(source("telegram"), tmp_path).items
    reading = merged(*reads)
    assert len(reading.items) == 2
    assert len({item.summary.key for item in reading.items}) == 2


def test_chat_of_two_full_exports_is_one_whatever_its_number(tmp_path: Path) -> None:
    for name, folder in (("DataExport_2024-03-06", "chat_1"), ("DataExport_2024-03-09", "chat_2")):
        chats = [(folder, "Support", "group", "2 messages")]
        write_full(tmp_path / name, chats, {folder: [html(lines(1, 2))]})
    reading = merged(*read_archive(source("telegram"), tmp_path).items)
    assert [ids(item) for item in reading.items] == [[1, 2]]
    assert reading.items[0].head.chat_type == "group"  # type: ignore[union-attr]
    assert reading.items[0].summary.archive == "DataExport_2024-03-09"


def test_export_that_bridges_two_others_joins_all_three(tmp_path: Path) -> None:
    one = export(tmp_path / "x" / "ChatExport_a", lines(1, 2, 3))
    two = export(tmp_path / "y" / "ChatExport_b", lines(7, 8), title="Help desk")
    bridge = export(tmp_path / "z" / "ChatExport_c", lines(3, 4, 7))
    assert [ids(item) for item in merged(one, two, bridge).items] == [[1, 2, 3, 4, 7, 8]]


def test_reading_out_of_order_is_merged_without_doubling(tmp_path: Path) -> None:
    folder = write(tmp_path / "ChatExport_a", html(lines(5, 6)), html(lines(1, 2)))
    one = read_archive(source("telegram"), folder.parent).items[0]
    two = export(tmp_path / "other" / "ChatExport_b", lines(2, 5, 7))
    reading = merged(one, two)
    assert [ids(item) for item in reading.items] == [[1, 2, 5, 6, 7]]
    assert reading.account.duplicate == 2


def test_renamed_chat_keeps_its_earlier_name_as_alias(tmp_path: Path) -> None:
    old = export(tmp_path / "ChatExport_2024-03-06", lines(1, 2), title="Acme beta")
    new = export(tmp_path / "ChatExport_2024-03-09", lines(1, 2), title="Acme")
    summary = merged(old, new).items[0].summary
    assert (summary.title, summary.aliases) == ("Acme", ("Acme beta",))
    assert summary.identity == ("telegram:title:acme", "telegram:title:acmebeta")


def test_order_of_the_readings_changes_nothing(tmp_path: Path) -> None:
    reads = [
        export(tmp_path / "ChatExport_1", lines(1, 2, 3)),
        export(tmp_path / "ChatExport_2", lines(3, 4)),
        export(tmp_path / "ChatExport_3", [(3, "01.01.2020 00:00:00", "other")]),
    ]
    told = [merged(*order) for order in permutations(reads)]
    assert all(reading == told[0] for reading in told)
    assert [ids(item) for item in told[0].items] == [[3], [1, 2, 3, 4]]


def zoned(*numbers: int, zone: str, hour: int = 10) -> list[Line]:
    return [(n, f"05.03.2024 {hour}:{n:02}:00{zone}", f"text {n}") for n in numbers]


def test_exports_of_computers_in_two_zones_agree_in_utc(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_2024-03-06", zoned(1, 2, 3, zone=" UTC+00:00"))
    two = export(tmp_path / "ChatExport_2024-03-09", zoned(2, 3, 4, zone=" UTC+05:00", hour=15))
    (item,) = merged(one, two).items
    assert ids(item) == [1, 2, 3, 4]
    assert "zones_differ" not in kinds(item)


def test_exports_without_zones_that_differ_by_hours_are_one_and_say_so(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_2024-03-06", zoned(1, 2, 3, 4, zone=""))
    two = export(tmp_path / "ChatExport_2024-03-09", zoned(2, 3, 4, 5, zone="", hour=13))
    (item,) = merged(one, two).items
    assert ids(item) == [1, 2, 3, 4, 5]
    assert "zones_differ" in kinds(item)
    assert item.messages[1].timestamp == "2024-03-05T13:02:00Z"


def test_message_edited_in_a_small_overlap_does_not_split_a_chat(tmp_path: Path) -> None:
    old = export(tmp_path / "ChatExport_2024-03-06", lines(1, 2, 3, 4))
    said = [*lines(3), *lines(4, text="edited"), *lines(5)]
    new = export(tmp_path / "ChatExport_2024-03-09", said)
    (item,) = merged(old, new).items
    assert [message.text for message in item.messages][3] == "edited 4"


def test_key_is_that_of_the_earliest_reading_even_when_its_text_was_edited(tmp_path: Path) -> None:
    old = export(tmp_path / "ChatExport_2024-03-06", lines(1, 2, 3, 4))
    said = [*lines(1, text="edited"), *lines(2, 3, 4, 5)]
    new = export(tmp_path / "ChatExport_2024-03-09", said)
    late = export(tmp_path / "ChatExport_2024-03-03", lines(3, 4))
    assert old.summary.key != new.summary.key
    assert merged(new, late, old).items[0].summary.key == old.summary.key


def test_months_with_retouched_titles_become_one_chat(tmp_path: Path) -> None:
    titles = ("Acme Support", "acme-support", "Acme Support (2024)")
    months = [
        export(tmp_path / f"2024-0{n}", lines(n * 2, n * 2 + 1), title=title)
        for n, title in enumerate(titles, start=1)
    ]
    (item,) = merged(*months).items
    assert ids(item) == [2, 3, 4, 5, 6, 7]
    assert {item.summary.title, *item.summary.aliases} == {*titles}


def test_disjoint_exports_in_which_nobody_wrote_in_both_stay_apart(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", lines(1, 2))
    folder = write(tmp_path / "ChatExport_b", html(lines(3, 4)).replace("Ada", "Bel")).parent
    two = next(
        read
        for read in read_archive(source("telegram"), folder).items
        if read.summary.archive == "ChatExport_b"
    )
    reading = merged(one, two)
    assert [ids(item) for item in reading.items] == [[1, 2], [3, 4]]
    assert all("same_title" in kinds(item) for item in reading.items)


def written_by(folder: Path, authors: str, *numbers: int) -> Read:
    """A chat in which these people, a letter each, write in turn."""
    page = Page("Support").separator(1, "5 March 2024")
    for number in numbers:
        who = authors[number % len(authors)]
        page.message(number, f"05.03.2024 10:{number % 60:02}:00 UTC+00:00", "x", author=who)
    write(folder, page.html())
    (read,) = read_archive(source("telegram"), folder).items
    summary = msgspec.structs.replace(read.summary, archive=folder.name)
    head = msgspec.structs.replace(read.head, directory=folder.name)
    return Read(Item(summary=summary, head=head), read.messages)


def test_disjoint_chats_of_one_of_us_with_two_customers_stay_apart(tmp_path: Path) -> None:
    bob = written_by(tmp_path / "ChatExport_a", "MB", *range(10, 20))
    carl = written_by(tmp_path / "ChatExport_b", "MC", *range(30, 40))
    assert len(merged(bob, carl).items) == 2
    later = written_by(tmp_path / "ChatExport_c", "MB", *range(40, 50))
    assert len(merged(bob, later).items) == 1


def test_chats_of_an_account_whose_list_was_not_kept_stay_apart(tmp_path: Path) -> None:
    for name in ("chat_1", "chat_2"):
        number = 10 * int(name[-1])
        write(tmp_path / "chats" / name, html(lines(number, number + 1)))
    reads = read_archive(source("telegram"), tmp_path).items
    assert len(reads) == len(merged(*reads).items) == 2


def test_export_that_opens_with_the_creation_continues_nothing(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", lines(11, 12))
    page = Page("Support").separator(1, "5 March 2024")
    page.service(20, "Ada created group &laquo;Support&raquo; with members Bel")
    page.message(21, "05.03.2024 10:21:00 UTC+00:00", "x", author="Ada")
    folder = write(tmp_path / "ChatExport_b", page.html()).parent
    two = next(
        read
        for read in read_archive(source("telegram"), folder).items
        if read.summary.archive == "ChatExport_b"
    )
    assert len(merged(one, two).items) == 2


def test_disjoint_exports_whose_times_do_not_follow_stay_apart(tmp_path: Path) -> None:
    one = export(tmp_path / "ChatExport_a", lines(11, 12))
    two = export(tmp_path / "ChatExport_b", [(13, "05.03.2024 10:01:00 UTC+00:00", "x")])
    assert len(merged(one, two).items) == 2


def test_disjoint_exports_elsewhere_stay_apart(tmp_path: Path) -> None:
    one = export(tmp_path / "x" / "ChatExport_a", lines(1, 2))
    two = export(tmp_path / "y" / "ChatExport_b", lines(3, 4))
    apart = msgspec.structs.replace(two.summary, archive="y/ChatExport_b")
    head = msgspec.structs.replace(two.head, directory="y/ChatExport_b")
    assert len(merged(one, Read(Item(summary=apart, head=head), two.messages)).items) == 2


def test_chat_that_may_continue_either_of_two_others_stays_apart(tmp_path: Path) -> None:
    first = export(tmp_path / "ChatExport_a", lines(1, 2))
    one = export(tmp_path / "ChatExport_b", lines(3, 5))
    two = export(tmp_path / "ChatExport_c", lines(4, 5, text="other"))
    reading = merged(first, one, two)
    assert sorted(ids(item) for item in reading.items) == [[1, 2], [3, 5], [4, 5]]


def test_stranger_beside_the_months_of_a_chat_does_not_take_them_apart(tmp_path: Path) -> None:
    months = [export(tmp_path / f"2024-0{n}", lines(n * 3, n * 3 + 1)) for n in range(1, 9)]
    stranger = export(tmp_path / "2024-09", lines(4, 6, 9, 14, text="other"))
    reading = merged(*months, stranger)
    assert sorted(len(ids(item)) for item in reading.items) == [4, 16]


def with_id(read: Read, chat: str, *, archive: str = "") -> Read:
    """The reading as an export that tells ids would give it."""
    identity = (*read.summary.identity, f"{VENDOR_ID}{chat}")
    summary = msgspec.structs.replace(
        read.summary, identity=identity, archive=archive or read.summary.archive
    )
    return Read(Item(summary=summary, head=read.head), read.messages)


def test_two_forms_of_one_export_are_one_chat_and_that_with_ids_is_kept(tmp_path: Path) -> None:
    said = [(n, time.replace(" 10:", " 11:"), text) for n, time, text in lines(1, 2)]
    html_form = export(tmp_path / "ChatExport_2024-03-06", said)
    other = export(tmp_path / "x" / "ChatExport_2024-03-06", lines(1, 2))
    json_form = with_id(other, "channel5", archive=html_form.summary.archive)
    for order in permutations([html_form, json_form]):
        (item,) = merged(*order).items
        assert [m.timestamp for m in item.messages] == [m.timestamp for m in other.messages]
        assert item.summary.identity[0] == f"{VENDOR_ID}channel5"


def test_chats_of_different_ids_are_two_whatever_else_agrees(tmp_path: Path) -> None:
    one = with_id(export(tmp_path / "ChatExport_a", lines(1, 2)), "channel1")
    two = with_id(export(tmp_path / "ChatExport_b", lines(1, 2)), "channel2")
    same = with_id(export(tmp_path / "ChatExport_c", lines(8), title="Other"), "channel1")
    assert sorted(ids(item) for item in merged(one, two, same).items) == [[1, 2], [1, 2, 8]]


def typed(folder: Path, name: str, kind: str, *numbers: int) -> Read:
    read = export(folder / name, lines(*numbers))
    return Read(
        Item(summary=read.summary, head=msgspec.structs.replace(read.head, chat_type=kind)),
        read.messages,
    )


def test_type_in_detail_outlives_a_newer_export_that_tells_it_roughly(tmp_path: Path) -> None:
    old = typed(tmp_path, "ChatExport_2024-03-06", "private_supergroup", 1, 2, 3)
    for newest, expected in (
        ("group", "private_supergroup"),
        ("public_supergroup", "public_supergroup"),
        ("channel", "channel"),
    ):
        new = typed(tmp_path, "ChatExport_2024-03-09", newest, 2, 3, 4)
        (item,) = merged(old, new).items
        assert item.head.chat_type == expected  # type: ignore[union-attr]


def test_namesakes_are_counted_unless_one_export_holds_both(tmp_path: Path) -> None:
    """Chats called alike: two of one account, told apart by it, and two from elsewhere."""
    account = [f"chat_{n}" for n in (1, 2)]
    chats = [(folder, "Support", "group", "1 message") for folder in account]
    pages = {folder: [html(lines(n), title="Support")] for n, folder in enumerate(account, 5)}
    write_full(tmp_path / "DataExport_2024-03-06", chats, pages)
    ours = read_archive(source("telegram"), tmp_path).items
    others = [
        export(tmp_path / "x" / f"ChatExport_{n}", [(5, f"01.01.202{n} 00:00:00", "other")])
        for n in (1, 2)
    ]
    told = {
        (item.summary.archive, len(item.messages)): [
            f.count for f in item.summary.findings if f.kind == "same_title"
        ]
        for item in merged(*ours, *others).items
    }
    assert told == {
        ("DataExport_2024-03-06", 1): [2],
        ("ChatExport_1", 1): [3],
        ("ChatExport_2", 1): [3],
    }


def test_many_that_begin_alike_get_keys_of_their_own(tmp_path: Path) -> None:
    reads = [
        export(tmp_path / f"{n}" / f"ChatExport_{n}", lines(9 + n), created=True) for n in range(4)
    ]
    key = reads[0].summary.key
    found = [item.summary.key for item in merged(*reads).items]
    assert found == [key, f"{key}~2", f"{key}~3", f"{key}~4"]
