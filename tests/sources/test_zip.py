"""Zips, read in place; hostile and broken ones of our own making."""

from __future__ import annotations

import os
import shutil
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from sources._archive import File, Tree
from sources._opening import open_tree
from sources._zip import ZipTree
from sources.errors import ArchiveError, ChangedWhileRead, Damaged, Unreadable
from tests.guarding import no_hang
from tests.zips import Member, opened, write_zip, zeros, zip_of, zipped


def paths(tree: Tree) -> list[str]:
    return [file.path for file in tree.files]


def unflagged(name: bytes, data: bytes = b"x") -> bytes:
    """A zip whose one member's name is these bytes, without the flag that says UTF-8."""
    stand_in = b"N" * len(name)
    raw = zip_of((stand_in.decode(), data))
    assert raw.count(stand_in) == 2
    return raw.replace(stand_in, name)


def test_names_in_utf_8_are_read_without_the_flag(tmp_path: Path) -> None:
    tree = opened(tmp_path, unflagged("général/1.json".encode()))
    assert paths(tree) == ["général/1.json"]
    assert tree.read("général/1.json") == b"x"


def test_names_that_are_not_utf_8_are_read_in_the_old_code_page(tmp_path: Path) -> None:
    assert paths(opened(tmp_path, unflagged(b"caf\x82.txt"))) == ["café.txt"]


def test_members_have_size_checksum_and_the_zip_in_their_shown_path(tmp_path: Path) -> None:
    tree = opened(tmp_path, zip_of(("b/", ""), ("b/2", "two"), ("a", "")))
    assert tree.files == (
        File(path="a", size=0, stamp=0),
        File(path="b/2", size=3, stamp=zlib.crc32(b"two")),
    )
    assert tree.display("b/2") == "export.zip!b/2"
    with pytest.raises(ChangedWhileRead):
        tree.read("c")


def test_an_empty_zip_holds_nothing(tmp_path: Path) -> None:
    assert opened(tmp_path, zip_of()).files == ()


def test_a_cut_zip_is_damaged_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = zip_of(("a.txt", "one"), ("b.txt", "two"))
    for length in range(len(whole)):
        with pytest.raises(Damaged, match="not a whole zip"):
            opened(tmp_path, whole[:length])
        (tmp_path / "export.zip").unlink()


def test_a_wrong_checksum_is_damage_of_that_member_alone(tmp_path: Path) -> None:
    raw = zip_of(("a.txt", "one"), ("b.txt", "two"), method=zipfile.ZIP_STORED)
    tree = opened(tmp_path, raw.replace(b"one", b"eno"))
    with pytest.raises(Damaged, match=r"^export\.zip!a\.txt: cannot be unpacked"):
        tree.read("a.txt")
    assert tree.read("b.txt") == b"two"


def test_noise_in_a_member_is_damage(tmp_path: Path) -> None:
    text = os.urandom(200).hex() * 3
    whole = zip_of(("a.txt", text))
    start = whole.index(b"a.txt") + 5
    raw = whole[: start + 12] + b"\xff" * 100 + whole[start + 112 :]
    with pytest.raises(Damaged):
        opened(tmp_path, raw).read("a.txt")


def test_whatever_byte_is_wrong_only_archive_errors_come(tmp_path: Path) -> None:
    whole = zip_of(("a/one.txt", "one " * 9), ("two.txt", "two"))
    for place in range(len(whole)):
        for change in (0x01, 0x80, 0xFF):
            raw = bytearray(whole)
            raw[place] ^= change
            read_all(tmp_path, bytes(raw), f"{place}-{change}.zip")


def read_all(folder: Path, data: bytes, name: str) -> None:
    try:
        tree = open_tree(write_zip(folder, data, name))
        for file in tree.files:
            tree.read(file.path)
    except ArchiveError:
        pass


def test_an_error_of_whoever_reads_is_not_blamed_on_the_archive(tmp_path: Path) -> None:
    tree = opened(tmp_path, zip_of(("a.txt", "x")))
    for error in (KeyError("ts"), RuntimeError("a"), RecursionError(), NotImplementedError()):
        with pytest.raises(type(error)), tree.open("a.txt"):
            raise error


def test_a_zip_in_a_zip_is_read_in_place(tmp_path: Path) -> None:
    inner = zip_of(("deep/a.txt", "found"))
    where = write_zip(tmp_path, zip_of(("mail/inner.zip", inner)))
    tree = open_tree((*where, "mail/inner.zip"))
    assert tree.read("deep/a.txt") == b"found"
    assert tree.display("deep/a.txt") == "export.zip!mail/inner.zip!deep/a.txt"


def test_a_damaged_zip_in_a_zip_is_named(tmp_path: Path) -> None:
    where = write_zip(tmp_path, zip_of(("inner.zip", zip_of(("a", "x"))[:-9])))
    with pytest.raises(Damaged, match=r"^export\.zip!inner\.zip: not a whole zip"):
        open_tree((*where, "inner.zip"))


def test_a_zip_written_anew_is_opened_anew(tmp_path: Path) -> None:
    before = opened(tmp_path, zip_of(("a.txt", "one")))
    again = opened(tmp_path, zip_of(("a.txt", "other"), ("b.txt", "")))
    assert again.read("a.txt") == b"other"
    with pytest.raises(ChangedWhileRead, match=r"export\.zip!a\.txt"):
        again.unchanged(before.files)
    again.unchanged(again.files)


def test_a_zip_that_is_gone_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"^gone\.zip: No such file"):
        open_tree((str(tmp_path), "gone.zip"))


def test_a_zip_cut_while_it_is_read_has_changed_and_is_not_damaged(tmp_path: Path) -> None:
    text = os.urandom(5000)
    tree = opened(tmp_path, zip_of(("a.txt", text), ("b.txt", text)))
    assert tree.read("a.txt") == text
    os.truncate(tmp_path / "export.zip", 2000)
    with pytest.raises(ChangedWhileRead, match=r"export\.zip!b\.txt: the zip was written to"):
        tree.read("b.txt")
    (tmp_path / "export.zip").unlink()
    with pytest.raises(ChangedWhileRead):
        tree.read("b.txt")


def test_no_more_is_unpacked_than_a_member_says_it_has(tmp_path: Path) -> None:
    # Half a gigabyte that says it has a thousand bytes.
    bomb = Member(name=b"a.txt", data=zeros(500), said_method=8, size=1000)
    whole = opened(tmp_path, zipped([bomb, Member(name=b"b.txt", data=b"fine")]))
    asked: list[Callable[[], object]] = [
        lambda: whole.read("a.txt"),
        lambda: whole.head("a.txt", 2000),
        lambda: copy_of(whole, "a.txt"),
    ]
    tracemalloc.start()
    try:
        with no_hang():
            for ask in asked:
                with pytest.raises(Damaged, match="cannot be unpacked"):
                    ask()
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()
    assert whole.read("b.txt") == b"fine"


def copy_of(tree: ZipTree, path: str) -> int:
    with tree.open(path) as stream, tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy, 2**20)
        return copy.tell()


def test_a_member_that_says_it_is_empty_and_is_not_is_damaged(tmp_path: Path) -> None:
    lying = Member(name=b"a.txt", data=b"lost", size=0)
    with pytest.raises(Damaged):
        opened(tmp_path, zipped([lying])).read("a.txt")
    assert opened(tmp_path, zip_of(("a.txt", b""))).read("a.txt") == b""
