from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

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
