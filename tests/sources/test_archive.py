"""Folders, read in place, and what is true of every tree."""

from __future__ import annotations

import bz2
import lzma
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sources._archive import (
    WHOLE_BYTES,
    Claims,
    File,
    FolderTree,
    Tree,
    is_debris,
    is_zip,
    printable,
)
from sources.errors import ChangedWhileRead, TooLarge
from tests.guarding import no_hang
from tests.zips import Member, opened, zip_of, zipped

ROOT = Path(__file__).parents[2]


def paths(tree: Tree) -> list[str]:
    return [file.path for file in tree.files]


def test_files_of_a_folder_stand_sorted_with_size_and_time(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.txt").write_bytes(b"two")
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "b.txt").write_bytes(b"")
    tree = FolderTree(tmp_path)
    assert paths(tree) == ["a.txt", "b.txt", "b/two.txt"]
    info = (tmp_path / "b" / "two.txt").stat()
    assert tree.files[2] == File(path="b/two.txt", size=3, stamp=info.st_mtime_ns)
    assert tree.read("b/two.txt") == b"two"
    assert tree.head("b/two.txt", 2) == b"tw"
    assert tree.display("b/two.txt") == "b/two.txt"


def test_links_and_pipes_are_set_apart_and_never_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("not ours")
    root = tmp_path / "data"
    root.mkdir()
    (root / "file-link").symlink_to(outside / "secret.txt")
    (root / "folder-link").symlink_to(outside)
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe")
    (root / "own.txt").write_text("ours")
    tree = FolderTree(root)
    # Opening the pipe would wait for ever.
    assert paths(tree) == ["own.txt"]
    assert tree.passed_over == [
        ("file-link", "symbolic link"),
        ("folder-link", "symbolic link"),
        ("loop", "symbolic link"),
        ("pipe", "not a regular file"),
    ]
    assert tree.errors == []


def test_what_takes_the_place_of_a_listed_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("not ours")
    root = tmp_path / "data"
    root.mkdir()
    (root / "own.txt").write_text("ours")
    tree = FolderTree(root)
    assert paths(tree) == ["own.txt"]
    (root / "own.txt").unlink()
    (root / "own.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ChangedWhileRead):
        tree.unchanged(tree.files)


CHILD = """
import os, sys
sys.path.insert(0, sys.argv[2])
from sources._archive import FolderTree
os.setgid(65534)
os.setuid(65534)
tree = FolderTree(sys.argv[1])
print([file.path for file in tree.files])
for error in tree.errors:
    print(type(error).__name__, error)
try:
    tree.read("closed.txt")
except Exception as error:
    print(type(error).__name__, error.retry, error)
"""


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that everybody may look into; pytest's own are private."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_an_unreadable_folder_and_file_are_reported(open_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has other permissions")
    if os.getuid() != 0:
        pytest.skip("needs the right to become somebody without rights")
    (open_path / "closed").mkdir(mode=0o700)
    (open_path / "closed" / "inner.txt").write_text("x")
    (open_path / "closed.txt").write_text("x")
    (open_path / "closed.txt").chmod(0o600)
    done = subprocess.run(
        [sys.executable, "-I", "-c", CHILD, str(open_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ImportError" in done.stderr or "ModuleNotFoundError" in done.stderr:
        pytest.skip("nobody may not read this checkout")
    assert done.stderr == ""
    remedy = "Make it readable for the user who runs this, and run again."
    assert done.stdout.splitlines() == [
        "['closed.txt']",
        f"Unreadable closed/: Permission denied. {remedy}",
        f"Unreadable True closed.txt: Permission denied. {remedy}",
    ]


def test_what_is_gone_by_the_time_it_is_listed_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text("x")
    scan = os.scandir

    @contextmanager
    def late(folder: str) -> Iterator[list[os.DirEntry[str]]]:
        with scan(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        (tmp_path / "b.txt").unlink()
        yield listed

    monkeypatch.setattr(os, "scandir", late)
    tree = FolderTree(tmp_path)
    assert paths(tree) == ["a.txt", "c.txt"]
    assert tree.errors == []


def test_folders_too_deep_for_the_system_are_said_and_the_rest_is_listed(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):  # names of 200 bytes: the path of the last is too long for any call
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    (tmp_path / "fine.txt").write_text("x")
    (tmp_path / ("n" * 255)).write_text("x")
    with no_hang():
        tree = FolderTree(tmp_path)
        assert paths(tree) == ["fine.txt", "n" * 255]
    (error,) = tree.errors
    assert error.detail == "File name too long"
    assert error.remedy == "Move it to a place with a shorter path."
    shutil.rmtree(tmp_path / ("d" * 200))


def test_a_very_deep_folder_and_a_very_full_one_are_listed_soon(tmp_path: Path) -> None:
    folders = [f"{tmp_path}/{'d/' * depth}" for depth in range(1, 800)]
    for folder in folders:
        Path(folder).mkdir()
    Path(folders[-1], "a.txt").write_text("x")
    (tmp_path / "full").mkdir()
    for number in range(10_000):
        os.close(os.open(tmp_path / "full" / f"{number}.txt", os.O_CREAT))
    with no_hang():
        tree = FolderTree(tmp_path)
        assert len(tree.files) == 10_001
        assert tree.read(f"{'d/' * 799}a.txt") == b"x"
    Path(folders[-1], "a.txt").unlink()
    for folder in reversed(folders):  # deeper than what cleans up goes
        Path(folder).rmdir()


@pytest.mark.parametrize("what", ["link", "pipe", "socket", "folder"])
def test_what_took_the_place_of_a_file_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x")
    tree = FolderTree(tmp_path)
    listed = tree.files
    file.unlink()
    with socket.socket(socket.AF_UNIX) as server:
        if what == "link":
            file.symlink_to(__file__)
        elif what == "pipe":
            os.mkfifo(file)
        elif what == "folder":
            file.mkdir()
        else:
            monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
            server.bind("a.txt")
        asked: list[Callable[[], object]] = [
            lambda: tree.read("a.txt"),
            lambda: tree.head("a.txt"),
            lambda: tree.unchanged(listed),
            lambda: tree.as_now(listed),
        ]
        for ask in asked:
            with pytest.raises(ChangedWhileRead, match=r"^a\.txt: "):
                ask()


def test_what_cannot_be_held_at_once_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 1001)
    (tmp_path / "b.txt").write_bytes(b"x" * 1000)
    packed = opened(tmp_path, zip_of(("a.txt", b"x" * 1001), ("b.txt", b"x" * 1000)))
    for tree in (FolderTree(tmp_path), packed):
        with pytest.raises(TooLarge, match=r"a\.txt: 1001 bytes that must be read in one piece"):
            tree.read("a.txt", 1000)
        assert len(tree.read("b.txt", 1000)) == 1000
        assert len(tree.read("a.txt")) == len(tree.head("a.txt")) == 1001


def test_a_file_larger_than_any_that_is_read_at_once_is_refused_without_being_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.html").touch()
    os.truncate(tmp_path / "a.html", WHOLE_BYTES + 1)  # all of it a hole
    packed = zipped([Member(name=b"a.html", data=b"x" * 4_000_000, size=WHOLE_BYTES + 1)])
    tracemalloc.start()
    try:
        for tree in (FolderTree(tmp_path), opened(tmp_path, packed)):
            with pytest.raises(TooLarge):
                tree.read("a.html")
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_files_are_told_as_they_are_now(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    tree = FolderTree(tmp_path)
    before = tree.files
    (tmp_path / "a.txt").write_text("longer")
    (now,) = tree.as_now(before)
    assert (now.path, now.size) == ("a.txt", 6)
    assert tree.files == before
    tree.unchanged([now])


def test_a_missing_root_is_an_error_not_an_empty_folder(tmp_path: Path) -> None:
    tree = FolderTree(tmp_path / "gone")
    assert tree.files == ()
    assert [(error.path, error.detail) for error in tree.errors] == [
        (".", "No such file or directory")
    ]


def test_names_that_are_not_utf_8_are_read_and_shown(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (tmp_path / name).write_text("x")
    except OSError:
        pytest.skip("this disk only takes names in UTF-8")
    tree = FolderTree(tmp_path)
    assert paths(tree) == [name]
    assert tree.read(name) == b"x"
    assert tree.display(name) == "caf\\xe9.txt"
    assert printable("café/ok") == "café/ok"


def test_what_operating_systems_leave_behind_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "a.txt").write_text("x")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._a.txt", ".gitkeep", "a.txt"):
        (tmp_path / name).write_text("x")
    assert paths(FolderTree(tmp_path)) == ["a.txt"]
    tree = opened(tmp_path, zip_of(("__MACOSX/a.txt", ""), ("x/.DS_Store", ""), ("x/a", "")))
    assert paths(tree) == ["x/a"]
    assert not is_debris("x/desktop.ini.txt")


def test_excluded_files_and_folders_are_not_seen(tmp_path: Path) -> None:
    (tmp_path / "sample" / "deep").mkdir(parents=True)
    (tmp_path / "sample" / "deep" / "a.txt").write_text("x")
    (tmp_path / "state.db").write_text("x")
    (tmp_path / "b.txt").write_text("x")
    assert paths(FolderTree(tmp_path, [tmp_path / "sample", tmp_path / "state.db"])) == ["b.txt"]


def test_one_file_of_a_folder_may_be_all_that_is_meant(tmp_path: Path) -> None:
    for name in ("a.ics", "b.ics", "sub/a.ics"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert paths(FolderTree(tmp_path, only="a.ics")) == ["a.ics"]


def test_change_while_reading_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one")
    tree = FolderTree(tmp_path)
    tree.unchanged(tree.files)
    with file.open("a") as stream:
        stream.write("more")
    with pytest.raises(ChangedWhileRead, match=r"a\.txt: was written to while being read"):
        tree.unchanged(tree.files)
    os.utime(file, ns=(0, 0))
    file.unlink()
    with pytest.raises(ChangedWhileRead, match="No such file"):
        tree.unchanged(tree.files)
    with pytest.raises(ChangedWhileRead, match="vanished since it was listed"):
        tree.read("a.txt")


def test_same_size_but_another_time_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one")
    tree = FolderTree(tmp_path)
    assert len(tree.files) == 1
    os.utime(file, ns=(1, 1))
    with pytest.raises(ChangedWhileRead):
        tree.unchanged(tree.files)


def test_a_tree_without_what_is_claimed(tmp_path: Path) -> None:
    for name in ("a/1", "a/b/2", "ab/3", "4"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("x")
    claims = Claims()
    claims.add("4")
    claims.add("a/")
    assert paths(FolderTree(tmp_path).without(claims)) == ["ab/3"]
    tree = opened(tmp_path, zip_of(("a/1", "x"), ("4", "x"), ("ab/3", "y")))
    rest = tree.without(claims)
    assert paths(rest) == ["ab/3"]
    assert rest.read("ab/3") == b"y"
    assert rest.display("ab/3") == "export.zip!ab/3"
    assert len(tree.files) == 3


def test_claims_are_of_whole_paths_and_whole_folders() -> None:
    claims = Claims()
    claims.add("a/b/")
    claims.add("c.txt")
    assert "a/b/deep/er.txt" in claims
    assert "a/bc.txt" not in claims
    assert "a/b" not in claims
    assert "c.txt" in claims
    assert "c.txt.bak" not in claims


def test_a_claim_made_by_shown_name_holds_for_the_name_on_disk() -> None:
    claims = Claims()
    name = os.fsdecode(b"caf\xe9/a.csv")
    claims.add(printable(name))
    assert name in claims
    claims.add(printable(os.fsdecode(b"d\xff/")))
    assert os.fsdecode(b"d\xff/x") in claims


def test_an_empty_zip_is_a_zip_and_what_only_begins_like_one_is_not() -> None:
    assert is_zip(zip_of())
    assert not is_zip(b"PK and so on")


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_other_packers_are_no_zip(pack: Callable[[bytes], bytes]) -> None:
    assert not is_zip(pack(b"x"))
