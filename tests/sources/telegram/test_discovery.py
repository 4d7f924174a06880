import zipfile
from pathlib import Path

from sources._archive import FolderTree
from sources._opening import open_tree
from sources.protocol import Unit
from tests.reading import Reading, discover, source
from tests.sources.telegram.export_builder import Page, chat_list, write, write_full

TIME = "05.03.2024 10:00:00 UTC+00:00"


def chat(title: str = "Acme", *, full: bool = False) -> str:
    return Page(title, full=full).message(1, TIME, "x", author="Ada").html()


def look(folder: Path) -> Reading:
    return discover(source("telegram"), FolderTree(folder))


def names(reading: Reading) -> list[str]:
    return [unit.name for unit in reading.units]


def hints(unit: Unit) -> dict[str, str]:
    return dict(unit.hints)


def touch(path: Path, data: bytes = b"x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_export_is_known_by_its_pages_whatever_the_folder_is_called(tmp_path: Path) -> None:
    write(tmp_path / "from Ada" / "2024", chat())
    reading = look(tmp_path)
    assert names(reading) == ["from Ada/2024"]
    assert hints(reading.units[0])["root"] == "from Ada/2024"


def test_export_at_the_root_of_the_data_folder(tmp_path: Path) -> None:
    write(tmp_path, chat())
    assert names(look(tmp_path)) == ["."]


def test_export_at_the_root_of_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "acme.zip", "w") as archive:
        archive.writestr("messages.html", chat())
        archive.writestr("photos/p.jpg", b"x")
    reading = discover(source("telegram"), open_tree((str(tmp_path), "acme.zip")))
    assert names(reading) == ["acme.zip!"]
    assert [ignored.path for ignored in reading.ignored] == ["acme.zip!photos/"]


def test_full_export_has_a_unit_per_chat_with_what_the_list_says(tmp_path: Path) -> None:
    chats = [
        ("chat_1", "Acme & Co", "private", "1 message"),
        ("chat_2", "Same", "group", "1 message"),
        ("chat_3", "Same", "channel", "1 outgoing message"),
        ("", "Empty", "group", "No messages"),
    ]
    pages = {folder: [chat(full=True)] for folder, *_ in chats if folder}
    write_full(tmp_path / "Mine", chats, pages)
    reading = look(tmp_path)
    assert names(reading) == [f"Mine/chats/chat_{number}" for number in (1, 2, 3)]
    assert not reading.problems
    first, _, third = reading.units
    assert hints(first) == {
        "root": "Mine",
        "directory": "Mine/chats/chat_1",
        "listed": "yes",
        "name": "Acme & Co",
        "type": "private",
        "count": "1 message",
    }
    assert hints(third)["count"] == "1 outgoing message"
    assert [file.path for file in first.context] == ["Mine/lists/chats.html"]


def test_left_channels_are_in_the_list_too(tmp_path: Path) -> None:
    root = tmp_path / "Mine"
    write(root / "chats" / "chat_1", chat(full=True))
    html = chat_list([], left=[("chat_1", "Gone", "channel", "1 message")])
    touch(root / "lists" / "chats.html", html.encode())
    assert hints(look(tmp_path).units[0])["type"] == "channel"


def test_pages_stand_in_reading_order(tmp_path: Path) -> None:
    write(tmp_path, *[chat()] * 11, first="start here.html")
    files = [file.path for file in look(tmp_path).units[0].files]
    assert files[:3] == ["start here.html", "messages2.html", "messages3.html"]
    assert files[-2:] == ["messages10.html", "messages11.html"]


def test_page_of_another_product_is_refused_with_the_reason(tmp_path: Path) -> None:
    touch(tmp_path / "matrix" / "messages.html", b"<html><p>Another product</p></html>")
    touch(tmp_path / "matrix" / "index.html", b"<html><p>Another product</p></html>")
    reading = look(tmp_path)
    assert not reading.units
    assert [(p.path, p.reason) for p in reading.problems] == [("matrix/messages.html", "foreign")]


def test_media_beside_a_chat_belongs_to_it(tmp_path: Path) -> None:
    write(tmp_path / "c", chat())
    for path in ("photos/p.jpg", "files/team.ics", "files/messages.html", "css/style.css"):
        touch(tmp_path / "c" / path, chat().encode())
    touch(tmp_path / "c" / "notes.csv")
    reading = look(tmp_path)
    assert names(reading) == ["c"]
    assert {ignored.path for ignored in reading.ignored} == {"c/css/", "c/files/", "c/photos/"}


def test_everything_of_a_full_export_belongs_to_it(tmp_path: Path) -> None:
    root = tmp_path / "Mine"
    write_full(root, [("chat_1", "A", "group", "1 message")], {"chat_1": [chat(full=True)]})
    for path in ("chats/chat_1/files/a.zip", "profile_pictures/p.jpg", "js/script.js"):
        touch(root / path)
    touch(root / "lists" / "contacts.html")
    paths = {ignored.path for ignored in look(tmp_path).ignored}
    assert paths == {
        "Mine/chats/chat_1/files/",
        "Mine/profile_pictures/",
        "Mine/js/",
        "Mine/lists/chats.html",
        "Mine/lists/contacts.html",
        "Mine/export_results.html",
    }


def test_chat_that_is_listed_but_absent_is_reported(tmp_path: Path) -> None:
    chats = [(f"chat_{n}", "A", "group", "1 message") for n in (1, 2)]
    write_full(tmp_path, chats, {"chat_1": [chat(full=True)]})
    problem = look(tmp_path).problems[0]
    assert problem.reason == "missing_chats"
    assert "chats/chat_2" in problem.detail


def test_noise_in_place_of_the_list_costs_types_only(tmp_path: Path) -> None:
    chats = [("chat_1", "A", "group", "1 message")]
    write_full(tmp_path / "Mine", chats, {"chat_1": [chat(full=True)]})
    touch(tmp_path / "Mine" / "lists" / "chats.html", b"\0\1noise")
    reading = look(tmp_path)
    assert names(reading) == ["Mine/chats/chat_1"]
    assert hints(reading.units[0])["root"] == "Mine"
    assert [problem.path for problem in reading.problems] == ["Mine/lists/chats.html"]


def test_list_that_was_cut_is_reported_and_costs_no_chat(tmp_path: Path) -> None:
    chats = [(f"chat_{n}", f"A{n}", "group", "1 message") for n in (1, 2)]
    write_full(tmp_path, chats, {folder: [chat(full=True)] for folder, *_ in chats})
    html = (tmp_path / "lists" / "chats.html").read_text()
    touch(tmp_path / "lists" / "chats.html", html[: html.index("chat_2") - 20].encode())
    reading = look(tmp_path)
    assert [problem.reason for problem in reading.problems] == ["truncated"]
    assert [hints(unit)["listed"] for unit in reading.units] == ["yes", "no"]


def test_two_exports_in_one_folder_stay_apart(tmp_path: Path) -> None:
    for name in ("DataExport_2023-01-01", "DataExport_2024-01-01"):
        chats = [("chat_1", name, "group", "1 message")]
        write_full(tmp_path / name, chats, {"chat_1": [chat(full=True)]})
    assert [hints(unit)["name"] for unit in look(tmp_path).units] == [
        "DataExport_2023-01-01",
        "DataExport_2024-01-01",
    ]


def test_discovery_says_the_same_twice(tmp_path: Path) -> None:
    chats = [("chat_1", "A", "group", "1 message")]
    write_full(tmp_path / "Mine", chats, {"chat_1": [chat(full=True)]})
    write(tmp_path / "One", chat())
    assert look(tmp_path) == look(tmp_path)


def test_list_that_climbs_out_of_its_export_is_not_followed(tmp_path: Path) -> None:
    html = chat_list([("../../../elsewhere", "A", "group", "1 message")])
    touch(tmp_path / "Mine" / "lists" / "chats.html", html.encode())
    reading = look(tmp_path)
    assert not reading.units
    assert not reading.problems
