import zipfile
from pathlib import Path

from sources._archive import FolderTree
from sources._opening import open_tree
from tests.reading import Reading, discover, source
from tests.sources.telegram.export_builder import Page
from tests.sources.telegram.json_builder import account, chat, message, text_of, write

HTML = Page("Acme").message(1, "05.03.2024 10:00:00 UTC+00:00", "x", author="Ada").html()


def look(folder: Path) -> Reading:
    return discover(source("telegram"), FolderTree(folder))


def names(reading: Reading) -> list[str]:
    return [unit.name for unit in reading.units]


def touch(path: Path, data: bytes = b"x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_export_is_known_by_what_it_holds_whatever_it_is_called(tmp_path: Path) -> None:
    write(tmp_path / "from Ada", chat([message(1)]), "acme march.json")
    write(tmp_path / "from Ada", chat([message(2)]), "acme april.json")
    assert names(look(tmp_path)) == ["from Ada/acme april.json", "from Ada/acme march.json"]


def test_media_beside_an_export_belongs_to_it(tmp_path: Path) -> None:
    write(tmp_path / "c", chat([message(1)]))
    touch(tmp_path / "c" / "files" / "team.ics")
    write(tmp_path / "c" / "files", chat([message(1)]), "sent.json")
    touch(tmp_path / "c" / "files" / "messages.html", HTML.encode())
    reading = look(tmp_path)
    assert names(reading) == ["c/result.json"]
    assert [ignored.path for ignored in reading.ignored] == ["c/files/"]


def test_json_sent_in_a_chat_of_pages_is_no_export(tmp_path: Path) -> None:
    touch(tmp_path / "c" / "messages.html", HTML.encode())
    write(tmp_path / "c" / "files", chat([message(1)]))
    assert names(look(tmp_path)) == ["c"]


def test_export_in_a_folder_that_happens_to_be_called_like_media(tmp_path: Path) -> None:
    write(tmp_path / "files", chat([message(1)]))
    assert names(look(tmp_path)) == ["files/result.json"]


def test_files_of_an_accounts_chats_belong_to_it(tmp_path: Path) -> None:
    write(tmp_path / "Mine", account([chat([message(1)])]))
    for path in ("chats/chat_01/files/a.zip", "profile_pictures/p.jpg", "chats/notes/a.txt"):
        touch(tmp_path / "Mine" / path)
    assert [ignored.path for ignored in look(tmp_path).ignored] == [
        "Mine/profile_pictures/",
        "Mine/chats/chat_01/files/",
    ]


def test_pages_and_json_side_by_side_are_both_read(tmp_path: Path) -> None:
    touch(tmp_path / "c" / "messages.html", HTML.encode())
    write(tmp_path / "c", chat([message(1)]))
    assert names(look(tmp_path)) == ["c/result.json", "c"]


def test_result_of_another_product_is_refused_and_other_json_left_alone(tmp_path: Path) -> None:
    for name in ("result.json", "package.json"):
        touch(tmp_path / name, b'{"results": []}')
    reading = look(tmp_path)
    assert [(p.path, p.reason) for p in reading.problems] == [("result.json", "foreign")]
    assert not reading.units
    assert not reading.ignored


def test_other_encoding_is_taken_in(tmp_path: Path) -> None:
    touch(tmp_path / "acme.json", text_of(chat([message(1)])).encode("utf-16"))
    assert [unit.name for unit in look(tmp_path).units] == ["acme.json"]


def test_of_a_folder_of_days_only_the_first_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "slack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for day in range(1, 6):
            archive.writestr(f"general/2024-03-0{day}.json", "[]")
        archive.writestr("users.json", "[]")
    tree = open_tree((str(tmp_path), path.name))
    opened: list[str] = []
    head = tree.head

    def noted(path: str, size: int = 0) -> bytes:
        opened.append(path)
        return head(path, size)

    tree.head = noted  # type: ignore[method-assign]
    assert not discover(source("telegram"), tree).units
    assert opened == ["general/2024-03-01.json", "users.json"] or opened == [
        "users.json",
        "general/2024-03-01.json",
    ]


def test_exports_called_like_days_are_found(tmp_path: Path) -> None:
    for day in ("2024-03-01", "2024-04-01"):
        write(tmp_path, chat([message(1)]), f"{day}.json")
    assert len(look(tmp_path).units) == 2
